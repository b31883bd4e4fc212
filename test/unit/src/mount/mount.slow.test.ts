// A mount of real files, with the I/O thread.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readWriteLog } from '../../../../src/devices/file/index.ts';
import { formatVolumes, Mount, ReadOnlyError } from '../../../../src/mount/index.ts';

const set = (value: number) => (bytes: Uint8Array) => void bytes.fill(value);

describe('on files', () => {
  let dir: string;
  beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'mount-'))));
  afterAll(() => rmSync(dir, { recursive: true }));

  test('works as in memory, and logs its writes', async () => {
    const volumes = ['a', 'b'].map((name) => join(dir, name));
    await formatVolumes(volumes.map((path) => ({ path, blocks: 32 })), { blockBytes: 4096 }); // prettier-ignore
    const writeLog = join(dir, 'log');
    const mount = await Mount.open({ volumes, cacheBytes: 8 * 4096, writeLog });
    await Promise.all(Array.from({ length: 31 }, (_, i) => mount.update(i + 1, set(i), { volume: i % 2 })));
    await mount.update(5, set(77), { type: 'meta', volume: 1, fresh: true });
    await mount.sync();
    await mount.close();
    const again = await Mount.open({ volumes });
    for (let i = 0; i < 31; i++) expect((await again.read(i + 1, { volume: i % 2 }))[9]).toBe(i);
    expect((await again.read(5, { volume: 1, type: 'meta' }))[9]).toBe(77);
    await again.close();
    const writes = [...readWriteLog(writeLog)].filter(({ kind }) => kind === 'write');
    expect(writes.length).toBeGreaterThan(31);
  });

  test('opened readOnly reads and refuses to modify', async () => {
    const path = join(dir, 'ro');
    await formatVolumes([{ path, blocks: 8 }]);
    const mount = await Mount.open({ volumes: [{ path, readOnly: true }] });
    expect(mount.isReadOnly).toBe(true);
    const block = await mount.get(3);
    await expect(block.modify(set(1))).rejects.toThrow(ReadOnlyError);
    await expect(mount.sync()).rejects.toThrow(/opened with readOnly/);
    block.release();
    await mount.close();
  });
});
