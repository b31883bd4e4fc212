// What the engine says beside its verdict: the way to a violation with actions and arguments, the conjunct that is false and for which
// values, positions of what is refused, and the graph with its labels.

import { describe, expect, test } from 'vitest';
import { check, constantsOf, type CheckInput, type CheckResult } from '../../../tla/engine/index.ts';

const MODULE = `---- MODULE M ----
EXTENDS Integers, Sequences
CONSTANTS Jobs, Max
VARIABLES done, queue
vars == <<done, queue>>
Init == done = [j \\in Jobs |-> 0] /\\ queue = <<>>
Ask(j) == Len(queue) < Max /\\ queue' = Append(queue, j) /\\ UNCHANGED done
Work(j, n) == queue # <<>> /\\ Head(queue) = j /\\ queue' = Tail(queue) /\\ done' = [done EXCEPT ![j] = @ + n]
Next == \\E j \\in Jobs : Ask(j) \\/ \\E n \\in {1, 2} : Work(j, n)
Small == \\A j \\in Jobs : done[j] < 5
Spec == Init /\\ [][Next]_vars
Fair(n) == \\A j \\in Jobs :
             /\\ done[j] >= 0
             /\\ done[j] + n < 4
Inv == queue = queue /\\ Fair(1)
Grows == [][\\A j \\in Jobs : done'[j] <= done[j] + 1]_vars
Short == [count |-> Len(queue)]
Wrong == done["nobody"] = 0
====
`;

const CFG = 'CONSTANTS Jobs = {a, b}\nMax = 2\nSPECIFICATION Spec\nCONSTRAINT Small\nCHECK_DEADLOCK FALSE\n';

const run = (more = '', rest: Partial<CheckInput> = {}): Promise<CheckResult> =>
  check({
    root: 'M',
    modules: (name) => (name === 'M' ? MODULE : undefined),
    cfg: CFG + more,
    cfgName: 'm.cfg',
    ...rest,
  });

describe('a violated invariant', () => {
  test('is told with the conjunct that is false, for which values, and what stands on both sides', async () => {
    const { verdict, violated, because, message } = await run('INVARIANT Inv\n');
    expect([verdict, violated]).toEqual(['invariant', 'Inv']);
    expect(because).toMatchObject({
      text: 'done[j] + n < 4',
      bound: [['j', 'a']],
      values: [['done[j] + n', '4']],
      position: { module: 'M', line: 14, column: 17 },
    });
    expect(message).toBe(
      'The last state breaks Inv. False for j = a: done[j] + n < 4 (M, line 14, column 17); done[j] + n is 4.',
    );
  });

  test('has a shortest way to it: actions with arguments, and what each step changed', async () => {
    const { trace } = await run('INVARIANT Inv\n');
    expect(trace!.map(({ action }) => action)).toEqual([
      undefined,
      { name: 'Ask', args: ['a'] },
      { name: 'Ask', args: ['a'] },
      { name: 'Work', args: ['a', '1'] },
      { name: 'Work', args: ['a', '2'] },
    ]);
    expect(trace!.map(({ changed }) => changed)).toEqual([
      [],
      ['queue'],
      ['queue'],
      ['done', 'queue'],
      ['done', 'queue'],
    ]);
    expect(trace!.at(-1)!.variables).toEqual([
      ['done', '(a :> 3 @@ b :> 0)'],
      ['queue', '<<>>'],
    ]);
  });

  test('is shown as ALIAS says', async () => {
    const { trace } = await run('INVARIANT Inv\nALIAS Short\n');
    expect(trace!.map(({ variables }) => variables)).toContainEqual([['"count"', '2']]);
  });
});

test('a broken step property names the step and why', async () => {
  const { verdict, violated, because, trace } = await run('PROPERTY Grows\n');
  expect([verdict, violated]).toEqual(['action-property', 'Grows']);
  expect(because).toMatchObject({ text: "done'[j] <= done[j] + 1", bound: [['j', 'a']] });
  expect(trace!.at(-1)!.action).toEqual({ name: 'Work', args: ['a', '2'] });
});

test('the graph has every state, and labels with arguments', async () => {
  const { verdict, graph, distinct } = await run('', { wantGraph: true });
  expect(verdict).toBe('ok');
  expect(graph!.states()).toHaveLength(distinct);
  expect(graph!.states()[0]).toBe('done=(#a:0,#b:0);queue=<>');
  expect(new Set(graph!.labels.map(({ name, args }) => `${name}(${args.join()})`))).toEqual(
    new Set(['Ask(a)', 'Ask(b)', 'Work(a,1)', 'Work(a,2)', 'Work(b,1)', 'Work(b,2)']),
  );
});

describe('what is refused', () => {
  test('while it is evaluated has its place and the way to it', async () => {
    const { verdict, message, trace } = await run('INVARIANT Wrong\n');
    expect(verdict).toBe('evaluation-error');
    expect(message).toBe(
      'M, line 18, column 10: The function is applied to "nobody", which is not in its domain: (a :> 0 @@ b :> 0)',
    );
    expect(trace).toBeDefined();
  });

  test.each([
    ['a name that the cfg invents', 'INVARIANT Nothing\n', /defines no operator Nothing/],
    [
      'a constant that is not there',
      'CONSTANT Other = 1\n',
      /gives a value to Other, which the specification does not declare/,
    ],
    ['a property with SYMMETRY', 'PROPERTY Live\nSYMMETRY Inv\n', /Live/],
  ])('in the cfg: %s', async (_, more, message) => {
    expect(await run(more)).toMatchObject({
      verdict: 'parse-error',
      message: expect.stringMatching(message) as string,
    });
  });

  test.each([
    [
      'a module that is not there',
      MODULE.replace('Sequences', 'Sequences, Other'),
      'M, line 2, column 30: There is no module Other.',
    ],
    [
      'a module that is not known',
      MODULE.replace('Sequences', 'Sequences, Reals'),
      'M, line 2, column 30: This engine does not know the module Reals.',
    ],
    ['a name', MODULE.replace('Tail(queue)', 'Rest(queue)'), 'M, line 8, column 59: Nothing is called Rest here.'],
    ['no TLA+ at all', MODULE.replace('Init ==', 'Init = ='), /^M, line \d+, column \d+: This is no TLA\+/],
    ['another module', MODULE.replace('MODULE M', 'MODULE N'), /begins with module N; name them alike/],
  ])('in the text: %s', async (_, text, message) => {
    const result = await run('', { modules: (name) => (name === 'M' ? text : undefined) });
    expect(result.verdict).toBe('parse-error');
    expect(result.message).toMatch(message);
  });

  test('more states than the limit', async () => {
    expect(await run('', { maxStates: 10 })).toMatchObject({
      verdict: 'engine-failed',
      message: 'There are more than 10 states.',
    });
  });
});

test('who watches may end a check, and what he throws goes through', async () => {
  const stop = new Error('enough');
  const onProgress = (): never => {
    throw stop;
  };
  await expect(run('', { onProgress })).rejects.toBe(stop);
});

test('the constants of a module are told without a cfg', async () => {
  expect(await constantsOf('M', (name) => (name === 'M' ? MODULE : undefined))).toEqual(['Jobs', 'Max']);
});
