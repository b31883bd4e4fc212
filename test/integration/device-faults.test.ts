// What the catalogue promises about faults of a device, acted out on production.
//
// A story ends with evidence: how somebody was told, what a client reads in the end, and what would be right. From that, and
// from nothing else, follows whether the fault was survived, detected, or is outside the contract; the catalogue must say the
// same. What else an entry says is asserted inside its story. Each story is played with DATA and with META, because only META
// carries a CRC.

import assert from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import { DEVICE_FAULTS, type DeviceFault, type FaultPromise, type FaultTold } from '../../spec/index.ts';
import { hasValidCrc, NO_TICKET } from '../../src/index.ts';
import { FaultStage, STAGE_BLOCK_BYTES, STAGE_BUFS } from '../support/fault-stage.ts';
import { everyPowerLoss } from '../kit/power-loss.ts';
import type { InjectedFault } from '../kit/injected-fault.ts';

interface Evidence {
  readonly told: readonly FaultTold[];
  /** What a client reads; `waits` if it waits for ever, undefined if the story is about something else. */
  readonly seen?: Uint8Array | 'waits' | undefined;
  /** Any of these would be right. */
  readonly right?: readonly Uint8Array[];
}

function promiseOf({ told, seen, right = [] }: Evidence): FaultPromise {
  if (told.length > 0) return 'detected';
  return seen !== undefined && seen !== 'waits' && right.some((bytes) => isSame(seen, bytes)) ? 'survived' : 'outside';
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const must = (holds: boolean, what: string): void => assert.ok(holds, what);

const EIO: InjectedFault = { code: 'EIO' };
const BAD: InjectedFault = { code: 'EIO', sticky: true };
const LOST: InjectedFault = { code: 'lost' };
const ODD_SECTORS = [1, 3];

type Story = (stage: FaultStage) => Evidence;

const STORIES: Readonly<Record<string, Story>> = {
  F1: (stage) => {
    const right = stage.store(1, 1);
    stage.drop(1);
    const late = stage.start(1);
    stage.store(2, 2);
    must(stage.core.nextRunnable() === NO_TICKET, 'the get waits, and the others went on');
    stage.complete('read', undefined, 1);
    const { handle } = stage.resume(late);
    stage.issue(handle, 3);
    const modify = stage.core.ioModify(handle);
    must(modify.outcome === 'wait' && stage.contents(handle)[9] === 3, 'bytes stay as issued until the write is done');
    stage.store(2, 4);
    stage.complete('write', undefined, 1);
    must(stage.resume(modify.ticket).outcome === 'done', 'then they may change');
    return { told: stage.told, seen: stage.contents(handle), right: [stage.device.pristine.read(0, 1), right] };
  },

  F2: (stage) => {
    const blocks = [1, 2, 3, 4];
    const reads = blocks.map((block) => stage.start(block));
    for (const block of [...blocks].reverse()) stage.complete('read', undefined, block);
    const handles = reads.map((ticket) => stage.resume(ticket).handle);
    handles.forEach((handle, i) => stage.issue(handle, i + 1));
    stage.complete('write', undefined, 3);
    const sync = stage.core.ioFlushSync().ticket;
    stage.submit();
    stage.complete('write', undefined, 4);
    stage.complete('flush');
    stage.complete('write', undefined, 1);
    stage.complete('write', undefined, 2);
    must(stage.resume(sync, 'sync').outcome === 'done' && stage.sync() === 'done', 'both syncs succeed');
    const right = Buffer.concat(handles.map((handle) => stage.contents(handle)));
    for (const handle of handles) stage.core.release(handle);
    stage.restart();
    return { told: stage.told, seen: Buffer.concat(blocks.map((block) => stage.read(block))), right: [right] };
  },

  F3: (stage) => {
    const [right, next] = [stage.store(1, 1), stage.store(2, 2)];
    for (const block of [1, 2]) stage.drop(block);
    const [first, queued] = [stage.start(1, true), stage.start(1)];
    stage.complete('read', EIO);
    must(stage.resume(first).outcome === 'error', 'the getter is told');
    must(stage.resume(queued).outcome === 'io', 'the next one reads again');
    stage.complete('read');
    const seen = stage.contents(stage.resume(queued).handle);
    must(isSame(seen, right) && isSame(stage.read(2), next), 'and gets the right bytes, read ahead or not');
    return { told: stage.told };
  },

  F4: (stage) => {
    stage.store(1, 1);
    stage.drop(1);
    for (const fault of [BAD, undefined, undefined]) must(stage.get(1, fault) === undefined, 'each getter is told');
    must(stage.core.view.slab.freeBufs === STAGE_BUFS, 'no buffer is left behind');
    must(stage.core.view.volumes[0]!.ios.size === 0, 'no structure is left behind');
    return { told: stage.told };
  },

  F5: (stage) => {
    const old = stage.store(1, 1);
    const fresh = stage.write(1, 2, EIO);
    must(isSame(stage.read(1), fresh), 'the bytes are readable');
    const handle = stage.get(1)!;
    must(stage.core.ioFlush(handle).outcome === 'clean', 'nothing is to be written again');
    must(stage.sync() === 'done', 'a sync speaks of writes that ended well');
    stage.core.release(handle);
    assert.throws(() => stage.core.unload(0, 1), /Unreferenced/, 'a pinned buffer stays');
    must(stage.core.recycle(0, 1).outcome === 'refused', 'and the kernel does not get it');
    stage.core.ioClearErrorNoassert(0, 1);
    stage.drop(1);
    must(isSame(stage.read(1), old), 'without the pin the new bytes are gone');
    return { told: stage.told };
  },

  F6: (stage) => {
    stage.write(1, 1, BAD);
    stage.write(1, 2);
    const fresh = stage.write(1, 3);
    must(stage.core.view.volumes[0]!.ios.get(1)!.refs === 1, 'there is one pin');
    must(isSame(stage.read(1), fresh), 'the bytes are readable');
    const other = stage.store(2, 4);
    must(isSame(stage.device.readDurable(0, 2), other), 'other blocks are written');
    return { told: stage.told };
  },

  F7: (stage) => {
    const right = stage.write(1, 1);
    const both = [stage.core.ioFlushSync().ticket, stage.core.ioFlushSync().ticket];
    stage.complete('flush', EIO);
    must(
      both.every((ticket) => stage.resume(ticket, 'sync').outcome === 'error'),
      'all who wait are told',
    );
    stage.write(2, 2);
    must(stage.sync() === 'error' && stage.device.pending().length === 0, 'for good, and nothing is tried');
    must(isSame(stage.read(1), right), 'the bytes are readable');
    return { told: stage.told };
  },

  F8: (stage) => {
    stage.store(1, 1);
    const fresh = stage.write(1, 2, LOST);
    must(isSame(stage.read(1), fresh), 'while the buffer is there its bytes are right');
    stage.drop(1);
    return { told: stage.told, seen: stage.read(1), right: [fresh] };
  },

  F9: (stage) => {
    stage.store(1, 1);
    const fresh = stage.write(1, 2);
    must(stage.sync(LOST) === 'done', 'the sync succeeds');
    stage.restart();
    return { told: stage.told, seen: stage.read(1), right: [fresh] };
  },

  F10: (stage) => {
    const old = stage.store(1, 1);
    const fresh = stage.write(1, 2, { code: 'torn', sectors: ODD_SECTORS, result: 'ok' });
    stage.drop(1);
    const seen = stage.read(1);
    must(isMixtureOf(seen, old, fresh), 'what is read is a mixture');
    return { told: stage.told, seen, right: [fresh] };
  },

  F11: (stage) => failedInPart(stage, { code: 'torn', sectors: ODD_SECTORS, result: 'error' }),

  F12: (stage) => {
    const build = (on: FaultStage): Uint8Array => {
      const right = on.store(1, 1);
      on.write(2, 2);
      on.issue(on.get(3)!, 3);
      return right;
    };
    const right = build(stage);
    const { sectorsPerBlock } = stage.device;
    let seen = right;
    for (const survivors of everyPowerLoss(stage.device.volatileWrites(), sectorsPerBlock)) {
      const one = new FaultStage(stage.type);
      build(one);
      one.restart(survivors);
      const read = one.device.read(0, 1);
      if (!isSame(read, right)) seen = read;
    }
    stage.restart();
    must(isSame(stage.read(1), right), 'a new core gets it');
    return { told: stage.told, seen, right: [right] };
  },

  F13: (stage) => {
    const old = stage.store(1, 1);
    const handle = stage.get(1)!;
    stage.issue(handle, 2);
    const fresh = stage.contents(handle);
    stage.restart(new Map(stage.device.volatileWrites().map(({ id }) => [id, [0, 1]])));
    const seen = stage.read(1);
    must(isMixtureOf(seen, old, fresh), 'what is read is a mixture, though the old contents were durable');
    return { told: stage.told, seen, right: [old, fresh] };
  },

  F14: (stage) => {
    const old = stage.store(1, 1);
    const fresh = stage.store(1, 2);
    stage.drop(1);
    const handle = stage.get(1, { code: 'stale', versionsBack: 1 })!;
    const seen = stage.contents(handle);
    must(isSame(seen, old), 'the old bytes are served');
    stage.core.ioModify(handle);
    stage.core.bytes(handle)[99] = 7;
    stage.core.change(handle);
    stage.core.ioModifyDone(handle);
    stage.core.ioFlush(handle);
    stage.complete('write');
    must(stage.device.read(0, 1)[98] === old[98], 'and written back');
    return { told: stage.told, seen, right: [fresh] };
  },

  F15: (stage) => {
    const right = stage.store(1, 1);
    stage.drop(1);
    const seen = stage.read(1, { code: 'flip', bit: 801 });
    stage.drop(1);
    must(isSame(stage.read(1), right), 'the medium is right');
    return { told: stage.told, seen, right: [right] };
  },

  F16: (stage) => {
    const right = stage.store(1, 1);
    const sent = stage.write(2, 2, { code: 'flip', bit: 801 });
    stage.device.flipAtRest(0, 1, 801);
    for (const block of [1, 2]) stage.drop(block);
    must(!isSame(stage.read(2), sent), 'on its way');
    const seen = stage.read(1);
    stage.drop(1);
    must(isSame(stage.read(1), seen), 'it is wrong each time');
    return { told: stage.told, seen, right: [right] };
  },

  F17: (stage) => {
    const right = stage.store(1, 1);
    stage.drop(1);
    const ticket = stage.start(1);
    const id = stage.complete('read', { code: 'short', bytes: STAGE_BLOCK_BYTES - 1 });
    must(stage.core.view.runningReadBytes === STAGE_BLOCK_BYTES, 'the request is still in flight');
    must(stage.core.nextRunnable() === NO_TICKET, 'and nobody was served');
    stage.core.readDone(id, 'error');
    must(stage.resume(ticket).outcome === 'error', 'completed with error it is a failed read');
    must(isSame(stage.read(1), right), 'and the next getter reads again');
    return { told: stage.told };
  },

  F18: (stage) => failedInPart(stage, { code: 'short', bytes: 1500 }),

  F19: (stage) => {
    const right = stage.store(1, 1);
    stage.store(3, 3);
    const [held, written] = [stage.get(1)!, stage.get(3)!];
    stage.write(4, 4);
    stage.issue(written, 5);
    const get = stage.start(2);
    const sync = stage.core.ioFlushSync().ticket;
    stage.complete('read', { code: 'gone' });
    must(stage.resume(get).outcome === 'error', 'the getter is told');
    stage.complete('write');
    stage.complete('flush');
    must(stage.resume(sync, 'sync').outcome === 'error', 'the sync is told');
    must(stage.get(5) === undefined && stage.sync() === 'error', 'later requests fail too');
    must(stage.device.pending().length === 0 && stage.core.ioWaitAll().outcome === 'done', 'nobody waits');
    must(isSame(stage.contents(held), right) && stage.contents(written)[9] === 5, 'what is held is readable');
    must(stage.core.ioClearError(written).outcome === 'done', 'what was written last is pinned');
    return { told: stage.told };
  },

  F20: (stage) => {
    const { core } = stage;
    stage.start(1);
    const read = stage.complete('read');
    const { handle } = stage.resume(core.nextRunnable());
    stage.issue(handle, 1);
    const write = stage.complete('write');
    core.ioFlushSync();
    const flush = stage.complete('flush');
    must(stage.resume(core.nextRunnable(), 'sync').outcome === 'done', 'the sync succeeds');
    core.release(handle);
    const before = digest(stage);
    must(
      stage.refused(() => core.readDone(read, 'ok', new Uint8Array(STAGE_BLOCK_BYTES))),
      'a read is refused',
    );
    must(
      stage.refused(() => core.writeDone(write, 'error')),
      'a write is refused',
    );
    must(
      stage.refused(() => core.flushDone(flush, 'error')),
      'a flush is refused',
    );
    must(
      stage.refused(() => core.flushDone(999, 'ok')),
      'what was never asked is refused',
    );
    assert.deepEqual(digest(stage), before, 'nothing has changed');
    return { told: stage.told };
  },

  F21: (stage) => {
    const ticket = stage.start(1);
    stage.store(2, 2);
    assert.throws(() => stage.core.resume(ticket), /TicketRunnable/);
    assert.throws(() => stage.core.cancel(ticket), /TicketQueued/, 'a load cannot be withdrawn');
    must(stage.core.nextRunnable() === NO_TICKET, 'nobody is woken');
    return { told: stage.told, seen: 'waits' };
  },
};

/** A write that failed after a part of it had arrived. */
function failedInPart(stage: FaultStage, fault: InjectedFault): Evidence {
  const old = stage.store(1, 1);
  const fresh = stage.write(1, 2, fault);
  must(isSame(stage.read(1), fresh), 'the pinned buffer is whole');
  must(stage.core.view.volumes[0]!.flush === 'dirty', 'the next sync will flush the volume');
  must(stage.sync() === 'done', 'and it does');
  stage.core.ioClearErrorNoassert(0, 1);
  stage.drop(1);
  must(isMixtureOf(stage.read(1), old, fresh), 'the medium is not');
  return { told: stage.told };
}

function isMixtureOf(seen: Uint8Array, a: Uint8Array, b: Uint8Array): boolean {
  return !isSame(seen, a) && !isSame(seen, b) && seen.every((byte, i) => byte === a[i] || byte === b[i]);
}

/** Everything that the core counts, and the block of the story. */
function digest({ core }: FaultStage) {
  const { criticalError, ioRunningSpace, runningReadBytes, runningWriteBytes, ioLockedCount, slab } = core.view;
  const { flush, runningIos, ios } = core.view.volumes[0]!;
  const io = ios.get(1)!;
  return {
    ...{ criticalError, ioRunningSpace, runningReadBytes, runningWriteBytes, ioLockedCount, flush, runningIos },
    ...{ free: slab.freeBufs, unreferenced: io.isUnreferenced, modified: io.modified, running: io.running },
    ...{ reading: io.reading, released: io.released, ioerror: io.ioerror, bytes: Uint8Array.from(io.bp!.bytes) },
  };
}

/** Where the catalogue says otherwise than the evidence; undefined if it says the same. */
function disagreement(entry: DeviceFault, evidence: Evidence): string | undefined {
  const shown = promiseOf(evidence);
  if (shown !== entry.promise) return `${entry.id} is said to be ${entry.promise}, and is ${shown}`;
  const [said, told] = [entry.told.join(', '), evidence.told.join(', ')];
  return said === told ? undefined : `${entry.id} is said to be told by ${said}, and is told by ${told}`;
}

const ENTRIES = DEVICE_FAULTS.map((entry): [string, string, DeviceFault] => [entry.id, entry.fault, entry]);

describe('the catalogue', () => {
  test('has a story for each entry, and an entry for each story', () => {
    expect(DEVICE_FAULTS.map(({ id }) => id)).toEqual(Object.keys(STORIES));
  });

  test('says how what is detected is told, and who notices what is outside', () => {
    const odd = DEVICE_FAULTS.filter(
      ({ promise, told, instead }) =>
        (promise === 'detected') !== told.length > 0 || (promise === 'outside') !== (instead !== undefined),
    );
    expect(odd.map(({ id }) => id)).toEqual([]);
  });

  test('is contradicted when it promises too much, too little, or another error', () => {
    const [f3, f8] = ['F3', 'F8'].map((id) => DEVICE_FAULTS.find((entry) => entry.id === id)!);
    const [told, lost] = [STORIES['F3']!(new FaultStage('data')), STORIES['F8']!(new FaultStage('data'))];
    expect(disagreement({ ...f8!, promise: 'survived' }, lost)).toBe('F8 is said to be survived, and is outside');
    expect(disagreement({ ...f3!, promise: 'outside' }, told)).toBe('F3 is said to be outside, and is detected');
    expect(disagreement({ ...f3!, told: ['sync'] }, told)).toBe('F3 is said to be told by sync, and is told by get');
  });
});

describe.each(['data', 'meta'] as const)('on %s', (type) => {
  test.each(ENTRIES)('%s, the device: %s', (id, _, entry) => {
    const evidence = STORIES[id]!(new FaultStage(type));
    expect(disagreement(entry, evidence)).toBeUndefined();
    if (type === 'meta' && entry.crcTells !== undefined)
      expect(hasValidCrc(evidence.seen as Uint8Array)).toBe(!entry.crcTells);
  });
});

test('a failed write of UNDO is not pinned', () => {
  const stage = new FaultStage('undo');
  stage.write(1, 1, EIO);
  expect(stage.told).toEqual(['criticalError']);
  stage.drop(1);
});

test('what was read ahead is dropped when the block was written meanwhile (F2)', () => {
  const stage = new FaultStage('data');
  stage.start(1, true);
  const { handle } = stage.core.ioNew(0, 2, 'data');
  stage.issue(handle, 5);
  stage.complete('write', undefined, 2);
  stage.core.release(handle);
  stage.drop(2);
  stage.complete('read', undefined, 1);
  expect(stage.core.ioRead(0, 2, 'data').outcome).toBe('io');
});

test('with the faults off no story shows its fault: what is shown is the fault', () => {
  /** Not given with a completion: power loss, a completion too many, and one that never comes. */
  const otherwise = ['F13', 'F20', 'F21'];
  const shown = DEVICE_FAULTS.filter((entry) => {
    try {
      return disagreement(entry, STORIES[entry.id]!(new FaultStage('data', true))) === undefined;
    } catch {
      return false; // What else the entry says does not hold without the fault.
    }
  });
  const survived = DEVICE_FAULTS.filter(({ promise }) => promise === 'survived').map(({ id }) => id);
  expect(shown.map(({ id }) => id)).toEqual([...survived, ...otherwise].sort(byNumber));
});

const byNumber = (a: string, b: string): number => Number(a.slice(1)) - Number(b.slice(1));
