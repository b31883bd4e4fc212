// Two volumes in files: format, write, sync, close, open again, read back.
//
//   npx tsx examples/write-sync-reopen.ts

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatVolumes, Mount } from 'hammer-io-kit';

const directory = await mkdtemp(join(tmpdir(), 'hammer-io-kit-'));
try {
  const volumes = [join(directory, 'index.vol'), join(directory, 'records.vol')];
  await formatVolumes(
    volumes.map((path) => ({ path, blocks: 256 })),
    { blockBytes: 4096 },
  );

  const mount = await Mount.open({ volumes });
  // A hundred records, side by side, on the second volume. Each is in the cache and dirty when its call resolves.
  const texts = Array.from({ length: 100 }, (_, i) => `record ${i}`);
  await Promise.all(
    texts.map((text, i) => mount.update(1 + i, (bytes) => void Buffer.from(text).copy(bytes), { volume: 1 })),
  );
  // A META block on the first one, which carries a checksum, and where to find it in the header.
  const root = await mount.get(9, { type: 'meta', fresh: true });
  await root.modify((bytes) => new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, texts.length, true));
  root.release();
  await mount.header().modify((bytes) => void (bytes[0] = 9));

  await mount.sync(); // From here on power loss takes none of it.
  const { bytesWritten, deviceFlushes } = mount.statistics;
  console.log(`written ${bytesWritten / 4096} blocks, ${deviceFlushes} device flushes`);
  await mount.close();

  const again = await Mount.open({ volumes });
  const place = again.header().bytes[0]!;
  const index = await again.read(place, { type: 'meta' });
  const count = new DataView(index.buffer).getUint32(0, true);
  let right = 0;
  for (let i = 0; i < count; i++) {
    const record = Buffer.from(await again.read(1 + i, { volume: 1 })).toString();
    if (record.startsWith(`record ${i}\0`)) right++;
  }
  console.log(`read back ${right} of ${count} records, found through block ${place}`);
  await again.close();
} finally {
  await rm(directory, { recursive: true });
}
