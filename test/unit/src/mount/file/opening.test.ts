// Opening a file of a mount: which options are refused and in what words, what the defaults are, and what the cache forgets.

import { test } from 'vitest';
import type { Element } from '../../../../../src/direct/index.ts';
import type { FileOptions } from '../../../../../src/mount/file/opening.ts';
import type { Mount } from '../../../../../src/mount/mount.ts';
import { BLOCK_BYTES, mounted, settle, staged } from '../../../../support/mount-stage.ts';
import { mustBe, mustEqual } from '../../../../support/must.ts';

const CELL = 4 * BLOCK_BYTES;
const zone = (block: number, blocks: number, volume = 0) => ({ volume, block, blocks });
const failure = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'nothing', (error: unknown) => (error as Error).message); // prettier-ignore

/** What a promise comes to within some turns; `still` if to nothing. */
async function soon(promise: Promise<unknown>): Promise<string> {
  let seen = 'still';
  void promise.then(() => (seen = 'done'), (error: unknown) => (seen = (error as Error).name)); // prettier-ignore
  await settle(100);
  return seen;
}

const refusal = (mount: Mount, options: FileOptions): Promise<string> => failure(mount.openFile(options));

test('space is on the volumes', async () => {
  const { mount } = await mounted({ blocks: [64, 32] });
  const refused = 'Expected space on the volumes of the mount, but got ';
  for (const [space, seen] of [
    [zone(60, 5), '5 blocks at block 60 of volume 0'],
    [zone(30, 3, 1), '3 blocks at block 30 of volume 1'],
    [zone(1, 1, 2), '1 blocks at block 1 of volume 2'],
  ] as const) {
    mustBe(await refusal(mount, { space: [zone(8, 4), space] }), `${refused}${seen}. Correct the space.`);
  }
  await mount.openFile({ space: [zone(60, 4), zone(30, 2, 1)] });
});

test('space belongs to one file, and its neighbours to others', async () => {
  const { mount } = await mounted({ blocks: [64, 64] });
  await mount.openFile({ space: [zone(20, 4)] });
  for (const [block, blocks] of [
    [23, 1],
    [20, 1],
    [19, 2],
    [18, 8],
    [23, 9],
  ] as const) {
    mustBe(
      await refusal(mount, { space: [zone(block, blocks)] }),
      `Expected space of its own for the file, but got ${blocks} blocks at block ${block} of volume 0. ` +
        'Another file has blocks of it: give each file its own.',
    );
  }
  mustBe((await refusal(mount, { space: [zone(40, 4), zone(43, 1)] })).includes('43'), true);
  await mount.openFile({ space: [zone(16, 4), zone(24, 2), zone(21, 2, 1)] });
});

test('a cell fits into the memory for files', async () => {
  const { mount } = await mounted({ fileBytes: CELL });
  mustBe(
    await refusal(mount, { space: [zone(8, 8)], extentBytes: CELL + BLOCK_BYTES }),
    `Expected an extentBytes that fits into the ${CELL} bytes which the mount has for files, ` +
      `but got ${CELL + BLOCK_BYTES}. Give the mount more fileBytes, or the slab more room.`,
  );
  await mount.openFile({ space: [zone(8, 8)], extentBytes: CELL });
});

test('extents lie in the space', async () => {
  const { mount } = await mounted();
  const element = (fileOffset: number, block: number, length: number) => ({ fileOffset, volume: 0, block, length });
  const good = element(0, 8, CELL);
  mustBe(
    await refusal(mount, { space: [zone(8, 8)], extentBytes: CELL, extents: [good, element(CELL, 13, CELL - 1)] }),
    'Expected extents that lie in the space of the file, but got 4 blocks at block 13 of volume 0. ' +
      'Correct the extents or the space.',
  );
  const extents = [good, element(CELL, 13, CELL - BLOCK_BYTES)];
  const file = await mount.openFile({ space: [zone(8, 8)], extentBytes: CELL, extents });
  mustBe(file.size, 2 * CELL - BLOCK_BYTES);
});

test('lists of extents are lists, of whole numbers', async () => {
  const { mount } = await mounted();
  const space = [zone(8, 8)];
  const good = { fileOffset: 0, volume: 0, block: 8, length: 1, crc: 2 ** 32 - 1 };
  for (const bad of [
    { ...good, crc: 2 ** 32 },
    { ...good, crc: -1 },
    { ...good, crc: 'x' },
    { ...good, block: 0.5 },
    { fileOffset: 0, volume: 0, block: 8 },
    null,
    undefined,
  ]) {
    const list = [good, bad] as unknown as readonly Element[];
    mustBe((await refusal(mount, { space, extents: list })).includes('`extents[1]'), true);
    mustBe((await refusal(mount, { space, older: list })).includes('`older[1]'), true);
  }
  const none = null as unknown as readonly Element[];
  mustBe((await refusal(mount, { space, extents: none })).includes('`extents`'), true);
  mustBe((await refusal(mount, { space: none as unknown as FileOptions['space'] })).includes('`space`'), true);
  await mount.openFile({ space, extents: [good] });
});

test('extents do not overlap, those of older lists may', async () => {
  const { mount } = await mounted({ blocks: [64, 64] });
  const one = (block: number, length: number, volume = 0, fileOffset = 0) => ({ fileOffset, volume, block, length });
  const space = [zone(8, 8), zone(8, 8, 1)];
  const refused = 'Expected extents that do not overlap, but got two with block';
  const advice = '. Give the list that commit returned.';
  const pair = [one(12, BLOCK_BYTES, 1), one(10, 2 * BLOCK_BYTES + 1, 1, CELL)];
  mustBe(await refusal(mount, { space, extentBytes: CELL, extents: pair }), `${refused} 12 of volume 1${advice}`);
  const twice = [one(9, 1), one(9, 1, 0, CELL)];
  mustBe(await refusal(mount, { space, extentBytes: CELL, extents: twice }), `${refused} 9 of volume 0${advice}`);
  const apart = [one(12, 1, 1), one(10, 2 * BLOCK_BYTES, 1, CELL), one(12, 1, 0, 2 * CELL)];
  await mount.openFile({ space, extentBytes: CELL, extents: apart, older: [...pair, ...twice] });
});

test('older extents lie in the space too, and their blocks are free after two commits', async () => {
  const { mount } = await mounted();
  const one = (block: number, length: number, fileOffset = 0) => ({ fileOffset, volume: 0, block, length });
  const space = [zone(8, 8)];
  mustBe(
    await refusal(mount, { space, extentBytes: CELL, older: [one(13, CELL)] }),
    'Expected extents that lie in the space of the file, but got 4 blocks at block 13 of volume 0. ' +
      'Correct the extents or the space.',
  );
  const [extents, older] = [[one(8, BLOCK_BYTES)], [one(8, CELL), one(11, 3 * BLOCK_BYTES, CELL)]];
  const file = await mount.openFile({ space, extentBytes: CELL, extents, older, verify: false });
  mustBe(file.size, BLOCK_BYTES);
  const write = (): Promise<string> => failure(file.write(CELL, new Uint8Array(4 * BLOCK_BYTES)));
  const full = await write();
  const said = 'it takes 4 free blocks side by side. The next two or three commits make 5 blocks free.';
  mustBe(full.includes(said), true);
  await file.commit();
  mustBe(await write(), full);
  await file.commit();
  mustBe(await write(), 'nothing');
});

test('a cell is 16 blocks, and is verified, and a whole one goes around the cache, unless told otherwise', async () => {
  const { mount } = await mounted();
  const seen: unknown[] = [];
  for (const [i, how] of [{}, { verify: true }, { verify: false }, { doubleBuffer: true }].entries()) {
    const file = await mount.openFile({ space: [zone(16 + i * 32, 32)], ...how });
    mustBe(file.extentBytes, 16 * BLOCK_BYTES);
    await file.write(0, new Uint8Array(16 * BLOCK_BYTES).fill(1));
    const [extent] = await file.commit();
    await file.read(0, 16 * BLOCK_BYTES);
    const { directReads, bufferedReads, verified } = file.statistics;
    seen.push([extent!.crc !== undefined, directReads, bufferedReads, verified]);
  }
  mustEqual(seen, [
    [true, 1, 0, 1],
    [true, 1, 0, 1],
    [false, 1, 0, 0],
    [true, 0, 1, 1],
  ]);
  mustBe(mount.statistics.blocksInUse, 0);
});

test('the cache forgets what it has of free blocks, and of no others', async () => {
  const { mount } = await mounted({ blocks: [64, 64] });
  for (const block of [19, 20, 22, 23, 24]) await mount.update(block, (bytes) => void bytes.fill(7));
  await mount.update(20, (bytes) => void bytes.fill(7), { volume: 1 });
  const extents = [{ fileOffset: 0, volume: 0, block: 22, length: 1 }];
  await mount.openFile({ space: [zone(20, 4)], extentBytes: CELL, extents });
  const isCached = (block: number, volume = 0): boolean => {
    const held = mount.tryGet(block, { volume });
    held?.release();
    return held !== undefined;
  };
  mustEqual([19, 20, 22, 23, 24].map((block) => isCached(block)), [true, false, true, false, true]); // prettier-ignore
  mustEqual([isCached(20, 1), mount.statistics.dirtyBytes], [true, 4 * BLOCK_BYTES]);
});

test('opening waits for who holds a free block, and is in use meanwhile', async () => {
  const { mount, device } = await staged();
  const held = await device.until(mount.get(20));
  const opening = mount.openFile({ space: [zone(20, 4)] });
  mustBe(await soon(opening), 'still');
  mustBe(mount.statistics.blocksInUse, 2);
  held.release();
  mustBe(await soon(opening), 'done');
  mustBe(mount.statistics.blocksInUse, 0);
});

test('a mount that breaks meanwhile opens nothing', async () => {
  const { mount, device } = await staged();
  await device.until(mount.get(20));
  const opening = soon(mount.openFile({ space: [zone(20, 4)] }));
  await settle(4);
  device.onCompletions([{ request: { kind: 'write', id: 999, volume: 0, block: 1, bytes: new Uint8Array(BLOCK_BYTES) }, result: 'ok' }]); // prettier-ignore
  mustBe(await opening, 'MountBroken');
});

test('what could not be written does not keep a file from being opened to be read', async () => {
  const { mount, device } = await staged();
  await device.until(mount.update(20, (bytes) => void bytes.fill(7)));
  const sync = failure(mount.sync());
  await settle();
  await device.complete('write', 1, { code: 'EIO' });
  await device.until(sync);
  mustBe(mount.isReadOnly, true);
  mustBe(await soon(mount.openFile({ space: [zone(20, 4)] })), 'done');
});
