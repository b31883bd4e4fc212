// Who waits for what, in which order, and how a wait can be given up. The device does nothing until the test says so.

import { describe, expect, test } from 'vitest';
import type { CachePolicy, RoomVerdict } from '../../../../src/policy/cache-policy.ts';
import { ClockPolicy } from '../../../../src/policy/clock-policy.ts';
import { CacheFull } from '../../../../src/core/errors.ts';
import type { HammerIoCore } from '../../../../src/index.ts';
import type { Block, Mount } from '../../../../src/mount/index.ts';
import { BLOCK_BYTES, settle, staged, type DrivenVolumes } from '../../../support/mount-stage.ts';

const set = (value: number) => (bytes: Uint8Array) => void bytes.fill(value);
const kinds = (device: DrivenVolumes): string[] => device.pending.map(({ kind }) => kind);
/** Notes the order in which promises settle. */
function noting(into: string[], name: string, promise: Promise<unknown>): void {
  promise.then(() => into.push(name), (error: unknown) => into.push(`${name}: ${(error as Error).name}`)); // prettier-ignore
}
const open = (n: number, mount: Mount): Promise<Block[]> =>
  Promise.all(Array.from({ length: n }, (_, i) => mount.get(100 + 2 * i)));

describe('sync', () => {
  test('issues all writes in one stretch, DATA before the barrier and META behind it', async () => {
    const { mount, device } = await staged({ bufs: 80, dirtyBytesMax: 64 * BLOCK_BYTES });
    const blocks = Array.from({ length: 64 }, (_, i) => mount.update(1 + i, set(i), { fresh: true }));
    await device.until(Promise.all(blocks));
    await mount.update(200, set(1), { type: 'meta', fresh: true });
    await mount.header().modify(set(2));
    device.batches.length = 0;
    const sync = mount.sync();
    await settle();
    expect(device.batches.map((batch) => batch.length)).toEqual([64]);
    await device.complete('write', 63);
    expect(kinds(device)).toEqual(['write']);
    await device.complete();
    expect(kinds(device)).toEqual(['flush']);
    await device.complete();
    expect(device.pending).toMatchObject([{ block: 0 }, { block: 200 }]);
    await device.complete();
    expect(kinds(device)).toEqual(['flush']);
    await device.until(sync);
    expect(mount.statistics).toMatchObject({ syncCalls: 1, syncRounds: 1, deviceFlushes: 2, dirtyBytes: 0 });
  });

  test('with nothing to do asks no device', async () => {
    const { mount, device } = await staged();
    await mount.sync();
    expect(device.pending).toEqual([]);
  });

  test('that runs is not joined; those who come meanwhile share the next one', async () => {
    const { mount, device } = await staged();
    const order: string[] = [];
    await mount.update(5, set(1), { fresh: true });
    noting(order, 'first', mount.sync());
    await settle();
    await mount.update(6, set(1), { fresh: true });
    for (const name of ['second', 'third', 'fourth']) noting(order, name, mount.sync());
    await device.complete('write');
    await device.complete('flush');
    expect(order).toEqual(['first']);
    expect(device.pending).toMatchObject([{ kind: 'write', block: 6 }]);
    await device.complete('write');
    await device.complete('flush');
    expect(order).toEqual(['first', 'second', 'third', 'fourth']);
    expect(mount.statistics).toMatchObject({ syncCalls: 4, syncRounds: 2 });
  });

  test('waits for modifications that are open', async () => {
    const { mount, device } = await staged();
    const block = await device.until(mount.get(5));
    let close = (): void => undefined;
    const modifying = block.modify(async (bytes) => {
      await new Promise<void>((resolve) => (close = resolve));
      bytes[0] = 7;
    });
    const sync = mount.sync();
    await settle();
    expect(device.pending).toEqual([]);
    expect(mount.statistics.waits.interlock).toBe(1);
    close();
    await modifying;
    await device.until(sync);
    expect(device.media.readDurable(0, 5)[0]).toBe(7);
  });

  test('can be given up by one caller while it goes on for others', async () => {
    const { mount, device } = await staged();
    const order: string[] = [];
    await mount.update(5, set(1), { fresh: true });
    const giving = new AbortController();
    noting(order, 'impatient', mount.sync({ signal: giving.signal }));
    await settle();
    noting(order, 'other', mount.sync());
    giving.abort(new DOMException('enough', 'TimeoutError'));
    await settle();
    expect(order).toEqual(['impatient: TimeoutError']);
    await device.complete();
    await device.complete();
    expect(order).toEqual(['impatient: TimeoutError', 'other']);
    await expect(mount.sync({ signal: giving.signal })).rejects.toThrow('enough');
  });
});

describe('a modification', () => {
  test('waits for the write of the block in flight', async () => {
    const { mount, device } = await staged();
    const block = await mount.get(5, { fresh: true });
    const flush = block.flush();
    await settle();
    const order: string[] = [];
    noting(order, 'one', block.modify(set(1)));
    noting(order, 'two', block.modify(set(2)));
    await settle();
    expect([order, mount.statistics.waits.write]).toEqual([[], 2]); // the flush, and the first modification
    await device.complete('write');
    await flush;
    expect(order).toEqual(['one', 'two']);
    expect(block.bytes[0]).toBe(2);
    block.release();
  });

  test('waits behind a flush that waits for another modification', async () => {
    const { mount, device } = await staged();
    const [one, two] = await device.until(Promise.all([mount.get(5), mount.get(5)]));
    let close = (): void => undefined;
    const first = one.modify(() => new Promise<void>((resolve) => (close = resolve)));
    const flush = one.flush();
    await settle();
    const second = two.modify(set(9));
    await settle();
    expect(mount.statistics.waits).toMatchObject({ interlock: 1, modify: 1 });
    expect(two.bytes[0]).toBe(0);
    close();
    await first;
    await device.until(Promise.all([flush, second]));
    expect(two.bytes[0]).toBe(9);
    expect(device.media.read(0, 5)[0]).toBe(0);
    one.release();
    two.release();
  });

  test('lets those behind it go on as soon as it has begun', async () => {
    const { mount, device } = await staged();
    const block = await mount.get(5, { fresh: true });
    const flush = block.flush();
    await settle();
    let close = (): void => undefined;
    const order: string[] = [];
    noting(order, 'slow', block.modify(() => new Promise<void>((resolve) => (close = resolve)))); // prettier-ignore
    noting(order, 'quick', block.modify(set(2)));
    await device.complete('write');
    await flush;
    expect(order).toEqual(['quick']);
    close();
    await settle();
    expect(order).toEqual(['quick', 'slow']);
    block.release();
  });

  test('that waits can be given up, and so can a flush', async () => {
    const { mount, device } = await staged();
    const block = await mount.get(5, { fresh: true });
    const giving = new AbortController();
    const order: string[] = [];
    noting(order, 'flush', block.flush({ signal: giving.signal }));
    await settle();
    noting(order, 'modify', block.modify(set(1), { signal: giving.signal }));
    noting(order, 'patient', block.modify(set(2)));
    await settle();
    giving.abort();
    await settle();
    expect(order.sort()).toEqual(['flush: AbortError', 'modify: AbortError']);
    await device.complete('write');
    expect(order).toContain('patient');
    expect(block.bytes[0]).toBe(2);
    block.release();
  });

  test('waits while too much is dirty and being written, first come first served', async () => {
    const { mount, device } = await staged({ bufs: 40, dirtyBytesMax: 4 * BLOCK_BYTES });
    const order: string[] = [];
    for (let i = 0; i < 10; i++) {
      noting(order, `u${i}`, mount.update(10 + i, set(i), { fresh: true }));
      await settle();
    }
    expect(order).toHaveLength(6); // half as much again as the maximum
    expect(mount.statistics.waits.dirty).toBe(4);
    const giving = new AbortController();
    noting(order, 'impatient', mount.update(30, set(1), { fresh: true, signal: giving.signal }));
    await settle();
    giving.abort();
    await settle();
    expect(order.at(-1)).toBe('impatient: AbortError');
    for (let i = 0; i < 20; i++) await device.complete();
    expect(order.slice(7)).toEqual(['u6', 'u7', 'u8', 'u9']);
  });
});

describe('a get', () => {
  test('of a block that is being loaded joins the load', async () => {
    const { mount, device } = await staged();
    const gets = Promise.all([mount.get(5), mount.get(5), mount.read(5)]);
    await settle();
    expect(device.pending).toHaveLength(1);
    await device.complete();
    const [one, two] = await gets;
    expect(mount.statistics).toMatchObject({ misses: 3, waits: { load: 2, queue: 2 } }); // one load is the header’s
    one.release();
    two.release();
  });

  test('of a block that is being read ahead waits for that', async () => {
    const { mount, device } = await staged();
    await device.until(mount.read(5));
    const reads = Promise.all([mount.read(6), mount.read(7)]);
    await settle();
    expect(device.pending).toMatchObject([{ block: 6, blocks: 2 }]);
    await device.complete();
    await reads;
    expect(device.pending).toEqual([]);
  });

  test('waits for the writes under way when no buffer is free, first come first served', async () => {
    const { mount, device } = await staged({ bufs: 4, dirtyBytesMax: 64 * BLOCK_BYTES });
    for (let i = 0; i < 4; i++) await mount.update(10 + 2 * i, set(i), { fresh: true });
    const order: string[] = [];
    for (let i = 0; i < 3; i++) noting(order, `g${i}`, mount.update(30 + 2 * i, set(i), { fresh: true }));
    await settle();
    expect(mount.statistics.waits.space).toBe(3);
    expect(order).toEqual([]);
    for (let i = 0; i < 8; i++) await device.complete();
    expect(order).toEqual(['g0', 'g1', 'g2']);
    for (let i = 0; i < 3; i++) expect(device.media.read(0, 10 + 2 * i)[0]).toBe(i);
  });

  test('ends with CacheFull at once when the program holds every buffer', async () => {
    const { mount, device } = await staged({ bufs: 4 });
    const held = await device.until(open(4, mount));
    await expect(mount.get(5)).rejects.toThrow(CacheFull);
    await expect(mount.read(5)).rejects.toThrow(CacheFull);
    held[0]!.release();
    held[0] = await device.until(mount.get(5));
    for (const block of held) block.release();
    expect(mount.statistics.blocksInUse).toBe(0);
  });

  test('waits when what is in use is only passing', async () => {
    const { mount, device } = await staged({ bufs: 2 });
    const order: string[] = [];
    for (const block of [10, 20, 30, 40, 50]) noting(order, `r${block}`, mount.read(block));
    await settle();
    const get = mount.get(60);
    noting(order, 'get', get);
    for (let i = 0; i < 8; i++) await device.complete('any', 1);
    expect(order).toEqual(['r10', 'r20', 'r30', 'r40', 'r50', 'get']);
    (await get).release();
  });

  test('that waits for passing operations ends with CacheFull when these have become the program’s', async () => {
    const { mount, device } = await staged({ bufs: 1 });
    let close = (): void => undefined;
    const update = mount.update(10, () => new Promise<void>((resolve) => (close = resolve)));
    const get = mount.get(20);
    const refused = expect(get).rejects.toThrow(CacheFull);
    await device.complete();
    await refused;
    close();
    await update;
    const again = mount.get(20);
    (await device.until(again)).release();
  });

  test('does not wait for an update that waits for the program itself', async () => {
    const { mount, device } = await staged({ bufs: 1 });
    const block = await device.until(mount.get(10));
    let close = (): void => undefined;
    const modifying = block.modify(() => new Promise<void>((resolve) => (close = resolve)));
    const flush = block.flush();
    const update = mount.update(10, set(1));
    await settle();
    expect(mount.statistics.waits).toMatchObject({ interlock: 1, modify: 1 });
    await expect(mount.get(20)).rejects.toThrow(CacheFull);
    close();
    await modifying;
    await device.until(Promise.all([flush, update]));
    block.release();
  });

  test('whose turn comes when somebody else has the buffer waits for room once more', async () => {
    let thefts = 0;
    const instrument = (core: HammerIoCore): HammerIoCore => {
      const readDone = core.readDone.bind(core);
      core.readDone = (id, result) => {
        const answer = readDone(id, result);
        if (result === 'ok') return answer;
        thefts++;
        core.release(core.ioNew(0, 200, 'data').handle); // Takes the buffer, and leaves it dirty.
        return answer;
      };
      return core;
    };
    const { mount, device } = await staged({ bufs: 1, instrument, dirtyBytesMax: 64 * BLOCK_BYTES });
    const order: string[] = [];
    noting(order, 'first', mount.get(10));
    const second = mount.get(10);
    await settle();
    device.end(1, 'read', { code: 'EIO' });
    await settle();
    expect([order, thefts, mount.statistics.waits.space]).toEqual([['first: ReadFailed'], 1, 1]);
    expect(device.pending).toMatchObject([{ kind: 'write', block: 200 }]);
    (await device.until(second)).release();
    await device.until(mount.close());
  });

  test('that waits for a read ahead and is given up leaves nothing behind', async () => {
    let state: HammerIoCore['view'] | undefined;
    const instrument = (core: HammerIoCore): HammerIoCore => {
      state = core.view;
      return core;
    };
    const { mount, device } = await staged({ instrument });
    await device.until(mount.read(5));
    const giving = new AbortController();
    const reads = [mount.read(6), mount.get(7, { signal: giving.signal })];
    await settle();
    giving.abort();
    await device.complete();
    expect((await Promise.allSettled(reads)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(state!.volumes[0]!.ios.get(7)).toBeUndefined();
    expect(state!.volumes[0]!.residue.get(7)?.arrived).toBe(true);
  });

  test('that waits can be given up, in the queue, for room, and while it loads', async () => {
    const { mount, device } = await staged({ bufs: 2 });
    const giving = new AbortController();
    const { signal } = giving;
    const order: string[] = [];
    noting(order, 'load', mount.get(10, { signal }));
    noting(order, 'queue', mount.get(10, { signal }));
    noting(order, 'patient', mount.read(10));
    noting(order, 'other', mount.read(20));
    noting(order, 'room', mount.read(30, { signal }));
    await settle();
    giving.abort();
    await settle();
    expect(order.sort()).toEqual(['load: AbortError', 'queue: AbortError', 'room: AbortError']);
    expect(mount.statistics.blocksInUse).toBe(2);
    await device.complete();
    expect(order.slice(3).sort()).toEqual(['other', 'patient']);
    expect(mount.statistics.blocksInUse).toBe(0);
    await expect(mount.get(10, { signal })).rejects.toThrow('aborted');
    await device.until(mount.close());
    expect(device.isClosed).toBe(true);
  });

  test('that loads and is given up leaves nothing behind', async () => {
    const { mount, device } = await staged({ bufs: 2 });
    const giving = new AbortController();
    const refused = expect(mount.get(10, { signal: giving.signal })).rejects.toThrow('aborted');
    await settle();
    giving.abort();
    await refused;
    const close = mount.close();
    await settle();
    expect(device.isClosed).toBe(false); // the read is still under way
    await device.until(close);
    expect(device.isClosed).toBe(true);
  });
});

describe('a cache full of META', () => {
  test('is relieved by writing it, behind a barrier for DATA', async () => {
    const { mount, device } = await staged({ bufs: 4 });
    for (let i = 0; i < 3; i++) await mount.update(10 + i, set(i), { type: 'meta', fresh: true });
    const data = await mount.get(20, { fresh: true });
    const read = mount.read(30);
    await settle();
    expect(device.pending).toMatchObject([{ kind: 'write', block: 20 }]);
    await device.complete();
    expect(kinds(device)).toEqual(['flush']);
    await device.complete();
    expect(device.pending.map((r) => r.kind !== 'flush' && r.block)).toEqual([10, 11, 12]);
    await device.until(read);
    data.release();
    expect(mount.statistics).toMatchObject({ syncCalls: 0 });
  });

  test('is relieved while something else is being modified', async () => {
    const { mount, device } = await staged({ bufs: 2 });
    await mount.update(10, set(1), { type: 'meta', fresh: true });
    const data = await mount.get(20, { fresh: true });
    let close = (): void => undefined;
    const modifying = data.modify(() => new Promise<void>((resolve) => (close = resolve)));
    await device.until(mount.read(30));
    expect(device.media.read(0, 10)[100]).toBe(1);
    close();
    await modifying;
    data.release();
  });

  test('that is being modified cannot be relieved, and nobody waits for the program', async () => {
    const { mount, device } = await staged({ bufs: 2 });
    let close = (): void => undefined;
    const held = new Promise<void>((resolve) => (close = resolve));
    const updates = [10, 11].map((block) => mount.update(block, () => held, { type: 'meta', fresh: true }));
    await settle();
    await expect(mount.get(20)).rejects.toThrow(CacheFull);
    close();
    await device.until(Promise.all(updates));
    await device.until(mount.read(20));
  });
});

describe('a policy that promises what does not come', () => {
  test('does not make anybody wait for ever', async () => {
    class Liar extends ClockPolicy {
      verdict: RoomVerdict = 'room';
      override makeRoom(): RoomVerdict {
        return this.verdict;
      }
    }
    const policy = new Liar();
    const { mount, device } = await staged({ bufs: 1, policy: policy satisfies CachePolicy });
    const held = await device.until(mount.get(5));
    for (const verdict of ['room', 'writing', 'flush', 'full'] as const) {
      policy.verdict = verdict;
      await expect(device.until(mount.get(6))).rejects.toThrow(CacheFull);
    }
    held.release();
  });
});
