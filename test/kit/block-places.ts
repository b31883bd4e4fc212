// Where the blocks of a shape lie on their volumes. A shape names blocks in device order; the core knows them by volume
// number and block number, orders its lists by block and then by volume, and reads ahead from a block to the next number.
// So blocks get the smallest numbers that keep the order of the shape, and what must be adjacent is checked to be so.

import type { Shape } from '../../spec/buffer/snapshot.ts';
import type { VolumeOptions } from '../../src/index.ts';

export interface BlockPlaces {
  readonly volumes: readonly VolumeOptions[];
  /** Block number of each io of the shape. */
  readonly blockOf: readonly number[];
  /** Index of the io at each block number, per volume. */
  readonly ioAt: readonly (readonly number[])[];
}

export function placeBlocks(shape: Shape): BlockPlaces {
  const blockOf: number[] = [];
  const ioAt: number[][] = shape.volumes.map(() => []);
  const headers: number[] = [];
  let [lastBlock, lastVolume] = [0, -1];
  shape.blocks.forEach(({ type, volume }, io) => {
    const block = volume > lastVolume ? lastBlock : lastBlock + 1;
    blockOf.push(block);
    ioAt[volume]![block] = io;
    if (type === 'volume') headers[volume] = block;
    [lastBlock, lastVolume] = [block, volume];
  });
  const pair = shape.readAhead;
  if (pair !== null && ioAt[shape.blocks[pair[0]]!.volume]![blockOf[pair[0]]! + 1] !== pair[1]) {
    const [head, next] = pair.map((io) => shape.blocks[io]!.name);
    throw new RangeError(`Block ${next} cannot be read ahead from ${head}: name it directly behind it in the shape.`);
  }
  const volumes = shape.volumes.map((name, v): VolumeOptions => {
    const blocks = Math.max(1, ioAt[v]!.length);
    return headers[v] === undefined ? { name, blocks } : { name, blocks, headerBlock: headers[v] };
  });
  return { volumes, blockOf, ioAt };
}
