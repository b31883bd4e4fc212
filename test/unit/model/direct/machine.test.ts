// The reference model of the direct machine: exact sizes, all claims with every repair, each repair missed by the claim that the
// catalogue names, and what a caller may not do. A wrong count here is a changed machine.

import { describe, expect, test } from 'vitest';
import {
  DIRECT_ABSENT,
  DIRECT_CLAIMS,
  DIRECT_GOALS,
  DIRECT_INVARIANTS,
  DIRECT_LABELS,
  DIRECT_PROPERTIES,
  DIRECT_REPAIRS,
  directLabelOf,
  type DirectAction,
  type DirectInvariant,
  type DirectShape,
} from '../../../../spec/direct/index.ts';
import {
  blankDirectSnapshot,
  createDirectMachine,
  directPathTo,
  DIRECT_LIMITS,
  DIRECT_OUTCOMES,
  exploreDirect,
  stuckFronts,
  type DirectExploration,
  type DirectMachine,
} from '../../../../model/direct/index.ts';
import { ShapeTooLarge } from '../../../../model/index.ts';
import {
  directShapeOf,
  SAFE_DIRECT_SHAPES,
  UNSAFE_DIRECT_SHAPES,
  type SafeDirectShape,
} from '../../../support/direct-shapes.ts';

const EVERYTHING = { invariants: DIRECT_INVARIANTS, properties: DIRECT_PROPERTIES, goals: DIRECT_GOALS, graph: true };

const explorations = new Map<SafeDirectShape, DirectExploration>();
/** The exploration of a safe shape with everything asked, made once. */
function explored(name: SafeDirectShape): DirectExploration {
  const known = explorations.get(name) ?? exploreDirect(createDirectMachine(SAFE_DIRECT_SHAPES[name]), EVERYTHING);
  explorations.set(name, known);
  return known;
}

function labelsOf({ machine, graph }: DirectExploration): Set<string> {
  const labels = new Set<string>();
  for (let i = 0; i < graph!.length; i++)
    labels.add(directLabelOf(machine.actions[graph!.action[i]!]!.kind, DIRECT_OUTCOMES[graph!.outcome[i]!]!));
  return labels;
}

/** Where steps lead, as `kind arguments` each; the state is kept as a row. */
class Walk {
  readonly machine: DirectMachine;
  row: Int32Array;
  constructor(shape: DirectShape) {
    this.machine = createDirectMachine(shape);
    this.row = this.machine.initialRow();
  }
  private index(text: string): number {
    return this.machine.actions.findIndex((action) => textOf(action) === text);
  }
  /** What the step answers, with the fronts whose operation it ended. */
  step(text: string): string {
    const into = new Int32Array(this.machine.rowWords);
    const answer = this.machine.step(this.row, 0, this.index(text), into);
    if (answer === undefined) throw new Error(`${text} cannot happen: ${this.refusal(text) ?? ''}`);
    this.row = into;
    return answer.completed === 0 ? answer.outcome : `${answer.outcome} ends ${answer.completed}`;
  }
  steps(...texts: string[]): this {
    for (const text of texts) this.step(text);
    return this;
  }
  refusal(text: string): string | undefined {
    const refusal = this.machine.refusal(this.row, 0, this.index(text));
    return refusal === undefined ? undefined : `${refusal.reason} ${refusal.name}`;
  }
  get snapshot() {
    const into = blankDirectSnapshot(this.machine.shape);
    this.machine.snapshot(this.row, 0, into);
    return into;
  }
}

const textOf = (action: DirectAction): string =>
  Object.values<string | number | boolean>(action)
    .filter((part) => part !== false)
    .map((part) => (part === true ? 'yes' : part))
    .join(' ');

describe('with every repair', () => {
  test.each([
    ['write', 9824, 53_632, 18],
    ['double', 8204, 49_298, 30],
    ['small', 6435, 24_810, 16],
    ['relocate', 12_064, 73_740, 29],
    ['faults', 7458, 21_132, 17],
    ['trouble', 4900, 36_289, 23],
    ['two', 1637, 4920, 15],
    ['mix', 5176, 20_121, 36],
  ] as const)('%s: every claim holds in its exact number of states, and nobody is stuck', (name, ...size) => {
    const exploration = explored(name);
    expect(exploration.violation).toBeUndefined();
    expect([exploration.distinct, exploration.transitions, exploration.depth]).toEqual(size);
    expect(exploration.complete).toBe(true);
    expect(stuckFronts(exploration)).toEqual([]);
  });

  const all = Object.keys(SAFE_DIRECT_SHAPES) as SafeDirectShape[];

  test('every claim is put to the test somewhere', () => {
    const applied = (id: string): number => all.reduce((sum, name) => sum + explored(name).applied.get(id)!, 0);
    const idle = DIRECT_CLAIMS.filter(({ id }) => applied(id) < 100);
    expect(idle.map(({ id }) => id)).toEqual([]);
  });

  test('every goal is reached', () => {
    const reached = new Set(all.flatMap((name) => [...explored(name).goals.keys()]));
    expect(DIRECT_GOALS.filter(({ id }) => !reached.has(id)).map(({ id }) => id)).toEqual([]);
  });

  test('every label is seen but that of the missing repair and the one that the catalogue excuses', () => {
    const seen = new Set(all.flatMap((name) => [...labelsOf(explored(name))]));
    const unseen = DIRECT_LABELS.filter((label) => !seen.has(label));
    expect(unseen).toEqual(['ResumeReadError', 'Uncache']);
    expect(DIRECT_ABSENT.map(({ name }) => name)).toContain('ResumeReadError');
  });
});

describe('with one repair left out', () => {
  test.each([
    ['D5', 6],
    ['D6', 12],
    ['D7', 1],
    ['D8', 1],
    ['D12', 5],
    ['D13', 2],
    ['D14', 5],
    ['D40', 4],
    ['D41', 8],
  ] as const)('%s: the claim that the catalogue names fails after %i steps', (id, steps) => {
    const { claim } = DIRECT_REPAIRS.find((repair) => repair.id === id)!;
    const invariants = DIRECT_INVARIANTS.filter((one) => one.id === claim);
    const exploration = exploreDirect(createDirectMachine(UNSAFE_DIRECT_SHAPES[id]), { invariants });
    expect(exploration.violation?.claim).toBe(claim);
    expect(directPathTo(exploration, exploration.violation!.state)).toHaveLength(steps);
  });

  test.each(DIRECT_REPAIRS.map(({ id }) => id))('%s: nothing fails in the same shape with it', (id) => {
    const shape = UNSAFE_DIRECT_SHAPES[id];
    const whole = createDirectMachine({ ...shape, repairs: [...shape.repairs, id] });
    expect(exploreDirect(whole, EVERYTHING)).toMatchObject({ complete: true });
  });

  test('D13: a read that looks again can end with an error, which else does not happen', () => {
    const acts = 'strategyRead resumeRead deviceRead deviceReadDone relocate deviceWriteBack deviceWriteDone'.split(
      ' ',
    );
    const parts = {
      doubleBuffer: true,
      verify: true,
      short: true,
      faults: ['deviceWrite'],
      snapshots: 1,
      acts,
    } as const;
    const without = exploreDirect(createDirectMachine(directShapeOf({ ...parts, without: 'D13', sites: 3 })), {
      graph: true,
    });
    const whole = exploreDirect(createDirectMachine(directShapeOf({ ...parts, sites: 3 })), { graph: true });
    expect(labelsOf(without).has('ResumeReadError')).toBe(true);
    expect(labelsOf(whole).has('ResumeReadError')).toBe(false);
  });
});

describe('the explorer', () => {
  const shape = SAFE_DIRECT_SHAPES.two;

  test('every edge is what the machine does from its source, and there is no other', () => {
    const machine = createDirectMachine(shape);
    const { graph, rows, distinct } = exploreDirect(machine, { graph: true });
    const into = new Int32Array(machine.rowWords);
    let edge = 0;
    let wrong = 0;
    for (let state = 0; state < distinct; state++)
      for (let index = 0; index < machine.actions.length; index++) {
        const step = machine.step(rows, state * machine.rowWords, index, into);
        if ((step === undefined) !== (machine.refusal(rows, state * machine.rowWords, index) !== undefined)) wrong++;
        if (step === undefined) continue;
        const target = graph!.target[edge]! * machine.rowWords;
        const isSame = into.every((word, i) => word === rows[target + i]);
        if (graph!.source[edge] !== state || graph!.action[edge] !== index || !isSame) wrong++;
        edge++;
      }
    expect([edge, wrong]).toEqual([graph!.length, 0]);
  });

  test('is the same on every run', () => {
    const [once, again] = [1, 2].map(() => exploreDirect(createDirectMachine(shape), { graph: true }));
    expect(again!.rows).toEqual(once!.rows);
    expect(again!.graph).toEqual(once!.graph);
  });

  test('stops at maxStates and says that it is not complete', () => {
    const { complete, distinct } = exploreDirect(createDirectMachine(shape), { maxStates: 100 });
    expect(complete).toBe(false);
    expect(distinct).toBeLessThan(1637);
  });

  const never = (test: DirectInvariant['applies']): DirectInvariant => ({
    ...DIRECT_INVARIANTS[0]!,
    id: 'N1',
    applies: () => true,
    holds: (s) => !test(s),
  });

  test('finds a broken invariant with a shortest path', () => {
    const invariants = [never((s) => s.sites[2]!.use === 'media')];
    const exploration = exploreDirect(createDirectMachine(shape), { invariants });
    expect(exploration.violation).toMatchObject({ claim: 'N1' });
    expect(exploration.complete).toBe(false);
    const path = directPathTo(exploration, exploration.violation!.state);
    expect(path.map(({ action, outcome }) => `${textOf(action)} → ${outcome}`)).toEqual([
      'strategyWrite 0 2 yes → io',
      'directWriteDone 0 → done',
      'commitRecord 2 → done',
    ]);
  });

  test('names source and action of a step that breaks a property, and does not ask what is not checked', () => {
    const unasked = { ...never(() => true), status: 'refuted' as const };
    const property = { ...DIRECT_PROPERTIES[0]!, id: 'N2', on: ['directReadDone' as const], holds: () => false };
    const machine = createDirectMachine(shape);
    const { violation, applied } = exploreDirect(machine, { invariants: [unasked], properties: [property] });
    expect(violation?.claim).toBe('N2');
    expect(machine.actions[violation!.action!]).toMatchObject({ kind: 'directReadDone' });
    expect(applied.has('N1')).toBe(false);
  });

  test('tells who is stuck: a read whose alias was written, and that nobody resumes', () => {
    const trouble = SAFE_DIRECT_SHAPES.trouble;
    const machine = createDirectMachine({ ...trouble, acts: trouble.acts.filter((kind) => kind !== 'resumeRead') });
    const exploration = exploreDirect(machine, { graph: true });
    const stuck = stuckFronts(exploration);
    expect(stuck.map((who) => ('front' in who ? `front ${who.front}` : `site ${who.site}`))).toEqual([
      'front 0',
      'front 1',
    ]);
    const last = directPathTo(exploration, stuck[0]!.state).at(-1)!;
    expect([last.action.kind, last.outcome]).toEqual(['strategyRead', 'wait']);
    expect(() => stuckFronts(exploreDirect(machine))).toThrow('graph: true');
  });

  test('tells that the backend is stuck when nobody resumes it', () => {
    const acts = ['strategyWrite', 'directWriteDone', 'commitRecord'];
    const exploration = exploreDirect(createDirectMachine(directShapeOf({ acts, writesMax: 1 })), { graph: true });
    expect(stuckFronts(exploration)).toEqual([{ site: 1, state: expect.any(Number) as number }]);
  });
});

describe('a caller', () => {
  test('may not use a front that is busy, whatever it does', () => {
    const walk = new Walk(directShapeOf({ snapshots: 1, sites: 3 })).steps('strategyRead 0 yes');
    expect(walk.refusal('strategyRead 0 yes')).toBe('promise BufferIdle');
    expect(walk.refusal('strategyWrite 0 1 yes')).toBe('promise BufferIdle');
    expect(walk.refusal('resumeRead 0')).toBe('promise TicketRunnable');
    expect(walk.refusal('resumeWrite 0')).toBe('promise TicketRunnable');
    expect(walk.refusal('recycleFront 0')).toBe('environment recycleFront');
  });

  test('may not write a snapshot, nor space that is not free; and the configuration bounds the rest', () => {
    const walk = new Walk(directShapeOf({ snapshots: 1, sites: 3, writesMax: 1 }));
    expect(walk.refusal('strategyWrite 1 1 yes')).toBe('promise Writable');
    expect(walk.refusal('strategyWrite 0 0 yes')).toBe('promise SpaceReserved');
    walk.steps('strategyWrite 0 1 yes', 'directWriteDone 0');
    expect(walk.refusal('strategyWrite 0 2 yes')).toBe('bound strategyWrite');
    expect(walk.refusal('strategyRead 0 yes')).toBe('environment strategyRead'); // a hit
  });

  test('may not commit what is no visible record, nor resume what still waits', () => {
    const walk = new Walk(directShapeOf({ sites: 3 }));
    expect(walk.refusal('commitRecord 1')).toBe('promise RecordLive');
    expect(walk.refusal('resumeCommit 1')).toBe('environment resumeCommit');
    walk.steps('strategyWrite 0 1 yes', 'commitRecord 1');
    expect(walk.refusal('commitRecord 1')).toBe('environment commitRecord');
    expect(walk.refusal('resumeCommit 1')).toBe('promise TicketRunnable');
    walk.steps('directWriteDone 0', 'strategyWrite 0 2 yes');
    expect(walk.snapshot.fronts[0]).toMatchObject({ at: 'replacing', runnable: false });
    expect(walk.refusal('resumeWrite 0')).toBe('promise TicketRunnable');
    expect(walk.refusal('resumeRead 0')).toBe('environment resumeRead');
    walk.steps('resumeCommit 1');
    expect(walk.refusal('resumeWrite 0')).toBeUndefined();
  });

  test('may not let go of a buffer that it does not hold', () => {
    const walk = new Walk(directShapeOf());
    expect(walk.refusal('deviceRelease 0')).toBe('promise HandleOpen');
    walk.steps('deviceRead 0');
    expect(walk.refusal('deviceRelease 0')).toBe('environment deviceRelease');
    walk.steps('deviceReadDone 0');
    expect(walk.refusal('deviceRelease 0')).toBeUndefined();
  });
});

describe('an answer', () => {
  const faults = ['read', 'write', 'deviceRead', 'deviceWrite'] as const;

  test('tells whose operation ended: one load, two readers', () => {
    const walk = new Walk(directShapeOf({ snapshots: 1, doubleBuffer: true, faults }));
    expect(walk.step('strategyRead 0 yes')).toBe('io');
    expect(walk.step('strategyRead 1 yes')).toBe('wait');
    expect(walk.step('deviceReadDone 0')).toBe('done ends 3');
    expect(walk.snapshot.fronts.map(({ at, aged }) => `${at} ${aged}`)).toEqual(['valid true', 'valid true']);
  });

  test('is an error for everybody who waits for a load that fails, and the reserved space is free again', () => {
    const walk = new Walk(directShapeOf({ faults }));
    expect(walk.step('strategyWrite 0 1')).toBe('io'); // small
    expect(walk.step('deviceReadDone 1 yes')).toBe('error ends 1');
    expect(walk.snapshot.sites[1]).toMatchObject({ use: 'free', head: -1, version: 0, alias: 'none' });
    expect(walk.snapshot.criticalError).toBe(false); // reads are not critical
  });

  test('is in the call itself where everything is there', () => {
    const walk = new Walk(directShapeOf({ faults }));
    walk.steps('deviceRead 1', 'deviceReadDone 1');
    expect(walk.step('strategyWrite 0 1')).toBe('done ends 1');
    expect(walk.snapshot.sites[1]).toMatchObject({ alias: 'dirty', aliasVersion: 3, held: true, live: true });
  });

  test('ends nothing where nothing has begun: again, and refused', () => {
    const walk = new Walk(directShapeOf({ sites: 4, faults, writesMax: 3 }));
    walk.steps('strategyWrite 0 1 yes', 'deviceRead 1', 'deviceReadDone 1', 'directWriteDone 0', 'recycleFront 0');
    const before = walk.snapshot;
    expect(walk.step('strategyRead 0 yes')).toBe('again');
    expect(walk.snapshot).toEqual(before);
    walk.steps('strategyWrite 0 2 yes');
    expect(walk.step('directWriteDone 0 yes')).toBe('error ends 1');
    const failed = walk.snapshot;
    expect(walk.step('strategyWrite 0 3 yes')).toBe('refused');
    expect(walk.snapshot).toEqual(failed);
  });
});

describe('a shape', () => {
  test.each([
    ['sites', { sites: DIRECT_LIMITS.sites + 1 }],
    ['heads', { heads: DIRECT_LIMITS.heads + 1, sites: 8 }],
    ['fronts', { snapshots: DIRECT_LIMITS.fronts }],
    ['versions', { writesMax: DIRECT_LIMITS.versions - 1 }],
  ] as const)('with too many %s is refused by name', (what, parts) => {
    expect(() => createDirectMachine(directShapeOf(parts))).toThrow(ShapeTooLarge);
    expect(() => createDirectMachine(directShapeOf(parts))).toThrow(what);
  });
});
