// Each claim can fail: its example breaks it, and breaks nothing else that is not understood.
//
// Healthy examples are those of the goals. They break nothing; so the predicates neither sleep nor cry wolf.

import { describe, expect, it } from 'vitest';
import {
  CLAIMS,
  CONSTRUCTIONS,
  GOALS,
  INVARIANTS,
  PROPERTIES,
  type Property,
  type Snapshot,
  type Transition,
} from '../../../spec/index.ts';
import { EXAMPLE_BLOCK_BYTES, blank } from '../../../spec/buffer/example.ts';

/** Claims that an example cannot help breaking besides its own, and why. */
const ALSO_BREAKS: Readonly<Record<string, readonly string[]>> = {
  I5: ['H11'], // no composite state is both modified and running
  I7: ['H11'], // nor does META have a passive dirty one
  H6: ['H11'], // nor is a clean buffer delayed
  I29: ['H10'], // pending CRC work is an owner of references
};

/** In the order of the catalogue. */
const FIXED = [
  'I1 ModifiedOnItsList state',
  'I2 LooseIsDetached state',
  'I3 RunningIsOnRunList state',
  'I4 RunListHoldsRunning state',
  'I5 ModifiedExcludesRunning state',
  'I6 HeldIsOffQueue state',
  'I7 DirtyMetaIsHeld state',
  'I8 OneIoPerBuffer state',
  'I10 OndiskNeedsBuffer state',
  'I11 DisassociateIsSafe step',
  'I12 FreedIsBare step',
  'I13 InterlockCount state',
  'I14 BytesChangeOnlyOpen step',
  'I15 IssueWithoutModifiers step',
  'I16 KernelNeedsNoReferences step',
  'I19 LockedHasBuffer state',
  'I20 DeallocateIsLegal step',
  'I21 LockedCount state',
  'I22 LockedDirtySpace state',
  'I23 RunningSpace state',
  'I24 RunningRead state',
  'I25 ReclaimIsConsumed step',
  'I26 CheckNeedsInterlock state',
  'I27 OneInterlockOwner state',
  'I28 AttachedIsNotLoose state',
  'I29 PendingCrcHoldsReference state',
  'I30 CrcDoneBeforeWrite state',
  'I31 PinnedHasReference state',
  'I33 ErrorBeforeDone step',
  'I34 BarrierSawAll step',
  'I48 FlushMarkTellsTruth state',
  'H1 WaitdepEndsWithWait state',
  'H2 ReclaimExcludesModified state',
  'H3 PinnedHasBuffer state',
  'H4 UndoCoversOpenModification state',
  'H5 InterlockIsNotOvertaken step',
  'H6 DelayedWriteIsDirty state',
  'H7 HandleSeesLoadedBuffer state',
  'H8 SyncCoversCompleted step',
  'H9 FailedIsForGood step',
  'H10 RefsAreOwned state',
  'H11 StateIsNamed state',
  'H12 NotesTellWhoSleeps state',
  'H13 HeadBarrierIsAwake state',
];

/** Ids of the state claims that a state breaks, other than the one it is an example of. */
function brokenIn(s: Snapshot, except = ''): string[] {
  return INVARIANTS.filter((claim) => claim.applies(s) && !claim.holds(s, EXAMPLE_BLOCK_BYTES))
    .map(({ id }) => id)
    .filter((id) => id !== except);
}

const isAsked = ({ on }: Property, { step }: Transition): boolean => on === 'any' || on.includes(step.action.kind);

/** Ids of the step claims that a step breaks, other than the one it is an example of. */
function brokenBy(t: Transition, except = ''): string[] {
  return PROPERTIES.filter((claim) => {
    if (!isAsked(claim, t) || !claim.applies(t.before, t.step, t.after)) return false;
    return !claim.holds(t.before, t.step, t.after);
  })
    .map(({ id }) => id)
    .filter((id) => id !== except);
}

describe('the catalogue', () => {
  it('has the claims by their fixed ids, names and forms', () => {
    const checked = CLAIMS.filter(({ form }) => form !== 'construction');
    expect(checked.map(({ id, tla, form }) => `${id} ${tla} ${form}`)).toEqual(FIXED);
    expect(CONSTRUCTIONS.map(({ id }) => id)).toEqual(['I9', 'I17', 'I18', 'H20', 'H21', 'H22', 'H23']);
  });

  it('names each claim once, and each goal once', () => {
    const names = [...CLAIMS.flatMap(({ id, tla }) => [id, tla]), ...GOALS.map(({ id }) => id)];
    expect(new Set(names).size).toBe(names.length);
  });

  it('states each claim in a sentence, with a reason', () => {
    const unclear = CLAIMS.filter(({ statement, why }) => !statement.endsWith('.') || !why.endsWith('.'));
    expect(unclear.map(({ id }) => id)).toEqual([]);
  });
});

describe.each(INVARIANTS.map((claim) => [`${claim.id} ${claim.tla}`, claim] as const))('%s', (_, claim) => {
  it('is broken by its example', () => {
    expect(claim.applies(claim.violation)).toBe(true);
    expect(claim.holds(claim.violation, EXAMPLE_BLOCK_BYTES)).toBe(false);
  });

  it('is broken by it without the size of a block too', () => {
    expect(claim.holds(claim.violation)).toBe(false);
  });

  it('shares its example with no claim but those that are understood', () => {
    expect(brokenIn(claim.violation, claim.id)).toEqual(ALSO_BREAKS[claim.id] ?? []);
  });

  it('holds where nothing exists', () => {
    expect(claim.holds(blank(claim.violation), EXAMPLE_BLOCK_BYTES)).toBe(true);
  });

  it('applies to some healthy example', () => {
    expect(GOALS.some(({ example }) => claim.applies(example))).toBe(true);
  });
});

describe('a claim about each io by itself', () => {
  const alone = INVARIANTS.filter(({ ofIo }) => ofIo !== undefined);
  const examples = [...INVARIANTS.map(({ violation }) => violation), ...GOALS.map(({ example }) => example)];

  it('is one of these', () => {
    expect(alone.map(({ id }) => id).join(' ')).toBe('I2 I5 I6 I7 I8 I10 I19 I26 I28 I29 I30 H1 H2 H3 H6 H11');
  });

  it.each(alone.map((claim) => [claim.id, claim] as const))('%s says of ios what it says of states', (_, claim) => {
    const different = examples.filter((s) => {
      const verdicts = s.ios.map((io) => claim.ofIo!(io));
      const applies = verdicts.some((verdict) => verdict !== 'silent');
      return applies !== claim.applies(s) || verdicts.includes('broken') === claim.holds(s, EXAMPLE_BLOCK_BYTES);
    });
    expect(different).toEqual([]);
    expect(claim.violation.ios.map((io) => claim.ofIo!(io))).toContain('broken');
  });
});

describe.each(PROPERTIES.map((claim) => [`${claim.id} ${claim.tla}`, claim] as const))('%s', (_, claim) => {
  const { before, step, after } = claim.violation;

  it('is asked about its example, which breaks it', () => {
    expect(isAsked(claim, claim.violation)).toBe(true);
    expect(claim.applies(before, step, after)).toBe(true);
    expect(claim.holds(before, step, after)).toBe(false);
  });

  it('shares its example with no other claim', () => {
    expect(brokenBy(claim.violation, claim.id)).toEqual([]);
    expect([...brokenIn(before), ...brokenIn(after)]).toEqual([]);
  });
});

describe('goals', () => {
  it('are at least twenty', () => {
    expect(GOALS.length).toBeGreaterThanOrEqual(20);
  });

  it.each(GOALS.map((goal) => [goal.id, goal] as const))(
    '%s is reached by its example, which is healthy',
    (_, goal) => {
      expect(goal.reached(goal.example)).toBe(true);
      expect(brokenIn(goal.example)).toEqual([]);
    },
  );

  it.each(GOALS.map((goal) => [goal.id, goal] as const))('%s is not reached where nothing exists', (_, goal) => {
    expect(goal.reached(blank(goal.example))).toBe(false);
  });
});

describe('byte sums', () => {
  it('are checked exactly when the size of a block is known', () => {
    const claim = INVARIANTS.find(({ id }) => id === 'I22')!;
    const oneTooFew = { ...GOALS.find(({ id }) => id === 'G29')!.example };
    const wrong = { ...oneTooFew, mount: { ...oneTooFew.mount, lockedDirtySpace: EXAMPLE_BLOCK_BYTES / 2 } };
    expect(claim.holds(wrong, EXAMPLE_BLOCK_BYTES)).toBe(false);
    expect(claim.holds(wrong)).toBe(true);
  });
});
