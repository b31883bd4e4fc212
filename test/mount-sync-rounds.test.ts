// Rounds of sync, one after the other, whoever calls when; and what close makes durable and tells when a write has failed.

import { expect, test } from 'vitest';
import { WriteFailed } from '../src/index.ts';
import { settle, staged } from './kit/mount-stage.ts';

const ones = (bytes: Uint8Array): void => void bytes.fill(1);

test('programs that sync again and again share rounds, and two rounds never run at once', async () => {
  const { mount, device } = await staged();
  const CALLS = 6;
  const loop = async (): Promise<void> => {
    for (let i = 0; i < CALLS; i++) {
      await mount.update(5 + i, ones, { fresh: true });
      await mount.sync();
    }
  };
  const loops = Promise.all([loop(), loop(), loop()]);
  let atOnce = 0;
  const watched = device.submit.bind(device);
  device.submit = (request) => {
    watched(request);
    atOnce = Math.max(atOnce, device.pending.filter(({ kind }) => kind === 'flush').length);
  };
  await device.until(loops);
  const { syncCalls, syncRounds } = mount.statistics;
  expect(syncCalls).toBe(3 * CALLS);
  // Whoever comes during a round gets the next one, together with all others.
  expect(syncRounds).toBeLessThanOrEqual(2 * CALLS + 1);
  expect(atOnce).toBe(1);
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
