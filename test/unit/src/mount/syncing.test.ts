// Rounds of sync, one after the other, whoever calls when; and what close makes durable and tells when a write has failed.

import { expect, test } from 'vitest';
import { WriteFailed } from '../../../../src/index.ts';
import { settle, staged } from '../../../support/mount-stage.ts';

const ones = (bytes: Uint8Array): void => void bytes.fill(1);

test('who syncs again at the moment in which a round has ended gets the one that is planned', async () => {
  const { mount, device } = await staged();
  const blocks = await device.until(Promise.all([5, 6].map((block) => mount.get(block, { fresh: true }))));
  await device.until(mount.sync());
  const before = mount.statistics.syncRounds;
  const CALLS = 6;
  const loops = blocks.map(async (block) => {
    for (let i = 0; i < CALLS; i++) {
      void block.modify(ones); // Done before the next line.
      await mount.sync();
    }
    block.release();
  });
  await device.until(Promise.all(loops));
  // Each alone would need a round for every call.
  expect(mount.statistics.syncRounds - before).toBeLessThanOrEqual(CALLS + 2);
  await device.until(mount.close());
});

test.each([
  ['makes durable what was written before', undefined, [], 1],
  ['or tells of the volume that may not have it', { code: 'EIO' }, ['volume0'], 0],
] as const)('after a failed write close %s', async (_, fault, unflushed, byte) => {
  const { mount, device } = await staged();
  for (const block of [4, 5]) await device.until(mount.update(block, ones, { fresh: true }));
  const [good, bad] = await Promise.all([mount.get(4), mount.get(5)]);
  const written = good.flush();
  await settle();
  await device.complete('write');
  await written;
  const failed = expect(bad.flush()).rejects.toThrow(WriteFailed);
  await settle();
  await device.complete('write', 1, { code: 'EIO' });
  await failed;
  good.release();
  bad.release();
  const closed = mount.close().catch((error: unknown) => error);
  await settle();
  expect(await device.complete('flush', 1, fault)).toBe(1);
  expect(await device.until(closed)).toMatchObject({ name: 'WritesLost', blocks: [{ block: 5 }], unflushed });
  expect(device.media.readDurable(0, 4)[0]).toBe(byte);
});
