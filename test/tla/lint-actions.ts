// Lint rules on Next and the actions in it: shapes under which both engines name the edges of the graph alike, and a comment
// at every action and variable.
//
// Engines label an edge with the operator they find in Next. They find the same one when Next is a list of
// `\E x \in ConstantSet : Action(x)`, and each action is a conjunct list with its guard first and any LET further down.

import type { Finding } from './lint.ts';
import {
  descendants,
  fieldOf,
  fieldsOf,
  symbolOf,
  type ModuleSyntax,
  type Operator,
  type SpecSyntax,
  type SyntaxNode,
} from './syntax.ts';

/** All findings about Next, actions and documentation. */
export function lintActions(spec: SpecSyntax): Finding[] {
  const stateDependent = findStateDependent(spec);
  const findings: Finding[] = [];
  const actions = new Set<Operator>();
  for (const next of nextOperators(spec)) {
    const report = (node: SyntaxNode, rule: string, message: string): void => {
      findings.push({ file: next.file, line: node.line, rule, message });
    };
    for (const disjunct of disjunctsOf(next.body)) {
      const action = readDisjunct(disjunct, spec, stateDependent, report);
      if (action !== undefined) actions.add(action);
    }
  }
  for (const action of actions) findings.push(...lintAction(action, spec));
  findings.push(...twinActions(actions));
  for (const variable of spec.variables.values()) {
    if (hasComment(spec, variable.file, variable.line)) continue;
    const message = `Say in a comment on its line or the line above what the variable ${variable.name} holds.`;
    findings.push({ file: variable.file, line: variable.line, rule: 'variable-comment', message });
  }
  return findings;
}

/** The next-state relations: N wherever a behaviour `I /\ [][N]_v` is defined, and the operator named Next. */
function nextOperators(spec: SpecSyntax): Operator[] {
  const names = new Set(['Next']);
  for (const operator of spec.operators.values()) {
    for (const node of descendants(operator.body)) {
      if (symbolOf(node) !== 'always') continue;
      const step = fieldOf(node, 'rhs');
      const conjoined =
        node.parent?.type === 'conj_item' || (node.parent !== undefined && symbolOf(node.parent) === 'land');
      const relation = step?.type === 'step_expr_or_stutter' ? step.children[0] : undefined;
      if (conjoined && relation?.type === 'identifier_ref') names.add(relation.text);
    }
  }
  return [...names].flatMap((name) => spec.operators.get(name) ?? []);
}

function disjunctsOf(body: SyntaxNode): readonly SyntaxNode[] {
  if (body.type !== 'disj_list') return [body];
  return body.children.map((item) => item.children.find((child) => child.type !== 'bullet_disj')!);
}

/** Operators whose value depends on the state, directly or through others. */
function findStateDependent(spec: SpecSyntax): ReadonlySet<string> {
  const found = new Set<string>();
  const touchesState = (operator: Operator): boolean => mentionsState(operator.body, spec, found);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const operator of spec.operators.values()) if (touchesState(operator)) found.add(operator.name);
  }
  return found;
}

function mentionsState(node: SyntaxNode, spec: SpecSyntax, stateDependent: ReadonlySet<string>): boolean {
  for (const part of descendants(node)) {
    if (part.type !== 'identifier_ref') continue;
    if (spec.variables.has(part.text) || stateDependent.has(part.text)) return true;
  }
  return false;
}

type Report = (node: SyntaxNode, rule: string, message: string) => void;

/** Reads `\E x \in S : … A(x)` and answers with A, reporting all that is not of this shape. */
function readDisjunct(
  disjunct: SyntaxNode,
  spec: SpecSyntax,
  stateDependent: ReadonlySet<string>,
  report: Report,
): Operator | undefined {
  let node = disjunct;
  while (node.type === 'bounded_quantification' && fieldOf(node, 'quantifier')?.type === 'exists') {
    for (const bound of fieldsOf(node, 'bound')) {
      const set = fieldOf(bound, 'set');
      if (set === undefined || !mentionsState(set, spec, stateDependent)) continue;
      const message = `The range ${set.text} depends on the state; take a constant range and test inside the action.`;
      report(set, 'next-range', message);
    }
    node = fieldOf(node, 'expression')!;
  }
  const name = node.type === 'bound_op' ? fieldOf(node, 'name')?.text : node.text;
  const isCall = node.type === 'bound_op' || node.type === 'identifier_ref';
  const action = isCall && name !== undefined ? spec.operators.get(name) : undefined;
  if (action !== undefined) return action;
  const message =
    'Write Next as one \\/ with \\E x \\in ConstantSet : Action(x) per action; else edges lose their names.';
  report(node, 'next-shape', message);
  return undefined;
}

/** Of two actions with one body tla-checker keeps one: the edges of the other are gone from the graph. */
function twinActions(actions: ReadonlySet<Operator>): Finding[] {
  const first = new Map<string, Operator>();
  const findings: Finding[] = [];
  for (const action of actions) {
    const shape = shapeOf(action.body);
    const twin = first.get(shape);
    if (twin === undefined) {
      first.set(shape, action);
      continue;
    }
    const { file, line, name } = action;
    const message = `Actions ${name} and ${twin.name} have the same body, and tla-checker drops the edges of one; make them differ.`;
    findings.push({ file, line, rule: 'action-twin', message });
  }
  return findings;
}

/** A tree as text, without layout and comments. */
function shapeOf(node: SyntaxNode): string {
  if (node.children.length === 0) return node.text;
  return `${node.type}(${node.children.map(shapeOf).join(' ')})`;
}

function lintAction(action: Operator, spec: SpecSyntax): Finding[] {
  const { file, line, name } = action;
  const findings: Finding[] = [];
  const first = action.body.children[0]?.children.find((child) => child.type !== 'bullet_conj');
  if (action.body.type === 'let_in' || (action.body.type === 'conj_list' && first?.type === 'let_in')) {
    const message = `Action ${name} starts with LET, so its edges are labelled Next; put a guard first and the LET below it.`;
    findings.push({ file, line, rule: 'action-let-first', message });
  } else if (action.body.type !== 'conj_list') {
    const message = `The body of action ${name} must be a list of /\\ with its guard first; else its edges are named otherwise.`;
    findings.push({ file, line, rule: 'action-conjuncts', message });
  }
  if (!hasComment(spec, file, line)) {
    const message = `Say in a comment above it or on its line what the action ${name} does.`;
    findings.push({ file, line, rule: 'action-comment', message });
  }
  return findings;
}

/** Whether a comment stands on the line, or alone on the line directly above it. */
function hasComment(spec: SpecSyntax, file: string, line: number): boolean {
  const module = spec.modules.find((m) => m.file === file)!;
  return module.comments.some((comment) => comment.line === line || isAloneAbove(module, comment, line));
}

function isAloneAbove(module: ModuleSyntax, comment: SyntaxNode, line: number): boolean {
  if (comment.endLine !== line - 1) return false;
  return /^\s*(\\\*|\(\*)/.test(module.source.split('\n')[comment.line - 1]!);
}
