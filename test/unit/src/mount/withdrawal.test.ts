// An operation of several waits can be given up at any moment, also between two of them.

import { describe, expect, test } from 'vitest';
import { settle, staged } from '../../../support/mount-stage.ts';

/** More microtasks than lie between the end of a modification and the write that waited for it. */
const MOMENTS = 12;

describe('a flush that waits for a modification and then for its write', () => {
  test.each(Array.from({ length: MOMENTS }, (_, moment) => moment))(
    'is given up %i microtasks after the modification has closed',
    async (moment) => {
      const { mount, device } = await staged();
      const block = await device.until(mount.get(5));
      let close = (): void => undefined;
      const modifying = block.modify(async (bytes) => {
        await new Promise<void>((resolve) => (close = resolve));
        bytes[0] = 7;
      });
      const giving = new AbortController();
      const flush = block.flush({ signal: giving.signal });
      await settle();
      close();
      for (let i = 0; i < moment; i++) await Promise.resolve();
      giving.abort();
      await expect(flush).rejects.toThrow('This operation was aborted');
      await device.until(modifying);
      // Nothing of it is left that would keep the block from being written or given up.
      await device.until(mount.sync());
      block.release();
      await device.until(mount.close());
    },
  );
});
