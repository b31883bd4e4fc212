// The catalogue of the direct machine: every claim can be broken, every situation can be told from its absence, and repairs,
// promises and claims name one another truthfully.

import { describe, expect, it } from 'vitest';
import {
  CLAIMS,
  DIRECT_ABSENT,
  DIRECT_ACTION_KINDS,
  DIRECT_CLAIMS,
  DIRECT_GOALS,
  DIRECT_INVARIANTS,
  DIRECT_LABELS,
  DIRECT_PROGRESS,
  DIRECT_PROMISES,
  DIRECT_PROPERTIES,
  DIRECT_REPAIR_IDS,
  DIRECT_REPAIRS,
  GOALS,
  LABELS,
  type DirectSnapshot,
} from '../../../../spec/index.ts';
import { directBlank } from '../../../../spec/direct/example.ts';

/** Claims that an example breaks beside its own, because one cannot be broken without the other there. */
const ALSO_BREAKS: Readonly<Record<string, readonly string[]>> = {
  I44: ['I42'], // a write that no visible record tells of has no visible record
};

const brokenIn = (s: DirectSnapshot, ...but: readonly string[]): string[] =>
  DIRECT_INVARIANTS.filter((claim) => !but.includes(claim.id) && claim.applies(s) && !claim.holds(s)).map(
    ({ id }) => id,
  );

describe('claims about file data', () => {
  it('are these', () => {
    expect(DIRECT_INVARIANTS.map(({ id, tla }) => `${id} ${tla}`)).toEqual([
      'I39 FreeSpaceIsFree',
      'I42 DirectIoIsReserved',
      'I43 MediaHasNoDirectFlags',
      'I44 RecordVisibleBeforeCompletion',
      'I45 ReadsAreFresh',
      'I47 VolumesBalance',
      'I49 CrcCoversRecord',
      'H14 WriteLandsOnItsRecord',
      'H15 NoStaleAlias',
      'H16 CachedSiteIsCurrent',
      'H17 MediumHoldsIndex',
      'H18 OneLiveRecord',
    ]);
    expect(DIRECT_PROPERTIES.map(({ id, tla }) => `${id} ${tla}`)).toEqual([
      'I46 OneCompletion',
      'H19 RefusedAfterCritical',
    ]);
  });

  it('have names that no other claim or goal has, in either machine', () => {
    const names = [
      ...[...CLAIMS, ...DIRECT_CLAIMS].flatMap(({ id, tla }) => [id, tla]),
      ...[...GOALS, ...DIRECT_GOALS].map(({ id }) => id),
    ];
    expect(new Set(names).size).toBe(names.length);
    const labels = [...LABELS, ...DIRECT_LABELS];
    expect(labels.filter((label) => LABELS.includes(label) && DIRECT_LABELS.includes(label))).toEqual([]);
  });

  it('are sentences, with a reason', () => {
    const unclear = DIRECT_CLAIMS.filter(({ statement, why }) => !statement.endsWith('.') || !why.endsWith('.'));
    expect(unclear.map(({ id }) => id)).toEqual([]);
  });
});

describe.each(DIRECT_INVARIANTS.map((claim) => [`${claim.id} ${claim.tla}`, claim] as const))('%s', (_, claim) => {
  it('is broken by its example', () => {
    expect(claim.applies(claim.violation)).toBe(true);
    expect(claim.holds(claim.violation)).toBe(false);
  });

  it('shares its example with no claim but those that are understood', () => {
    expect(brokenIn(claim.violation, claim.id)).toEqual(ALSO_BREAKS[claim.id] ?? []);
  });

  it('holds in the beginning', () => {
    expect(claim.holds(directBlank(claim.violation))).toBe(true);
  });

  it('applies to some healthy example', () => {
    expect(DIRECT_GOALS.some(({ example }) => claim.applies(example))).toBe(true);
  });
});

describe.each(DIRECT_PROPERTIES.map((claim) => [`${claim.id} ${claim.tla}`, claim] as const))('%s', (_, claim) => {
  const { before, step, after } = claim.violation;

  it('is asked about its example, which breaks it', () => {
    expect(claim.on === 'any' || claim.on.includes(step.action.kind)).toBe(true);
    expect(claim.applies(before, step, after)).toBe(true);
    expect(claim.holds(before, step, after)).toBe(false);
  });

  it('is broken by a step between healthy states', () => {
    expect([...brokenIn(before), ...brokenIn(after)]).toEqual([]);
    const others = DIRECT_PROPERTIES.filter(({ id, on }) => {
      return id !== claim.id && (on === 'any' || on.includes(step.action.kind));
    });
    expect(others.filter((other) => !other.holds(before, step, after)).map(({ id }) => id)).toEqual([]);
  });
});

describe('one completion', () => {
  const claim = DIRECT_PROPERTIES.find(({ id }) => id === 'I46')!;
  const { before, step, after } = claim.violation;

  it.each([
    ['nobody', 0, false],
    ['its own front', 1, true],
    ['a front that has nothing under way', 2, false],
    ['both', 3, false],
  ] as const)('a completion that answers %s', (_, completed, isRight) => {
    expect(claim.holds(before, { ...step, completed }, after)).toBe(isRight);
  });

  it('is not kept by a load that fails and forgets one of two readers', () => {
    const both = DIRECT_GOALS.find(({ id }) => id === 'G35')!.example;
    const forgotten = {
      ...both,
      fronts: [after.fronts[0]!, both.fronts[1]!],
      sites: [{ ...both.sites[0]!, alias: 'none' as const }],
    };
    const failed = {
      action: { kind: 'deviceReadDone', site: 0, error: true },
      outcome: 'error',
      completed: 1,
    } as const;
    expect(claim.holds(both, failed, forgotten)).toBe(false);
    const answered = { ...forgotten, fronts: [after.fronts[0]!, after.fronts[0]!] };
    expect(claim.holds(both, { ...failed, completed: 3 }, answered)).toBe(true);
  });

  it('is not kept by a call that ends at once and does not say so', () => {
    const action = { kind: 'strategyRead', front: 0, whole: true } as const;
    const call = (completed: number) => ({ action, outcome: 'done', completed }) as const;
    expect(claim.applies(after, call(0), after)).toBe(true);
    expect(claim.holds(after, call(0), after)).toBe(false);
    expect(claim.holds(after, call(1), after)).toBe(true);
    expect(claim.applies(after, { action, outcome: 'again', completed: 0 }, after)).toBe(false);
  });
});

describe('situations of file data', () => {
  it.each(DIRECT_GOALS.map((goal) => [goal.id, goal] as const))(
    '%s is reached by its example, which is healthy',
    (_, goal) => {
      expect(goal.reached(goal.example)).toBe(true);
      expect(brokenIn(goal.example)).toEqual([]);
    },
  );

  it.each(DIRECT_GOALS.map((goal) => [goal.id, goal] as const))('%s is not reached in the beginning', (_, goal) => {
    expect(goal.reached(directBlank(goal.example))).toBe(false);
  });

  it('do not all come down to one: no example reaches more than three', () => {
    const reached = DIRECT_GOALS.map(({ example }) => DIRECT_GOALS.filter((goal) => goal.reached(example)).length);
    expect(Math.max(...reached)).toBeLessThanOrEqual(3);
  });
});

describe('repairs of file data', () => {
  it('are those that can be left out', () => {
    expect(DIRECT_REPAIRS.map(({ id }) => id)).toEqual(DIRECT_REPAIR_IDS);
    expect(DIRECT_REPAIRS.map(({ configuration }) => configuration)).toEqual(
      DIRECT_REPAIR_IDS.map((id) => `direct-without-${id}`),
    );
  });

  it('name a claim that says it fails without them', () => {
    const named = DIRECT_REPAIRS.map(({ id, claim }) => `${id} ${claim}`);
    const said = DIRECT_CLAIMS.flatMap(({ id, repairs = [] }) => repairs.map((repair) => `${repair} ${id}`));
    expect([...said].sort()).toEqual([...named].sort());
  });
});

describe('the rest of the catalogue', () => {
  it('promises are about actions, each named once', () => {
    expect(new Set(DIRECT_PROMISES.map(({ name }) => name)).size).toBe(DIRECT_PROMISES.length);
    const about = DIRECT_PROMISES.flatMap(({ on }) => on);
    expect(about.filter((kind) => !DIRECT_ACTION_KINDS.includes(kind))).toEqual([]);
  });

  it('progress sees fronts and the backend wait', () => {
    const waits = (id: string): readonly number[] => {
      const { example } = DIRECT_GOALS.find((goal) => goal.id === id)!;
      const everybody = [...Array(example.fronts.length + example.sites.length).keys()];
      return everybody.filter((who) => DIRECT_PROGRESS[0]!.waits(example, who));
    };
    expect(waits('G36')).toEqual([0, 2]); // the front, and the record on the second site
    expect(waits('G38')).toEqual([]);
  });

  it('what is not there is named once, with its reason', () => {
    expect(DIRECT_ABSENT.map(({ name }) => name)).toEqual([
      'D10',
      'hammer_io_direct_read_complete',
      'aliases of several kinds',
      'the flush of a direct write',
      'snapshots that come and go',
      'bytes that the medium has damaged',
      'ResumeReadError',
    ]);
    expect(DIRECT_ABSENT.filter(({ what, why }) => !what.endsWith('.') || !why.endsWith('.'))).toEqual([]);
  });
});
