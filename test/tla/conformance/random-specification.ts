// Small specifications by chance: a function of a seed. Variables are an integer, a set, a function and a sequence; actions are
// drawn with guards, quantifiers, IF, CASE, LET, EXCEPT, UNCHANGED and operators with parameters; claims are invariants, step
// properties and leads-to under fairness. Most are well formed; now and then a function is applied outside its domain or a kind is
// mistaken, so that refusals are compared too. `Within` keeps the states few.

import { diceOf, type Dice } from '../../kit/random/dice.ts';

export interface RandomSpecification {
  readonly module: string;
  readonly cfg: string;
}

type Sort = 'int' | 'bool' | 'set' | 'fcn' | 'seq';

const DEPTH = 3;

export function randomSpecification(seed: number): RandomSpecification {
  return new Writer(diceOf(seed)).specification();
}

class Writer {
  readonly #dice: Dice;
  #names = 0;
  /** Bound names of the integers in scope. */
  #bound: string[] = [];

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#dice(items.length)]!;
  }

  #fresh(): string {
    return `b${++this.#names}`;
  }

  specification(): RandomSpecification {
    const actions = Array.from({ length: 2 + this.#dice(3) }, (_, i) => this.#action(`A${i}`));
    const names = actions.map(({ call }) => call);
    const isFair = this.#dice(3) === 0;
    const claims = this.#claims(isFair);
    const module = [
      '---- MODULE M ----',
      'EXTENDS Integers, Sequences, FiniteSets',
      'VARIABLES x, s, f, q',
      'vars == <<x, s, f, q>>',
      'Bump(n) == IF n < 3 THEN n + 1 ELSE 0',
      'Pick(S, d) == IF S = {} THEN d ELSE CHOOSE e \\in S : \\A o \\in S : e <= o',
      'Put(g, i, v) == [g EXCEPT ![i] = v]',
      'Both(a, b) == a /\\ b',
      `Init == x = ${this.#dice(2)} /\\ s \\in ${this.#pick(['{{}}', '{{0}, {1, 2}}', 'SUBSET {1}'])} /\\ f = [i \\in 1..2 |-> ${this.#pick(['0', 'i', '2 - i'])}] /\\ q = <<>>`,
      ...actions.map(({ text }) => text),
      `Next == ${names.join(' \\/ ')}`,
      `Within == x \\in 0..3 /\\ Len(q) <= 2 /\\ s \\subseteq 0..3 /\\ \\A i \\in DOMAIN f : f[i] \\in 0..3`,
      `Spec == Init /\\ [][Next]_vars${isFair ? ` /\\ ${this.#pick(['WF', 'SF'])}_vars(${this.#pick(['Next', ...names])})` : ''}`,
      ...claims.text,
      '====',
      '',
    ].join('\n');
    return { module, cfg: `SPECIFICATION Spec\nCONSTRAINT Within\nCHECK_DEADLOCK ${this.#pick(['TRUE', 'FALSE'])}\n${claims.cfg}` };
  } // prettier-ignore

  #claims(isFair: boolean): { readonly text: readonly string[]; readonly cfg: string } {
    const text: string[] = [];
    let cfg = '';
    if (this.#dice(2) === 0) {
      text.push(`Inv == x \\in Int /\\ ${this.#bool(DEPTH)}`);
      cfg += 'INVARIANT Inv\n';
    }
    if (this.#dice(3) === 0) {
      text.push(`Step == [][${this.#pick(["x' # x + 2", "Cardinality(s') <= Cardinality(s) + 2", "x' = x => f' # f \\/ s' # s \\/ q' # q", "Len(q') >= Len(q) - 1"])}]_vars`);
      cfg += 'PROPERTY Step\n';
    }
    if (isFair) {
      text.push(`Live == ${this.#pick(['[]<>(x = 0)', '(x = 1) ~> (x = 2)', '<>[](x > 0)', '(q = <<>>) ~> (q # <<>>)'])}`);
      cfg += 'PROPERTY Live\n';
    }
    return { text, cfg };
  } // prettier-ignore

  #action(name: string): { readonly call: string; readonly text: string } {
    this.#bound = [];
    const param = this.#dice(2) === 0 ? 'p' : undefined;
    if (param !== undefined) this.#bound.push(param);
    const parts = [this.#bool(2), ...this.#effects()];
    const body = parts.map((part) => `    /\\ ${part}`).join('\n');
    const call = param === undefined ? name : `(\\E p${name} \\in 0..${this.#dice(3)} : ${name}(p${name}))`;
    return { call, text: `${name}${param === undefined ? '' : '(p)'} ==\n${body}` };
  }

  /** What becomes of every variable. */
  #effects(): string[] {
    const effects: string[] = [];
    const kept: string[] = [];
    for (const [name, sort] of [
      ['x', 'int'],
      ['s', 'set'],
      ['f', 'fcn'],
      ['q', 'seq'],
    ] as const) {
      if (this.#dice(2) === 0) kept.push(name);
      else effects.push(this.#effect(name, sort));
    }
    if (kept.length > 0) effects.push(`UNCHANGED ${kept.length === 1 ? kept[0]! : `<<${kept.join(', ')}>>`}`);
    return effects;
  }

  #effect(name: string, sort: Sort): string {
    const to = (): string => this.#of(sort, 2);
    switch (this.#dice(6)) {
      case 0:
        return `IF ${this.#bool(1)} THEN ${name}' = ${to()} ELSE ${name}' = ${name}`;
      case 1:
        return `(${name}' = ${to()} \\/ ${name}' = ${to()})`;
      case 2:
        return `CASE ${this.#bool(1)} -> ${name}' = ${to()} [] OTHER -> UNCHANGED ${name}`;
      case 3: {
        const bound = this.#fresh();
        this.#bound.push(bound);
        const text = `\\E ${bound} \\in ${this.#pick(['{0, 2}', 's', '1..2', '0..x'])} : ${name}' = ${to()}`;
        this.#bound.pop();
        return text;
      }
      case 4:
        return sort === 'int' ? `x' \\in ${this.#of('set', 1)}` : `${name}' = ${to()}`;
      default:
        return `${name}' = ${to()}`;
    }
  }

  #of(sort: Sort, depth: number): string {
    switch (sort) {
      case 'int':
        return this.#int(depth);
      case 'bool':
        return this.#bool(depth);
      case 'set':
        return this.#set(depth);
      case 'fcn':
        return this.#fcn(depth);
      case 'seq':
        return this.#seq(depth);
    }
  }

  #int(depth: number): string {
    const leaf = (): string => this.#pick(['x', '0', '1', '2', ...this.#bound, ...this.#bound]);
    if (depth === 0) return leaf();
    const int = (): string => this.#int(depth - 1);
    switch (this.#dice(12)) {
      case 0:
        return `(${int()} + ${int()})`;
      case 1:
        return `((${int()} * ${int()}) % 3)`;
      case 2:
        return `Bump(${int()})`;
      case 3:
        return `Cardinality(${this.#set(depth - 1)})`;
      case 4:
        return `Pick(${this.#set(depth - 1)}, ${int()})`;
      case 5:
        return `f[${this.#pick(['1', '2', `1 + (${int()} % 2)`, ...(this.#dice(12) === 0 ? [int()] : [])])}]`;
      case 6:
        return `(IF ${this.#bool(depth - 1)} THEN ${int()} ELSE ${int()})`;
      case 7: {
        const name = this.#fresh();
        const value = int();
        this.#bound.push(name);
        const text = `(LET ${name} == ${value} IN ${int()})`;
        this.#bound.pop();
        return text;
      }
      case 8:
        return this.#dice(10) === 0 ? 'Head(q)' : 'Len(q)';
      case 9:
        return `(x - ${int()})`;
      default:
        return leaf();
    }
  }

  #bool(depth: number): string {
    if (depth === 0) return this.#pick(['TRUE', 'x > 0', 'x = 0', 's = {}', 'q = <<>>', '1 \\in s']);
    const bool = (): string => this.#bool(depth - 1);
    const int = (): string => this.#int(depth - 1);
    switch (this.#dice(12)) {
      case 0:
        return `(${bool()} /\\ ${bool()})`;
      case 1:
        return `(${bool()} \\/ ${bool()})`;
      case 2:
        return `(${bool()} => ${bool()})`;
      case 3:
        return `~(${bool()})`;
      case 4:
        return `(${int()} ${this.#pick(['<', '=<', '=', '#', '>='])} ${int()})`;
      case 5:
        return `(${int()} ${this.#pick(['\\in', '\\notin'])} ${this.#set(depth - 1)})`;
      case 6:
        return `(${this.#set(depth - 1)} ${this.#pick(['=', '\\subseteq', '#'])} ${this.#set(depth - 1)})`;
      case 7: {
        const name = this.#fresh();
        const set = this.#set(depth - 1);
        this.#bound.push(name);
        const text = `(${this.#pick(['\\A', '\\E'])} ${name} \\in ${set} : ${bool()})`;
        this.#bound.pop();
        return text;
      }
      case 8:
        return `Both(${bool()}, ${bool()})`;
      case 9:
        return this.#dice(15) === 0 ? `(${int()} = "a")` : `(${bool()} <=> ${bool()})`;
      default:
        return this.#bool(0);
    }
  }

  #set(depth: number): string {
    if (depth === 0) return this.#pick(['s', '{0, 1}', '{}', '1..2', '{2}']);
    const set = (): string => this.#set(depth - 1);
    switch (this.#dice(8)) {
      case 0:
        return `(${set()} \\cup ${set()})`;
      case 1:
        return `(${set()} \\ ${set()})`;
      case 2:
        return `(${set()} \\cap ${set()})`;
      case 3:
        return `{${this.#int(depth - 1)}, ${this.#int(depth - 1)}}`;
      case 4: {
        const name = this.#fresh();
        const over = set();
        this.#bound.push(name);
        const text = `{${name} \\in ${over} : ${this.#bool(depth - 1)}}`;
        this.#bound.pop();
        return text;
      }
      case 5: {
        const name = this.#fresh();
        const over = set();
        this.#bound.push(name);
        const text = `{${this.#int(depth - 1)} : ${name} \\in ${over}}`;
        this.#bound.pop();
        return text;
      }
      case 6:
        return `UNION {${set()}, ${set()}}`;
      default:
        return this.#set(0);
    }
  }

  #fcn(depth: number): string {
    const int = (): string => this.#int(Math.max(0, depth - 1));
    const index = this.#pick(['1', '2', '1 + (x % 2)']);
    switch (this.#dice(5)) {
      case 0:
        return `[f EXCEPT ![${index}] = ${int()}]`;
      case 1:
        return `[f EXCEPT ![${index}] = Bump(@), ![2] = @ % 3]`;
      case 2:
        return `Put(f, ${index}, ${int()})`;
      case 3: {
        const name = this.#fresh();
        this.#bound.push(name);
        const text = `[${name} \\in 1..2 |-> ${int()}]`;
        this.#bound.pop();
        return text;
      }
      default:
        return 'f';
    }
  }

  #seq(depth: number): string {
    const int = (): string => this.#int(Math.max(0, depth - 1));
    switch (this.#dice(5)) {
      case 0:
        return `Append(q, ${int()})`;
      case 1:
        return `(IF q = <<>> THEN <<${int()}>> ELSE Tail(q))`;
      case 2:
        return `(q \\o <<${int()}>>)`;
      case 3:
        return `SelectSeq(q, LAMBDA e${++this.#names} : e${this.#names} > ${this.#dice(2)})`;
      default:
        return 'q';
    }
  }
}
