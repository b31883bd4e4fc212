// Each rule of the lint with a snippet that it accepts and one that it rejects, and the whole fixtures clean.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatFindings, lint } from '../../tla/lint.ts';

const source = (file: string): string => readFileSync(new URL(`../../support/tla/${file}`, import.meta.url), 'utf8');

/** A small clean module around some definitions. */
const moduleOf = (definitions: string): string => `---- MODULE M ----
EXTENDS Integers, Sequences
CONSTANTS S, T
VARIABLES f, \\* a function
  q \\* a sequence
${definitions}
====
`;

const NEXT = `
Init == f = 0 /\\ q = <<>>
\\* What happens.
Act(s) ==
  /\\ s # f
  /\\ f' = s
  /\\ UNCHANGED q
Next ==
  \\/ \\E s \\in S : Act(s)
Spec == Init /\\ [][Next]_f
`;

async function rulesOf(text: string): Promise<string[]> {
  const findings = await lint([{ file: 'M.tla', source: text }]);
  return [...new Set(findings.map((finding) => finding.rule))];
}

/** rule, accepted, rejected */
const EXPRESSIONS: readonly (readonly [rule: string, accepted: string, rejected: string])[] = [
  ['parse-error', 'A == 1', 'A == ) 1'],
  ['implication-parentheses', 'A == (f => q)', 'A == f => q'],
  ['implication-parentheses', 'A == /\\ (f <=> q)', 'A == /\\ f <=> q'],
  ['implication-parentheses', 'A == \\A s \\in S : (s => q)', 'A == \\A s \\in S : s => q'],
  ['implication-operand', 'A == (f => (q /\\ f))', 'A == (f => q /\\ f)'],
  ['implication-operand', 'A == ((f \\/ q) => f)', 'A == (f \\/ q => f)'],
  ['implication-operand', 'A == (f <=> (q => f))', 'A == (f <=> q => f)'],
  ['implication-operand', 'A == (f => (/\\ q\n            /\\ f))', 'A == (f => /\\ q\n           /\\ f)'],
  ['mixed-junctions', 'A == (f /\\ q) \\/ f', 'A == f /\\ q \\/ f'],
  ['enabled', 'A == ~f', 'A == ENABLED f'],
  ['instance', 'A == 1', 'INSTANCE Other'],
  ['instance', 'A == 1', 'A == INSTANCE Other WITH x <- f'],
  ['lambda', 'A == SelectSeq(q, LAMBDA e : e > 1)', 'F(x) == x\nA == F(LAMBDA e : e > 1)'],
  ['select-seq', 'A == SelectSeq(q, LAMBDA e : e > 1)', 'Big(x) == x > 1\nA == SelectSeq(q, Big)'],
  ['operator-argument', 'Ap(x) == x', 'Ap(F(_), x) == F(x)'],
  ['function-definition', 'g == [s \\in S |-> s]', 'g[s \\in S] == s'],
  ['infix-definition', 'Plus(x, y) == 1', 'x ++ y == 1'],
  ['string-escape', 'A == "plain"', 'A == "a\\"b"'],
  ['label', 'A == f', 'A == Lab:: f'],
  ['three-way-product', 'A == (S \\X T) \\X S', 'A == S \\X T \\X S'],
  ['number-set', 'A == f \\in 0..9', 'A == f \\in Nat'],
  ['number-set', 'A == f \\in -3..3', 'A == f \\in Int'],
  ['call-selection', 'A == q[1].k', 'A == Head(q).k'],
  ['call-selection', 'A == (Head(q))[1]', 'A == Head(q)[1]'],
  ['primed-operator', "A == Len(q') + f'[1]", "A == Len(q)'"],
  ['primed-operator', "Op == f\nA == f'", "Op == f\nA == Op'"],
  ['primed-operator', "A == f' + 1", "A == (f + 1)'"],
  ['nested-comment', 'A == 1 (* one *)', 'A == 1 (* one (* two *) *)'],
  ['shadowed-name', 'A == \\E a \\in S : \\E b \\in S : a = b', 'A == \\E a \\in S : \\E a \\in S : a = 1'],
  ['shadowed-name', 'A(x) == LET y == 1 IN x + y', 'A(x) == LET x == 1 IN x'],
  ['shadowed-name', 'A(x) == x', 'A(f) == f'],
  ['shadowed-name', 'A == CHOOSE c \\in S : TRUE', 'B == 1\nA == CHOOSE B \\in S : TRUE'],
  ['shadowed-name', 'A(x) == {<<y, z>> \\in S : y = z}', 'A(x) == {<<y, x>> \\in S : y = x}'],
  ['captured-argument', 'K(a, b) == a\nC(x) == K(x + 1, 7)', 'K(a, b) == a\nC(b) == K(b + 1, 7)'],
  ['captured-argument', 'K(a, b) == a\nC(a, b) == K(a, b)', 'K(a, b) == a\nC(a, b) == K(b, a)'],
  ['captured-argument', 'K(a, b) == a\nC(a) == K(a, f[a])', 'K(a, b) == a\nC(b) == K(f[b], b + 1)'],
  ['captured-argument', 'K(a, b) == a\nC(a) == K(a + 1, 7)', 'K(a, b) == a\nC(a) == K(7, a)'],
  ['captured-argument', 'K(a, b) == a\nC(x) == K(x.b, 7)', 'K(a, b) == a\nC(b) == K(b.x, 7)'],
  ['function-scope', 'Q(x) == x\nA == [b \\in S |-> Q(3 - b)]', 'Q(b) == b\nA == [b \\in S |-> Q(3 - b)]'],
  ['function-scope', 'Q(b) == b\nA(b) == Q(b + 1) + [s \\in S |-> s][1]', 'Q(b) == b\nA(b) == [s \\in S |-> Q(b + 1)]'],
  ['function-scope', 'Q(b) == b\nA == [b \\in S |-> Q(b)]', 'Q(b) == b\nA(b) == [s \\in S |-> Q(s)]'],
  ['function-scope', 'Q(b) == b\nA == [s \\in S |-> Q(s)]', 'Q(b) == b\nT2 == Q(4)\nA == [b \\in S |-> T2]'],
  [
    'function-scope',
    'Q(x) == LET y == x IN y\nA == [s \\in S |-> Q(s)]',
    'Q(x) == LET y == x IN y\nA == [y \\in S |-> Q(y)]',
  ],
  [
    'function-scope',
    'Q(x) == \\E y \\in S : y = x\nA == [s \\in S |-> Q(s)]',
    'Q(x) == \\E y \\in S : y = x\nA == [y \\in S |-> Q(y)]',
  ],
  [
    'function-scope', // the name comes from two calls further out
    'Q(b) == b\nC(z) == [s \\in S |-> Q(s)]\nD(c) == C(c)\nA == \\E e \\in S : D(e) = f',
    'Q(b) == b\nC(z) == [s \\in S |-> Q(s)]\nD(c) == C(c)\nA == \\E b \\in S : D(b) = f',
  ],
];

describe('rules on expressions and names', () => {
  it.each(EXPRESSIONS)('%s: accepts %j, rejects %j', async (rule, accepted, rejected) => {
    expect(await rulesOf(moduleOf(accepted))).toEqual([]);
    expect(await rulesOf(moduleOf(rejected))).toContain(rule);
  });

  it('one-variables: asks for a single declaration', async () => {
    const two = moduleOf('VARIABLE z \\* more\n');
    expect(await rulesOf(two)).toEqual(['one-variables']);
  });

  it('a field of a record is no name that could clash', async () => {
    expect(
      await rulesOf(
        moduleOf(
          'r == \\E s \\in S : s = f\nA == [s \\in S |-> q[s].r]\nB == [s \\in S |-> [f EXCEPT !.r = s]]\nC == [s \\in S |-> [r |-> s]]',
        ),
      ),
    ).toEqual([]);
  });
});

describe('rules on Next and the actions', () => {
  const swap = (from: string, to: string): string => moduleOf(NEXT.replace(from, to));

  it('accept the shape under which both engines name the edges', async () => {
    expect(await rulesOf(moduleOf(NEXT))).toEqual([]);
  });

  it.each([
    ['action-let-first', '/\\ s # f\n', 'LET t == s IN\n  /\\ t # f\n'],
    ['action-let-first', '/\\ s # f\n', '/\\ LET t == s IN t # f\n'],
    ['action-conjuncts', "  /\\ s # f\n  /\\ f' = s\n  /\\ UNCHANGED q\n", "  f' = s /\\ UNCHANGED q\n"],
    ['action-conjuncts', "  /\\ s # f\n  /\\ f' = s\n  /\\ UNCHANGED q\n", "  IF s = f THEN f' = s ELSE f' = 1\n"],
    ['action-comment', '\\* What happens.\n', ''],
    ['action-comment', '\\* What happens.\n', '\\* What happens.\n\n'],
    ['next-shape', '\\/ \\E s \\in S : Act(s)', '\\/ \\E s \\in S : (Act(s) \\/ Act(s))'],
    ['next-shape', '\\/ \\E s \\in S : Act(s)', "\\/ \\E s \\in S : f' = s"],
    ['next-shape', '\\/ \\E s \\in S : Act(s)', '\\/ \\E s \\in S : s # f /\\ Act(s)'],
    ['next-shape', '\\/ \\E s \\in S : Act(s)', '\\/ \\A s \\in S : Act(s)'],
    [
      'action-twin',
      'Next ==\n',
      "\\* The same, laid out otherwise.\nTwin(s) ==\n  /\\ s   # f  \\* guard\n  /\\ f' = s\n  /\\ UNCHANGED q\nNext ==\n  \\/ \\E s \\in S : Twin(s)\n",
    ],
    ['next-range', '\\E s \\in S : Act(s)', '\\E s \\in 1..Len(q) : Act(s)'],
    ['next-range', 'Next ==', 'More == Some\nSome == DOMAIN f\nNext ==\n  \\/ \\E t \\in More : Act(t)'],
  ])('%s', async (rule, from, to) => {
    expect(await rulesOf(swap(from, to))).toEqual([rule]);
  });

  it('find the next-state relation under any name, through the behaviour that uses it', async () => {
    const renamed = NEXT.replaceAll('Next', 'Step').replace('\\* What happens.\n', '');
    expect(await rulesOf(moduleOf(renamed))).toEqual(['action-comment']);
    const property = "Bare == f' = f\nP == [][Bare]_f";
    expect(await rulesOf(moduleOf(`${NEXT}${property}`))).toEqual([]);
  });

  it('take a comment on the line of the action, or a block that ends just above it', async () => {
    expect(await rulesOf(swap('\\* What happens.\nAct(s) ==', 'Act(s) ==  \\* What happens.'))).toEqual([]);
    expect(await rulesOf(swap('\\* What happens.', '(* What\n   happens. *)'))).toEqual([]);
  });

  it('do not take a comment behind the code of the line above', async () => {
    expect(await rulesOf(swap('\\* What happens.\n', 'Zero == 0 \\* nothing\n'))).toEqual(['action-comment']);
  });

  it('variable-comment: ask for a comment at each variable', async () => {
    const bare = moduleOf(NEXT).replace('  q \\* a sequence', '  q');
    expect(await lint([{ file: 'M.tla', source: bare }])).toMatchObject([
      { file: 'M.tla', line: 5, rule: 'variable-comment', message: expect.stringContaining('variable q') as string },
    ]);
    expect(await rulesOf(bare.replace('  q', '  \\* a sequence\n  q'))).toEqual([]);
  });
});

describe('modules together', () => {
  it('the fixtures are clean, alone and as a pair', async () => {
    const lot = { file: 'Lot.tla', source: source('Lot.tla') };
    const mc = { file: 'MCLot.tla', source: source('MCLot.tla') };
    expect(formatFindings(await lint([lot]))).toBe('');
    expect(formatFindings(await lint([mc, lot]))).toBe('');
  });

  it('share their names: a clash across modules is found where it happens', async () => {
    const base = { file: 'Base.tla', source: '---- MODULE Base ----\nQ(b) == b\n====\n' };
    const user = {
      file: 'User.tla',
      source: '---- MODULE User ----\nEXTENDS Base\nA(b) == [s \\in {1} |-> Q(s)]\n====\n',
    };
    expect(formatFindings(await lint([base, user]))).toMatch(/^User.tla:3 function-scope: .* Q .* the b bound in A /);
  });
});
