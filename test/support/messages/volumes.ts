// What can be wrong with volumes before they are mounted, and with the options of a mount.

import { finalizeCrc } from '../../../src/core/block-crc.ts';
import { formatDevice, formatVolumes, MemoryVolumes, Mount } from '../../../src/index.ts';
import { checkSet, readHeader, writeHeader, type VolumeHeader } from '../../../src/mount/volumes/header.ts';
import { formatted, SET_ID } from '../mount-stage.ts';
import type { Entry } from './list.ts';

const HEADER: VolumeHeader = { number: 1, volumes: 3, blockBytes: 512, blocks: 8, setId: SET_ID, generation: 5 };

function header(change: (view: DataView) => void = () => undefined, bytes = 512): Uint8Array {
  const block = new Uint8Array(bytes).fill(9);
  writeHeader(block, HEADER);
  change(new DataView(block.buffer));
  finalizeCrc(block);
  return block;
}

const reading = (block: Uint8Array) => () => readHeader(block, 'x.vol');

/** The second of three volumes is another one. */
const set =
  (change: Partial<VolumeHeader>, capacity = 8) =>
  () =>
    checkSet(
      [0, 1, 2].map((number) => ({ ...HEADER, number, ...(number === 1 && change) })),
      ['a', 'b', 'c'],
      [8, capacity, 9],
    );

export const VOLUMES: readonly Entry[] = [
  ['a volume that is too short for a header', reading(new Uint8Array(511))],
  ['a volume that begins with zeros', reading(new Uint8Array(512))],
  ['a header of another format', reading(header((v) => v.setUint16(12, 2, true)))],
  ['a header with blocks of no power of two', reading(header((v) => v.setUint32(20, 1000, true)))],
  ['a header with larger blocks than there are bytes', reading(header((v) => v.setUint32(20, 1024, true)))],
  ['a header with smaller blocks than those of the device', reading(header(undefined, 1024))],
  ['a header with another checksum', reading(header().fill(1, 511))],
  ['a header of a set of no volumes', reading(header((v) => v.setUint16(16, 0, true)))],
  ['a header of a set of too many volumes', reading(header((v) => v.setUint16(16, 257, true)))],
  ['a header with a number beyond the set', reading(header((v) => v.setUint16(14, 3, true)))],
  ['a header of no blocks', reading(header((v) => v.setBigUint64(24, 0n, true)))],
  ['a volume of another set', set({ setId: 'f'.repeat(32) })],
  ['a volume of a smaller set', set({ volumes: 2 })],
  ['volumes in another order', set({ number: 2 })],
  ['a volume with blocks of another size', set({ blockBytes: 1024 })],
  ['a volume that was cut', set({}, 7)],
  ['formatting a volume that is there', async () => formatDevice(await formatted())],
  ['formatting with a setId of one letter', () => formatDevice(new MemoryVolumes({ blocks: [4] }), { setId: 'x' })],
  ['formatting with blocks of 96 bytes', () => formatDevice(new MemoryVolumes({ blocks: [4], blockBytes: 96 }))],
  ['formatting what is a directory', () => formatVolumes([{ path: '/' }])],
  ['mounting no volumes', () => Mount.open({ volumes: [] })],
  ['mounting a file that is not there', () => Mount.open({ volumes: ['/no/such/volume'] })],
  ['a cache without room', async () => Mount.open({ device: await formatted(), cacheBytes: 1023 })],
  ['memory for files of less than nothing', async () => Mount.open({ device: await formatted(), fileBytes: -1 })],
  ['half a byte to lend', async () => Mount.open({ device: await formatted(), lentBytes: 0.5 })],
  [
    'a request after the volumes were closed',
    async () => {
      const volumes = new MemoryVolumes({ blocks: [4] });
      await volumes.close();
      volumes.submit({ kind: 'flush', id: 1, volume: 0 });
    },
  ],
];
