// What a mount does behind its answers, seen through its core, its policy and a device that the test drives: what is given back,
// what is counted, what is not done, and who still waits.

import { test } from 'vitest';
import { ClockPolicy } from '../../../../src/policy/clock-policy.ts';
import type { HammerIoCore } from '../../../../src/core/hammer-io-core.ts';
import { BlocksHeld, MountBroken, MountClosed, WritesLost, type Mount } from '../../../../src/mount/index.ts';
import { BLOCK_BYTES, mounted, settle, staged, type DrivenVolumes } from '../../../support/mount-stage.ts';
import { mustBe, mustEqual, mustThrow } from '../../../support/must.ts';

const EIO = { code: 'EIO' } as const;
const set = (value: number) => (bytes: Uint8Array) => void bytes.fill(value);
const META = { type: 'meta', fresh: true } as const;

/** A mount over a driven device, and its core. */
async function watched(options: Parameters<typeof staged>[0] = {}): Promise<{ mount: Mount; device: DrivenVolumes; core: HammerIoCore }> {
  let core: HammerIoCore | undefined;
  const instrument = (made: HammerIoCore): HammerIoCore => (core = made);
  const stage = await staged({ ...options, instrument });
  return { ...stage, core: core! };
} // prettier-ignore

/** Notes the calls of one of the core's methods; answers how often it was called since. */
function counting(core: HammerIoCore, method: 'unload' | 'cleanLoose' | 'modifyVolume' | 'modifyBuffer' | 'ioModify' | 'change'): () => number {
  let calls = 0;
  const original = core[method].bind(core) as (...all: unknown[]) => unknown;
  Object.assign(core, { [method]: (...all: unknown[]) => (calls++, original(...all)) });
  return () => calls;
} // prettier-ignore

/** How a promise has ended by now: the name of its error, `ok`, or that it has not. */
async function state(promise: Promise<unknown>): Promise<string> {
  let seen = 'waits';
  promise.then(() => (seen = 'ok'), (error: unknown) => (seen = (error as Error).name)); // prettier-ignore
  await settle();
  return seen;
}

async function thrown<E extends Error = Error>(
  promise: Promise<unknown>,
  kind?: new (...args: never[]) => E,
): Promise<E> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof (kind ?? Error)) return error as E;
    throw error;
  }
  throw new Error('It was to be rejected.');
}

// ── Closing ────────────────────────────────────────────────────────────────────────────────────────────────────────────

test('a mount that is closed has given every structure and buffer back', async () => {
  const { mount, device, core } = await watched({ bufs: 4, blocks: [64, 64] });
  for (const block of [5, 9, 20, 30, 40, 50]) await device.until(mount.read(block, { volume: block % 2 }));
  await device.until(mount.update(7, set(1), META));
  const block = await device.until(mount.get(8));
  await block.modify(set(2));
  await device.until(block.flush());
  block.release();
  const cleanings = counting(core, 'cleanLoose');
  await device.until(mount.close());
  const { slab, volumes, lists } = core.view;
  mustEqual([slab.freeBufs, lists.size('loose'), cleanings()], [slab.capacityBufs, 0, 1]);
  mustEqual(volumes.map(({ ios, header }) => [[...ios].length, header]), [[0, undefined], [0, undefined]]); // prettier-ignore
});

test('with nothing loose nothing is cleaned, which would be no step', async () => {
  const { mount, device, core } = await watched();
  const cleanings = counting(core, 'cleanLoose');
  await device.until(mount.close());
  mustBe(cleanings(), 0);
});

test('what a failed write has pinned is let go of at close, and lost blocks are told in order', async () => {
  const { mount, device, core } = await watched({ blocks: [64, 64, 64] });
  for (const [block, volume] of [[9, 1], [5, 1], [30, 0], [7, 2], [31, 0], [6, 1]] as const)
    await mount.update(block, set(1), { volume, fresh: true }); // prettier-ignore
  const sync = thrown(mount.sync());
  await settle();
  device.endThese([...device.pending], () => EIO);
  const { cause } = await sync;
  const lost = await thrown(device.until(mount.close()), WritesLost);
  mustEqual(lost.blocks.map(({ volume, block }) => [volume, block]), [[0, 30], [0, 31], [1, 5], [1, 6], [1, 9], [2, 7]]); // prettier-ignore
  mustBe(lost.cause, cause);
  mustBe(core.view.slab.freeBufs, core.view.slab.capacityBufs);
});

test('a mount that is broken with something dirty names what broke it', async () => {
  const { mount, device } = await watched();
  await mount.update(5, set(1), META);
  device.onCompletions([{ request: { kind: 'flush', id: 99_999, volume: 0 }, result: 'ok' }]);
  const lost = await thrown(mount.close(), WritesLost);
  mustEqual([lost.name, lost.cause instanceof MountBroken, lost.blocks.length], ['WritesLost', true, 1]);
});

test('a close that is called off leaves the mount open, and one that is not keeps everybody out', async () => {
  const { mount } = await watched();
  await mount.update(5, set(1), { fresh: true });
  const giving = new AbortController();
  const close = mount.close({ signal: giving.signal });
  mustThrow(() => mount.tryGet(5), new MountClosed().message);
  giving.abort();
  mustBe(await state(close), 'AbortError');
  mustBe(mount.tryGet(5)?.block, 5);
  mount.tryGet(5)!.release();
  mustEqual([mount.statistics.blocksInUse, mount.statistics.hits], [1, 2]);
  await thrown(mount.close(), BlocksHeld);
});

test('`await using` closes', async () => {
  const { mount, device } = await watched();
  await device.until(mount[Symbol.asyncDispose]());
  mustEqual([device.isClosed, await state(mount.read(1))], [true, 'MountClosed']);
});

test('only what handles and tickets refer to is in use: no checksum that is still to be made, no pin', async () => {
  const { mount, device } = await watched();
  await mount.update(4, set(1), META);
  const five = await mount.get(5, { fresh: true });
  const flush = thrown(five.flush());
  await settle();
  await device.complete('write', 1, EIO);
  await flush;
  five.release();
  const nine = await device.until(mount.get(9));
  const held = await thrown(mount.close(), BlocksHeld);
  mustEqual([held.count, held.blocks], [1, [{ volume: 0, block: 9, name: 'volume0' }]]);
  nine.release();
});

// ── Statistics and policy ──────────────────────────────────────────────────────────────────────────────────────────────

test('what is dirty, given up, in use and done by the policy is counted', async () => {
  const policy = new ClockPolicy();
  const { mount, device } = await watched({ bufs: 8, policy });
  await mount.update(1, set(1), { fresh: true });
  for (const block of [2, 3]) await mount.update(block, set(1), { type: 'undo', fresh: true });
  for (const block of [4, 5, 6]) await mount.update(block, set(1), META);
  await mount.header().modify(set(1));
  const { statistics } = mount;
  mustEqual([statistics.dirtyBytes, statistics.cacheBytes, statistics.evictions], [7 * 512, 9 * 512, 0]);
  await device.until(mount.sync());
  for (const block of [20, 21, 30, 40, 50, 60, 70, 80, 90, 100, 110]) await device.until(mount.read(block));
  const later = mount.statistics;
  mustEqual(later.policy, policy.statistics);
  mustEqual([later.policy === policy.statistics, later.policy.purged > 0, later.dirtyBytes], [false, true, 0]);
  mustBe(later.evictions, later.policy.recycled + later.policy.purged);
  const held = await device.until(mount.get(120));
  const modifying = held.modify(() => {
    mustBe(mount.statistics.blocksInUse, 1);
  });
  await modifying;
  const flush = held.flush();
  mustBe(mount.statistics.blocksInUse, 2);
  await device.until(flush);
  held.release();
  mustBe(mount.statistics.blocksInUse, 0);
});

test('delayed writes are thought of when something was changed, and not when it was only read', async () => {
  let asked = 0;
  class Asked extends ClockPolicy {
    override writeBehind(core: HammerIoCore): number {
      asked++;
      return super.writeBehind(core);
    }
  }
  const { mount, device } = await watched({ policy: new Asked() });
  const clean = await device.until(mount.get(5));
  clean.release();
  mustBe(asked, 0);
  const block = await device.until(mount.get(5));
  await block.modify(set(1));
  mustBe(asked, 1);
  block.release();
  mustBe(asked, 2);
  (await mount.get(6, { fresh: true })).release();
  mustBe(asked, 3);
  const held = await mount.get(7, { fresh: true });
  device.onCompletions([{ request: { kind: 'flush', id: 99_999, volume: 0 }, result: 'ok' }]);
  held.release();
  mustBe(asked, 3); // Broken: nothing is written any more.
});

test('writing in the background begins beyond half of the cache', async () => {
  const { mount, device } = await watched({ bufs: 15 });
  for (let block = 1; block <= 8; block++) await mount.update(2 * block, set(1), { fresh: true });
  mustBe(device.pending.length, 0);
  await mount.update(20, set(1), { fresh: true });
  mustBe(device.pending.length > 0, true);
});

test('bytes that change while they are written are not looked for unless that is asked for', async () => {
  const { mount, device } = await watched();
  const block = await mount.get(5, { fresh: true });
  let kept = new Uint8Array();
  await block.modify((bytes) => void (kept = bytes as Uint8Array<ArrayBuffer>));
  const flush = block.flush();
  await settle();
  kept[3] = 1;
  await device.complete();
  mustBe(await state(flush), 'ok');
  mustBe(block.bytes, block.bytes); // One view, however often it is asked for.
  block.release();
});

// ── Modifying ──────────────────────────────────────────────────────────────────────────────────────────────────────────

test('each type of block is modified by the core in its own way, and fresh DATA not at all', async () => {
  const { mount, device, core } = await watched();
  const methods = ['modifyVolume', 'modifyBuffer', 'ioModify', 'change'] as const;
  const calls = methods.map((method) => counting(core, method));
  const counts = (): number[] => calls.map((count) => count());
  (await mount.get(5, { fresh: true })).release();
  mustEqual(counts(), [0, 0, 0, 0]);
  await mount.header().modify(set(1));
  mustEqual(counts(), [1, 0, 0, 1]);
  (await mount.get(6, META)).release();
  mustEqual(counts(), [1, 1, 0, 2]);
  await mount.update(5, set(1));
  mustEqual(counts(), [1, 1, 1, 3]);
  let close = (): void => undefined;
  const block = await mount.get(5);
  const modifying = block.modify(() => new Promise<void>((resolve) => (close = resolve)));
  device.onCompletions([{ request: { kind: 'flush', id: 99_999, volume: 0 }, result: 'ok' }]);
  close();
  await modifying;
  mustEqual(counts(), [1, 1, 2, 3]); // Broken meanwhile: the core is left alone.
});

test('a held or dirty block that the core does not know breaks the mount', async () => {
  const { mount, core } = await watched();
  const block = await mount.get(5, { fresh: true });
  core.tryGet = () => 0 as never;
  const broken = 'MountBroken: core and device were promised to keep their contracts; seen: ';
  const advice = ' Close the mount, and report this with the cause.';
  mustBe((await thrown(block.flush())).message, `${broken}block 5 of volume 0 is held and cannot be got${advice}`);
  mustBe((await thrown(mount.sync())).message, `${broken}block 5 of volume 0 is dirty and cannot be got${advice}`);
});

test('a passing read or update that has ended makes nobody wait for it', async () => {
  for (const how of ['read', 'update'] as const) {
    const { mount, device } = await watched({ bufs: 1 });
    await device.until(how === 'read' ? mount.read(10) : mount.update(10, set(1)));
    await device.until(mount.sync());
    const held = await device.until(mount.get(20));
    mustBe(await state(mount.get(30)), 'CacheFull');
    held.release();
  }
});

// ── Getting ────────────────────────────────────────────────────────────────────────────────────────────────────────────

test('what a block was is forgotten only if nobody has it any more, or it does not matter', async () => {
  const { mount, device, core } = await watched({ bufs: 2 });
  const unloads = counting(core, 'unload');
  const data = await device.until(mount.get(5));
  const typed = 'InvalidArgument: promised was the type data; seen: meta for block 5 of volume 0. A block has one type as long as it is cached.'; // prettier-ignore
  mustBe((await thrown(mount.get(5, { type: 'meta' }))).message, typed);
  mustBe((await thrown(mount.get(5, META))).name, 'InvalidArgument');
  data.release();
  mustBe((await thrown(mount.get(5, { type: 'meta' }))).message, typed);
  const header = 'InvalidArgument: promised was the type volume; seen: data for block 0 of volume 0. Block 0 is the header: use header().'; // prettier-ignore
  mustBe((await thrown(mount.get(0))).message, header);
  mustBe((await thrown(mount.get(0, META))).name, 'InvalidArgument');
  mustEqual([unloads(), mount.statistics.blocksInUse], [0, 0]);
  for (const block of [20, 30]) await device.until(mount.read(block)); // Takes the buffer away.
  mustBe((await thrown(device.until(mount.get(5, { type: 'meta' })))).name, 'CorruptBlock');
  mustBe(unloads(), 1);
  const number = 'InvalidArgument: promised was a volume number below 1; seen: 1. Volumes are numbered from 0.';
  mustThrow(() => mount.header(1), number);
});

test('a block of another type that is being written is waited for, if its contents do not matter', async () => {
  const { mount, device } = await watched({
    policy: new ClockPolicy({ dirtyBytesMax: 0 }),
    dirtyBytesMax: 8 * BLOCK_BYTES,
  });
  await mount.update(30, set(1), { fresh: true });
  await settle();
  mustEqual(device.pending.map(({ kind }) => kind), ['write']); // prettier-ignore
  const fresh = mount.get(30, META);
  mustEqual([await state(fresh), mount.statistics.waits.write], ['waits', 1]);
  await device.until(fresh);
  mustEqual([(await fresh).type, (await fresh).bytes[7]], ['meta', 0]);
});

test('a fresh block is zeros behind a load, behind a write, and ahead of what is read ahead', async () => {
  const { mount, device } = await watched();
  await device.until(mount.update(5, set(9)));
  await device.until(mount.update(12, set(9)));
  await device.until(mount.sync());
  const { mount: again, device: other } = await watched();
  other.media.format(0, 5, new Uint8Array(BLOCK_BYTES).fill(9));
  const load = again.get(5);
  const fresh = again.get(5, { fresh: true });
  const [loaded, zeros] = await other.until(Promise.all([load, fresh]));
  mustEqual([zeros.bytes[3], loaded.bytes[3]], [0, 0]);
  await zeros.modify(set(8));
  const flush = zeros.flush();
  await settle();
  loaded.release();
  const behind = again.get(5, { fresh: true });
  mustBe(await state(behind), 'waits');
  await other.until(Promise.all([flush, behind]));
  mustBe(zeros.bytes[3], 0);
  await other.until(again.read(20));
  const reading = again.read(21);
  await settle();
  const ahead = again.get(22, { fresh: true });
  mustEqual([await state(ahead), (await ahead).bytes[3]], ['ok', 0]);
  await other.until(reading);
});

test('joining a read ahead is a wait in a queue', async () => {
  const { mount, device } = await watched();
  await device.until(mount.read(5));
  const reads = [mount.read(6), mount.read(7)];
  await settle();
  mustBe(mount.statistics.waits.queue, 1);
  await device.until(Promise.all(reads));
});

test('a load that nobody waits for any more brings nothing, and is not repeated when it fails', async () => {
  const { mount, device } = await watched({ bufs: 2 });
  const giving = new AbortController();
  const given = [10, 20].map((block) => thrown(mount.get(block, { signal: giving.signal })));
  await settle();
  giving.abort();
  mustEqual((await Promise.all(given)).map(({ name }) => name), ['AbortError', 'AbortError']); // prettier-ignore
  await device.complete();
  mustEqual([mount.statistics.blocksInUse, device.pending.length], [0, 0]);
  const held = [await device.until(mount.get(30)), await device.until(mount.get(40))];
  mustBe(await state(mount.get(50)), 'CacheFull'); // The passages of the two have ended too.
  for (const block of held) block.release();
  await device.until(mount.read(60));
  const once = new AbortController();
  const ahead = thrown(mount.get(61, { signal: once.signal }));
  await settle();
  mustEqual(device.pending.map((request) => request.kind === 'read' && request.blocks), [2]); // prettier-ignore
  once.abort();
  mustBe((await ahead).name, 'AbortError');
  await device.complete('read', 1, EIO);
  mustEqual([device.pending.length, mount.statistics.blocksInUse], [0, 0]);
});

test('corrupt META that is given up, or created anew, is nobody’s', async () => {
  const { mount, device } = await watched({ bufs: 2 });
  const giving = new AbortController();
  const given = thrown(mount.get(9, { type: 'meta', signal: giving.signal }));
  await settle();
  giving.abort();
  mustBe((await given).name, 'AbortError');
  await device.complete();
  mustBe(mount.tryGet(9), undefined);
  const [bad, good] = [mount.get(9, { type: 'meta' }), mount.get(9, META)];
  const ended = Promise.allSettled([bad, good]);
  await device.until(ended);
  mustEqual((await ended).map(({ status }) => status), ['rejected', 'fulfilled']); // prettier-ignore
  const made = await good;
  mustEqual([made.bytes[0], made.type, mount.tryGet(9)?.type], [0, 'meta', 'meta']);
});

test('errors of a device are told once each, and the first critical one once', async () => {
  const { mount, device } = await watched();
  const told: string[] = [];
  mount.on('deviceError', ({ operation, block }) => told.push(`${operation} ${block}`));
  mount.on('criticalError', (error) => told.push(error.message));
  for (const block of [5, 7]) await mount.update(block, set(1), { fresh: true });
  const read = thrown(mount.read(30));
  await settle();
  await device.complete('read', 1, EIO);
  mustEqual([(await read).name, told.splice(0)], ['ReadFailed', ['read 30']]);
  const sync = thrown(mount.sync());
  await settle();
  await device.complete('write', 2, EIO);
  mustEqual([(await sync).name, told], ['SyncFailed', ['write 5', 'write failed: EIO', 'write 7']]);
  mustEqual([mount.statistics.deviceErrors, mount.statistics.bytesWritten], [3, 0]);
  mustBe((await thrown(mount.get(40, { fresh: true }))).name, 'ReadOnlyError');
});

test('a mount that only its device serves is closed when everything has ended', async () => {
  const { mount } = await mounted({ bufs: 4 });
  await mount.update(5, set(1));
  const syncs = Promise.all([mount.sync(), mount.sync()]);
  await mount.close();
  await syncs;
});
