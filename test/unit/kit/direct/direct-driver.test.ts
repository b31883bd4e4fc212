// The kit on the direct machine: comparison, texts, configurations, the edge walk and the breaker of promises, and that each of
// them notices what it is there for. A driver that performs on the model stands in for production; it is right by definition.

import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DIRECT_LABELS, type DirectAction } from '../../../../spec/direct/vocabulary.ts';
import { DIRECT_REPAIR_IDS, type DirectShape } from '../../../../spec/direct/snapshot.ts';
import {
  blankDirectSnapshot,
  createDirectMachine,
  exploreDirect,
  type MutableDirectSnapshot,
} from '../../../../model/direct/index.ts';
import { butDirect, DIRECT_SHAPE, directModelDriver } from '../../../support/direct-stage.ts';
import { BUFFER_MACHINE } from '../../../check/buffer-machine.ts';
import { DIRECT_MACHINE } from '../../../check/direct-machine.ts';
import { doubleNames } from '../../../check/project-lint.ts';
import { ConfigurationError, TLA_DIR } from '../../../kit/configurations.ts';
import { breakDirectPromises, executeDirectEdges } from '../../../kit/direct/checks.ts';
import { directCfgText } from '../../../tla/direct-cfg-text.ts';
import {
  DIRECT_ACTS,
  DIRECT_FAULTS,
  DIRECT_SAFE,
  DIRECT_WITHOUT,
  directConfiguration,
  directShapeFromCfg,
} from '../../../kit/direct/configurations.ts';
import { directDifferences, sameDirectSnapshot } from '../../../kit/direct/direct-difference.ts';
import { directActionText, directLanguage } from '../../../kit/direct/direct-language.ts';
import type { DirectAnswer, DirectDriver } from '../../../kit/direct/driver.ts';
import { walkEdges } from '../../../kit/edges.ts';
import { compareGraphs } from '../../../tla/graph.ts';
import { formatDifference } from '../../../check/graph-story.ts';
import { labelledGraph, labelsOf } from '../../../tla/model-graph.ts';
import { breakPromisesOf } from '../../../kit/promises.ts';
import { readCfg } from '../../../kit/tla/cfg.ts';
import { compiledEngine } from '../../../tla/compiled-engine.ts';

const language = directLanguage(DIRECT_SHAPE);
const exploration = exploreDirect(createDirectMachine(DIRECT_SHAPE), { graph: true });
const honest = (): DirectDriver => directModelDriver(DIRECT_SHAPE);

/** A driver whose state reads otherwise from the moment that `starts` says so, until the next reset. */
function lying(starts: (action: DirectAction) => boolean, lie: (into: MutableDirectSnapshot) => void): DirectDriver {
  let lies = false;
  return butDirect(honest(), (driver) => ({
    reset() {
      lies = false;
      driver.reset();
    },
    perform(action) {
      const answer = driver.perform(action);
      lies ||= starts(action);
      return answer;
    },
    snapshot(into) {
      driver.snapshot(into);
      if (lies) lie(into);
    },
  }));
}

const answering = (kind: DirectAction['kind'], change: Partial<DirectAnswer>): DirectDriver =>
  butDirect(honest(), (driver) => ({
    perform: (action) => ({ ...driver.perform(action), ...(action.kind === kind ? change : {}) }),
  }));

describe('every edge of the direct machine', () => {
  test('is executed once and compared', () => {
    const report = executeDirectEdges(exploration, honest());
    expect(report.mismatch).toBeUndefined();
    expect(report).toMatchObject({ executed: exploration.transitions, total: exploration.transitions });
  });

  test('a field that reads otherwise is caught at the first edge that shows it', () => {
    const driver = lying(
      ({ kind }) => kind === 'directWriteDone',
      (into) => void (into.sites[1]!.inval = false),
    );
    expect(walkEdges(exploration, driver, language).mismatch).toMatchObject({
      label: 'DirectWriteDone',
      shortest: true,
      path: ['client strategyWrite h1 large to s2 → io', 'device directWriteDone h1 → done'],
      differences: [{ path: 'site s2.inval', expected: 'true', seen: 'false' }],
    });
  });

  test('another outcome is caught', () => {
    expect(walkEdges(exploration, answering('deviceRecycle', { outcome: 'again' }), language).mismatch).toMatchObject({
      label: 'DeviceRecycle',
      differences: [{ path: 'outcome', expected: 'done', seen: 'again' }],
    });
  });

  test('an end that is told twice, to a stranger or to nobody is caught, though no state shows it', () => {
    const first = (completed: number) =>
      walkEdges(exploration, answering('directReadDone', { completed }), language).mismatch?.differences;
    expect(first(0)).toEqual([{ path: 'completed', expected: 'h1', seen: 'nobody' }]);
    expect(first(3)).toEqual([{ path: 'completed', expected: 'h1', seen: 'h1 p1' }]);
    expect(first(5)).toEqual([{ path: 'completed', expected: 'h1', seen: 'h1 somebody unknown' }]);
  });

  test('what depends on the way is told with the way', () => {
    let reads = 0;
    const driver = butDirect(honest(), (sound) => ({
      reset() {
        reads = 0;
        sound.reset();
      },
      perform(action) {
        if (action.kind === 'directReadDone') reads++;
        return sound.perform(action);
      },
      snapshot(into) {
        sound.snapshot(into);
        if (reads >= 4) into.criticalError = true;
      },
    }));
    expect(walkEdges(exploration, driver, language).mismatch).toMatchObject({
      shortest: false,
      differences: [{ path: 'criticalError' }],
    });
  });
});

describe('broken promises of the direct machine', () => {
  test('are all thrown somewhere', () => {
    const report = breakDirectPromises(exploration, honest(), 100);
    expect(report.mismatch).toBeUndefined();
    expect([...report.thrown.keys()].sort()).toEqual(
      ['BufferIdle', 'HandleOpen', 'RecordLive', 'SpaceReserved', 'TicketRunnable', 'Writable'].sort(),
    );
  });

  test('a driver that lets one pass is caught', () => {
    const driver = butDirect(honest(), (sound) => ({
      perform(action) {
        try {
          return sound.perform(action);
        } catch (error) {
          if ((error as { promise?: string }).promise !== 'Writable') throw error;
          return { outcome: 'refused', completed: 0 };
        }
      },
    }));
    expect(breakPromisesOf(exploration, driver, language).mismatch).toMatchObject({
      kind: 'strategyWrite',
      promise: 'Writable',
      summary:
        'client strategyWrite p1 large to s1 breaks Writable, but production gives no error but the answer refused.',
    });
  });

  test('a driver that throws, but has changed something before, is caught', () => {
    let stumbled = false;
    const driver = butDirect(honest(), (sound) => ({
      reset() {
        stumbled = false;
        sound.reset();
      },
      perform(action) {
        try {
          return sound.perform(action);
        } catch (error) {
          stumbled ||= action.kind === 'deviceRelease';
          throw error;
        }
      },
      snapshot(into) {
        sound.snapshot(into);
        if (stumbled) into.sites[0]!.held = !into.sites[0]!.held;
      },
    }));
    expect(breakPromisesOf(exploration, driver, language).mismatch).toMatchObject({
      kind: 'deviceRelease',
      differences: [{ path: 'site s1.held' }],
    });
  });
});

describe('two graphs of the direct machine', () => {
  const graph = labelledGraph(exploration, language);

  test('have one text for each state, and labels of the vocabulary', () => {
    expect(new Set(graph.states).size).toBe(exploration.distinct);
    expect([...labelsOf(exploration, language)].filter((label) => !DIRECT_LABELS.includes(label))).toEqual([]);
    expect([...graph.labels].sort()).toEqual([...labelsOf(exploration, language)].sort());
  });

  // The text of a state is what the engine's output is brought to, letter for letter, or not one state would be the same.
  test('are the same, told by the model and read from the TLA+ engine', async () => {
    const shape: DirectShape = {
      ...DIRECT_SHAPE,
      doubleBuffer: true,
      verify: true,
      acts: ['strategyRead', 'deviceReadDone', 'recycleFront', 'relocate', 'cycle', 'deviceWriteBack', 'resumeRead'],
    };
    const directory = mkdtempSync(join(tmpdir(), 'direct-text-'));
    try {
      cpSync(TLA_DIR, directory, { recursive: true });
      writeFileSync(join(directory, 'small.cfg'), directCfgText(shape, { invariants: ['TypeOK'] }));
      const limits = { wantGraph: true, maxStates: 5000, timeoutSeconds: 60 };
      const run = { moduleDir: directory, module: 'DirectIo', cfg: 'small.cfg', ...limits };
      const tla = await compiledEngine().check(run);
      const explored = exploreDirect(createDirectMachine(shape), { graph: true });
      expect(explored.distinct).toBeGreaterThan(40);
      expect(compareGraphs(tla.graph!, labelledGraph(explored, directLanguage(shape)))).toEqual({ equal: true });
    } finally {
      rmSync(directory, { recursive: true });
    }
  }, 60_000);

  test('differ where a label is another one', () => {
    const renamed = labelledGraph(exploration, {
      ...language,
      label: (action, outcome) => (action.kind === 'deviceRecycle' ? 'Recycle' : language.label(action, outcome)),
    });
    const comparison = compareGraphs(graph, renamed);
    if (comparison.equal) throw new Error('the wrong label went unnoticed');
    expect(comparison.difference.lone.map(({ label }) => label).sort()).toEqual(['DeviceRecycle', 'Recycle']);
  });

  test('differ where an effect is another one, told with the field', () => {
    const machine = createDirectMachine(DIRECT_SHAPE);
    const done = machine.actions.findIndex(({ kind }) => kind === 'directWriteDone');
    const broken = exploreDirect(
      {
        ...machine,
        perform(index) {
          const outcome = machine.perform(index);
          if (index === done && outcome === 'done') machine.state.heads[0]!.newest = 1;
          return outcome;
        },
      },
      { graph: true },
    );
    const comparison = compareGraphs(graph, labelledGraph(broken, language));
    if (comparison.equal) throw new Error('the broken model went unnoticed');
    expect(formatDifference(comparison.difference, { left: 'model', right: 'broken' })).toContain(
      'newest[h1]: model 3, broken 1',
    );
  });
});

describe('two states of the direct machine', () => {
  test('are the same exactly when no field differs, whichever field is changed', () => {
    const [a, b] = [blankDirectSnapshot(DIRECT_SHAPE), blankDirectSnapshot(DIRECT_SHAPE)];
    expect(sameDirectSnapshot(a, b)).toBe(true);
    const places: readonly [(key: string) => string, Record<string, unknown>][] = [
      [(key) => `front p1.${key}`, b.fronts[1] as unknown as Record<string, unknown>],
      [(key) => `site s2.${key}`, b.sites[1] as unknown as Record<string, unknown>],
      [(key) => key, b as unknown as Record<string, unknown>],
      [() => 'index h1', b.index as unknown as Record<string, unknown>],
      [() => 'kept p1', b.kept as unknown as Record<string, unknown>],
      [() => 'newest h1', b.newest as unknown as Record<string, unknown>],
    ];
    const changed = (value: unknown): unknown =>
      typeof value === 'boolean' ? !value : typeof value === 'number' ? value + 1 : `${String(value)}!`;
    let fields = 0;
    for (const [pathOf, record] of places) {
      for (const key of Object.keys(record).filter((name) => typeof record[name] !== 'object')) {
        const kept = record[key];
        record[key] = changed(kept);
        expect(sameDirectSnapshot(a, b), pathOf(key)).toBe(false);
        expect(directDifferences(DIRECT_SHAPE, a, b).map(({ path }) => path)).toEqual([pathOf(key)]);
        record[key] = kept;
        fields++;
      }
    }
    expect(fields).toBe(7 + 15 + 4 + 3);
  });

  test('name sites, heads and nobody', () => {
    const [a, b] = [blankDirectSnapshot(DIRECT_SHAPE), blankDirectSnapshot(DIRECT_SHAPE)];
    b.fronts[0]!.cached = 1;
    b.sites[0]!.head = 0;
    b.kept[0] = 7;
    expect(directDifferences(DIRECT_SHAPE, a, b)).toEqual([
      { path: 'front h1.cached', expected: 'none', seen: 's2' },
      { path: 'site s1.head', expected: 'none', seen: 'h1' },
      { path: 'kept p1', expected: 's1', seen: 'unknown' },
    ]);
  });
});

test('actions are told with their names', () => {
  const told = (action: DirectAction): string => directActionText(DIRECT_SHAPE, action);
  expect(told({ kind: 'strategyRead', front: 1, whole: false })).toBe('client strategyRead p1 piecewise');
  expect(told({ kind: 'strategyWrite', front: 0, site: 1, large: false })).toBe('client strategyWrite h1 small to s2');
  expect(told({ kind: 'directWriteDone', front: 0, error: true })).toBe('device directWriteDone h1 EIO');
  expect(told({ kind: 'relocate', site: 0, to: 1 })).toBe('mount relocate s1 to s2');
  expect(told({ kind: 'cycle' })).toBe('mount cycle');
});

describe('the cfg of a direct shape', () => {
  const [h1, p1] = DIRECT_SHAPE.fronts;
  const TWO: DirectShape = {
    ...DIRECT_SHAPE,
    fronts: [h1!, { name: 'h2', kind: 'head', head: 1 }, p1!, { name: 'p2', kind: 'snapshot', head: 0 }],
    sites: [
      ...DIRECT_SHAPE.sites,
      { name: 's3', volume: 1, trouble: 'missing' },
      { name: 's4', volume: 0, trouble: 'lookup' },
      { name: 's5', volume: 1, trouble: 'beyond' },
    ],
    home: [0, 1],
    doubleBuffer: true,
    verify: true,
    short: true,
    faults: DIRECT_FAULTS,
    acts: DIRECT_ACTS,
    repairs: DIRECT_REPAIR_IDS.filter((id) => id !== 'D8'),
    writesMax: 4,
  };

  test.each([
    ['one file', DIRECT_SHAPE],
    ['two files on two volumes', TWO],
  ])('%s: gives the same shape again', (_, shape) => {
    const text = directCfgText(shape, { invariants: ['TypeOK'] });
    expect(directShapeFromCfg(readCfg(text, 'y.cfg'), 'y.cfg')).toEqual(shape);
  });

  test.each([
    ['None', 'nobody', /None must be the model value none/],
    ['Heads', '{}', /Heads must be \{H1\} or \{H1, H2\}/],
    ['Heads', '{h2}', /Heads must be \{H1\} or \{H1, H2\}/],
    ['Home1', 's9', /Home1 is not among Sites/],
    ['Home2', 's1', /Home2 is the home of both heads/],
    ['Missing', '{s9}', /Missing holds s9, which is not among Sites/],
    ['Beyond', '{s3}', /Beyond holds s3, which has another trouble already/],
    ['V1', 'v3', /V1 is not among Vols/],
    ['V2', 'v3', /OnV2 names sites of V2/],
    ['Short', 'maybe', /Short must be TRUE or FALSE/],
    ['Acts', '{"strategyReed"}', /Acts holds "strategyReed"/],
    ['WritesMax', '-1', /WritesMax must be a number from 0/],
  ])('is refused when %s is %s', (constant, value, message) => {
    const text = directCfgText(TWO, { invariants: [] }).replace(
      new RegExp(`^ +${constant} = .*$`, 'm'),
      `    ${constant} = ${value}`,
    );
    const read = (): DirectShape => directShapeFromCfg(readCfg(text, 'y.cfg'), 'y.cfg');
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(message);
  });
});

describe('a direct configuration by name', () => {
  test('that nobody knows, or whose file is missing, is refused', () => {
    expect(() => directConfiguration('direct')).toThrow(/no configuration 'direct'; choose one of direct-write, /);
    const directory = mkdtempSync(join(tmpdir(), 'direct-configurations-'));
    try {
      expect(() => directConfiguration('direct-write', directory)).toThrow(/'direct-write' has no file /);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('safe ones have every repair, the others all but their own', () => {
    for (const name of DIRECT_SAFE) expect(directConfiguration(name).shape.repairs, name).toEqual(DIRECT_REPAIR_IDS);
    for (const [name, repair] of Object.entries(DIRECT_WITHOUT)) {
      expect(directConfiguration(name).shape.repairs, name).toEqual(DIRECT_REPAIR_IDS.filter((id) => id !== repair));
    }
  });

  test('together the safe ones offer every action, both choices and every fault', () => {
    const shapes = DIRECT_SAFE.map((name) => directConfiguration(name).shape);
    const offered = new Set(shapes.flatMap(({ acts }) => acts));
    // Forgetting the old site ahead of the move is what repair D14 excludes.
    expect(DIRECT_ACTS.filter((act) => act !== 'uncache' && !offered.has(act))).toEqual([]);
    expect(new Set(shapes.flatMap(({ faults }) => faults))).toEqual(new Set(DIRECT_FAULTS));
  });
});

describe('the two machines', () => {
  test('share no name of a claim, goal, repair, promise, label or configuration', () => {
    expect(doubleNames([BUFFER_MACHINE, DIRECT_MACHINE])).toEqual([]);
  });

  test('a name that stands twice is a finding of the lint', () => {
    const both = { ...DIRECT_MACHINE, promises: BUFFER_MACHINE.promises };
    expect(doubleNames([BUFFER_MACHINE, both])).toContain(
      'The promise HandleOpen stands twice; give each a name of its own.',
    );
  });
});
