// Arguments of the core that can never be right, and inputs that cannot come.

import { BrokenPromise, type Handle } from '../../../src/index.ts';
import { unreachable } from '../../../src/core/errors.ts';
import { CoreStage } from '../core-stage.ts';
import type { Entry } from './list.ts';
import { misused, withHeader } from './misuse.ts';

export const INPUTS: readonly Entry[] = misused([
  ['a value outside its type', () => unreachable('x' as never)],
  ['a front of a snapshot, by name', () => new BrokenPromise('Writable', 'the front belongs to a snapshot')],
  ['a busy front, by name', () => new BrokenPromise('BufferIdle', 'the front is writing')],
  ['taken blocks, by name', () => new BrokenPromise('SpaceReserved', 'block 9 is taken')],
  ['what is no record, by name', () => new BrokenPromise('RecordLive', 'there is no extent')],
  [
    'CacheFull',
    () => {
      const { core } = new CoreStage({ capacityBufs: 1 });
      core.ioRead(0, 3, 'data');
      return core.ioNew(0, 4, 'data');
    },
  ],
  [
    'Reentered',
    ({ core }) => {
      core.ioRead(0, 3, 'data');
      core.drainRequests(() => core.cleanLoose());
    },
  ],
  ['a volume that is not there', ({ core }) => core.ioRead(2, 0, 'data')],
  ['a block behind the end', ({ core }) => core.ioRead(0, 16, 'data')],
  ['a header where there is none', ({ core }) => core.ioRead(0, 3, 'volume')],
  ['data where the header is', () => withHeader().core.ioRead(0, 0, 'data')],
  ['a new header', () => withHeader().core.ioNew(0, 0, 'volume')],
  [
    'another type',
    ({ core, stage }) => {
      stage.get(3);
      return core.ioRead(0, 3, 'meta');
    },
  ],
  ['modifyBuffer of DATA', ({ core, stage }) => core.modifyBuffer(stage.get(3))],
  ['modifyVolume of META', ({ core, stage }) => core.modifyVolume(stage.get(3, 'meta'))],
  ['a range beyond the block', ({ core, stage }) => core.modifyBuffer(stage.get(3, 'meta'), 60, 5)],
  [
    'delBuffer of a header',
    () => {
      const stage = withHeader();
      return stage.core.delBuffer(stage.get(0, 'volume'));
    },
  ],
  ['ioInval of a header', () => withHeader().core.ioInval(0, 0)],
  [
    'a slab that is too small',
    () => new CoreStage({ slab: new SharedArrayBuffer(64), slabOffset: 8, capacityBufs: 1 }),
  ],
  ['no volumes', () => new CoreStage({ volumes: [] })],
  ['257 volumes', () => new CoreStage({ volumes: Array.from({ length: 257 }, () => ({ name: 'v', blocks: 1 })) })],
  ['no buffers', () => new CoreStage({ capacityBufs: 0 })],
  ['half a buffer', () => new CoreStage({ capacityBufs: 1.5 })],
  ['no bytes in a block', () => new CoreStage({ blockBytes: 0 })],
  ['an odd block', () => new CoreStage({ blockBytes: 12 })],
  ['a negative backlog', () => new CoreStage({ backlogBytesMax: -1 })],
  ['a volume without blocks', () => new CoreStage({ volumes: [{ name: 'v', blocks: 0 }] })],
  ['more blocks than numbers', () => new CoreStage({ volumes: [{ name: 'v', blocks: 2 ** 46 }] })],
  ['a header behind the end', () => new CoreStage({ volumes: [{ name: 'v', blocks: 2, headerBlock: 2 }] })],
  ['a header before the start', () => new CoreStage({ volumes: [{ name: 'v', blocks: 2, headerBlock: -1 }] })],
  ['a header between blocks', () => new CoreStage({ volumes: [{ name: 'v', blocks: 2, headerBlock: 0.5 }] })],
  ['a read that nobody asked for', ({ core }) => core.readDone(9, 'ok')],
  ['a write that nobody asked for', ({ core }) => core.writeDone(9, 'ok')],
  ['a flush that nobody asked for', ({ core }) => core.flushDone(9, 'ok')],
  [
    'a read that ends as a flush',
    ({ core }) => {
      core.ioRead(0, 3, 'data');
      return core.flushDone(1, 'ok');
    },
  ],
  [
    'a read that brings too little',
    ({ core }) => {
      core.ioRead(0, 3, 'data');
      return core.readDone(1, 'ok', new Uint8Array(63));
    },
  ],
  ['undoLaid for no handle', ({ core }) => core.undoLaid(5 as Handle, 'ok')],
  ['undoLaid for a handle that waits for none', ({ core, stage }) => core.undoLaid(stage.get(3), 'ok')],
  [
    'lowMemoryRelease of a dirty buffer',
    ({ core, stage }) => {
      const h = stage.get(3);
      stage.write(h, 1);
      return core.lowMemoryRelease(h);
    },
  ],
  ['recycle of nothing', ({ core }) => core.recycle(0, 3)],
  [
    'recycle of a held buffer',
    ({ core, stage }) => {
      stage.get(3);
      return core.recycle(0, 3);
    },
  ],
  [
    'writeBack of a clean buffer',
    ({ core, stage }) => {
      core.release(stage.get(3));
      return core.writeBack(0, 3);
    },
  ],
  [
    'clusterPull without a neighbour',
    ({ core, stage }) => {
      const h = stage.get(3);
      stage.write(h, 1);
      core.release(h);
      return core.clusterPull(0, 3);
    },
  ],
  [
    'bytes that changed',
    ({ core, stage, writing }) => {
      writing();
      stage.submit();
      new Uint8Array(core.state.slab.memory).fill(9);
      return core.writeDone(2, 'ok');
    },
  ],
  ['a completion that the device does not know', ({ stage }) => stage.device.complete(4)],
  ['a volume that the device does not have', ({ stage }) => stage.device.read(1, 0)],
  ['a block before the beginning', ({ core }) => core.ioRead(0, -1, 'data')],
  ['half a block', ({ core }) => core.ioRead(0, 1.5, 'data')],
  ['a range before the block', ({ core, stage }) => core.modifyBuffer(stage.get(3, 'meta'), -1, 2)],
  ['a range of less than nothing', ({ core, stage }) => core.modifyBuffer(stage.get(3, 'meta'), 5, -1)],
  ['a range from half a byte', ({ core, stage }) => core.modifyBuffer(stage.get(3, 'meta'), 0.5, 1)],
  ['writeBack of nothing', ({ core }) => core.writeBack(0, 3)],
  ['clusterPull of nothing', ({ core }) => core.clusterPull(0, 3)],
]);
