// A program that keeps the list of extents of a file stores it later than it is made; if it crashes in between, the older list
// is the one that it finds. What that names must still be there, even when the file was closed and opened anew meanwhile.

import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Element, FileOptions } from '../../src/index.ts';
import { formatDevice, InvalidArgument, MemoryVolumes, Mount, NoSpace } from '../../src/index.ts';
import { diceOf, type Dice } from '../kit/random/dice.ts';

const BLOCK = 1024;
const CELL = 4 * BLOCK;
const CELLS = 3;
const FILE: FileOptions = { space: [{ volume: 0, block: 8, blocks: 100 }], extentBytes: CELL };

interface Stored {
  readonly extents: readonly Element[];
  readonly contents: Uint8Array;
}

async function formatted(): Promise<MemoryVolumes> {
  const volumes = new MemoryVolumes({ blocks: [128], blockBytes: BLOCK });
  await formatDevice(volumes);
  return volumes;
}

/** Small, for hundreds of them come and go. */
const mounted = (volumes: MemoryVolumes): Promise<Mount> =>
  Mount.open({ device: volumes.reopen(), cacheBytes: 64 * BLOCK, fileBytes: 8 * CELL, lentBytes: CELL });

/** What a program that starts again reads from a list; undefined where a checksum says that the blocks hold something else. */
async function readAgain(volumes: MemoryVolumes, { extents, contents }: Stored): Promise<Uint8Array | undefined> {
  const mount = await mounted(volumes);
  const file = await mount.openFile({ ...FILE, extents });
  const read = await file.read(0, contents.length).catch(() => undefined);
  await mount.close();
  return read;
}

/** Do all blocks of a list hold what it says, whatever of the writes under way survives? */
function isIntact({ device }: MemoryVolumes, { extents }: Stored): boolean {
  return extents.every(({ volume, block, length, crc }) => {
    const blocks = Array.from({ length: Math.ceil(length / BLOCK) }, (_, i) => device.read(volume, block + i));
    return crc32(Buffer.concat(blocks).subarray(0, length)) === crc;
  });
}

/**
 * A program at work through several openings of its file, which stores the list of one commit in the course of the next. Answers
 * how often a crash would have been fatal, and what there is in the end.
 */
async function runOpenings(
  dice: Dice,
  isTold: boolean,
): Promise<{ volumes: MemoryVolumes; latest: Stored; fatal: number }> {
  const volumes = await formatted();
  let mount = await mounted(volumes);
  const contents = new Uint8Array(CELLS * CELL);
  let stored: Stored = { extents: [], contents: contents.slice() };
  let latest = stored;
  let fatal = 0;
  for (let opening = 0; opening < 4; opening++) {
    const older = isTold ? { older: stored.extents } : {};
    const file = await mount.openFile({ ...FILE, extents: latest.extents, ...older });
    for (let i = 1 + dice(3); i > 0; i--) {
      const from = dice(contents.length);
      const bytes = Uint8Array.from({ length: 1 + dice(contents.length - from) }, () => 1 + dice(255));
      await file.write(from, bytes);
      contents.set(bytes, from);
      if (!isIntact(volumes, stored)) fatal++;
      // The list of the commit before is stored at the latest when the next one is made.
      if (i > 1 || dice(2) === 0) stored = latest;
      else continue;
      const extents = await file.commit();
      await mount.sync();
      latest = { extents, contents: contents.slice(0, file.size) };
    }
    // What was written and not committed is lost with the file, and with a crash.
    contents.fill(0);
    contents.set(latest.contents);
    await file.close();
    if (dice(2) === 0) {
      await mount.close();
      mount = await mounted(volumes);
    }
  }
  await mount.close();
  return { volumes, latest, fatal };
}

describe('after a crash, the list that is found', () => {
  const SEEDS = Array.from({ length: 40 }, (_, i) => i + 1);

  async function fatalCrashes(isTold: boolean): Promise<number> {
    let sum = 0;
    for (const seed of SEEDS) {
      const { volumes, latest, fatal } = await runOpenings(diceOf(seed), isTold);
      expect(Buffer.compare((await readAgain(volumes, latest))!, latest.contents)).toBe(0);
      sum += fatal;
    }
    return sum;
  }

  test('names blocks that are untouched, if each opening is told of it', async () => {
    expect(await fatalCrashes(true)).toBe(0);
  });

  test('may name blocks with other data, if not: the test can see it', async () => {
    expect(await fatalCrashes(false)).toBeGreaterThan(10);
  });
});

test('blocks of an older list come back with the second commit', async () => {
  const mount = await mounted(await formatted());
  const file: FileOptions = { space: [{ volume: 0, block: 8, blocks: 8 }], extentBytes: CELL };
  const first = await mount.openFile(file);
  await first.write(0, new Uint8Array(CELL).fill(1));
  const older = await first.commit();
  await first.write(0, new Uint8Array(CELL).fill(2));
  const extents = await first.commit();
  await first.close();

  const again = await mount.openFile({ ...file, extents, older: [...older, ...extents] });
  const write = (): Promise<void> => again.write(0, new Uint8Array(CELL).fill(3));
  await expect(write()).rejects.toThrow(NoSpace);
  await again.commit();
  await expect(write()).rejects.toThrow('make 4 blocks free');
  await again.commit();
  await write();
  expect((await again.read(0, 1))[0]).toBe(3);
  await mount.close();
});

test('an older list must make sense too, and then nothing is kept of the opening', async () => {
  const mount = await mounted(await formatted());
  const older = (part: Partial<Element>): FileOptions => ({
    ...FILE,
    older: [{ fileOffset: 0, volume: 0, block: 8, length: CELL, ...part }],
  });
  for (const part of [{ block: 105 }, { volume: 1 }, { length: 0 }, { length: CELL + 1 }, { block: 8.5 }])
    await expect(mount.openFile(older(part))).rejects.toThrow(InvalidArgument);
  const file = await mount.openFile(older({ length: CELL - 1 }));
  expect(file.size).toBe(0);
  await mount.close();
});
