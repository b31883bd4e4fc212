// Temporal formulas against their meaning: small graphs, fairness and formulas by chance. Every behaviour of a few steps that comes round
// is enumerated and judged by the definition of the operators. Where the engine says that a property holds, none of them may break it;
// where it says that it does not, its own counterexample must be a behaviour, fair, and break the property.

import { expect, test } from 'vitest';
import { diceOf, type Dice } from '../../../kit/random/dice.ts';
import { check as engineCheck, type CheckResult } from '../../../tla/engine/index.ts';

type Formula =
  | { readonly op: 'in'; readonly states: readonly number[] }
  | { readonly op: 'step'; readonly action: 'A' | 'B' }
  | { readonly op: 'not' | 'always' | 'eventually'; readonly of: Formula }
  | { readonly op: 'and' | 'or' | 'implies' | 'leadsTo'; readonly left: Formula; readonly right: Formula };

type Edge = readonly [from: number, to: number];

interface Sample {
  readonly states: number;
  readonly init: readonly number[];
  readonly edges: Readonly<Record<'A' | 'B', readonly Edge[]>>;
  readonly fair: readonly { readonly strong: boolean; readonly action: 'A' | 'B' }[];
  readonly formula: Formula;
}

/** The states of a behaviour up to the end of its round, and where the last returns to. */
interface Lasso {
  readonly states: readonly number[];
  readonly loopsTo: number;
}

const LONGEST = 5;
const SEEDS = 60;

function draw(dice: Dice): Sample {
  const states = 2 + dice(3);
  const edge = (): Edge => [dice(states), dice(states)];
  const some = (): Edge[] => Array.from({ length: 1 + dice(4) }, edge);
  const fair = (['A', 'B'] as const).filter(() => dice(2) === 0).map((action) => ({ action, strong: dice(2) === 0 }));
  return {
    states,
    init: dice(4) === 0 ? [0, 1] : [0],
    edges: { A: some(), B: some() },
    fair,
    formula: temporal(dice, states, 2),
  };
}

function temporal(dice: Dice, states: number, depth: number): Formula {
  const inner = (): Formula =>
    depth === 0 || dice(3) === 0 ? predicate(dice, states) : temporal(dice, states, depth - 1);
  switch (dice(9)) {
    case 0:
      return { op: 'always', of: inner() };
    case 1:
      return { op: 'eventually', of: inner() };
    case 2:
      return { op: 'leadsTo', left: inner(), right: inner() };
    case 3:
      return { op: 'and', left: inner(), right: temporal(dice, states, 0) };
    case 4:
      return { op: 'or', left: temporal(dice, states, 0), right: inner() };
    case 5:
      return { op: 'implies', left: temporal(dice, states, 0), right: inner() };
    case 6:
      return { op: 'always', of: { op: 'eventually', of: { op: 'step', action: dice(2) === 0 ? 'A' : 'B' } } };
    case 7:
      return { op: 'not', of: temporal(dice, states, Math.max(0, depth - 1)) };
    default:
      return { op: 'eventually', of: { op: 'always', of: inner() } };
  }
}

const predicate = (dice: Dice, states: number): Formula => ({
  op: 'in',
  states: Array.from({ length: states }, (_, s) => s).filter(() => dice(2) === 0),
});

function text(f: Formula): string {
  switch (f.op) {
    case 'in':
      return `(x \\in {${f.states.join(', ')}})`;
    case 'step':
      return `(<<${f.action}>>_x)`;
    case 'not':
      return `(~${text(f.of)})`;
    case 'always':
      return `([]${text(f.of)})`;
    case 'eventually':
      return `(<>${text(f.of)})`;
    default:
      return `(${text(f.left)} ${{ and: '/\\', or: '\\/', implies: '=>', leadsTo: '~>' }[f.op]} ${text(f.right)})`;
  }
}

function moduleOf({ init, edges, fair, formula }: Sample): string {
  const action = (name: 'A' | 'B'): string =>
    `${name} == ${edges[name].map(([from, to]) => `(x = ${from} /\\ x' = ${to})`).join(' \\/ ')}`;
  return [
    '---- MODULE M ----',
    'EXTENDS Naturals',
    'VARIABLE x',
    `Init == x \\in {${init.join(', ')}}`,
    action('A'),
    action('B'),
    `Spec == Init /\\ [][A \\/ B]_x${fair.map((one) => ` /\\ ${one.strong ? 'SF' : 'WF'}_x(${one.action})`).join('')}`,
    `Prop == ${text(formula)}`,
    '====',
    '',
  ].join('\n');
}

// ── The meaning ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const next = ({ states, loopsTo }: Lasso, i: number): number => (i + 1 < states.length ? i + 1 : loopsTo);

/** The positions that come from `i` on, `i` included. */
const from = ({ states, loopsTo }: Lasso, i: number): number[] =>
  states.map((_, j) => j).filter((j) => j >= Math.min(i, loopsTo));

function takes({ edges }: Sample, lasso: Lasso, i: number, action: 'A' | 'B'): boolean {
  const [s, t] = [lasso.states[i]!, lasso.states[next(lasso, i)]!];
  return s !== t && edges[action].some(([a, b]) => a === s && b === t);
}

function holds(sample: Sample, lasso: Lasso, f: Formula, i = 0): boolean {
  const at = (of: Formula, j: number): boolean => holds(sample, lasso, of, j);
  switch (f.op) {
    case 'in':
      return f.states.includes(lasso.states[i]!);
    case 'step':
      return takes(sample, lasso, i, f.action);
    case 'not':
      return !at(f.of, i);
    case 'always':
      return from(lasso, i).every((j) => at(f.of, j));
    case 'eventually':
      return from(lasso, i).some((j) => at(f.of, j));
    case 'and':
      return at(f.left, i) && at(f.right, i);
    case 'or':
      return at(f.left, i) || at(f.right, i);
    case 'implies':
      return !at(f.left, i) || at(f.right, i);
    case 'leadsTo':
      return from(lasso, i).every((j) => !at(f.left, j) || from(lasso, j).some((k) => at(f.right, k)));
  }
}

function isFair(sample: Sample, lasso: Lasso): boolean {
  const round = lasso.states.map((_, i) => i).filter((i) => i >= lasso.loopsTo);
  return sample.fair.every(({ strong, action }) => {
    const isEnabled = (i: number): boolean => sample.edges[action].some(([a, b]) => a === lasso.states[i] && a !== b);
    if (round.some((i) => takes(sample, lasso, i, action))) return true;
    return strong ? !round.some(isEnabled) : !round.every(isEnabled);
  });
}

function isBehaviour({ init, edges }: Sample, lasso: Lasso): boolean {
  const isStep = (s: number, t: number): boolean =>
    s === t || [...edges.A, ...edges.B].some(([a, b]) => a === s && b === t);
  return init.includes(lasso.states[0]!) && lasso.states.every((s, i) => isStep(s, lasso.states[next(lasso, i)]!));
}

/** Every behaviour that comes round within a few steps. */
function* lassos(sample: Sample): Generator<Lasso> {
  const { edges } = sample;
  const targets = Array.from({ length: sample.states }, (_, s) => [
    ...new Set([s, ...[...edges.A, ...edges.B].filter(([a]) => a === s).map(([, b]) => b)]),
  ]);
  const open = sample.init.map((s) => [s]);
  for (const path of open) {
    for (const to of targets[path.at(-1)!]!) {
      for (let j = 0; j < path.length; j++) if (path[j] === to) yield { states: path, loopsTo: j };
      if (path.length < LONGEST) open.push([...path, to]);
    }
  }
}

// ── The tests ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What is wrong with the engine's answer, or undefined. */
async function judge(sample: Sample, check: typeof engineCheck): Promise<string | undefined> {
  const module = moduleOf(sample);
  const modules = (name: string): string | undefined => (name === 'M' ? module : undefined);
  const result = await check({ root: 'M', modules, cfg: 'SPECIFICATION Spec\nPROPERTY Prop\nCHECK_DEADLOCK FALSE\n' });
  if (result.verdict === 'ok') {
    for (const lasso of lassos(sample)) {
      if (isFair(sample, lasso) && !holds(sample, lasso, sample.formula))
        return `It holds, but not on ${JSON.stringify(lasso)}: ${module}`;
    }
    return undefined;
  }
  const states = (result.trace ?? []).map(({ variables }) => Number(variables[0]![1]));
  // What is broken in an initial state or a state has no round; any behaviour from there breaks it.
  if (result.verdict !== 'temporal' || result.loopsTo === undefined)
    return states.length > 0 ? undefined : `${result.verdict}: ${result.message} ${module}`;
  const lasso = { states, loopsTo: result.loopsTo };
  const isGood = isBehaviour(sample, lasso) && isFair(sample, lasso) && !holds(sample, lasso, sample.formula);
  return isGood ? undefined : `${JSON.stringify(lasso)} is no counterexample: ${module}`;
}

async function faults(
  check: typeof engineCheck,
  seeds: number,
): Promise<{ readonly wrong: readonly string[]; readonly broken: number }> {
  const wrong: string[] = [];
  let broken = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const sample = draw(diceOf(seed));
    const said = await judge(sample, check);
    if (said !== undefined) wrong.push(`seed ${seed}: ${said}`);
    if ([...lassos(sample)].some((lasso) => isFair(sample, lasso) && !holds(sample, lasso, sample.formula))) broken++;
  }
  return { wrong, broken };
}

test('formulas on small graphs mean to the engine what they mean', async () => {
  const { wrong, broken } = await faults(engineCheck, SEEDS);
  expect(wrong).toEqual([]);
  // Both answers occur often.
  expect(broken).toBeGreaterThan(SEEDS / 5);
  expect(broken).toBeLessThan((SEEDS * 4) / 5);
});

// Engines that lie, rather than broken ones, which may run without end.
test.each([
  ['that every property holds', (result: CheckResult): CheckResult => ({ ...result, verdict: 'ok' })],
  ['that nothing changes any more where it does', (result: CheckResult): CheckResult =>
    result.loopsTo === undefined ? result : { ...result, loopsTo: result.trace!.length - 1 }],
  ['the way without its end', (result: CheckResult): CheckResult =>
    result.loopsTo === undefined ? result : { ...result, trace: result.trace!.slice(0, 1), loopsTo: 0 }],
])('an engine that says %s is found out', async (_, lie) => {
  const { wrong } = await faults(async (input) => lie(await engineCheck(input)), SEEDS / 2);
  expect(wrong).not.toEqual([]);
}); // prettier-ignore
