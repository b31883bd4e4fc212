// What a specification means once every name is resolved: expressions that know which variable, constant, definition or bound
// name they speak of. The compiler and the explainer read these, never text.

import type { Position } from './errors.ts';

/** A name bound by a quantifier, a parameter, or LET without parameters is one object wherever it is used. */
export interface Binding {
  readonly name: string;
  /** Number of arguments; 0 for a value. */
  readonly arity: number;
  /** Unique in the specification. */
  readonly number: number;
}

export interface Constant {
  readonly name: string;
  readonly arity: number;
  readonly position: Position;
}

export interface Variable {
  readonly name: string;
  readonly index: number;
}

/** A defined operator. Its body is filled in when it has been read, which is later for a recursive one. */
export interface Definition {
  readonly name: string;
  readonly params: readonly Binding[];
  readonly position: Position;
  readonly number: number;
  body: Expression;
  /** Defined by `f[x \in S] == …`: the body is that function, and may apply `f`. */
  readonly isFunction: boolean;
  /** Declared by RECURSIVE, or a function whose body mentions it. */
  recursive: boolean;
}

/** An operator given as an argument. */
export type OperatorArgument =
  | { readonly kind: 'operator'; readonly position: Position; readonly of: 'definition'; readonly definition: Definition; readonly prefix: readonly Expression[] }
  | { readonly kind: 'operator'; readonly position: Position; readonly of: 'binding'; readonly binding: Binding }
  | { readonly kind: 'operator'; readonly position: Position; readonly of: 'builtin'; readonly name: string; readonly arity: number }
  | { readonly kind: 'operator'; readonly position: Position; readonly of: 'lambda'; readonly params: readonly Binding[]; readonly body: Expression }; // prettier-ignore

export type Argument = Expression | OperatorArgument;

/** Names bound over a set: one, or a tuple that is taken apart. */
export interface Bound {
  readonly names: readonly Binding[];
  readonly isTuple: boolean;
  readonly set: Expression;
}

export type PathStep = { readonly field: string } | { readonly index: Expression };

export interface Update {
  readonly path: readonly PathStep[];
  /** What `@` is called in the new value. */
  readonly old: Binding;
  readonly value: Expression;
}

interface At {
  readonly position: Position;
  /** The text, for explanations. */
  readonly text: string;
}

export type Expression = At &
  (
    | { readonly kind: 'literal'; readonly value: boolean | number | string }
    | { readonly kind: 'variable'; readonly variable: Variable }
    | { readonly kind: 'constant'; readonly constant: Constant; readonly args: readonly Argument[] }
    | { readonly kind: 'local'; readonly binding: Binding; readonly args: readonly Argument[] }
    | { readonly kind: 'call'; readonly definition: Definition; readonly args: readonly Argument[] }
    /** An operator of a standard module, or a set, arithmetic or comparison operator of the language. */
    | { readonly kind: 'builtin'; readonly name: string; readonly args: readonly Argument[] }
    | { readonly kind: 'and' | 'or'; readonly items: readonly Expression[] }
    | { readonly kind: 'quantifier'; readonly every: boolean; readonly bounds: readonly Bound[]; readonly body: Expression }
    | { readonly kind: 'choose'; readonly bound: Bound; readonly body: Expression }
    | { readonly kind: 'filter'; readonly bound: Bound; readonly body: Expression }
    | { readonly kind: 'map'; readonly bounds: readonly Bound[]; readonly body: Expression }
    | { readonly kind: 'function'; readonly bounds: readonly Bound[]; readonly body: Expression }
    | { readonly kind: 'set' | 'tuple'; readonly items: readonly Expression[] }
    | { readonly kind: 'record'; readonly fields: readonly (readonly [string, Expression])[] }
    | { readonly kind: 'recordSet'; readonly fields: readonly (readonly [string, Expression])[] }
    | { readonly kind: 'field'; readonly of: Expression; readonly name: string }
    | { readonly kind: 'apply'; readonly of: Expression; readonly args: readonly Expression[] }
    | { readonly kind: 'except'; readonly of: Expression; readonly updates: readonly Update[] }
    | { readonly kind: 'if'; readonly test: Expression; readonly then: Expression; readonly else: Expression }
    | { readonly kind: 'case'; readonly arms: readonly (readonly [Expression, Expression])[]; readonly other: Expression | undefined }
    | { readonly kind: 'let'; readonly definitions: readonly Definition[]; readonly body: Expression }
    | { readonly kind: 'prime' | 'unchanged' | 'enabled' | 'always' | 'eventually'; readonly of: Expression }
    /** `[A]_v` and `<<A>>_v` */
    | { readonly kind: 'square'; readonly action: Expression; readonly subscript: Expression }
    | { readonly kind: 'angle'; readonly action: Expression; readonly subscript: Expression }
    | { readonly kind: 'fair'; readonly strong: boolean; readonly action: Expression; readonly subscript: Expression }
    | { readonly kind: 'leadsTo'; readonly from: Expression; readonly to: Expression }
  ); // prettier-ignore

export type Kind = Expression['kind'];
export type Of<K extends Kind> = Extract<Expression, { readonly kind: K }>;

export const isOperator = (argument: Argument): argument is OperatorArgument => argument.kind === 'operator';

/** The expressions directly below one, in order; bodies of LET definitions among them. */
export function partsOf(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case 'literal':
    case 'variable':
      return [];
    case 'constant':
    case 'local':
    case 'call':
    case 'builtin':
      return e.args.flatMap(partsOfArgument);
    case 'and':
    case 'or':
    case 'set':
    case 'tuple':
      return e.items;
    case 'quantifier':
    case 'map':
    case 'function':
      return [...e.bounds.map(({ set }) => set), e.body];
    case 'choose':
    case 'filter':
      return [e.bound.set, e.body];
    case 'record':
    case 'recordSet':
      return e.fields.map(([, value]) => value);
    case 'field':
      return [e.of];
    case 'apply':
      return [e.of, ...e.args];
    case 'except':
      return [e.of, ...e.updates.flatMap(({ path, value }) => [...path.flatMap((s) => ('index' in s ? [s.index] : [])), value])]; // prettier-ignore
    case 'if':
      return [e.test, e.then, e.else];
    case 'case':
      return [...e.arms.flat(), ...(e.other === undefined ? [] : [e.other])];
    case 'let':
      return [...e.definitions.map(({ body }) => body), e.body];
    case 'prime':
    case 'unchanged':
    case 'enabled':
    case 'always':
    case 'eventually':
      return [e.of];
    case 'square':
    case 'angle':
    case 'fair':
      return [e.action, e.subscript];
    case 'leadsTo':
      return [e.from, e.to];
  }
}

function partsOfArgument(argument: Argument): readonly Expression[] {
  if (!isOperator(argument)) return [argument];
  if (argument.of === 'lambda') return [argument.body];
  return argument.of === 'definition' ? argument.prefix : [];
}

/** The definitions that an expression itself names. */
export function definitionsIn(e: Expression): readonly Definition[] {
  const named = e.kind === 'call' ? [e.definition] : [];
  const args = 'args' in e ? (e.args as readonly Argument[]) : [];
  for (const argument of args) {
    if (isOperator(argument) && argument.of === 'definition') named.push(argument.definition);
  }
  return named;
}
