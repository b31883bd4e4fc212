// Lint rules on names: tla-checker 0.9.0 puts arguments in by name, and inside a function `[x \in S |-> e]` it looks names up
// in whatever surrounds it when it runs. Both were measured, shape by shape; these rules describe what goes wrong:
//
// - `captured-argument`: K(a, b) called K(b, 7): the b of the first argument becomes 7. Passing a parameter under its own
//   name (K(a, b) called with a, b) is harmless, and so is an argument that mentions only its own parameter.
// - `function-scope`: inside `[x \in S |-> e]` an operator that e calls, directly or through others, sees the caller's x in
//   place of its own parameter, LET or bound variable x; and not only that x, but every name bound on the way from Next or
//   the invariant to here. Passing x as x is harmless again.
// - `shadowed-name`: a bound name, parameter or LET that is already a name here; TLA+ forbids it, tla-checker does not.

import type { Finding } from './lint.ts';
import { boundBy, descendants, fieldOf, fieldsOf, type Operator, type SpecSyntax, type SyntaxNode } from './syntax.ts';

/** A call of a user operator, with the names bound around it in the operator that holds it. */
interface Call {
  readonly node: SyntaxNode;
  readonly callee: Operator;
  readonly args: readonly SyntaxNode[];
  readonly around: readonly string[];
}

/** A function `[x \in S |-> e]` with the names bound around its body, its own included. */
interface FunctionBody {
  readonly node: SyntaxNode;
  readonly around: readonly string[];
}

/** What one operator does with names. */
interface NameUse {
  readonly operator: Operator;
  readonly calls: readonly Call[];
  readonly functions: readonly FunctionBody[];
  /** All names bound anywhere in it: parameters, LET, quantifiers. */
  readonly bound: ReadonlySet<string>;
}

/** All findings about names. */
export function lintNames(spec: SpecSyntax): Finding[] {
  const findings: Finding[] = [];
  const uses = new Map<string, NameUse>();
  for (const operator of spec.operators.values()) uses.set(operator.name, readNames(operator, spec, findings));
  for (const use of uses.values()) findings.push(...use.calls.flatMap((call) => capturedArguments(use, call)));
  findings.push(...functionScopes(uses));
  return findings;
}

/** Walks an operator with the names in scope; reports shadowing on the way. */
function readNames(operator: Operator, spec: SpecSyntax, findings: Finding[]): NameUse {
  const calls: Call[] = [];
  const functions: FunctionBody[] = [];
  const allBound = new Set<string>();
  const isGlobal = (name: string): boolean =>
    spec.operators.has(name) || spec.variables.has(name) || spec.constants.has(name);
  const walk = (node: SyntaxNode, around: readonly string[]): void => {
    let inside = around;
    for (const { text: name, line } of boundBy(node)) {
      allBound.add(name);
      if (inside.includes(name) || isGlobal(name)) {
        const message = `The name ${name} already means something here; give this one another name.`;
        findings.push({ file: operator.file, line, rule: 'shadowed-name', message });
      }
      inside = [...inside, name];
    }
    if (node.type === 'function_literal') functions.push({ node, around: inside });
    const callee = calleeOf(node, spec);
    if (callee !== undefined) calls.push({ node, callee, args: fieldsOf(node, 'parameter'), around: inside });
    for (const child of node.children) walk(child, inside);
  };
  walk(operator.node, []);
  return { operator, calls, functions, bound: allBound };
}

/** The user operator that a node applies, with arguments or without. */
function calleeOf(node: SyntaxNode, spec: SpecSyntax): Operator | undefined {
  if (node.type === 'bound_op') return spec.operators.get(fieldOf(node, 'name')?.text ?? '');
  const isName = node.type === 'identifier_ref' && !(node.field === 'name' && node.parent?.type === 'bound_op');
  return isName ? spec.operators.get(node.text) : undefined;
}

function mentions(node: SyntaxNode, name: string): boolean {
  for (const part of descendants(node)) if (part.type === 'identifier_ref' && part.text === name) return true;
  return false;
}

/** Whether the call passes the parameter under its own name. */
function passesAsItself(call: Call, param: string): boolean {
  const arg = call.args[call.callee.params.indexOf(param)];
  return arg?.type === 'identifier_ref' && arg.text === param;
}

function capturedArguments(use: NameUse, call: Call): Finding[] {
  const { params } = call.callee;
  const findings: Finding[] = [];
  call.args.forEach((arg, i) => {
    const name = params.find((param, j) => j !== i && !passesAsItself(call, param) && mentions(arg, param));
    if (name === undefined) return;
    const message = `The argument ${arg.text} mentions ${name}, which is also a parameter of ${call.callee.name} and is replaced there; rename one.`;
    findings.push({ file: use.operator.file, line: call.node.line, rule: 'captured-argument', message });
  });
  return findings;
}

/** For each operator the names that may be bound around it when it runs, each with the operator that binds it. */
function surroundings(uses: ReadonlyMap<string, NameUse>): Map<string, Map<string, string>> {
  const around = new Map([...uses.keys()].map((name) => [name, new Map<string, string>()]));
  for (let changed = true; changed;) {
    changed = false;
    for (const { operator, calls } of uses.values()) {
      for (const call of calls) {
        const there = around.get(call.callee.name)!;
        const before = there.size;
        for (const [name, binder] of around.get(operator.name)!) if (!there.has(name)) there.set(name, binder);
        for (const name of call.around) if (!there.has(name)) there.set(name, operator.name);
        changed ||= there.size > before;
      }
    }
  }
  return around;
}

/** The calls that happen while a function's body is evaluated, through all levels. */
function callsWithin(use: NameUse, body: FunctionBody, uses: ReadonlyMap<string, NameUse>): Call[] {
  const inBody = new Set(descendants(body.node));
  const found = use.calls.filter((call) => inBody.has(call.node));
  const seen = new Set<string>();
  for (const call of found) {
    if (seen.has(call.callee.name)) continue;
    seen.add(call.callee.name);
    found.push(...uses.get(call.callee.name)!.calls);
  }
  return found;
}

function functionScopes(uses: ReadonlyMap<string, NameUse>): Finding[] {
  const around = surroundings(uses);
  const findings: Finding[] = [];
  for (const use of uses.values()) {
    for (const body of use.functions) {
      const scope = new Map(around.get(use.operator.name));
      for (const name of body.around) scope.set(name, use.operator.name);
      const calls = callsWithin(use, body, uses);
      const callees = new Set(calls.map((call) => call.callee));
      for (const callee of callees) {
        const ofCallee = calls.filter((call) => call.callee === callee);
        for (const name of uses.get(callee.name)!.bound) {
          const binder = scope.get(name);
          const isParam = callee.params.includes(name);
          if (binder === undefined || (isParam && ofCallee.every((call) => passesAsItself(call, name)))) continue;
          const message = `Inside this function ${callee.name} is evaluated with the ${name} bound in ${binder} in place of its own ${name}; rename one.`;
          findings.push({ file: use.operator.file, line: body.node.line, rule: 'function-scope', message });
        }
      }
    }
  }
  return findings;
}
