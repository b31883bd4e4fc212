// What the core says to arguments that can never be right and to inputs that cannot come: every text in full. The texts are
// part of what a user gets, and a mutant that changes one changes that.

import { test } from 'vitest';
import type { Handle } from '../../src/index.ts';
import { CoreStage } from '../support/core-stage.ts';
import { Misuse, withHeader, type MisuseRow } from './misuse.ts';
import { messageOf, mustBe } from '../support/must.ts';

const MISUSES: readonly MisuseRow[] = [
  [
    'CacheFull',
    () => {
      const { core } = new CoreStage({ capacityBufs: 1 });
      core.ioRead(0, 3, 'data');
      return core.ioNew(0, 4, 'data');
    },
    'CacheFull: the slab was promised to hold what is asked for; all of its 1 buffers are occupied. Recycle a clean buffer, purge cached blocks with ioInval, or flush dirty ones and try again.',
  ],
  [
    'Reentered',
    ({ core }) => {
      core.ioRead(0, 3, 'data');
      core.drainRequests(() => core.cleanLoose());
    },
    'Reentered: one call of the core was promised to end before the next begins; seen: a call from inside drainRequests. Let the device take the request, return, and deliver its completion later.',
  ],
  [
    'a volume that is not there',
    ({ core }) => core.ioRead(2, 0, 'data'),
    'InvalidArgument: promised was a volume number below 1; seen: 2. Volumes are numbered from 0.',
  ],
  [
    'a block behind the end',
    ({ core }) => core.ioRead(0, 16, 'data'),
    'InvalidArgument: promised was a block below 16; seen: 16. Volume v1 ends there.',
  ],
  [
    'a header where there is none',
    ({ core }) => core.ioRead(0, 3, 'volume'),
    'InvalidArgument: promised was the type volume for the header block (none) only; seen: volume for 3. Name the right type.',
  ],
  [
    'data where the header is',
    () => withHeader().core.ioRead(0, 0, 'data'),
    'InvalidArgument: promised was the type volume for the header block (0) only; seen: data for 0. Name the right type.',
  ],
  [
    'a new header',
    () => withHeader().core.ioNew(0, 0, 'volume'),
    'InvalidArgument: promised was a volume header to be read; seen: ioNew. Use ioRead; formatting a volume is not done here.',
  ],
  [
    'another type',
    ({ core, stage }) => {
      stage.get(3);
      return core.ioRead(0, 3, 'meta');
    },
    'InvalidArgument: promised was the type data; seen: meta for data block 3 of volume v1. A block has one type.',
  ],
  [
    'modifyBuffer of DATA',
    ({ core, stage }) => core.modifyBuffer(stage.get(3)),
    'InvalidArgument: promised was a meta block; seen: data block 3 of volume v1. Use modifyVolume for headers, modifyBuffer for META, else ioModify.',
  ],
  [
    'modifyVolume of META',
    ({ core, stage }) => core.modifyVolume(stage.get(3, 'meta')),
    'InvalidArgument: promised was a volume block; seen: meta block 3 of volume v1. Use modifyVolume for headers, modifyBuffer for META, else ioModify.',
  ],
  [
    'a range beyond the block',
    ({ core, stage }) => core.modifyBuffer(stage.get(3, 'meta'), 60, 5),
    'InvalidArgument: promised was a range within 64 bytes; seen: 5 bytes from 60. Name the bytes that will change.',
  ],
  [
    'delBuffer of a header',
    () => {
      const stage = withHeader();
      return stage.core.delBuffer(stage.get(0, 'volume'));
    },
    'InvalidArgument: promised was a buffer; seen: volume block 0 of volume v1. A volume header goes with unload.',
  ],
  [
    'ioInval of a header',
    () => withHeader().core.ioInval(0, 0),
    'InvalidArgument: promised was a block that is not a volume header; seen: block 0. A header goes with unload.',
  ],
  [
    'a slab that is too small',
    () => new CoreStage({ slab: new SharedArrayBuffer(64), slabOffset: 8, capacityBufs: 1 }),
    'InvalidArgument: promised was a slab of 72 bytes; seen: one of 64. Allocate slabOffset + capacityBufs * blockBytes.',
  ],
  [
    'no volumes',
    () => new CoreStage({ volumes: [] }),
    'InvalidArgument: promised was 1 to 256 volumes; seen: 0. Correct the options of the core.',
  ],
  [
    '257 volumes',
    () => new CoreStage({ volumes: Array.from({ length: 257 }, () => ({ name: 'v', blocks: 1 })) }),
    'InvalidArgument: promised was 1 to 256 volumes; seen: 257. Correct the options of the core.',
  ],
  [
    'no buffers',
    () => new CoreStage({ capacityBufs: 0 }),
    'InvalidArgument: promised was a positive capacityBufs; seen: 0. Correct the options of the core.',
  ],
  [
    'half a buffer',
    () => new CoreStage({ capacityBufs: 1.5 }),
    'InvalidArgument: promised was a positive capacityBufs; seen: 1.5. Correct the options of the core.',
  ],
  [
    'no bytes in a block',
    () => new CoreStage({ blockBytes: 0 }),
    'InvalidArgument: promised was a blockBytes that is a positive multiple of 8; seen: 0. Correct the options of the core.',
  ],
  [
    'an odd block',
    () => new CoreStage({ blockBytes: 12 }),
    'InvalidArgument: promised was a blockBytes that is a positive multiple of 8; seen: 12. Correct the options of the core.',
  ],
  [
    'a negative backlog',
    () => new CoreStage({ backlogBytesMax: -1 }),
    'InvalidArgument: promised was a backlogBytesMax of 0 or more; seen: -1. Correct the options of the core.',
  ],
  [
    'a volume without blocks',
    () => new CoreStage({ volumes: [{ name: 'v', blocks: 0 }] }),
    'InvalidArgument: promised was a positive number of blocks; seen: 0. Correct the options of the core.',
  ],
  [
    'more blocks than numbers',
    () => new CoreStage({ volumes: [{ name: 'v', blocks: 2 ** 46 }] }),
    'InvalidArgument: promised was a positive number of blocks; seen: 70368744177664. Correct the options of the core.',
  ],
  [
    'a header behind the end',
    () => new CoreStage({ volumes: [{ name: 'v', blocks: 2, headerBlock: 2 }] }),
    'InvalidArgument: promised was a headerBlock on its volume; seen: 2. Correct the options of the core.',
  ],
  [
    'a header before the start',
    () => new CoreStage({ volumes: [{ name: 'v', blocks: 2, headerBlock: -1 }] }),
    'InvalidArgument: promised was a headerBlock on its volume; seen: -1. Correct the options of the core.',
  ],
  [
    'a header between blocks',
    () => new CoreStage({ volumes: [{ name: 'v', blocks: 2, headerBlock: 0.5 }] }),
    'InvalidArgument: promised was a headerBlock on its volume; seen: 0.5. Correct the options of the core.',
  ],
  [
    'a read that nobody asked for',
    ({ core }) => core.readDone(9, 'ok'),
    'ImpossibleInput: readDone was promised to come only when a read of that id is in flight; seen: no request 9. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    'a write that nobody asked for',
    ({ core }) => core.writeDone(9, 'ok'),
    'ImpossibleInput: writeDone was promised to come only when a write of that id is in flight; seen: no request 9. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    'a flush that nobody asked for',
    ({ core }) => core.flushDone(9, 'ok'),
    'ImpossibleInput: flushDone was promised to come only when a flush of that id is in flight; seen: no request 9. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    'a read that ends as a flush',
    ({ core }) => {
      core.ioRead(0, 3, 'data');
      return core.flushDone(1, 'ok');
    },
    'ImpossibleInput: flushDone was promised to come only when a flush of that id is in flight; seen: request 1, a read. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    'a read that brings too little',
    ({ core }) => {
      core.ioRead(0, 3, 'data');
      return core.readDone(1, 'ok', new Uint8Array(63));
    },
    'ImpossibleInput: readDone was promised to come only when it brings 64 bytes or none; seen: 63 bytes. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    'undoLaid for no handle',
    ({ core }) => core.undoLaid(5 as Handle, 'ok'),
    'ImpossibleInput: undoLaid was promised to come only when the handle waits for an UNDO record; seen: handle 5, which is not open. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    'undoLaid for a handle that waits for none',
    ({ core, stage }) => core.undoLaid(stage.get(3), 'ok'),
    'ImpossibleInput: undoLaid was promised to come only when the handle waits for an UNDO record; seen: a handle on data block 3 of volume v1. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    'lowMemoryRelease of a dirty buffer',
    ({ core, stage }) => {
      const h = stage.get(3);
      stage.write(h, 1);
      return core.lowMemoryRelease(h);
    },
    'ImpossibleInput: lowMemoryRelease was promised to come only when the last reference on a clean, idle buffer goes; seen: data block 3 of volume v1. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    'recycle of nothing',
    ({ core }) => core.recycle(0, 3),
    'ImpossibleInput: recycle was promised to come only when the kernel has a buffer of ours; seen: none for block 3 of volume v1. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    'recycle of a held buffer',
    ({ core, stage }) => {
      stage.get(3);
      return core.recycle(0, 3);
    },
    'ImpossibleInput: recycle was promised to come only when the buffer is on the clean queue; seen: data block 3 of volume v1: released false, running false, delwri false, locked false. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    'writeBack of a clean buffer',
    ({ core, stage }) => {
      core.release(stage.get(3));
      return core.writeBack(0, 3);
    },
    'ImpossibleInput: writeBack was promised to come only when the buffer is a delayed write; seen: data block 3 of volume v1: released true, running false, delwri false, locked false. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    'clusterPull without a neighbour',
    ({ core, stage }) => {
      const h = stage.get(3);
      stage.write(h, 1);
      core.release(h);
      return core.clusterPull(0, 3);
    },
    'ImpossibleInput: clusterPull was promised to come only when the buffer is a delayed write, not locked, and another one of its volume is being written; seen: data block 3 of volume v1: released true, running false, delwri true, locked false. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    'bytes that changed',
    ({ core, stage, writing }) => {
      writing();
      stage.submit();
      new Uint8Array(core.state.slab.memory).fill(9);
      return core.writeDone(2, 'ok');
    },
    'BytesChanged: claim I14 promises that bytes change only while a modification is open; data block 3 of volume v1 was issued with crc32 bcd6aaf and completed with 4f2f2ae5. Find who keeps a view of the buffer beyond ioModifyDone.',
  ],
  [
    'a completion that the device does not know',
    ({ stage }) => stage.device.complete(4),
    'ImpossibleInput: complete was promised to come only when the request is pending; seen: no pending request 4. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    'a volume that the device does not have',
    ({ stage }) => stage.device.read(1, 0),
    'The device has 1 volumes, not 2.',
  ],
  [
    'a block before the beginning',
    ({ core }) => core.ioRead(0, -1, 'data'),
    'InvalidArgument: promised was a block below 16; seen: -1. Volume v1 ends there.',
  ],
  [
    'half a block',
    ({ core }) => core.ioRead(0, 1.5, 'data'),
    'InvalidArgument: promised was a block below 16; seen: 1.5. Volume v1 ends there.',
  ],
  [
    'a range before the block',
    ({ core, stage }) => core.modifyBuffer(stage.get(3, 'meta'), -1, 2),
    'InvalidArgument: promised was a range within 64 bytes; seen: 2 bytes from -1. Name the bytes that will change.',
  ],
  [
    'a range of less than nothing',
    ({ core, stage }) => core.modifyBuffer(stage.get(3, 'meta'), 5, -1),
    'InvalidArgument: promised was a range within 64 bytes; seen: -1 bytes from 5. Name the bytes that will change.',
  ],
  [
    'a range from half a byte',
    ({ core, stage }) => core.modifyBuffer(stage.get(3, 'meta'), 0.5, 1),
    'InvalidArgument: promised was a range within 64 bytes; seen: 1 bytes from 0.5. Name the bytes that will change.',
  ],
  [
    'writeBack of nothing',
    ({ core }) => core.writeBack(0, 3),
    'ImpossibleInput: writeBack was promised to come only when the kernel has a buffer of ours; seen: none for block 3 of volume v1. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    'clusterPull of nothing',
    ({ core }) => core.clusterPull(0, 3),
    'ImpossibleInput: clusterPull was promised to come only when the kernel has a buffer of ours; seen: none for block 3 of volume v1. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
];

for (const [what, misuse, text] of MISUSES) {
  test(what, () => {
    mustBe(
      messageOf(() => misuse(new Misuse())),
      text,
    );
  });
}
