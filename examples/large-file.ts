// A large file over two volumes: written around the cache, read back with its checksums compared, and then one of the volumes
// fails on the way. The program keeps the list of extents; here in a variable, in earnest in a META block or beside the data.
//
//   npx tsx examples/large-file.ts

import { FileReadFailed, FileWriteFailed, formatDevice, MemoryVolumes, Mount, ReadOnlyError } from 'hammer-io-kit';

const MIB = 1024 * 1024;
const formatted = new MemoryVolumes({ blocks: [512, 512], names: ['good', 'worn'] }); // 8 MiB each
await formatDevice(formatted);

let fails: 'read' | 'write' | undefined;
const volumes = formatted.reopen(({ kind, volume }) => (volume === 1 && kind === fails ? { code: 'EIO' } : undefined));
const mount = await Mount.open({ device: volumes });
mount.on('criticalError', () => console.log('event: criticalError'));

// The space belongs to the file; block 0 of each volume is its header. The first volume is filled first.
const space = [
  { volume: 0, block: 1, blocks: 160 },
  { volume: 1, block: 1, blocks: 511 },
];
const written = Uint8Array.from({ length: 4 * MIB }, (_, i) => (i * 31 + (i >> 12)) & 255);
let file = await mount.openFile({ space });
// Memory that the mount lends goes to the volumes without being copied.
const buffer = await mount.lend(written.length);
buffer.bytes.set(written);
await file.write(0, buffer.bytes);
buffer.giveBack();
const extents = await file.commit(); // the list, with a CRC-32 for each extent
await mount.sync(); // and now the data is durable, so that the list may be stored
const on = (volume: number): number => extents.filter((extent) => extent.volume === volume).length;
console.log(`written: ${file.size} bytes, ${file.statistics.directWrites} direct writes, extents ${on(0)} + ${on(1)}`);

await file.close();
file = await mount.openFile({ space, extents });
const read = await file.read(0, file.size);
console.log(
  `read back: ${Buffer.compare(read, written) === 0 ? 'the same' : 'different'}, ${file.statistics.verified} checksums`,
);

// The second volume cannot be read for a while. What stands on the first one is not concerned.
fails = 'read';
console.log(`beginning: ${(await file.read(0, 10)).join()}`);
const bad = extents.find(({ volume }) => volume === 1)!;
try {
  await file.read(bad.fileOffset, 10);
} catch (error) {
  if (!(error instanceof FileReadFailed)) throw error;
  console.log(
    `reading: ${error.name} at byte ${error.range.offset}, block ${error.place.block} of ${error.place.name}`,
  );
}

// It cannot be written: nothing is written any more, and what was committed stays as it was.
fails = 'write';
try {
  await file.write(0, new Uint8Array(MIB));
} catch (error) {
  if (!(error instanceof FileWriteFailed)) throw error;
  console.log(`writing: ${error.name} on ${error.place.name}`);
}
try {
  await file.commit();
} catch (error) {
  if (!(error instanceof ReadOnlyError)) throw error;
  console.log(`committing: ${error.name}`);
}
await file.close();
file = await mount.openFile({ space, extents });
console.log(`as committed: ${Buffer.compare(await file.read(0, file.size), written) === 0 ? 'the same' : 'different'}`);
await mount.close().catch((error: unknown) => console.log(`closing: ${(error as Error).name}`));
