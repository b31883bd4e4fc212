// Everything that direct I/O refuses, and every failure of a front.

import { DirectFailure, type DirectFile, type FailureReason, type Front } from '../../../src/index.ts';
import { at, Scene } from '../direct-scene.ts';
import { DirectStage, STAGE_BLOCK } from '../direct-core-stage.ts';
import type { Entry } from './list.ts';

const BLOCK = STAGE_BLOCK;
const CELL = 4 * BLOCK;

const REFUSED: readonly (readonly [what: string, call: (scene: Scene) => unknown])[] = [
  ['a front that begins within a block', ({ direct, file8 }) => direct.openFront(file8, 5, new Uint8Array(64))],
  ['a front before the beginning', ({ direct, file8 }) => direct.openFront(file8, -BLOCK, new Uint8Array(64))],
  ['a front of no bytes', ({ direct, file8 }) => direct.openFront(file8, CELL, new Uint8Array(0))],
  [
    'a front that is longer than the rest of its cell',
    ({ direct, file8 }) => direct.openFront(file8, CELL + BLOCK, new Uint8Array(CELL)),
  ],
  ['a second front for a cell', ({ direct, file8 }) => direct.openFront(file8, BLOCK, new Uint8Array(BLOCK))],
  ['a front of a foreign file', ({ direct }) => direct.openFront({} as DirectFile, 0, new Uint8Array(BLOCK))],
  ['a snapshot of a snapshot', ({ direct, file8 }) => direct.openSnapshot(direct.openSnapshot(file8, 's'), 't')],
  [
    'an element that does not begin a cell',
    ({ direct }) => direct.openFile('h', [{ fileOffset: BLOCK, length: 1, ...at(0) }]),
  ],
  ['an element of no bytes', ({ direct }) => direct.openFile('h', [{ fileOffset: 0, length: 0, ...at(0) }])],
  [
    'an element longer than a cell',
    ({ direct }) => direct.openFile('h', [{ fileOffset: 0, length: CELL + 1, ...at(0) }]),
  ],
  ['an element at a negative block', ({ direct }) => direct.openFile('h', [{ fileOffset: 0, length: 1, ...at(-1) }])],
  [
    'an element on blocks of another one',
    ({ direct }) => direct.openFile('h', [{ fileOffset: 0, length: 1, ...at(10) }]),
  ],
  [
    'an element that overlaps another one',
    ({ direct }) => direct.openFile('h', [{ fileOffset: 0, length: 2 * BLOCK, ...at(7) }]),
  ],
  ['a read into a foreign front', ({ direct }) => direct.strategyRead({} as Front)],
  ['a read into a front of another DirectIo', (scene) => new Scene().direct.strategyRead(scene.front)],
  ['a read into a front that is being written', (scene) => scene.writing().direct.strategyRead(scene.front)],
  ['closing a front that is being written', (scene) => scene.writing().direct.closeFront(scene.front)],
  ['a write longer than the front', ({ direct, front }) => direct.strategyWrite(front, at(20), CELL + 1)],
  ['a write of no bytes', ({ direct, front }) => direct.strategyWrite(front, at(20), 0)],
  ['a small write longer than a block', ({ direct, front }) => direct.strategyWrite(front, at(20), BLOCK + 1, true)],
  ['a write of less than the cell has', ({ direct, front }) => direct.strategyWrite(front, at(20), BLOCK)],
  ['a write to taken blocks', ({ direct, front }) => direct.strategyWrite(front, at(9))],
  ['a write to half a volume', ({ direct, front }) => direct.strategyWrite(front, { volume: 0.5, block: 1 })],
  ['resuming a front that nothing woke', ({ direct, front }) => direct.resume(front)],
  ['abandoning a front that nothing woke', ({ direct, front }) => direct.abandon(front)],
  ['abandoning a front that is being written', (scene) => scene.writing().direct.abandon(scene.front)],
  ['resuming an extent that nothing woke', ({ direct }) => direct.resume(direct.extentAt(at(8))!)],
  ['committing what is no record', ({ direct }) => direct.commitRecord(at(8))],
  ['committing nothing', ({ direct }) => direct.commitRecord(at(7))],
  [
    'committing twice',
    (scene) => {
      scene.writing();
      scene.direct.commitRecord(at(20));
      return scene.direct.commitRecord(at(20));
    },
  ],
  ['destroying a record that is live', (scene) => scene.writing().direct.destroyRecord(at(20))],
  ['destroying nothing', ({ direct }) => direct.destroyRecord(at(7))],
  ['ending the reservation of blocks in use', ({ direct }) => direct.reserveComplete(at(8))],
  ['ending the reservation of nothing', ({ direct }) => direct.reserveComplete(at(7))],
  ['moving nothing', ({ direct }) => direct.relocate(at(7), at(20))],
  ['moving a record', (scene) => scene.writing().direct.relocate(at(20), at(30))],
  ['moving to a negative block', ({ direct }) => direct.relocate(at(8), at(-1))],
  ['moving to taken blocks', ({ direct }) => direct.relocate(at(8), at(9))],
  ['a search for no blocks', ({ direct }) => direct.findSpace(0)],
  ['the end of a read that is not there', ({ direct }) => direct.readDone(77, 'ok')],
  ['the end of a write that is not there', ({ direct }) => direct.writeDone(77, 'ok')],
  ['the end of a read, for a write', (scene) => scene.writing().direct.readDone(scene.issued[0]!.id, 'ok')],
  [
    'the end of a write, for a read',
    (scene) => {
      scene.direct.strategyRead(scene.front);
      scene.submit();
      return scene.direct.writeDone(scene.issued[0]!.id, 'ok');
    },
  ],
  ['cells of no bytes', () => new DirectStage({ extentBytes: 0 })],
  ['cells of one block and a half', () => new DirectStage({ extentBytes: 96 })],
  ['cells of half a byte', () => new DirectStage({ extentBytes: 0.5 })],
  ['a zone on a negative volume', () => new DirectStage({ zones: [{ volume: -1, block: 0, blocks: 1 }] })],
  ['a zone at a negative block', () => new DirectStage({ zones: [{ volume: 0, block: -1, blocks: 1 }] })],
  ['a zone of no blocks', () => new DirectStage({ zones: [{ volume: 0, block: 0, blocks: 0 }] })],
  ['a zone at half a block', () => new DirectStage({ zones: [{ volume: 0, block: 0.5, blocks: 1 }] })],
  [
    'a write to a snapshot',
    ({ direct, file8 }) =>
      direct.strategyWrite(direct.openFront(direct.openSnapshot(file8, 's'), 0, new Uint8Array(CELL)), at(20)),
  ],
];

const REASONS: Readonly<Record<FailureReason, true>> = {
  lookup: true,
  missing: true,
  beyond: true,
  device: true,
  checksum: true,
  lostWrite: true,
  critical: true,
  alias: true,
  abandoned: true,
};

export const DIRECT: readonly Entry[] = [
  ...REFUSED.map(([what, call]): Entry => [what, () => call(new Scene())]),
  ...Object.keys(REASONS).map((reason): Entry => [
    `a front that failed: ${reason}`,
    () => new DirectFailure(Object.assign(new Scene().front, { failure: { reason, volume: 2, block: 9 } })),
  ]),
];
