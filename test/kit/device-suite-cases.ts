// The cases of the device suite, from what every device does to what only some can.

import assert from 'node:assert/strict';
import type { Fault } from '../../src/index.ts';
import { HammerIoCore } from '../../src/index.ts';
import { CORE_BUFS, filled, sameBytes, SUITE_SIZES, ZEROS, type Bench } from './device-bench.ts';
import type { DeviceSupport } from './device-suite.ts';

const EIO: Fault = { code: 'EIO' };
const { blockBytes: BYTES, blocks: BLOCKS, volumes: VOLUMES } = SUITE_SIZES;

export interface SuiteCase {
  readonly title: string;
  readonly needs: readonly (keyof DeviceSupport)[];
  readonly body: (bench: Bench) => Promise<void>;
}

export const CASES: readonly SuiteCase[] = [
  {
    title: 'a block that was never written reads as zeros',
    needs: [],
    body: (bench) => bench.holds(3, ZEROS),
  },
  {
    title: 'what was written is read, and nothing else has changed',
    needs: [],
    body: async (bench) => {
      await bench.write(3, filled(1));
      await bench.write(BLOCKS - 1, filled(2));
      await bench.write(3, filled(3), 1);
      await bench.holds(2, ZEROS);
      await bench.holds(3, filled(1));
      await bench.holds(4, ZEROS);
      await bench.holds(BLOCKS - 1, filled(2));
      await bench.holds(3, filled(3), 1);
    },
  },
  {
    title: 'the newest write counts',
    needs: [],
    body: async (bench) => {
      for (const value of [1, 2, 3]) await bench.write(5, filled(value));
      await bench.holds(5, filled(3));
    },
  },
  {
    title: 'a read of two blocks brings both, in order',
    needs: [],
    body: async (bench) => {
      await bench.write(7, filled(8));
      await bench.write(6, filled(7));
      const { bytes } = await bench.ok(bench.submitRead(6, 2));
      sameBytes(bytes, Uint8Array.from([...filled(7), ...filled(8)]), 'blocks 6 and 7');
    },
  },
  {
    title: 'each read fills its own views, or brings its contents with the completion',
    needs: [],
    body: async (bench) => {
      const blocks = [9, 4, 5, 12];
      for (const block of blocks) await bench.write(block, filled(block));
      const ids = blocks.map((block) => bench.submitRead(block));
      for (const [i, id] of ids.entries())
        sameBytes((await bench.ok(id)).bytes, filled(blocks[i]!), `block ${blocks[i]}`);
    },
  },
  {
    title: 'a request completes after submit has returned, is pending until then, and is told as it was asked',
    needs: [],
    body: async (bench) => {
      const ids = [bench.submitWrite(1, filled(1)), bench.submitRead(2), bench.submitFlush()];
      assert.deepEqual(
        bench.device.pending().map(({ id }) => id),
        ids,
      );
      const completions = [];
      for (const id of ids) completions.push(await bench.ok(id));
      assert.deepEqual(
        completions.map(({ request: { id, kind }, bytes }) => [id, kind, bytes === undefined]),
        [
          [ids[0], 'write', true],
          [ids[1], 'read', false],
          [ids[2], 'flush', true],
        ],
      );
      assert.deepEqual(bench.device.pending(), []);
    },
  },
  {
    title: 'a request ends once, and what was never asked does not end',
    needs: [],
    body: async (bench) => {
      const id = bench.submitWrite(1, filled(1));
      await bench.ok(id);
      await assert.rejects(async () => bench.end(id), 'the second completion');
      await assert.rejects(async () => bench.end(999), 'the completion of nothing');
    },
  },
  {
    title: 'a long run of writes and flushes reads back as a plain array would',
    needs: [],
    body: async (bench) => {
      const array = new Map<number, number>();
      let word = 20_251_122;
      for (let i = 0; i < 300; i++) {
        word = (Math.imul(word, 1_664_525) + 1_013_904_223) >>> 0;
        const place = (word >>> 8) % (BLOCKS * VOLUMES);
        const [block, volume] = [place % BLOCKS, Math.floor(place / BLOCKS)];
        if (word >>> 30 === 0) await bench.flush(volume);
        else {
          array.set(place, i);
          await bench.write(block, filled(i), volume);
        }
      }
      for (let place = 0; place < BLOCKS * VOLUMES; place++) {
        const value = array.get(place);
        await bench.holds(place % BLOCKS, value === undefined ? ZEROS : filled(value), Math.floor(place / BLOCKS));
      }
    },
  },
  {
    title: 'the core reads back what it wrote and synced, when its buffer has long gone',
    needs: [],
    body: coreRoundTrip,
  },
  {
    title: 'requests complete in any order',
    needs: ['anyOrder'],
    body: async (bench) => {
      const [a, b] = [bench.submitWrite(1, filled(1)), bench.submitWrite(2, filled(2))];
      const read = bench.submitRead(3);
      await bench.ok(read);
      await bench.ok(b);
      await bench.holds(2, filled(2));
      await bench.holds(1, ZEROS);
      await bench.ok(a);
      await bench.holds(1, filled(1));
    },
  },
  {
    title: 'of two writes to a block the one that completes last counts',
    needs: ['anyOrder'],
    body: async (bench) => {
      const [a, b] = [bench.submitWrite(1, filled(1)), bench.submitWrite(1, filled(2))];
      await bench.ok(b);
      await bench.ok(a);
      await bench.holds(1, filled(1));
    },
  },
  {
    title: 'what is written is what the bytes were at submission',
    needs: ['copiesAtSubmit'],
    body: async (bench) => {
      const bytes = bench.viewOf(filled(1));
      const id = bench.submitWrite(1, bytes);
      bytes.fill(99);
      await bench.ok(id);
      await bench.holds(1, filled(1));
    },
  },
  {
    title: 'bytes that a read gave are the reader’s to change',
    needs: [],
    body: async (bench) => {
      await bench.write(1, filled(1));
      (await bench.ok(bench.submitRead(1))).bytes!.fill(99);
      await bench.holds(1, filled(1));
    },
  },
  {
    title: 'a failed read brings no bytes, and the next one does',
    needs: ['failsOnDemand'],
    body: async (bench) => {
      await bench.write(1, filled(1));
      const { result, bytes } = await bench.end(bench.submitRead(1), EIO);
      assert.deepEqual([result, bytes], ['error', undefined]);
      await bench.holds(1, filled(1));
    },
  },
  {
    title: 'a failed write leaves the old contents, or as much of the new as had arrived',
    needs: ['failsOnDemand'],
    body: async (bench) => {
      await bench.write(1, filled(1));
      assert.equal((await bench.end(bench.submitWrite(1, filled(2)), EIO)).result, 'error');
      await bench.holds(1, filled(1));
      await bench.end(bench.submitWrite(1, filled(3)), { code: 'EIO', arrivedBytes: BYTES / 2 });
      await bench.holds(
        1,
        filled(1).map((byte, i) => (i < BYTES / 2 ? filled(3)[i]! : byte)),
      );
    },
  },
  {
    title: 'a write is volatile when it completes, and durable by a flush submitted later',
    needs: ['showsVolatile'],
    body: async (bench) => {
      const id = bench.submitWrite(3, filled(1));
      bench.volatileIs('none');
      await bench.ok(id);
      bench.volatileIs('exposed');
      await bench.durable(3, ZEROS);
      const flush = bench.submitFlush();
      bench.volatileIs('covered');
      bench.volatileIs('none', 1);
      await bench.ok(flush);
      bench.volatileIs('none');
      await bench.durable(3, filled(1));
    },
  },
  {
    title: 'a flush covers what completed before it was submitted, and nothing that completed later',
    needs: ['showsVolatile', 'anyOrder'],
    body: async (bench) => {
      const [early, late, other] = [3, 3, 4].map((block, i) => bench.submitWrite(block, filled(i + 1)));
      await bench.ok(early!);
      const flush = bench.submitFlush();
      await bench.ok(late!);
      await bench.ok(other!);
      bench.volatileIs('exposed');
      await bench.ok(flush);
      bench.volatileIs('exposed');
      await bench.durable(3, filled(1));
      await bench.durable(4, ZEROS);
      await bench.holds(3, filled(2));
      await bench.flush();
      await bench.durable(3, filled(2));
    },
  },
  {
    title: 'a failed flush covers nothing, and a failed write leaves its block unvouched for',
    needs: ['showsVolatile', 'failsOnDemand'],
    body: async (bench) => {
      await bench.write(3, filled(1));
      await bench.end(bench.submitFlush(), EIO);
      bench.volatileIs('exposed');
      await bench.durable(3, ZEROS);
      await bench.flush();
      await bench.end(bench.submitWrite(3, filled(2)), EIO);
      bench.volatileIs('exposed');
    },
  },
  {
    title: 'power loss takes no more than what no flush has covered, and ends every request',
    needs: ['losesPower'],
    body: async (bench) => {
      await bench.write(1, filled(1));
      await bench.flush();
      await bench.write(1, filled(2));
      await bench.write(2, filled(2));
      bench.submitWrite(3, filled(3));
      bench.submitRead(1);
      await bench.device.losePower!();
      assert.deepEqual(bench.device.pending(), []);
      await bench.holds(1, filled(1));
      await bench.holds(2, ZEROS);
      await bench.holds(3, ZEROS);
      await bench.write(2, filled(4));
      await bench.holds(2, filled(4));
    },
  },
];

/** Get, change, flush, sync, unload, get again; the device is given what the core asks for, and nothing more. */
async function coreRoundTrip({ device }: Bench): Promise<void> {
  const volumes = Array.from({ length: VOLUMES }, (_, v) => ({ name: `v${v + 1}`, blocks: BLOCKS }));
  const { memory } = device;
  const slab = memory === undefined ? {} : { slab: memory.slab, slabOffset: memory.offset };
  const core = new HammerIoCore({ volumes, capacityBufs: CORE_BUFS, blockBytes: BYTES, verify: true, ...slab });
  const settle = async (): Promise<void> => {
    core.drainRequests((request) => {
      if (request.kind !== 'undo') device.submit(request);
    });
    for (const { id, kind } of device.pending()) {
      const { result, bytes } = await device.complete(id);
      if (kind === 'read') core.readDone(id, result, bytes);
      else if (kind === 'write') core.writeDone(id, result);
      else core.flushDone(id, result);
    }
  };
  const get = async (volume: number, block: number) => {
    const { outcome, ticket } = core.ioRead(volume, block, 'data');
    assert.equal(outcome, 'io', 'nobody has the block');
    await settle();
    const answer = core.resume(ticket);
    assert.equal(answer.outcome, 'done', 'the get is served');
    return answer.handle;
  };
  for (const [volume, block] of [
    [0, 2],
    [1, 2],
    [1, BLOCKS - 1],
  ] as const) {
    const handle = await get(volume, block);
    core.ioModify(handle);
    core.bytes(handle).set(filled(block + volume));
    core.change(handle);
    core.ioModifyDone(handle);
    core.ioFlush(handle);
    await settle();
    core.release(handle);
    const sync = core.ioFlushSync();
    await settle();
    assert.equal(core.resume(sync.ticket).outcome, 'done', 'the sync succeeds');
    core.unload(volume, block);
    const again = await get(volume, block);
    sameBytes(core.contents(again) as Uint8Array, filled(block + volume), `block ${block} of volume ${volume}`);
    core.release(again);
  }
}
