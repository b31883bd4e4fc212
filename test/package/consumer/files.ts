// A consumer with a volume in a file: what one mount has made durable, the next one reads. The I/O is done by a thread whose
// script must have come along in the package.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeviceError, formatVolumes, Mount, MountClosed, VolumeExists } from 'hammer-io-kit';

const directory = mkdtempSync(join(tmpdir(), 'hammer-io-kit-files-'));
const path = join(directory, 'a.vol');
try {
  await formatVolumes([{ path, blocks: 64 }], { blockBytes: 4096 });
  await assert.rejects(formatVolumes([{ path, blocks: 64 }]), VolumeExists);

  const mount = await Mount.open({ volumes: [path] });
  await assert.rejects(Mount.open({ volumes: [path] }), DeviceError);
  await mount.update(7, (bytes) => {
    bytes.fill(42);
  });
  await mount.sync();
  await mount.close();
  await assert.rejects(mount.read(7), MountClosed);

  const again = await Mount.open({ volumes: [path] });
  const bytes = await again.read(7);
  assert.deepEqual([bytes.length, bytes[0], bytes[4095]], [4096, 42, 42]);
  await again.close();
  process.stdout.write('files: a block was made durable in a file and read back by the next mount\n');
} finally {
  rmSync(directory, { recursive: true });
}
