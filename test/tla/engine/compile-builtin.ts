// Operators of the language and of the standard modules: one line of JavaScript each.

import type { ExpressionCompiler } from './compile-expression.ts';
import type { Context } from './context.ts';
import { SpecificationError } from './errors.ts';
import { isOperator, type Expression, type Of } from './expression.ts';
import { INT, NAT, STRING } from './sets.ts';
import { Atom } from './values.ts';

/** Operators that are a function of the runtime, by its name there; arguments in order, then the place. */
const PLAIN: Readonly<Record<string, string>> = {
  '+': 'add', '-': 'sub', '*': 'mul', '^': 'pow', '%': 'mod', '\\div': 'div', '-.': 'neg', '..': 'range', '<': 'lt', '=<': 'le',
  '\\cup': 'cup', '\\cap': 'cap', '\\': 'minus', '\\subseteq': 'subset', SUBSET: 'power', UNION: 'flat', DOMAIN: 'domainOf',
  '[->]': 'functions', Len: 'len', Append: 'append', '\\o': 'concat', Head: 'head', Tail: 'tail',
  SubSeq: 'subSeq', Seq: 'sequences', ':>': 'mapsTo', '@@': 'override', Permutations: 'permutations',
}; // prettier-ignore

const REFUSED = new Set(['JavaTime', 'TLCGet', 'TLCSet', 'RandomElement', 'Any']);

export function builtinCode(compiler: ExpressionCompiler, e: Of<'builtin'> & Expression, c: Context): string {
  const { name } = e;
  const replaced = compiler.common.replaced.get(name);
  if (replaced !== undefined) return compiler.expr({ ...e, kind: 'call', definition: replaced }, c);
  const p = compiler.at(e);
  const args = e.args as readonly Expression[];
  const expr = (place: number): string => compiler.expr(args[place]!, c);
  const bool = (place: number): string => compiler.bool(args[place]!, c);
  const plain = PLAIN[name];
  if (plain !== undefined) return `${plain}(${args.map((_, i) => expr(i)).join(',')},${p})`;
  switch (name) {
    case '=':
    case '#':
      return equality(compiler, e, c);
    case '\\in':
    case '\\notin': {
      const not = name === '\\in' ? '' : '!';
      return not + (listed(compiler, e, c) ?? `member(${expr(0)},${expr(1)},${p})`);
    }
    case '>':
      return `lt(${expr(1)},${expr(0)},${p})`;
    case '>=':
      return `le(${expr(1)},${expr(0)},${p})`;
    case '~': {
      const code = bool(0);
      if (code === 'true' || code === 'false') return code === 'true' ? 'false' : 'true';
      return `!${code.startsWith('!') ? `(${code})` : code}`;
    }
    case '=>': {
      const left = bool(0);
      if (left === 'false') return 'true';
      return left === 'true' ? bool(1) : `(!${left.startsWith('!') ? `(${left})` : left}||${bool(1)})`;
    }
    case '<=>':
      return `(${bool(0)}===${bool(1)})`;
    case '\\X':
      return `product([${args.map((_, i) => expr(i)).join(',')}],${p})`;
    case 'BOOLEAN':
      return 'rt.booleans';
    case 'STRING':
      return compiler.unit.value(STRING);
    case 'Nat':
      return compiler.unit.value(NAT);
    case 'Int':
      return compiler.unit.value(INT);
    case 'Cardinality': {
      // The elements that pass a filter are counted without making a set of them.
      const { e: set, c: inner } = compiler.shapeOf(args[0]!, c);
      if (set.kind !== 'filter' || compiler.known(set, inner) !== undefined) return `card(${expr(0)},${p})`;
      const test = compiler.binder(set.bound, inner, (body) => compiler.bool(set.body, body));
      const ends = compiler.interval(set.bound.set, inner);
      return ends === undefined ? `count(${compiler.expr(set.bound.set, inner)},${test},${p})` : `countIn(${ends.join(',')},${test},${p})`;
    } // prettier-ignore
    case 'IsFiniteSet':
      return `(card(${expr(0)},${p})>=0)`;
    case 'SelectSeq':
      return `selectSeq(${expr(0)},${compiler.functionOf(e.args[1]!, c, 1)},${p})`;
    case 'SortSeq':
      return `sortSeq(${expr(0)},${compiler.functionOf(e.args[1]!, c, 2)},${p})`;
    case 'Print':
      return `print(${expr(0)},${expr(1)})`;
    case 'PrintT':
      return `printT(${expr(0)})`;
    case 'Assert':
      return `assert(${expr(0)},()=>${expr(1)},${p})`;
    case 'ToString':
      return `text(${expr(0)})`;
    case 'unbounded':
      return `rt.fail(${p},'What is not bounded by a set cannot be evaluated.')`;
    case 'TLCEval':
      return expr(0);
    default:
      throw new SpecificationError(name, e.position, REFUSED.has(name) ? `This engine does not evaluate ${name}.` : `This engine does not know ${name}.`); // prettier-ignore
  }
}

/** Membership in a set of a few listed elements is a few comparisons. */
function listed(compiler: ExpressionCompiler, e: Of<'builtin'> & Expression, c: Context): string | undefined {
  const [x, set] = e.args as readonly [Expression, Expression];
  const p = compiler.at(e);
  const values = compiler.fewValues(set, c);
  const parts = values?.map((value) => compiler.unit.value(value)) ?? (set.kind === 'set' && compiler.known(set, c) === undefined ? set.items.map((item) => compiler.expr(item, c)) : undefined);
  if (parts === undefined || parts.length === 0) return undefined;
  const code = compiler.expr(x, c);
  if (/^[\w[\]]+$/.test(code)) return `(${parts.map((part) => `${code}===${part}||eq(${code},${part},${p})`).join('||')})`;
  const name = compiler.unit.fresh('m');
  return `((${name})=>${parts.map((part) => `${name}===${part}||eq(${name},${part},${p})`).join('||')})(${code})`;
} // prettier-ignore

/** Equality with a known string, number or truth value is one comparison, and a look at the kinds only where they differ. */
function equality(compiler: ExpressionCompiler, e: Of<'builtin'> & Expression, c: Context): string {
  const [left, right] = e.args as readonly Expression[];
  const not = e.name === '#' ? '!' : '';
  const known = compiler.known(right!, c) ?? compiler.known(left!, c);
  const [a, b] = [compiler.expr(left!, c), compiler.expr(right!, c)];
  if (known instanceof Atom) {
    const [value, atom] = compiler.known(right!, c) === known ? [a, b] : [b, a];
    return `${not}is(${value},${atom},${compiler.at(e)})`;
  }
  return `${not}eq(${a},${b},${compiler.at(e)})`;
}

export const isBuiltinCall = (e: Expression, name: string): e is Of<'builtin'> & Expression =>
  e.kind === 'builtin' && e.name === name && e.args.every((one) => !isOperator(one));
