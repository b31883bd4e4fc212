// What file ranges and lent memory are refused for, and how they fail.

import type { Element, FaultPlan, FileOptions, MountFile } from '../../../src/index.ts';
import { FileCorrupt, FileReadFailed, FileWriteFailed, Mount, NoSpace } from '../../../src/index.ts';
import { BLOCK_BYTES, formatted } from '../mount-stage.ts';
import type { Entry } from './list.ts';

const CELL = 4 * BLOCK_BYTES;
const zone = (block: number, blocks: number, volume = 0) => ({ volume, block, blocks });
const SPACE = [zone(8, 8)];
const RANGE = { offset: 512, length: 20 };
const PLACE = { volume: 1, name: 'b.vol', block: 9 };
const CAUSE = 'Smoke.';

async function mount(fault?: FaultPlan): Promise<Mount> {
  return Mount.open({ device: await formatted([64], fault), fileBytes: CELL, lentBytes: BLOCK_BYTES });
}

async function opened(options: Partial<FileOptions> = {}, fault?: FaultPlan): Promise<MountFile> {
  return (await mount(fault)).openFile({ space: SPACE, extentBytes: CELL, ...options });
}

const element = (block: number, length: number, fileOffset = 0): Element => ({ fileOffset, volume: 0, block, length });
const broken =
  (kind: string): FaultPlan =>
  (request) =>
    request.kind === kind && request.kind !== 'flush' && request.block >= 8 ? { code: 'EIO' } : undefined;

export const FILES: readonly Entry[] = [
  ['a range that cannot be read', async () => (await opened({ extents: [element(8, 9)] }, broken('read'))).read(0, 9)],
  ['a range that cannot be read, by its fields', () => new FileReadFailed(RANGE, PLACE, CAUSE)],
  ['a range that cannot be written', async () => (await opened({}, broken('write'))).write(0, new Uint8Array(CELL))],
  ['a range that cannot be written, by its fields', () => new FileWriteFailed(RANGE, PLACE, CAUSE)],
  [
    'bytes that are not those that were written',
    async () => (await opened({ extents: [{ ...element(8, CELL), crc: 0xabc }] })).read(0, 9),
  ],
  ['bytes that are not those that were written, by fields', () => new FileCorrupt(RANGE, PLACE, 0xabc, 0x12345678)],
  ['a write without space', () => new NoSpace(RANGE, 4, 0)],
  [
    'a write for which commits make space',
    async () => {
      const file = await opened();
      for (const byte of [1, 2, 3]) await file.write(0, new Uint8Array(CELL).fill(byte));
    },
  ],
  ['a range before the file', async () => (await opened()).read(-1, 2)],
  ['a write of what is no bytes', async () => (await opened()).write(0, new Uint16Array(1) as never)],
  ['space beyond the volume', () => opened({ space: [zone(60, 5)] })],
  [
    'space of another file',
    async () => {
      const one = await mount();
      await one.openFile({ space: SPACE, extentBytes: CELL });
      return one.openFile({ space: [zone(15, 2)], extentBytes: CELL });
    },
  ],
  ['cells that are larger than the memory', () => opened({ extentBytes: CELL + BLOCK_BYTES })],
  ['extents beyond the space', () => opened({ extents: [element(13, CELL)] })],
  ['extents that are no list', () => opened({ extents: null as never })],
  ['extents that are no extents', () => opened({ extents: [null] as never })],
  ['extents that overlap', () => opened({ extents: [element(8, CELL), element(9, 1, CELL)] })],
  ['space that is no list', () => opened({ space: null as never })],
  ['memory that is more than there is to lend', async () => (await mount()).lend(BLOCK_BYTES + 1)],
  [
    'lending after close',
    async () => {
      const one = await mount();
      await one.close();
      return one.lend(1);
    },
  ],
];
