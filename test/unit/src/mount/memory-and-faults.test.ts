// Memory behind the buffers of a mount, failed writes of file data, tickets of files, and who gives up before waiting: each
// asked of the part itself.

import { test } from 'vitest';
import type { DeviceRequest } from '../../../../src/core/device.ts';
import { MemoryVolumes } from '../../../../src/devices/memory-volumes.ts';
import { Faults } from '../../../../src/mount/faults.ts';
import { formatDevice, Mount } from '../../../../src/mount/index.ts';
import { openParts, type DeviceMountOptions } from '../../../../src/mount/volumes/open.ts';
import { ReadsAhead } from '../../../../src/mount/reads-ahead.ts';
import { newCounters } from '../../../../src/mount/statistics.ts';
import { Waits } from '../../../../src/mount/waits.ts';
import type { Ticket } from '../../../../src/core/ids.ts';
import { mustBe, mustEqual, mustThrow } from '../../../support/must.ts';

const BYTES = 512;
const BUFS = 8;
const OFFSET = 1024;
const CACHE = { cacheBytes: BUFS * BYTES, slabOffset: OFFSET };

/** A formatted device that completes by itself. */
async function newDevice(): Promise<DeviceMountOptions['device']> {
  const volumes = new MemoryVolumes({ blocks: [16], blockBytes: BYTES });
  await formatDevice(volumes);
  return volumes.reopen();
}

const refusal = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => '(nothing was thrown)',
    (error: unknown) => (error as Error).message,
  );

/** Where a mount has its memory: bytes in all, and the first byte and the number of bytes for files, and of what is lent. */
async function memoryOf(options: Partial<DeviceMountOptions>): Promise<readonly number[]> {
  const { fileMemory, loans } = await openParts({ device: await newDevice(), ...CACHE, ...options });
  const lent = await loans.lend(1, {}).then(
    ({ bytes }) => bytes,
    () => undefined,
  );
  const files = fileMemory.bytes > 0 ? await fileMemory.lend(BYTES, {}) : undefined;
  const all = (lent ?? files)?.buffer.byteLength ?? 0;
  const most = lent === undefined ? '0' : /Expected 1 to (\d+) bytes/.exec(await refusal(loans.lend(0, {})))![1];
  return [all, files?.byteOffset ?? 0, fileMemory.bytes, lent?.byteOffset ?? 0, Number(most)];
}

test('behind the buffers there is memory for files, and then memory to lend, in whole blocks', async () => {
  const behind = OFFSET + BUFS * BYTES;
  const [three, two] = [3 * BYTES, 2 * BYTES];
  const own = await memoryOf({ fileBytes: three + 100, lentBytes: two + 511 });
  mustEqual(own, [behind + three + two, behind, three, behind + three, two]);
  const slab = new SharedArrayBuffer(behind + 4 * BYTES + 300);
  const given = await memoryOf({ slab, fileBytes: three, lentBytes: three });
  mustEqual(given, [slab.byteLength, behind, three, behind + three, BYTES]);
  mustEqual(await memoryOf({ slab, fileBytes: 0 }), [slab.byteLength, 0, 0, behind, 4 * BYTES]);
  const bare = new SharedArrayBuffer(behind);
  mustEqual(await memoryOf({ slab: bare }), [0, 0, 0, 0, 0]);
  const usual = 8 * 1024 * 1024;
  mustEqual(await memoryOf({}), [behind + 2 * usual, behind, usual, behind + usual, usual]);
});

test('memory of less than nothing, or of half bytes, is refused', async () => {
  const device = await newDevice();
  for (const [name, bytes] of [['fileBytes', -1], ['lentBytes', -1], ['lentBytes', 0.5], ['fileBytes', NaN]] as const) {
    const text = `Expected \`${name}\` of Mount.open to be a whole number from 0, but got ${bytes}. Correct it.`;
    mustBe(await refusal(openParts({ device, ...CACHE, [name]: bytes })), text);
  } // prettier-ignore
});

test('a mount lends what it has, unless it is too late for the signal or the mount', async () => {
  const mount = await Mount.open({ device: await newDevice(), ...CACHE, fileBytes: 0, lentBytes: BYTES });
  const lent = await mount.lend(1);
  mustBe(lent.bytes.length, BYTES);
  mustBe(await refusal(mount.lend(1, { signal: AbortSignal.abort(new Error('too late')) })), 'too late');
  const waiting = refusal(mount.lend(1));
  await mount.close();
  const closed = 'The mount is closed. Open the volumes again.';
  mustEqual([await waiting, await refusal(mount.lend(1))], [closed, closed]); // prettier-ignore
});

test('failed writes of file data are known block by block, apart from those of the cache', () => {
  const faults = new Faults(['a', 'b'], false);
  const write = (volume: number, block: number, blocks: number): DeviceRequest => ({
    kind: 'write',
    id: 1,
    volume,
    block,
    bytes: new Uint8Array(blocks * BYTES),
  });
  const error = new Error('worn out');
  faults.note({ request: write(1, 5, 3), result: 'error', error }, BYTES);
  const at = (volume: number, block: number): object => ({ volume, block, name: ['a', 'b'][volume] });
  mustEqual([...faults.failedFileWrites()], [at(1, 5), at(1, 6), at(1, 7)]);
  mustEqual([...faults.failedWrites()], []);
  mustEqual([5, 6, 7, 8, 4].map((block) => faults.writeError(1, block)), [error, error, error, undefined, undefined]); // prettier-ignore
  mustEqual([faults.critical, faults.isLost(1, 5, 3), faults.isReadOnly], [error, false, true]);
  faults.note({ request: write(0, 9, 1), result: 'error', error });
  mustEqual([...faults.failedWrites()], [at(0, 9)]);
  mustEqual([...faults.failedFileWrites()].length, 3);
  mustEqual([7, 8, 9, 10].map((block) => faults.isLost(0, block, 2)), [false, true, true, false]); // prettier-ignore
  mustBe(faults.isLost(1, 9, 1), false);
  mustEqual([faults.writeError(0, 9), faults.takeReadError(0, 9)], [error, error]);
});

test('a failed read or flush is taken down as what it is', () => {
  const faults = new Faults(['a', 'b'], false);
  const error = new Error('scratched');
  const read: DeviceRequest = { kind: 'read', id: 1, volume: 1, block: 3, blocks: 1, into: [] };
  mustEqual(faults.note({ request: read, result: 'error', error }), { operation: 'read', volume: 1, name: 'b', block: 3, error }); // prettier-ignore
  mustEqual([faults.isReadOnly, faults.critical, faults.unflushed.size], [false, undefined, 0]);
  mustBe(faults.takeReadError(1, 3), error);
  const untold = 'failed, and the device gave no reason. Check the device.';
  mustBe(faults.takeReadError(1, 3).message, `A read on b ${untold}`);
  const flush = faults.note({ request: { kind: 'flush', id: 2, volume: 0 }, result: 'error' });
  mustEqual([flush.block, flush.error.message], [undefined, `A flush on a ${untold}`]);
  mustEqual([[...faults.unflushed], faults.critical], [[0], flush.error]);
});

/** Waits over a core that has this runnable, one after the other, and the tickets that files have adopted. */
function waiting(runnable: number[]) {
  const [cancelled, resumed, adopted]: [number[], number[], number[]] = [[], [], []];
  const core = {
    view: { tickets: { find: () => undefined } },
    nextRunnable: () => runnable.shift() ?? 0,
    resume: (ticket: number) => {
      resumed.push(ticket);
      return { outcome: 'done', ticket: 0, handle: 0, diskRead: 0 };
    },
    cancel: (ticket: number) => void cancelled.push(ticket),
  };
  const turns = { count: 0 };
  const files = {
    adopt: (ticket: number) => {
      if (ticket % 2 === 0) adopted.push(ticket);
      return ticket % 2 === 0;
    },
  };
  const waits = new Waits(core as never, newCounters(), { take: () => turns.count++ } as never, files);
  return { waits, cancelled, resumed, adopted, turns };
}

test('a ticket that nobody here waits for goes to the file that has it, and else is resumed', () => {
  const { waits, resumed, adopted } = waiting([2, 4, 5]);
  const told: string[] = [];
  const waiter = { next: () => void told.push('next'), fail: () => void told.push('fail') };
  waits.then({ outcome: 'wait', ticket: 4 as Ticket } as never, 'queue', waiter);
  waits.goOn();
  mustEqual([adopted, resumed, told], [[2], [4, 5], ['next']]);
});

test('who has given up before waiting takes the ticket back at once', async () => {
  const { waits, cancelled, turns } = waiting([]);
  const signal = AbortSignal.abort(new Error('given up'));
  const answer = { outcome: 'wait', ticket: 7 as Ticket } as never;
  mustBe(await refusal(waits.until(answer, 'write', signal)), 'given up');
  mustEqual([cancelled, turns.count, waits.size], [[7], 1, 0]);
  mustThrow(() => signal.throwIfAborted(), 'given up');
});

test('who leaves before anything was joined, or is not there, changes nothing', () => {
  const ahead = new ReadsAhead();
  const told: string[] = [];
  const joiner = { goOn: () => void told.push('on'), fail: () => void told.push('fail') };
  ahead.join(0, 1, joiner);
  ahead.leave({ ...joiner });
  ahead.ended(0, 1);
  ahead.ended(0, 1);
  mustEqual(told, ['on']);
});
