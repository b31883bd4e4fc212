// A cache of 100 buffers over 2,000 blocks in a file, under a load of 64 programs at a time. Whatever is seen is checked.
//
//   npx tsx examples/small-cache.ts

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatVolumes, Mount, type ReadableBytes } from 'hammer-io-kit';

const BLOCKS = 2000;
const BLOCK_BYTES = 4096;
const BUFFERS = 100;

/** Chance from a seed, so that every run does the same. */
function diceOf(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const directory = await mkdtemp(join(tmpdir(), 'hammer-io-kit-'));
try {
  const path = join(directory, 'data.vol');
  await formatVolumes([{ path, blocks: BLOCKS + 1 }], { blockBytes: BLOCK_BYTES });
  const mount = await Mount.open({ volumes: [path], cacheBytes: BUFFERS * BLOCK_BYTES });

  // What each block must hold. It is kept in the same step in which the bytes are changed.
  const expected = new Uint32Array(BLOCKS + 1);
  const viewOf = (bytes: Uint8Array | ReadableBytes): DataView =>
    new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let checked = 0;
  function check(block: number, bytes: Uint8Array | ReadableBytes): void {
    const seen = viewOf(bytes).getUint32(0);
    if (seen !== expected[block]) throw new Error(`block ${block} holds ${seen}, not ${expected[block]!}`);
    checked++;
  }

  async function program(seed: number): Promise<void> {
    const dice = diceOf(seed);
    for (let i = 0; i < 100; i++) {
      // Most of the load goes to a few blocks, as it does in life.
      const block = 1 + (dice(4) > 0 ? dice(40) : dice(BLOCKS));
      if (dice(3) > 0) {
        using held = await mount.get(block);
        check(block, held.bytes);
        continue;
      }
      await mount.update(block, (bytes) => {
        check(block, bytes);
        viewOf(bytes).setUint32(0, ++expected[block]!);
      });
    }
  }
  await Promise.all(Array.from({ length: 64 }, (_, seed) => program(seed)));
  await mount.close();

  const { hits, misses, evictions, bytesWritten, waits } = mount.statistics;
  console.log(`${BUFFERS} buffers for ${BLOCKS} blocks: ${checked} looked at, ${hits} hits, ${misses} misses`);
  console.log(
    `${evictions} evictions, ${bytesWritten / BLOCK_BYTES} blocks written, ${waits.space} waits for a buffer`,
  );

  const again = await Mount.open({ volumes: [path] });
  let right = 0;
  for (let block = 1; block <= BLOCKS; block++) {
    if (viewOf(await again.read(block)).getUint32(0) === expected[block]) right++;
  }
  await again.close();
  console.log(`after reopening ${right} of ${BLOCKS} blocks hold what was put last`);
} finally {
  await rm(directory, { recursive: true });
}
