// The whole text of everything that direct I/O refuses, and of every failure.

import { test } from 'vitest';
import { DirectFailure, type DirectFile, type Front } from '../../src/index.ts';
import { DirectStage, STAGE_BLOCK } from '../support/direct-core-stage.ts';
import { at, Scene } from '../support/direct-scene.ts';
import { mustBe, mustEqual, mustThrow } from '../support/must.ts';

const BLOCK = STAGE_BLOCK;
const CELL = 4 * BLOCK;

const REFUSED: readonly (readonly [call: (scene: Scene) => unknown, text: string])[] = [
  [
    ({ direct, file8 }) => direct.openFront(file8, 5, new Uint8Array(64)),
    'InvalidArgument: promised was an offset that is a multiple of 64; seen: 5. Let fronts be of whole blocks, and each within one cell of the file.',
  ],
  [
    ({ direct, file8 }) => direct.openFront(file8, -BLOCK, new Uint8Array(64)),
    'InvalidArgument: promised was an offset that is a multiple of 64; seen: -64. Let fronts be of whole blocks, and each within one cell of the file.',
  ],
  [
    ({ direct, file8 }) => direct.openFront(file8, CELL, new Uint8Array(0)),
    'InvalidArgument: promised was whole blocks of 64 bytes, up to the end of the cell at most; seen: 0 bytes from byte 256 on. Let fronts be of whole blocks, and each within one cell of the file.',
  ],
  [
    ({ direct, file8 }) => direct.openFront(file8, CELL + BLOCK, new Uint8Array(CELL)),
    'InvalidArgument: promised was whole blocks of 64 bytes, up to the end of the cell at most; seen: 256 bytes from byte 320 on. Let fronts be of whole blocks, and each within one cell of the file.',
  ],
  [
    ({ direct, file8 }) => direct.openFront(file8, BLOCK, new Uint8Array(BLOCK)),
    'InvalidArgument: promised was at most one front for a cell of a file; seen: a second one for the cell from byte 0 of f on. Use the front that there is.',
  ],
  [
    ({ direct }) => direct.openFront({} as DirectFile, 0, new Uint8Array(BLOCK)),
    'InvalidArgument: promised was a file of this DirectIo; seen: another object. Use what openFile has answered.',
  ],
  [
    ({ direct, file8 }) => direct.openSnapshot(direct.openSnapshot(file8, 's'), 't'),
    'InvalidArgument: promised was a file; seen: the snapshot s. Make snapshots of the file itself.',
  ],
  [
    ({ direct }) => direct.openFile('h', [{ fileOffset: BLOCK, length: 1, ...at(0) }]),
    'InvalidArgument: promised was elements that each begin a cell of 256 bytes of their own; seen: one at byte 64 of h. Correct the elements of the file.',
  ],
  [
    ({ direct }) => direct.openFile('h', [{ fileOffset: 0, length: 0, ...at(0) }]),
    'InvalidArgument: promised was a length of 1 to 256 bytes; seen: 0. Correct the elements of the file.',
  ],
  [
    ({ direct }) => direct.openFile('h', [{ fileOffset: 0, length: CELL + 1, ...at(0) }]),
    'InvalidArgument: promised was a length of 1 to 256 bytes; seen: 257. Correct the elements of the file.',
  ],
  [
    ({ direct }) => direct.openFile('h', [{ fileOffset: 0, length: 1, ...at(-1) }]),
    'InvalidArgument: promised was a volume and a block by number; seen: block -1 of volume 0. Both are counted from 0.',
  ],
  [
    ({ direct }) => direct.openFile('h', [{ fileOffset: 0, length: 1, ...at(10) }]),
    'SpaceReserved: the caller promised that the blocks are free; seen: taken blocks where the media of 1 block from block 10 of volume 0 on was to be. Ask findSpace for free blocks; what was freed becomes free by reserveComplete.',
  ],
  [
    ({ direct }) => direct.openFile('h', [{ fileOffset: 0, length: 2 * BLOCK, ...at(7) }]),
    'SpaceReserved: the caller promised that the blocks are free; seen: taken blocks where the media of 2 blocks from block 7 of volume 0 on was to be. Ask findSpace for free blocks; what was freed becomes free by reserveComplete.',
  ],
  [
    ({ direct }) => direct.strategyRead({} as Front),
    'InvalidArgument: promised was an open front of this DirectIo; seen: another object. Use what openFront has answered.',
  ],
  [
    (scene) => new Scene().direct.strategyRead(scene.front),
    'InvalidArgument: promised was an open front of this DirectIo; seen: another object. Use what openFront has answered.',
  ],
  [
    (scene) => scene.writing().direct.strategyRead(scene.front),
    'BufferIdle: the caller promised that no operation of the front is under way; seen: the front of 256 bytes from byte 0 of f on is writing. Wait until nextEnded hands the front out, and resume it when it is runnable.',
  ],
  [
    (scene) => scene.writing().direct.closeFront(scene.front),
    'BufferIdle: the caller promised that no operation of the front is under way; seen: the front of 256 bytes from byte 0 of f on is writing. Wait until nextEnded hands the front out, and resume it when it is runnable.',
  ],
  [
    ({ direct, front }) => direct.strategyWrite(front, at(20), CELL + 1),
    'InvalidArgument: promised was a length of 1 to 256 bytes; seen: 257. Name the bytes of data in the front.',
  ],
  [
    ({ direct, front }) => direct.strategyWrite(front, at(20), 0),
    'InvalidArgument: promised was a length of 1 to 256 bytes; seen: 0. Name the bytes of data in the front.',
  ],
  [
    ({ direct, front }) => direct.strategyWrite(front, at(20), BLOCK + 1, true),
    'InvalidArgument: promised was a length of 1 to 64 bytes; seen: 65. Name the bytes of data in the front.',
  ],
  [
    ({ direct, front }) => direct.strategyWrite(front, at(20), BLOCK),
    'InvalidArgument: promised was a write of the whole cell from byte 0 on, with the 192 bytes that it has; seen: 64 bytes from byte 0 on. Read the whole cell first, and write it as a whole.',
  ],
  [
    ({ direct, front }) => direct.strategyWrite(front, at(9)),
    'SpaceReserved: the caller promised that the blocks are free; seen: taken blocks where the record of 4 blocks from block 9 of volume 0 on was to be. Ask findSpace for free blocks; what was freed becomes free by reserveComplete.',
  ],
  [
    ({ direct, front }) => direct.strategyWrite(front, { volume: 0.5, block: 1 }),
    'InvalidArgument: promised was a volume and a block by number; seen: block 1 of volume 0.5. Both are counted from 0.',
  ],
  [
    ({ direct, front }) => direct.resume(front),
    'TicketRunnable: the caller promised that the ticket was issued for this, is still queued, and was woken; seen: the front of 256 bytes from byte 0 of f on is empty and was not woken. Take runnable tickets from nextRunnable, and resume each of them once.',
  ],
  [
    ({ direct, front }) => direct.abandon(front),
    'TicketRunnable: the caller promised that the ticket was issued for this, is still queued, and was woken; seen: the front of 256 bytes from byte 0 of f on is empty and was not woken. Take runnable tickets from nextRunnable, and resume each of them once.',
  ],
  [
    (scene) => scene.writing().direct.abandon(scene.front),
    'TicketRunnable: the caller promised that the ticket was issued for this, is still queued, and was woken; seen: the front of 256 bytes from byte 0 of f on is writing and was not woken. Take runnable tickets from nextRunnable, and resume each of them once.',
  ],
  [
    ({ direct }) => direct.resume(direct.extentAt(at(8))!),
    'TicketRunnable: the caller promised that the ticket was issued for this, is still queued, and was woken; seen: the media of 3 blocks from block 8 of volume 0 on was not woken. Take runnable tickets from nextRunnable, and resume each of them once.',
  ],
  [
    ({ direct }) => direct.commitRecord(at(8)),
    'RecordLive: the caller promised that the extent is a record that nothing has replaced and that is not committed yet; seen: the media of 3 blocks from block 8 of volume 0 on. Commit the live records of a file, and destroy the replaced ones.',
  ],
  [
    ({ direct }) => direct.commitRecord(at(7)),
    'RecordLive: the caller promised that the extent is a record that nothing has replaced and that is not committed yet; seen: no such extent at block 7 of volume 0. Commit the live records of a file, and destroy the replaced ones.',
  ],
  [
    (scene) => {
      scene.writing();
      scene.direct.commitRecord(at(20));
      return scene.direct.commitRecord(at(20));
    },
    'ImpossibleInput: commitRecord was promised to come only when the backend is not busy with it; seen: the record of 4 blocks from block 20 of volume 0 on, with which the backend is busy. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    (scene) => scene.writing().direct.destroyRecord(at(20)),
    'ImpossibleInput: destroyRecord was promised to come only when the record was replaced; seen: the record of 4 blocks from block 20 of volume 0 on, live. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    ({ direct }) => direct.destroyRecord(at(7)),
    'ImpossibleInput: destroyRecord was promised to come only when the record was replaced; seen: no such extent at block 7 of volume 0. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    ({ direct }) => direct.reserveComplete(at(8)),
    'ImpossibleInput: reserveComplete was promised to come only when the blocks were freed; seen: the media of 3 blocks from block 8 of volume 0 on. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    ({ direct }) => direct.reserveComplete(at(7)),
    'ImpossibleInput: reserveComplete was promised to come only when the blocks were freed; seen: no such extent at block 7 of volume 0. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    ({ direct }) => direct.relocate(at(7), at(20)),
    'ImpossibleInput: relocate was promised to come only when the data is an element of an index; seen: none at block 7 of volume 0. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    (scene) => scene.writing().direct.relocate(at(20), at(30)),
    'ImpossibleInput: relocate was promised to come only when the data is an element of an index; seen: the record of 4 blocks from block 20 of volume 0 on. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    ({ direct }) => direct.relocate(at(8), at(-1)),
    'InvalidArgument: promised was a volume and a block by number; seen: block -1 of volume 0. Both are counted from 0.',
  ],
  [
    ({ direct }) => direct.relocate(at(8), at(9)),
    'SpaceReserved: the caller promised that the blocks are free; seen: taken blocks where the media of 3 blocks from block 9 of volume 0 on was to be. Ask findSpace for free blocks; what was freed becomes free by reserveComplete.',
  ],
  [
    ({ direct }) => direct.findSpace(0),
    'InvalidArgument: promised was one block or more; seen: 0. Say how many blocks the data takes.',
  ],
  [
    ({ direct }) => direct.readDone(77, 'ok'),
    'ImpossibleInput: readDone was promised to come only when a front is reading by that request; seen: no request 77. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    ({ direct }) => direct.writeDone(77, 'ok'),
    'ImpossibleInput: writeDone was promised to come only when a front is writing by that request; seen: no request 77. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    (scene) => scene.writing().direct.readDone(scene.issued[0]!.id, 'ok'),
    'ImpossibleInput: readDone was promised to come only when a front is reading by that request; seen: request 1, whose front is writing. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    (scene) => {
      scene.direct.strategyRead(scene.front);
      scene.submit();
      return scene.direct.writeDone(scene.issued[0]!.id, 'ok');
    },
    'ImpossibleInput: writeDone was promised to come only when a front is writing by that request; seen: request 1, whose front is reading. Deliver each completion once, and offer kernel actions only to buffers in that state.',
  ],
  [
    () => new DirectStage({ extentBytes: 0 }),
    'InvalidArgument: promised was an extentBytes that is a multiple of 64; seen: 0. Correct the options of DirectIo.',
  ],
  [
    () => new DirectStage({ extentBytes: 96 }),
    'InvalidArgument: promised was an extentBytes that is a multiple of 64; seen: 96. Correct the options of DirectIo.',
  ],
  [
    () => new DirectStage({ extentBytes: 0.5 }),
    'InvalidArgument: promised was an extentBytes that is a multiple of 64; seen: 0.5. Correct the options of DirectIo.',
  ],
  [
    () => new DirectStage({ zones: [{ volume: -1, block: 0, blocks: 1 }] }),
    'InvalidArgument: promised was zones of one block or more; seen: 1 blocks from block 0 of volume -1 on. Correct the options of DirectIo.',
  ],
  [
    () => new DirectStage({ zones: [{ volume: 0, block: -1, blocks: 1 }] }),
    'InvalidArgument: promised was zones of one block or more; seen: 1 blocks from block -1 of volume 0 on. Correct the options of DirectIo.',
  ],
  [
    () => new DirectStage({ zones: [{ volume: 0, block: 0, blocks: 0 }] }),
    'InvalidArgument: promised was zones of one block or more; seen: 0 blocks from block 0 of volume 0 on. Correct the options of DirectIo.',
  ],
  [
    () => new DirectStage({ zones: [{ volume: 0, block: 0.5, blocks: 1 }] }),
    'InvalidArgument: promised was zones of one block or more; seen: 1 blocks from block 0.5 of volume 0 on. Correct the options of DirectIo.',
  ],
  [
    ({ direct, file8 }) =>
      direct.strategyWrite(direct.openFront(direct.openSnapshot(file8, 's'), 0, new Uint8Array(CELL)), at(20)),
    'Writable: the caller promised that the front belongs to a file, not to a snapshot of one; seen: the front of 256 bytes from byte 0 of s on, a snapshot. Write through a front of the file itself.',
  ],
];

for (const [i, [call, text]] of REFUSED.entries()) {
  test(`refused, ${i}: ${text}`, () => {
    const scene = new Scene();
    mustThrow(() => call(scene), text);
  });
}

/** How a failure begins and where it stands, then what was seen and what to do. */
const FAILED: Readonly<Record<string, string>> = {
  lookup: 'the place lies in no zone for file data. Correct the element, or the zones of DirectIo.',
  missing: 'the volume is missing: unknown, or its header is not loaded. Bring the volume back and try again.',
  beyond: 'the place lies beyond the end of the volume. Correct the element, or the capacity of the volume.',
  device:
    'the device has answered EIO. A failed read may be tried again; after a failed write nothing is written any more, so open the mount anew.',
  checksum:
    'the bytes are not those that were written, by their crc32. Purge the block and read again; if that does not help, take the data from a copy.',
  lostWrite:
    'the newest data is that of a write which has failed, and nobody knows what stands there. Open the mount anew; what was committed before is there.',
  critical: 'another write has failed while this one waited, and nothing is written any more. Open the mount anew.',
  alias: 'somebody else works on the fresh blocks through the core. Leave the zones of DirectIo to DirectIo.',
  abandoned: 'it was given up by its caller. Begin it again.',
};

test('a failure says what was promised, what was seen and what to do', () => {
  const { front } = new Scene();
  for (const [reason, said] of Object.entries(FAILED)) {
    Object.assign(front, { failure: { reason, volume: 2, block: 9 } });
    const failure = new DirectFailure(front);
    const promised = 'the front of 256 bytes from byte 0 of f on was promised to be read or written at block 9 of volume 2';
    mustBe(failure.message, `DirectFailure: ${promised}; seen: ${said}`);
    mustEqual([failure.name, failure.reason, failure.volume, failure.block], ['DirectFailure', reason, 2, 9]);
  }
}); // prettier-ignore
