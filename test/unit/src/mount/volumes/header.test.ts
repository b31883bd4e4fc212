// The parts of a mount that stand alone: headers, sets of volumes, formatting and volumes in memory, with the whole text of what
// they say.

import { test } from 'vitest';
import type { MountCompletion } from '../../../../../src/devices/mount-device.ts';
import { finalizeCrc } from '../../../../../src/core/block-crc.ts';
import { MemoryVolumes } from '../../../../../src/devices/memory-volumes.ts';
import { formatDevice, Mount } from '../../../../../src/mount/index.ts';
import * as headers from '../../../../../src/mount/volumes/header.ts';
import { formatted, SET_ID } from '../../../../support/mount-stage.ts';
import { messageOf, mustBe, mustEqual, mustThrow } from '../../../../support/must.ts';

const HEADER: headers.VolumeHeader = {
  number: 1, volumes: 3, blockBytes: 512, blocks: 2 ** 33 + 7, setId: SET_ID, generation: 5,
}; // prettier-ignore

function headerBlock(change: (view: DataView) => void = () => undefined, bytes = 512): Uint8Array {
  const block = new Uint8Array(bytes).fill(9);
  headers.writeHeader(block, HEADER);
  change(new DataView(block.buffer));
  finalizeCrc(block);
  return block;
}

const refusal = (block: Uint8Array): string => messageOf(() => headers.readHeader(block, 'x.vol'));

test('a header stands where the format says, and is read as it was written', () => {
  const block = headerBlock();
  mustEqual(headers.readHeader(block, 'v'), HEADER);
  const hex = Buffer.from(block.subarray(4, 66)).toString('hex');
  mustBe(
    hex,
    '48494f4b564f4c0a' + '0100' + '0100' + '0300' + '0000' + '00020000' + '0700000002000000' + SET_ID +
      '0500000000000000' + '0000000000000000' + '0909',
  ); // prettier-ignore
  mustEqual([headers.hasMagic(block), headers.hasMagic(block.subarray(1))], [true, false]);
  headers.renewHeader(block);
  mustEqual(headers.readHeader(block, 'v'), { ...HEADER, generation: 6 });
});

test('each way in which a header can be wrong is told', () => {
  const corrupt = 'Restore the first block from a copy.';
  const told: readonly (readonly [Uint8Array, string])[] = [
    [new Uint8Array(511), 'NotAVolume: x.vol was promised to begin with a volume header; seen: 511 bytes in all. Check the path, or format the volume first.'],
    [new Uint8Array(512), 'NotAVolume: x.vol was promised to begin with a volume header; seen: the bytes 000000000000000000000000. Check the path, or format the volume first.'],
    [headerBlock((v) => v.setUint16(12, 2, true)), 'UnsupportedFormat: x.vol was promised to have format version 1; seen: version 2. Use the version of this library that has formatted it.'],
    [headerBlock((v) => v.setUint32(20, 1000, true)), `CorruptHeader: x.vol was promised to have blocks of a power of two from 512 bytes to 1 MiB; seen: 1000 bytes. ${corrupt}`],
    [headerBlock((v) => v.setUint32(20, 1024, true)), 'WrongSize: x.vol was promised to have blocks of 1024 bytes; seen: 512 bytes in all. Somebody has cut it, or it is a partial copy: restore it whole.'],
    [headerBlock(() => undefined, 1024), 'WrongSize: x.vol was promised to have blocks of 512 bytes; seen: 1024 bytes a block. Somebody has cut it, or it is a partial copy: restore it whole.'],
    [headerBlock().fill(1, 511), `CorruptHeader: x.vol was promised to hold the CRC-32 of its header in its first four bytes; seen: another one. ${corrupt}`],
    [headerBlock((v) => v.setUint16(16, 0, true)), `CorruptHeader: x.vol was promised to have a header that makes sense; seen: 0 volumes in the set. ${corrupt}`],
    [headerBlock((v) => v.setUint16(16, 257, true)), `CorruptHeader: x.vol was promised to have a header that makes sense; seen: 257 volumes in the set. ${corrupt}`],
    [headerBlock((v) => v.setUint16(14, 3, true)), `CorruptHeader: x.vol was promised to have a header that makes sense; seen: volume 3 of 3. ${corrupt}`],
    [headerBlock((v) => v.setBigUint64(24, 0n, true)), `CorruptHeader: x.vol was promised to have a header that makes sense; seen: 0 blocks. ${corrupt}`],
    [headerBlock((v) => v.setBigUint64(24, 2n ** 60n, true)), `CorruptHeader: x.vol was promised to have a header that makes sense; seen: 1152921504606847000 blocks. ${corrupt}`],
  ]; // prettier-ignore
  for (const [block, text] of told) mustBe(refusal(block), text);
  const largest = headerBlock((v) => v.setUint16(16, 256, true));
  const smallest = headerBlock((v) => v.setBigUint64(24, 1n, true));
  mustEqual([headers.readHeader(largest, 'v').volumes, headers.readHeader(smallest, 'v').blocks], [256, 1]);
  mustEqual([511, 512, 513, 1 << 20, 1 << 21].map(headers.isBlockBytes), [false, true, false, true, false]);
});

test('volumes make up a set only whole, in order, and of their size', () => {
  const set = [0, 1, 2].map((number) => ({ ...HEADER, number, blocks: 8 }));
  const names = ['a', 'b', 'c'];
  const check = (change: Partial<headers.VolumeHeader>, capacities = [8, 8, 9]): string =>
    messageOf(() => headers.checkSet([set[0]!, { ...set[1]!, ...change }, set[2]!], names, capacities));
  const advice = 'Name all volumes of one set, each once, in the order of their numbers.';
  mustBe(check({}), '(nothing was thrown)');
  const other = 'f'.repeat(32);
  mustBe(
    check({ setId: other }),
    `WrongSet: b was promised to belong to set ${SET_ID} like a; seen: set ${other}. ${advice}`,
  );
  mustBe(check({ volumes: 2 }), `WrongSet: b was promised to be one of 3 volumes; seen: a set of 2. ${advice}`);
  mustBe(check({ number: 2 }), `WrongSet: b was promised to be volume 1 of its set; seen: volume 2. ${advice}`);
  mustBe(
    check({ blockBytes: 1024 }),
    `WrongSet: b was promised to have blocks of 512 bytes like a; seen: 1024 bytes. ${advice}`,
  );
  const cut =
    'WrongSize: b was promised to hold 8 blocks; seen: room for 7. Somebody has cut it, or it is a partial copy: restore it whole.';
  mustBe(check({}, [8, 7, 9]), cut);
});

test('errors of volumes say of what kind they are, and which volume', () => {
  const made = [
    new headers.NotAVolume('v', 's'),
    new headers.UnsupportedFormat('v', 2),
    new headers.CorruptHeader('v', 'p', 's'),
    new headers.WrongSize('v', 'p', 's'),
    new headers.WrongSet('v', 'p', 's'),
  ];
  for (const error of made) mustEqual([error.name, error.volume], [error.constructor.name, 'v']);
  mustBe(new headers.VolumeError('K', 'v', 'p', 's', 'A.').name, 'VolumeError');
});

async function rejection(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => '(nothing was thrown)',
    (error: unknown) => (error as Error).message,
  );
}

test('a device is formatted once, durably, unless told to overwrite', async () => {
  const volumes = new MemoryVolumes({ blocks: [4, 5], blockBytes: 512 });
  await formatDevice(volumes, { setId: SET_ID });
  for (const [number, blocks] of [4, 5].entries()) {
    const header = headers.readHeader(volumes.device.readDurable(number, 0), 'v');
    mustEqual(header, { number, volumes: 2, blockBytes: 512, blocks, setId: SET_ID, generation: 0 });
  }
  const exists =
    'VolumeExists: memory0 was promised to be no volume yet; seen: a volume header. Give `overwrite` if its contents may be lost, or another path.';
  mustBe(await rejection(formatDevice(volumes)), exists);
  await formatDevice(volumes, { overwrite: true });
  const { setId } = headers.readHeader(volumes.device.readDurable(0, 0), 'v');
  mustEqual([/^[0-9a-f]{32}$/.test(setId), setId === SET_ID], [true, false]);
  const wrongId =
    "InvalidArgument: promised was a setId of 32 hexadecimal digits; seen: 'x'. Correct it, or leave it out.";
  mustBe(await rejection(formatDevice(volumes, { setId: 'x', overwrite: true })), wrongId);
  const odd = new MemoryVolumes({ blocks: [4], blockBytes: 96 });
  const wrongSize =
    'InvalidArgument: promised was a blockBytes that is a power of two from 512 to 1 MiB; seen: 96. Choose the size for which the volumes are used.';
  mustBe(await rejection(formatDevice(odd)), wrongSize);
});

test('a mount wants room for its headers and one block more', async () => {
  const volumes = await formatted([8, 8]);
  const small =
    'InvalidArgument: promised was a cacheBytes of 1536 or more for 2 volumes with blocks of 512 bytes; seen: 1535. Give the cache more bytes.';
  mustBe(await rejection(Mount.open({ device: volumes, cacheBytes: 1535 })), small);
  const mount = await Mount.open({ device: volumes, cacheBytes: 1536 });
  mustEqual([mount.blockBytes, mount.volumes], [512, [{ name: 'memory0', blocks: 8 }, { name: 'memory1', blocks: 8 }]]); // prettier-ignore
  await mount.close();
  const none = 'InvalidArgument: promised was a volume or more; seen: none. Name the volumes of a set.';
  mustBe(await rejection(Mount.open({ volumes: [] })), none);
});

test('volumes in memory complete what was submitted together, in order, after its caller', async () => {
  const volumes = new MemoryVolumes({
    blocks: [4],
    blockBytes: 8,
    fault: (request) => (request.id === 2 ? { code: 'EIO' } : undefined),
  });
  const batches: (readonly MountCompletion[])[] = [];
  volumes.onCompletions = (batch) => void batches.push(batch);
  const view = new Uint8Array(8);
  volumes.submit({ kind: 'write', id: 1, volume: 0, block: 1, bytes: new Uint8Array(8).fill(3) });
  volumes.submit({ kind: 'write', id: 2, volume: 0, block: 2, bytes: new Uint8Array(8) });
  volumes.submit({ kind: 'read', id: 3, volume: 0, block: 1, blocks: 1, into: [view] });
  mustBe(batches.length, 0);
  await volumes.close();
  mustEqual(batches.map((batch) => batch.map(({ request, result }) => [request.id, result])), [[[1, 'ok'], [2, 'error'], [3, 'ok']]]); // prettier-ignore
  mustBe(view[7], 3);
  const fault =
    'MemoryFault: write of block 2 of memory0 was promised to succeed; seen: EIO, a fault that the plan of these volumes asked for. Look for it in `fault`.';
  mustBe(batches[0]![1]!.error!.message, fault);
  const closed =
    'InvalidArgument: promised was volumes that are open; seen: a flush after close. Use reopen() for another mount.';
  mustThrow(() => volumes.submit({ kind: 'flush', id: 4, volume: 0 }), closed);
  await volumes.close();
  const again = volumes.reopen();
  again.submit({ kind: 'flush', id: 5, volume: 0 });
  await again.close();
  mustBe(again.device.readDurable(0, 1)[0], 3);
});
