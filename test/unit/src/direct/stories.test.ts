// Units of direct I/O: the edges of what is allowed, and stories that the small machines do not tell.

import { test } from 'vitest';
import { DirectIo, HammerIoCore, type Front, type Place } from '../../../../src/index.ts';
import { counting, DirectStage, elementAt, STAGE_BLOCK } from '../../../support/direct-core-stage.ts';
import { at, Scene } from '../../../support/direct-scene.ts';
import { mustBe, mustEqual, mustThrow } from '../../../support/must.ts';

const BLOCK = STAGE_BLOCK;

test('what is just allowed', () => {
  const core = (): HammerIoCore =>
    new HammerIoCore({ volumes: [{ name: 'v', blocks: 8, headerBlock: 2 }], capacityBufs: 4, blockBytes: BLOCK });
  const zones = [
    { volume: 0, block: 0, blocks: 2 },
    { volume: 0, block: 3, blocks: 1 },
  ];
  const direct = new DirectIo({ core: core(), zones, extentBytes: BLOCK });
  mustEqual([direct.state.extentBytes, direct.state.verify, direct.state.checksums, direct.state.doubleBuffer], [BLOCK, true, true, false]); // prettier-ignore
  const header = 'InvalidArgument: promised was a zone without the header of its volume, block 2; seen: 2 blocks from block 2 of volume 0 on. Correct the options of DirectIo.';
  mustThrow(() => new DirectIo({ core: core(), zones: [{ volume: 0, block: 2, blocks: 2 }] }), header);
}); // prettier-ignore

test('a place lies in a zone of its own volume, wholly', () => {
  const zones = [
    { volume: 0, block: 8, blocks: 4 },
    { volume: 1, block: 30, blocks: 8 },
  ];
  const { direct } = new Scene({ blocks: [64, 34], zones });
  const { translation } = direct.state;
  const told = [
    ...([[0, 8, 4], [0, 7, 1], [0, 11, 2], [0, 30, 1], [1, 8, 1]] as const),
    ...([[1, 30, 4], [1, 30, 5], [2, 8, 1]] as const),
  ].map(([volume, block, blocks]) => translation.troubleOf(volume, block, blocks)); // prettier-ignore
  mustBe(told.join(), 'none,lookup,lookup,lookup,lookup,none,beyond,lookup');
});

test('blocks of several volumes are told apart while they are loaded', () => {
  const stage = new DirectStage({ blocks: [600, 600] });
  for (const [volume, block] of [[0, 256], [1, 1], [0, 1], [1, 256]] as const) stage.format({ volume, block }, counting(BLOCK, 10 * block + volume)); // prettier-ignore
  const front = (volume: number, block: number): Front => {
    const file = stage.direct.openFile(`${volume} ${block}`, [{ fileOffset: 0, length: BLOCK, volume, block }]);
    return stage.direct.openFront(file, 0, stage.memory(1));
  };
  const fronts = [front(0, 256), front(1, 1), front(0, 1), front(1, 256)];
  for (const one of fronts) mustBe(stage.direct.strategyRead(one, true), 'io');
  stage.run();
  mustEqual(fronts.map(({ bytes }) => bytes[0]), [2560, 11, 10, 2561].map((from) => counting(1, from)[0])); // prettier-ignore
  mustEqual(stage.ended(), fronts);
});

test('a valid front is read at once, and an empty one over a hole is zeros and not aged', () => {
  const scene = new Scene();
  mustBe(scene.read(scene.front), 'done');
  const { length } = scene.issued;
  mustBe(scene.direct.strategyRead(scene.front), 'done');
  mustEqual([scene.issued.length, scene.front.length, scene.front.answered], [length, 3 * BLOCK, 2]);
  const hole = scene.other();
  mustBe(scene.direct.strategyRead(hole), 'done');
  mustEqual([hole.length, hole.aged, hole.bytes[0], hole.answered], [0, false, 0, 1]);
  mustBe(scene.direct.nextEnded(), undefined);
});

test('a front learns its place in advance only where that is the newest data, and whole', () => {
  const scene = new Scene();
  const { direct, front } = scene;
  mustBe(direct.bmap(front), 'done');
  const known = front.cached!;
  mustEqual([known.block, known.use], [8, 'media']);
  mustBe(direct.bmap(front), 'done');
  mustBe(front.cached, known);
  mustBe(scene.write(front, at(20), 1), 'done');
  mustBe(direct.bmap(front), 'done');
  mustBe(front.cached, undefined);
  direct.recycleFront(front);
  direct.bmap(front);
  mustBe(front.cached, undefined);
  const empty = scene.other();
  direct.bmap(empty);
  mustBe(empty.cached, undefined);
  const part = direct.openFront(scene.file('h', [elementAt(30, counting(3 * BLOCK))]), BLOCK, scene.memory(1));
  direct.bmap(part);
  mustBe(part.cached, undefined);
});

test('who is woken twice is handed out once, and who is given up is not handed out', () => {
  const scene = new Scene();
  const { direct, front } = scene;
  const { state } = direct;
  const record = front as Parameters<typeof state.wake>[0];
  state.wake(record);
  state.wake(record);
  mustBe(direct.nextRunnable(), front);
  mustBe(direct.nextRunnable(), undefined);
  state.wake(record);
  mustBe(direct.nextRunnable(), front);
  state.wake(record);
  Object.assign(front, { runnable: false });
  mustBe(direct.nextRunnable(), undefined);
});

test('after a critical error a record is not committed, whether its own write has failed or another', () => {
  const scene = new Scene();
  const { direct, front } = scene;
  const other = scene.other();
  scene.write(front, at(20), 1);
  direct.strategyWrite(other, at(40));
  mustBe(direct.commitRecord(at(40)), 'wait');
  scene.fault = (request) => (request.kind === 'write' ? { code: 'EIO' } : undefined);
  scene.settle();
  mustBe(direct.commitRecord(at(20)), 'refused');
  const waiting = direct.nextRunnable()!;
  mustEqual([(waiting as Place).block, direct.resume(waiting)], [40, 'error']);
  mustEqual([direct.extentAt(at(40))!.backend, direct.extentAt(at(40))!.wait, direct.extentAt(at(40))!.runnable], [false, false, false]); // prettier-ignore
  mustEqual([direct.cycle(), direct.commitRecord(at(40)), other.failure!.reason], ['refused', 'refused', 'device']);
});

test('an element that snapshots keep is freed with the last of them that names it', () => {
  const scene = new Scene();
  const { direct, front, file8 } = scene;
  direct.openSnapshot(file8, 's');
  mustBe(direct.extentAt(at(8))!.holders, 2);
  scene.hold(0, 8);
  scene.hold(0, 9);
  scene.hold(0, 10);
  mustBe(direct.relocate(at(8), at(30)), 'done');
  mustEqual([direct.extentAt(at(30))!.holders, direct.extentAt(at(8))!.use], [2, 'delay']);
  scene.write(front, at(20), 1);
  mustBe(direct.commitRecord(at(20)), 'done');
  mustEqual([direct.extentAt(at(30))!.holders, direct.extentAt(at(30))!.use], [1, 'media']);
});

test('blocks in use are not purged, and the blocks behind them do not matter', () => {
  const scene = new Scene();
  const { direct, front, core } = scene;
  core.release(scene.hold(0, 24));
  scene.write(front, at(20), 1);
  const held = scene.hold(0, 23);
  mustBe(direct.commitRecord(at(20)), 'again');
  core.release(held);
  mustBe(direct.commitRecord(at(20)), 'done');
  mustEqual(
    [20, 23, 24].map((block) => direct.state.aliases.stateOf(0, block)),
    ['none', 'none', 'clean'],
  );
  mustEqual([direct.state.aliases.stateOf(0, 30), direct.state.aliases.stateOf(7, 0)], ['none', 'none']);
});

test('readers of an extent are counted, and none is left', () => {
  const scene = new Scene();
  const { direct, front } = scene;
  const element = direct.extentAt(at(8))!;
  direct.strategyRead(front);
  mustBe(element.readers, 1);
  scene.fault = () => ({ code: 'EIO' });
  scene.settle();
  mustEqual([element.readers, front.at, front.failure!.reason], [0, 'empty', 'device']);
  direct.strategyRead(front, true);
  mustBe(element.readers, 1);
  scene.settle();
  mustBe(element.readers, 0);
  scene.fault = () => undefined;
  scene.read(front);
  mustEqual([element.readers, front.at], [0, 'valid']);
});

test('free blocks are found behind the last ones, and from the beginning again', () => {
  const zones = [
    { volume: 0, block: 4, blocks: 8 },
    { volume: 0, block: 16, blocks: 4 },
  ];
  const { direct } = new DirectStage({ zones });
  const found = (blocks: number): string => {
    const place = direct.findSpace(blocks);
    if (place === undefined) return 'none';
    direct.openFile('x', [{ fileOffset: 0, length: blocks * BLOCK, ...place }]);
    return String(place.block);
  };
  mustEqual([found(3), found(3), found(3), found(2), found(1), found(1), found(1)], ['4', '7', '16', '10', '19', 'none', 'none']); // prettier-ignore
});
