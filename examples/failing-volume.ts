// A volume that fails on the way, and what the program sees: an event, ReadOnlyError, reads that go on, and at close the list of
// what was lost. The volumes are in memory, so that they can be told when to fail.
//
//   npx tsx examples/failing-volume.ts

import { formatDevice, MemoryVolumes, Mount, ReadOnlyError, SyncFailed, WritesLost } from 'hammer-io-kit';

const formatted = new MemoryVolumes({ blocks: [256, 256], blockBytes: 4096, names: ['good', 'worn'] });
await formatDevice(formatted);

// From now on block 20 of the second volume cannot be written.
const volumes = formatted.reopen(({ kind, volume, ...request }) =>
  kind === 'write' && volume === 1 && 'block' in request && request.block === 20 ? { code: 'EIO' } : undefined,
);

const mount = await Mount.open({ device: volumes });
mount.on('criticalError', (error) => console.log(`event: ${error.message}`));

await mount.update(10, (bytes) => void bytes.fill(1));
await mount.sync();
console.log('first sync: durable');

await mount.update(20, (bytes) => void bytes.fill(2), { volume: 1 });
await mount.update(30, (bytes) => void bytes.fill(3), { volume: 1, type: 'meta', fresh: true });
try {
  await mount.sync();
} catch (error) {
  if (!(error instanceof SyncFailed)) throw error;
  console.log(`second sync: ${error.name}`);
}

try {
  await mount.update(10, (bytes) => void bytes.fill(4));
} catch (error) {
  if (!(error instanceof ReadOnlyError)) throw error;
  console.log(`modifying: ${error.name}`);
}

// Reads go on, of what is on the volumes and of what could not be written.
const [old, lost] = await Promise.all([mount.read(10), mount.read(20, { volume: 1 })]);
console.log(`reading: block 10 holds ${old[0]!}, block 20 holds ${lost[0]!}`);

try {
  await mount.close();
} catch (error) {
  if (!(error instanceof WritesLost)) throw error;
  for (const { name, block, type, why } of error.blocks) console.log(`lost: ${type} block ${block} of ${name}, ${why}`);
}
