// What the stories about the CLOCK policy leave open, because it shows in large slabs only, in the order of writes, or in what
// is not done: how far the hand goes, which neighbours are taken along, and the whole text of refusals.

import { test } from 'vitest';
import { ClockPolicy } from '../../../../src/policy/clock-policy.ts';
import { isPullable } from '../../../../src/policy/buf-use.ts';
import { SequentialReads } from '../../../../src/policy/sequential-reads.ts';
import type { Handle } from '../../../../src/index.ts';
import { PolicyStage } from '../../../loads/cache-policy-stage.ts';
import { mustBe, mustEqual, mustThrow } from '../../../support/must.ts';

const SIZE = 64;
const MANY = 200;
const VOLUMES = [{ name: 'v1', blocks: 16, headerBlock: 0 }, { name: 'v2', blocks: 16 }]; // prettier-ignore
const range = (count: number, from = 0, step = 1): number[] => Array.from({ length: count }, (_, i) => from + i * step);

/** A slab of 200 buffers over a volume with room for their neighbours to be missing. */
const large = (): PolicyStage =>
  new PolicyStage({ capacityBufs: MANY, volumes: [{ name: 'v1', blocks: 3 * MANY }], backlogBytesMax: MANY * SIZE });

/** Calls of cleanLoose, which for nothing would be no step of the model. */
function countCleanings(stage: PolicyStage): () => number {
  let count = 0;
  const cleanLoose = stage.core.cleanLoose.bind(stage.core);
  stage.core.cleanLoose = () => {
    count++;
    return cleanLoose();
  };
  return () => count;
}

test('options may be the least there are, and no more buffers are made free than there are', () => {
  const least = { dirtyBytesMax: 0, dirtyBytesLow: 0, clusterBlocksMax: 1, looseMax: 0 };
  const none = { recycled: 0, purged: 0, writtenBack: 0, clustered: 0, loosened: 0, refusals: 0, swept: 0 };
  mustEqual(new ClockPolicy(least).statistics, none);
  const { core } = new PolicyStage({ capacityBufs: 2 });
  mustThrow(
    () => new ClockPolicy().makeRoom(core, 3),
    'InvalidArgument: promised was at most the 2 buffers of the slab; seen: 3 of them. Ask for fewer.',
  );
});

test('a core that refuses is counted, and nothing is taken for done', () => {
  const stage = new PolicyStage({ capacityBufs: 1 });
  const policy = new ClockPolicy();
  stage.visit(1);
  stage.io(1).used = false;
  const recycle = stage.core.recycle.bind(stage.core);
  stage.core.recycle = (volume, block) => ({ ...recycle(volume, block), outcome: 'refused' });
  policy.makeRoom(stage.core, 1);
  mustEqual([policy.statistics.refusals, policy.statistics.recycled], [1, 0]);
});

test('while there is room nothing is done at all', () => {
  const stage = new PolicyStage({ capacityBufs: 2 });
  const policy = new ClockPolicy({ looseMax: 0 });
  stage.visit(1);
  stage.core.recycle(0, 1);
  const cleanings = countCleanings(stage);
  mustEqual([policy.makeRoom(stage.core, 1), policy.makeRoom(stage.core, 2)], ['room', 'room']);
  mustBe(cleanings(), 0);
});

test('the hand goes round once more only where the first turn has found nothing', () => {
  const stage = large();
  const policy = new ClockPolicy();
  stage.visit(...range(MANY));
  mustBe(policy.makeRoom(stage.core, 1), 'room');
  mustBe(policy.statistics.swept, MANY + 1);
});

test('behind enough writes under way the hand looks a little further, not round the slab', () => {
  const stage = large();
  const policy = new ClockPolicy({ clusterBlocksMax: 1 });
  stage.dirty([0, 2]);
  stage.visit(...range(MANY - 2, 4));
  for (const block of [0, 2]) stage.io(block).used = false;
  mustBe(policy.makeRoom(stage.core, 2), 'writing');
  mustEqual(stage.written(), [0, 2]);
  mustBe(policy.statistics.swept, 1 + LOOK_ON);
});

const LOOK_ON = 64;

test('structures are cleaned away for the sake of a header only where nothing else is left, and if there are any', () => {
  const stage = new PolicyStage({ capacityBufs: 3, volumes: VOLUMES });
  const cleanings = countCleanings(stage);
  const policy = new ClockPolicy();
  stage.core.release(stage.get(0, 'volume'));
  stage.core.release(stage.get(3, 'meta'));
  stage.core.recycle(0, 3); // Without a buffer; it keeps the header.
  stage.dirty([4], 'data', 1);
  const held = stage.get(5, 'data', 1);
  mustEqual([policy.makeRoom(stage.core, 2), cleanings()], ['writing', 0]);
  stage.complete('write');
  mustEqual([policy.makeRoom(stage.core, 1), cleanings()], ['room', 0]);
  mustEqual([policy.makeRoom(stage.core, 2), cleanings(), policy.statistics.loosened], ['room', 1, 2]);
  stage.core.release(held);
  const header = stage.get(0, 'volume');
  mustEqual([policy.makeRoom(stage.core, 3), cleanings()], ['full', 2]);
  mustEqual([policy.makeRoom(stage.core, 3), cleanings()], ['full', 2]);
  stage.core.release(header);
});

test('neighbours go along upwards, then downwards, up to clusterBlocksMax', () => {
  const written = (clusterBlocksMax: number, low: number, blocks: readonly number[]): number[] => {
    const stage = new PolicyStage({ backlogBytesMax: 16 * SIZE });
    const dirtyBytesMax = (blocks.length - 1) * SIZE;
    const policy = new ClockPolicy({ dirtyBytesMax, dirtyBytesLow: low * SIZE, clusterBlocksMax });
    stage.dirty(blocks);
    policy.writeBehind(stage.core);
    return stage.written();
  };
  mustEqual(written(16, 5, [5, 6, 7, 4, 3, 9]), [5, 6, 7, 4, 3]);
  mustEqual(written(2, 1, [4, 5, 3]), [4, 5]);
  mustEqual(written(2, 2, [5, 4, 3, 2]), [5, 4]);
});

test('META whose checksum is still to be made wants a flush, also where it is all there is', () => {
  const stage = new PolicyStage({ capacityBufs: 1 });
  const { handle } = stage.core.ioNew(0, 1, 'meta');
  stage.core.modifyBuffer(handle);
  stage.core.change(handle);
  stage.core.ioModifyDone(handle);
  stage.core.release(handle);
  mustBe(stage.io(1).gencrc, true);
  mustBe(new ClockPolicy().makeRoom(stage.core, 1), 'flush');
});

test('what was read ahead for a structure that has lost its buffer is given up like any other', () => {
  const stage = new PolicyStage({ capacityBufs: 2 });
  const policy = new ClockPolicy();
  stage.visit(4);
  stage.core.recycle(0, 4);
  const { ticket } = stage.core.ioRead(0, 3, 'data', true);
  mustBe(policy.makeRoom(stage.core, 1), 'writing');
  stage.complete('read');
  stage.core.resume(ticket);
  mustEqual([policy.makeRoom(stage.core, 1), policy.statistics.purged], ['room', 1]);
});

test('a neighbour is a delayed write that nobody uses', () => {
  const stage = new PolicyStage();
  stage.dirty([1, 2]);
  stage.visit(3, 4);
  stage.core.recycle(0, 4);
  const held = stage.get(2);
  mustEqual([1, 2, 3, 4, 5].map((block) => isPullable(stage.core.view, 0, block)), [true, false, false, false, false]); // prettier-ignore
  stage.core.release(held);
});

test('a delayed write that somebody uses is not asked for', () => {
  const stage = new PolicyStage();
  const policy = new ClockPolicy({ dirtyBytesMax: 0 });
  stage.dirty([1]);
  const held = stage.get(1);
  mustEqual([policy.writeBehind(stage.core), policy.statistics.refusals], [0, 0]);
  stage.core.release(held);
  mustBe(policy.writeBehind(stage.core), 1);
});

test('between the marks nothing is written once the low one was reached', () => {
  const stage = new PolicyStage({ backlogBytesMax: 16 * SIZE });
  const policy = new ClockPolicy({ dirtyBytesMax: 4 * SIZE, dirtyBytesLow: SIZE, clusterBlocksMax: 1 });
  stage.dirty([1, 3, 5, 7, 9]);
  mustBe(policy.writeBehind(stage.core), 4);
  stage.dirty([11, 13]);
  mustBe(policy.writeBehind(stage.core), 0);
});

/** All buffers of a large slab with dirty blocks in them, those from `free` on released, the others held. */
function mostlyHeld(stage: PolicyStage, free: number): Handle[] {
  return range(MANY, 0, 2).flatMap((block, i) => {
    const { handle } = stage.core.ioNew(0, block, 'data');
    if (i < free) return [handle];
    stage.core.release(handle);
    return [];
  });
}

test('the next call looks at the whole slab, where this one has written something', () => {
  const stage = large();
  const policy = new ClockPolicy({ dirtyBytesMax: 0, clusterBlocksMax: 1 });
  const held = mostlyHeld(stage, MANY - 1);
  mustEqual([policy.writeBehind(stage.core), policy.statistics.swept], [1, 2 * MANY]);
  mustEqual([policy.writeBehind(stage.core), policy.statistics.swept], [0, 4 * MANY]);
  mustEqual([policy.writeBehind(stage.core), policy.statistics.swept], [0, 4 * MANY + LOOK_ON]);
  stage.core.release(held[100]!);
  mustEqual([policy.writeBehind(stage.core), policy.statistics.swept], [1, 4 * MANY + 2 * LOOK_ON]);
});

test('and where it did not look, because the backlog was full', () => {
  const stage = new PolicyStage({
    capacityBufs: MANY,
    volumes: [{ name: 'v1', blocks: 3 * MANY }],
    backlogBytesMax: 0,
  });
  const policy = new ClockPolicy({ dirtyBytesMax: 0, clusterBlocksMax: 1 });
  mostlyHeld(stage, 0);
  mustBe(policy.writeBehind(stage.core), 1);
  mustBe(policy.writeBehind(stage.core), 0);
  mustBe(policy.statistics.swept, MANY + 1);
  for (const block of range(MANY - 1, 2, 2)) stage.io(block).used = block < 2 * MANY - 2;
  stage.complete('write');
  mustBe(policy.writeBehind(stage.core), 1);
  mustEqual(stage.written(), [2 * MANY - 2]);
});

test('a reader is recognised by the block that it asked for last, which at first is none', () => {
  const reads = new SequentialReads();
  mustEqual([-3, 0, 1, 3, 3, 6].map((block) => reads.note(0, block)), [false, false, true, true, true, false]); // prettier-ignore
});
