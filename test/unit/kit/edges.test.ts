// The walk over every edge, and the breaking of promises, with a driver that performs on the model itself: what such a driver
// answers is right, so every check can be seen to fail for exactly the lie that a wrapper tells.

import { describe, expect, test } from 'vitest';
import { createMachine, explore, type Exploration, type Machine } from '../../../model/index.ts';
import type { Action, Outcome } from '../../../spec/buffer/vocabulary.ts';
import { DATA_SHAPE, META_UNDO_SHAPE } from '../../support/shapes.ts';
import { but, modelDriver } from '../../support/model-driver.ts';
import { blankSnapshot, type Driver, type MutableSnapshot } from '../../kit/driver.ts';
import { executeEdges } from '../../kit/edges.ts';
import { compareGraphs } from '../../tla/graph.ts';
import { formatDifference } from '../../check/graph-story.ts';
import { breakPromises, neverThrown } from '../../kit/promises.ts';
import { sameSnapshot, snapshotDifferences } from '../../kit/snapshot-difference.ts';
import { modelGraph } from '../../tla/model-graph.ts';

const data = explore(createMachine(DATA_SHAPE), { graph: true });
const metaUndo = explore(createMachine(META_UNDO_SHAPE), { graph: true });

/** A driver whose state reads otherwise from the moment that `starts` says so, until the next reset. */
function lying(starts: (action: Action) => boolean, lie: (into: MutableSnapshot) => void): Driver {
  let lies = false;
  return but(modelDriver(DATA_SHAPE), (honest) => ({
    reset() {
      lies = false;
      honest.reset();
    },
    perform(action) {
      const result = honest.perform(action);
      lies ||= starts(action);
      return result;
    },
    snapshot(into) {
      honest.snapshot(into);
      if (lies) lie(into);
    },
  }));
}

/** Says nothing when a buffer is to be written in the middle of a change. */
const silent = (honest: Driver): Partial<Driver> => ({
  perform(action) {
    try {
      return honest.perform(action);
    } catch (error) {
      if ((error as { promise?: string }).promise !== 'NotBeingModified') throw error;
      return { outcome: 'done', stats: { diskRead: 0, diskWrite: 0 }, woken: [] };
    }
  },
});

describe('every edge', () => {
  test.each([
    ['DATA', data],
    ['META with UNDO', metaUndo],
  ])('%s: is executed once and compared, in few steps', (_, exploration) => {
    const report = executeEdges(exploration, modelDriver(exploration.machine.shape));
    expect(report.mismatch).toBeUndefined();
    expect(report.executed).toBe(exploration.transitions);
    expect(report.total).toBe(exploration.transitions);
    expect(report.steps).toBeLessThan(3.2 * report.total);
  });

  test('needs the graph', () => {
    expect(() => executeEdges(explore(createMachine(DATA_SHAPE)), modelDriver(DATA_SHAPE))).toThrow(/graph: true/);
  });

  test('a field that reads otherwise is caught at the first edge that shows it', () => {
    const driver = lying(
      ({ kind }) => kind === 'ioModify',
      (into) => void (into.ios[0]!.waitmod = !into.ios[0]!.waitmod),
    );
    const { mismatch, executed } = executeEdges(data, driver);
    expect(executed).toBeLessThan(data.transitions);
    expect(mismatch).toMatchObject({
      label: 'IoModify',
      shortest: true,
      path: ['c1 ioRead d1 → io', 'device readDone d1 → done', 'c1 resumeGet d1 → done', 'c1 ioModify d1 → done'],
      differences: [{ path: 'io d1.waitmod', expected: 'false', seen: 'true' }],
    });
    expect(mismatch?.story).toEqual([
      '1. c1 ioRead d1 → io',
      '2. device readDone d1 → done',
      '3. c1 resumeGet d1 → done',
      '4. c1 ioModify d1 → done',
      '   io d1.waitmod: model false, production true',
    ]);
  });

  test('a list in another order, a sum and a run entry are caught', () => {
    const lies: [string, (into: MutableSnapshot) => void][] = [
      ['list data', (into) => into.lists.data.push(0)],
      ['mount.ioRunningSpace', (into) => void (into.mount.ioRunningSpace += 512)],
      ['iorun', (into) => into.iorun.push({ client: 1 })],
      ['client c2.needs', (into) => void (into.clients[1]!.needs[0] = 2)],
      ['volume v1.volatile', (into) => void (into.volumes[0]!.volatile = 'covered')],
    ];
    for (const [path, lie] of lies) {
      const { mismatch } = executeEdges(
        data,
        lying(({ kind }) => kind === 'writeDone', lie),
      );
      expect(mismatch?.label).toBe('WriteDone');
      expect(mismatch?.differences.map((d) => d.path)).toEqual([path]);
    }
  });

  test('another outcome, another statistic and a lost wake-up are caught', () => {
    const answering = (kind: Action['kind'], change: object): Driver =>
      but(modelDriver(DATA_SHAPE), (honest) => ({
        perform: (action) => ({ ...honest.perform(action), ...(action.kind === kind ? change : {}) }),
      }));
    const first = (driver: Driver) => {
      const { mismatch } = executeEdges(data, driver);
      return { label: mismatch?.label, differences: mismatch?.differences };
    };
    expect(first(answering('cleanLoose', { outcome: 'none' }))).toEqual({
      label: 'CleanLoose',
      differences: [{ path: 'outcome', expected: 'done', seen: 'none' }],
    });
    expect(first(answering('writeDone', { stats: { diskRead: 0, diskWrite: 0 } }))).toEqual({
      label: 'WriteDone',
      differences: [{ path: 'diskWrite', expected: '512', seen: '0' }],
    });
    expect(first(answering('readDone', { woken: [] }))).toEqual({
      label: 'ReadDone',
      differences: [{ path: 'woken', expected: 'c1', seen: 'nobody' }],
    });
  });

  test('an implementation with a name is told by it', () => {
    const lies = lying(
      ({ kind }) => kind === 'ioModify',
      (into) => void (into.ios[0]!.waitmod = true),
    );
    const { mismatch } = executeEdges(data, { ...lies, name: 'acme-cache' });
    expect(mismatch?.summary).toMatch(/^On IoModify acme-cache leaves the model/);
    expect(mismatch?.story.at(-1)).toBe('   io d1.waitmod: model false, acme-cache true');
    const broken = breakPromises(data, { ...but(modelDriver(DATA_SHAPE), silent), name: 'acme-cache' });
    expect(broken.mismatch?.summary).toMatch(/, but acme-cache gives no error/);
  });

  test('an exception is told as a mismatch', () => {
    const driver = but(modelDriver(DATA_SHAPE), (honest) => ({
      perform(action) {
        if (action.kind === 'recycle') throw new RangeError('the queue is gone');
        return honest.perform(action);
      },
    }));
    expect(executeEdges(data, driver).mismatch).toMatchObject({
      label: expect.stringMatching(/^Recycle/) as string,
      differences: [{ path: 'thrown', expected: 'nothing', seen: 'the queue is gone' }],
    });
  });

  // A cache that goes wrong only with its history (here: at its third write) shows nothing on a shortest path; the walk that
  // found it must be told instead, or the reader could not repeat it.
  test('what depends on the way is told with the way', () => {
    let writes = 0;
    const driver = but(modelDriver(DATA_SHAPE), (honest) => ({
      reset() {
        writes = 0;
        honest.reset();
      },
      perform(action) {
        if (action.kind === 'writeDone') writes++;
        return honest.perform(action);
      },
      snapshot(into) {
        honest.snapshot(into);
        if (writes >= 3) into.mount.criticalError = true;
      },
    }));
    const { mismatch } = executeEdges(data, driver);
    expect(mismatch).toMatchObject({ shortest: false, differences: [{ path: 'mount.criticalError' }] });
    expect(mismatch?.path.filter((step) => step.includes('writeDone'))).toHaveLength(3);
    expect(mismatch!.story.length).toBeLessThanOrEqual(12);
  });
});

describe('an effect of the model that is broken', () => {
  /** The machine, except that a refused recycle also marks the buffer as no metadata. */
  function broken(): Machine {
    const machine = createMachine(DATA_SHAPE);
    const recycle = machine.actions.findIndex(({ kind }) => kind === 'recycle');
    const spoil = (index: number, outcome: Outcome | undefined): Outcome | undefined => {
      if (index === recycle && outcome === 'refused') machine.state.ios[0]!.notmeta = true;
      return outcome;
    };
    return {
      ...machine,
      perform: (index) => spoil(index, machine.perform(index)),
      performCandidate: (index) => spoil(index, machine.performCandidate(index)),
      step(row, at, index, into) {
        const step = machine.step(row, at, index, into);
        spoil(index, step?.outcome);
        into.set(machine.state.words);
        return step;
      },
    };
  }
  const exploration: Exploration = explore(broken(), { graph: true });

  test('gives a difference of the graphs with the shortest path to it', () => {
    const comparison = compareGraphs(modelGraph(data), modelGraph(exploration));
    if (comparison.equal) throw new Error('the broken model went unnoticed');
    const { path, diverging } = comparison.difference;
    expect(path.map((step) => step.label)).toEqual([
      undefined,
      'IoReadIo',
      'ReadDone',
      'ResumeGet',
      'Release',
      'IoRead',
    ]);
    expect(diverging).toMatchObject([
      { label: 'RecycleRefused', fields: [{ path: 'io[d1].notmeta', left: 'false', right: 'true' }] },
    ]);
    expect(formatDifference(comparison.difference, { left: 'model', right: 'broken' })).toContain(
      'io[d1].notmeta: model false, broken true',
    );
  });

  test('gives a mismatch on the edge of a sound driver', () => {
    const { mismatch } = executeEdges(exploration, modelDriver(DATA_SHAPE));
    expect(mismatch).toMatchObject({
      label: 'RecycleRefused',
      differences: [{ path: 'io d1.notmeta', expected: 'true', seen: 'false' }],
    });
  });
});

describe('broken promises', () => {
  test('are thrown in states all over the graph, and counted by name', () => {
    const report = breakPromises(data, modelDriver(DATA_SHAPE), 100);
    expect(report.mismatch).toBeUndefined();
    expect(report.states).toBeGreaterThanOrEqual(Math.min(75, data.distinct));
    expect([...report.thrown.keys()].sort()).toEqual([
      'HandleOpen',
      'ModificationOpen',
      'NoOpenModification',
      'NotBeingModified',
      'TicketRunnable',
    ]);
  });

  test('a promise that no run throws is named', () => {
    const report = breakPromises(data, modelDriver(DATA_SHAPE), 100);
    expect(neverThrown(['HandleOpen', 'PinnedOnly'], [report])).toEqual(['PinnedOnly']);
  });

  test('a driver that lets one pass is caught', () => {
    const { mismatch } = breakPromises(data, but(modelDriver(DATA_SHAPE), silent));
    expect(mismatch).toMatchObject({
      kind: 'ioFlush',
      promise: 'NotBeingModified',
      summary: 'c1 ioFlush d1 breaks NotBeingModified, but production gives no error but the answer done.',
      differences: [{ path: 'thrown', expected: 'NotBeingModified', seen: 'no error but the answer done' }],
    });
    expect(mismatch?.path.at(-1)).toBe('c1 ioModify d1 → done');
  });

  test('a driver that names another promise is caught', () => {
    const driver = but(modelDriver(DATA_SHAPE), (honest) => ({
      perform(action) {
        try {
          return honest.perform(action);
        } catch (error) {
          if (action.kind === 'release') throw Object.assign(new Error('no'), { promise: 'NotInterlocked' });
          throw error;
        }
      },
    }));
    expect(breakPromises(data, driver).mismatch).toMatchObject({
      kind: 'release',
      promise: 'HandleOpen',
      differences: [{ path: 'thrown', expected: 'HandleOpen', seen: 'NotInterlocked' }],
    });
  });

  test('a driver that throws, but has changed something before, is caught', () => {
    let refs = 0;
    const driver = but(modelDriver(DATA_SHAPE), (honest) => ({
      reset() {
        refs = 0;
        honest.reset();
      },
      perform(action) {
        try {
          return honest.perform(action);
        } catch (error) {
          if (action.kind === 'ioModifyDone') refs++;
          throw error;
        }
      },
      snapshot(into) {
        honest.snapshot(into);
        into.ios[0]!.modifyRefs += refs;
      },
    }));
    const { mismatch } = breakPromises(data, driver);
    expect(mismatch).toMatchObject({ kind: 'ioModifyDone', differences: [{ path: 'io d1.modifyRefs' }] });
    expect(mismatch?.summary).toMatch(/but production changes io d1\.modifyRefs\.$/);
  });
});

describe('a hidden change', () => {
  // Production that throws, but keeps a trace of the attempt which only shows steps later, must not get away with it.
  test('is noticed when it shows, after promises were broken', () => {
    let attempts = 0;
    const driver = but(modelDriver(DATA_SHAPE), (honest) => ({
      reset() {
        attempts = 0;
        honest.reset();
      },
      perform(action) {
        try {
          return honest.perform(action);
        } catch (error) {
          if (action.kind === 'ioModify') attempts++;
          throw error;
        }
      },
      snapshot(into) {
        honest.snapshot(into);
        if (attempts > 0 && into.ios[0]!.running) into.mount.ioRunningSpace += 1;
      },
    }));
    const { mismatch } = breakPromises(data, driver);
    expect(mismatch).toMatchObject({ kind: undefined, differences: [{ path: 'mount.ioRunningSpace' }] });
    expect(mismatch?.summary).toMatch(/no longer where the model is: mount\.ioRunningSpace/);
  });
});

describe('two states', () => {
  test('are the same exactly when no field differs, whichever field is changed', () => {
    const [a, b] = [blankSnapshot(META_UNDO_SHAPE), blankSnapshot(META_UNDO_SHAPE)];
    expect(sameSnapshot(a, b)).toBe(true);
    const changed = (value: unknown): unknown =>
      typeof value === 'boolean' ? !value : typeof value === 'number' ? value + 1 : `${String(value)}!`;
    const places: readonly [string, Record<string, unknown>][] = [
      ['io u1', b.ios[1] as unknown as Record<string, unknown>],
      ['client c1', b.clients[0] as unknown as Record<string, unknown>],
      ['volume v1', b.volumes[0] as unknown as Record<string, unknown>],
      ['mount', b.mount],
    ];
    for (const [path, record] of places) {
      for (const key of Object.keys(record).filter((name) => name !== 'needs')) {
        const kept = record[key];
        record[key] = changed(kept);
        expect(sameSnapshot(a, b), `${path}.${key}`).toBe(false);
        expect(snapshotDifferences(META_UNDO_SHAPE, a, b).map((d) => d.path)).toEqual([`${path}.${key}`]);
        record[key] = kept;
      }
    }
    b.iorun.push({ io: 0 });
    a.iorun.push({ client: 0 });
    expect(sameSnapshot(a, b)).toBe(false);
    expect(snapshotDifferences(META_UNDO_SHAPE, a, b)).toEqual([{ path: 'iorun', expected: '<c1>', seen: '<m1>' }]);
  });

  // An implementation that shows a client or a buffer that nobody has must not seem to show one that is there.
  test.each([
    [{ io: 0 }, { client: -1 }],
    [{ io: 1 }, { client: -2 }],
    [{ client: 0 }, { io: -1 }],
  ])('are not the same where %o and %o stand on the run list', (mine, foreign) => {
    const [a, b] = [blankSnapshot(META_UNDO_SHAPE), blankSnapshot(META_UNDO_SHAPE)];
    a.iorun.push(mine);
    b.iorun.push(foreign);
    expect(sameSnapshot(a, b)).toBe(false);
    expect(snapshotDifferences(META_UNDO_SHAPE, a, b)).toMatchObject([{ path: 'iorun' }]);
  });

  test('are not the same where nobody and a stranger own the interlock', () => {
    const [a, b] = [blankSnapshot(META_UNDO_SHAPE), blankSnapshot(META_UNDO_SHAPE)];
    b.ios[0]!.interlockOwner = -2;
    expect(sameSnapshot(a, b)).toBe(false);
    expect(snapshotDifferences(META_UNDO_SHAPE, a, b)).toMatchObject([{ expected: 'none', seen: 'unknown' }]);
  });
});
