// What a mount throws and rejects with, provoked over volumes in memory.

import type { FaultPlan } from '../../../src/index.ts';
import type { Mount } from '../../../src/index.ts';
import * as errors from '../../../src/mount/errors.ts';
import { mounted, settle, staged } from '../mount-stage.ts';
import type { Entry } from './list.ts';

const EIO = { code: 'EIO' } as const;
const fill = (bytes: Uint8Array): void => void bytes.fill(1);
const failing =
  (kind: string): FaultPlan =>
  (request) =>
    request.kind === kind && (request.kind === 'flush' || request.block > 0) ? EIO : undefined;

/** A mount whose requests of a kind fail. */
const worn = async (kind: string): Promise<Mount> => (await mounted({ fault: failing(kind) })).mount;

/** The same, after a write to block 5 has failed. */
async function failed(): Promise<Mount> {
  const mount = await worn('write');
  await mount.update(5, fill);
  await mount.sync().catch(() => undefined);
  return mount;
}

const places = (count: number): errors.BlockPlace[] =>
  Array.from({ length: count }, (_, block) => ({ volume: 0, name: 'a.vol', block: block + 1 }));
const lost = (count: number): errors.LostBlock[] =>
  places(count).map((place) => ({ ...place, type: 'data', why: 'failed' }));

export const MOUNT: readonly Entry[] = [
  [
    'a call after close',
    async () => {
      const { mount } = await mounted();
      await mount.close();
      return mount.read(5);
    },
  ],
  [
    'closing while a block is held',
    async () => {
      const { mount } = await mounted();
      await mount.get(5);
      return mount.close();
    },
  ],
  ['closing while blocks wait for buffers', () => new errors.BlocksHeld(2, [])],
  ['closing while eight blocks are held', () => new errors.BlocksHeld(8, places(8))],
  ['closing while nine blocks are held', () => new errors.BlocksHeld(9, places(9))],
  [
    'a block after its release',
    async () => {
      const { mount } = await mounted();
      const block = await mount.get(5);
      block.release();
      return block.modify(fill);
    },
  ],
  ['a read that fails', async () => (await worn('read')).get(5)],
  ['a read that fails for a reason that is no sentence', () => new errors.ReadFailed(places(1)[0]!, 'smoke')],
  [
    'a read that fails for no reason',
    async () => {
      const { mount, device } = await staged();
      const read = mount.read(5);
      await settle();
      const [request] = device.pending.splice(0);
      device.media.complete(request!.id);
      device.onCompletions([{ request: request!, result: 'error' }]);
      return read;
    },
  ],
  ['a META block that was never written', async () => (await mounted()).mount.get(5, { type: 'meta' })],
  [
    'a write that fails',
    async () => {
      const block = await (await worn('write')).get(5, { fresh: true });
      return block.flush();
    },
  ],
  [
    'a sync that fails',
    async () => {
      const mount = await worn('write');
      await mount.update(5, fill);
      return mount.sync();
    },
  ],
  ['changing what can no longer be written', async () => (await failed()).update(6, fill)],
  ['changing what was opened readOnly', () => new errors.ReadOnlyError(undefined)],
  ['a close after a failed write', async () => (await failed()).close()],
  [
    'a close whose flush fails',
    async () => {
      const mount = await worn('flush');
      await mount.update(5, fill);
      return mount.close();
    },
  ],
  ['a close that lost eight blocks', () => new errors.WritesLost(lost(8), [], undefined)],
  [
    'a close that lost nine blocks and two flushes',
    () => new errors.WritesLost(lost(9), ['a.vol', 'b.vol'], undefined),
  ],
  [
    'a device that ends a request twice',
    async () => {
      const { mount, device } = await staged();
      const read = mount.read(5);
      await settle();
      const [request] = device.pending;
      await device.complete();
      await read;
      device.onCompletions([{ request: request!, result: 'ok' }]);
      return mount.read(6);
    },
  ],
  [
    'more blocks held than there are buffers',
    async () => {
      const { mount } = await mounted({ bufs: 1 });
      await mount.get(5);
      return mount.get(6);
    },
  ],
  [
    'another type than the block has',
    async () => {
      const { mount } = await mounted();
      await mount.get(5);
      return mount.get(5, { type: 'meta' });
    },
  ],
  ['getting the header as a block', async () => (await mounted()).mount.get(0)],
  ['the header of a volume that is not there', async () => (await mounted()).mount.header(1)],
];
