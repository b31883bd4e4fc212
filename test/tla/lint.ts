// The lint that keeps the specification within what both TLA+ engines understand in the same way.
//
// tla-checker 0.9.0 answers some correct TLA+ wrongly and without a word; each rule below closes one such gap, or refuses
// early and clearly what it would refuse late. The last rules ask for a comment at every variable and action. Rules about
// names and calls live in `lint-names.ts`, about Next and actions in `lint-actions.ts`, about cfgs in `lint-cfg.ts`.

import { lintActions } from './lint-actions.ts';
import { lintNames } from './lint-names.ts';
import {
  collectSpec,
  descendants,
  fieldOf,
  fieldsOf,
  parseModule,
  symbolOf,
  type ModuleSyntax,
  type SpecSyntax,
  type SyntaxNode,
} from './syntax.ts';

/** One place that breaks a rule. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** A rule on a single node: the message where the node breaks it. */
type NodeRule = (node: SyntaxNode, spec: SpecSyntax) => string | undefined;

const JUNCTIONS: ReadonlySet<string> = new Set(['land', 'lor', 'implies', 'iff', 'leads_to']);

function isOpenJunction(operand: SyntaxNode | undefined): boolean {
  if (operand === undefined) return false;
  return /^(conj|disj)_list$/.test(operand.type) || JUNCTIONS.has(symbolOf(operand) ?? '');
}

function isImplication(node: SyntaxNode): boolean {
  return ['implies', 'iff'].includes(symbolOf(node) ?? '');
}

function isCallOf(node: SyntaxNode | undefined, name: string): boolean {
  return node?.type === 'bound_op' && fieldOf(node, 'name')?.text === name;
}

/** Whether a node of this type (or of any of several) is itself the offence. */
function forbid(types: string | readonly string[], message: string): NodeRule {
  const all = typeof types === 'string' ? [types] : types;
  return (node) => (all.includes(node.type) ? message : undefined);
}

const NODE_RULES: Readonly<Record<string, NodeRule>> = {
  'parse-error': forbid('ERROR', 'The parser cannot read this; correct the syntax.'),
  'implication-parentheses': (node) =>
    isImplication(node) && node.parent?.type !== 'parentheses'
      ? 'Put the whole implication or equivalence in parentheses; tla-checker binds => and <=> tighter than /\\ and \\/.'
      : undefined,
  'implication-operand': (node) =>
    isImplication(node) && (isOpenJunction(fieldOf(node, 'lhs')) || isOpenJunction(fieldOf(node, 'rhs')))
      ? 'Put each /\\, \\/, => or <=> that is an operand of => or <=> in parentheses; tla-checker groups them otherwise.'
      : undefined,
  'mixed-junctions': (node) => {
    const own = symbolOf(node);
    const other = own === 'land' ? 'lor' : own === 'lor' ? 'land' : undefined;
    const mixed = other !== undefined && ['lhs', 'rhs'].some((side) => symbolOf(fieldOf(node, side)!) === other);
    return mixed ? '/\\ and \\/ have no order of precedence; put the inner one in parentheses.' : undefined;
  },
  enabled: (node) =>
    symbolOf(node) === 'enabled' ? 'tla-checker does not know ENABLED; write the guard out.' : undefined,
  instance: forbid('instance', 'tla-checker ignores other modules; use EXTENDS, which is joined into one text.'),
  lambda: (node) =>
    node.type === 'lambda' && !isCallOf(node.parent, 'SelectSeq') ? 'LAMBDA only as the test of SelectSeq.' : undefined,
  'select-seq': (node) =>
    isCallOf(node, 'SelectSeq') && fieldsOf(node, 'parameter')[1]?.type !== 'lambda'
      ? 'Give SelectSeq a LAMBDA; tla-checker does not take the name of an operator here.'
      : undefined,
  'operator-argument': (node) =>
    node.type === 'operator_declaration' && node.parent?.type === 'operator_definition'
      ? 'tla-checker cannot pass operators as arguments; pass a value or write the operator out.'
      : undefined,
  'function-definition': forbid(
    'function_definition',
    'tla-checker does not take f[x \\in S] == e; write f == [x \\in S |-> e], or a RECURSIVE operator.',
  ),
  'infix-definition': (node) =>
    node.type === 'operator_definition' && fieldOf(node, 'name')?.type !== 'identifier'
      ? 'tla-checker does not take user infix operators; give the operator a name.'
      : undefined,
  'string-escape': forbid('escape_char', 'tla-checker does not take escapes in strings; use plain characters.'),
  label: forbid('label', 'tla-checker does not take labels; name the part by an operator of its own.'),
  'three-way-product': (node) => {
    const product = (n: SyntaxNode | undefined): boolean => n !== undefined && symbolOf(n) === 'times';
    const nested = product(node) && (product(fieldOf(node, 'lhs')) || product(fieldOf(node, 'rhs')));
    return nested ? 'A \\X B \\X C is nested pairs in tla-checker and triples in TLC; use a record set.' : undefined;
  },
  'number-set': forbid(
    ['nat_number_set', 'int_number_set', 'real_number_set'],
    'Nat and Int are cut off at 100 in tla-checker; write a finite range such as 0..Max.',
  ),
  'call-selection': (node) =>
    ['record_value', 'function_evaluation'].includes(node.type) && node.children[0]?.type === 'bound_op'
      ? 'tla-checker cannot select from a call; write q[1].f for Head(q).f, or put the call in parentheses.'
      : undefined,
  'primed-operator': (node, spec) => {
    if (symbolOf(node) !== 'prime') return undefined;
    const operand = fieldOf(node, 'lhs');
    if (operand?.type === 'identifier_ref' && spec.variables.has(operand.text)) return undefined;
    return `Prime variables only, not ${operand?.text.split('\n')[0]}; tla-checker does not take primed expressions.`;
  },
};

/** Lints the modules of one specification together, the root first or last. They share one table of names. */
export async function lint(sources: readonly { readonly file: string; readonly source: string }[]): Promise<Finding[]> {
  const modules: ModuleSyntax[] = [];
  for (const { file, source } of sources) modules.push(await parseModule(source, file));
  const spec = collectSpec(modules);
  const findings = [
    ...modules.flatMap((module) => [...lintNodes(module, spec), ...lintComments(module), ...lintVariables(module)]),
    ...lintNames(spec),
    ...lintActions(spec),
  ];
  const order = new Map(sources.map(({ file }, i) => [file, i]));
  return findings.sort((a, b) => order.get(a.file)! - order.get(b.file)! || a.line - b.line);
}

function lintNodes({ file, root }: ModuleSyntax, spec: SpecSyntax): Finding[] {
  const findings: Finding[] = [];
  for (const node of descendants(root)) {
    for (const [rule, check] of Object.entries(NODE_RULES)) {
      const message = check(node, spec);
      if (message !== undefined) findings.push({ file, line: node.line, rule, message });
    }
  }
  return findings;
}

function lintComments({ file, comments }: ModuleSyntax): Finding[] {
  const nested = comments.filter((comment) => comment.parent?.type.startsWith('block_comment') === true);
  const message = 'tla-checker does not take a comment inside a comment; end the outer one first.';
  return nested.map(({ line }) => ({ file, line, rule: 'nested-comment', message }));
}

function lintVariables({ file, root }: ModuleSyntax): Finding[] {
  const [, ...more] = [...descendants(root)].filter((node) => node.type === 'variable_declaration');
  const message = 'tla-checker keeps only the last VARIABLES declaration of a module; join them into one.';
  return more.map(({ line }) => ({ file, line, rule: 'one-variables', message }));
}

/** `file:line rule: message`, one line per finding. */
export function formatFindings(findings: readonly Finding[]): string {
  return findings.map((f) => `${f.file}:${f.line} ${f.rule}: ${f.message}`).join('\n');
}
