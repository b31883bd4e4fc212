// What no snapshot shows: bytes and where they stand, the order in which tickets are handed out, the hit path, and what a
// replacement policy is told.

import { test } from 'vitest';
import type { Handle, ReadRequest, Ticket } from '../../../../src/index.ts';
import { HammerIoCore, hasValidCrc, NO_HANDLE } from '../../../../src/index.ts';
import { CoreStage, EIO } from '../../../support/core-stage.ts';
import { messageOf, mustBe, mustEqual, mustThrow } from '../../../support/must.ts';

const outcomesOf = (answers: readonly { outcome: string }[]): string => answers.map(({ outcome }) => outcome).join();

test('a read names the views that it is to fill, and may come without bytes', () => {
  const { core, ...stage } = staged({ capacityBufs: 4 });
  const { ticket } = core.ioRead(0, 3, 'data', true);
  const [read] = stage.submit() as ReadRequest[];
  mustEqual([read!.kind, read!.volume, read!.block, read!.blocks, read!.into.length], ['read', 0, 3, 2, 2]);
  read!.into[0]!.fill(7);
  read!.into[1]!.fill(8);
  core.readDone(read!.id, 'ok');
  const { handle } = core.resume(ticket);
  mustBe(core.contents(handle)[63], 7);
  const next = core.ioRead(0, 4, 'data');
  mustEqual([next.outcome, next.diskRead, core.contents(next.handle)[0]], ['done', 64, 8]);
});

test('a read of one block has one view, of the buffer that will be held', () => {
  const { core, ...stage } = staged();
  const { ticket } = core.ioRead(0, 3, 'data');
  const [read] = stage.submit() as ReadRequest[];
  mustEqual([read!.blocks, read!.into.length], [1, 1]);
  core.readDone(read!.id, 'ok');
  mustBe(core.contents(core.resume(ticket).handle), read!.into[0]);
});

test('a failed read does not take away what somebody else has read meanwhile', () => {
  const { core, ...stage } = staged();
  core.ioRead(0, 3, 'data', true);
  core.ioInval(0, 4);
  const { ticket } = core.ioRead(0, 4, 'data');
  stage.submit();
  core.readDone(2, 'ok');
  core.release(core.resume(ticket).handle);
  const again = core.tryGet(0, 4);
  mustBe(core.recycle(0, 4).outcome, 'refused');
  core.release(again);
  core.readDone(1, 'error');
  mustBe(core.ioRead(0, 4, 'data').outcome, 'done');
});

test('read-ahead stays on the volume, off the header, and leaves what is there alone', () => {
  const readAhead = (block: number, headerBlock?: number, before?: (core: HammerIoCore) => void): number => {
    const header = headerBlock === undefined ? {} : { headerBlock };
    const core = new HammerIoCore({ volumes: [{ name: 'v', blocks: 8, ...header }], capacityBufs: 8, blockBytes: 64 });
    if (headerBlock !== undefined) {
      core.ioRead(0, headerBlock, 'volume');
      core.readDone(1, 'ok');
    }
    before?.(core);
    let blocks = 0;
    core.ioRead(0, block, 'data', true);
    core.drainRequests((request) => (blocks = request.kind === 'read' ? request.blocks : 0));
    return blocks;
  };
  mustBe(readAhead(6), 2);
  mustBe(readAhead(7), 1);
  mustBe(readAhead(2, 3), 1);
  mustBe(readAhead(3, 0), 2);
  mustBe(
    readAhead(3, undefined, (core) => core.ioNew(0, 4, 'data')),
    1,
  );
  mustBe(
    readAhead(3, undefined, (core) => core.ioRead(0, 4, 'data')),
    1,
  );
});

test('bytes that come with a completion are copied, the block and the one behind it', () => {
  const { core, ...stage } = staged({ capacityBufs: 4 });
  const { ticket } = core.ioRead(0, 3, 'data', true);
  stage.submit();
  const bytes = new Uint8Array(128).fill(5, 0, 64).fill(6, 64);
  core.readDone(1, 'ok', bytes);
  bytes.fill(9);
  const { handle } = core.resume(ticket);
  mustEqual([...core.contents(handle).slice(0, 2), core.contents(handle)[63]], [5, 5, 5]);
  mustBe(core.contents(core.ioRead(0, 4, 'data').handle)[63], 6);
});

test('a failed read may bring anything', () => {
  const { core } = staged();
  const { ticket } = core.ioRead(0, 3, 'data');
  mustBe(core.readDone(1, 'error', new Uint8Array(3)).outcome, 'error');
  mustBe(core.resume(ticket).outcome, 'error');
});

test('a new block is zeros, whatever its buffer held', () => {
  const { core, ...stage } = staged({ capacityBufs: 1 });
  const handle = stage.get(3);
  stage.write(handle, 9);
  core.delBuffer(handle);
  const fresh = core.ioNew(0, 4, 'data').handle;
  mustEqual([...new Set(core.contents(fresh) as Uint8Array)], [0]);
});

test('tickets are handed out in the order in which they were woken, and each once', () => {
  const { core, ...stage } = staged();
  const [a, b, c] = [3, 4, 5].map((block) => core.ioRead(0, block, 'data').ticket) as [Ticket, Ticket, Ticket];
  stage.submit();
  for (const id of [2, 1]) core.readDone(id, 'ok');
  core.ioRead(0, 6, 'data');
  core.readDone(3, 'ok');
  mustEqual([core.nextRunnable(), core.nextRunnable(), core.nextRunnable(), core.nextRunnable()], [b, a, c, 0]);
  mustBe(outcomesOf([a, b, c].map((ticket) => core.resume(ticket, 'get'))), 'done,done,done');
});

test('a runnable ticket in the middle of the queue can be resumed by hand', () => {
  const { core, ...stage } = staged();
  const tickets = [3, 4, 5].map((block) => core.ioRead(0, block, 'data').ticket);
  stage.submit();
  for (const id of [1, 2, 3]) core.readDone(id, 'ok');
  core.resume(tickets[1]!);
  mustEqual([core.nextRunnable(), core.nextRunnable(), core.nextRunnable()], [tickets[0], tickets[2], 0]);
});

test('who uses a buffer tells the replacement policy', () => {
  const { core, ...stage } = staged();
  const handle = stage.get(3);
  const io = core.view.volumes[0]!.ios.get(3)!;
  mustBe(io.used, true);
  mustEqual([core.clearUsed(0, 3), core.clearUsed(0, 3), core.clearUsed(0, 4)], [true, false, false]);
  mustBe(io.used, false);
  core.tryGet(0, 3);
  mustBe(io.used, true);
  for (let i = 0; i < 70; i++) core.ioAdvance(handle);
  mustBe(io.bp!.activity, 64);
});

test('the hit path refuses whatever ioRead would have to do more for', () => {
  const stage = new CoreStage({ volumes: [{ name: 'v1', blocks: 16, headerBlock: 0 }] });
  const { core } = stage;
  mustEqual([core.tryGet(1, 3), core.tryGet(0, 3)], [NO_HANDLE, NO_HANDLE]);
  const header = stage.get(0, 'volume');
  core.release(stage.get(3));
  const hit = core.tryGet(0, 3);
  mustBe(hit === NO_HANDLE, false);
  core.release(hit);
  core.recycle(0, 3);
  mustBe(core.tryGet(0, 3), NO_HANDLE);
  core.ioRead(0, 4, 'data');
  mustBe(core.tryGet(0, 4), NO_HANDLE);
  core.release(header);
});

test('UNDO holds the old bytes of the range, also for a modification that had to wait', () => {
  const { core, undo, ...stage } = staged({ undoLog: true });
  const handle = stage.get(3, 'meta');
  const other = core.tryGet(0, 3);
  core.ioWriteInterlock(other);
  const { ticket } = core.modifyBuffer(handle, 8, 4);
  core.ioDoneInterlock(other);
  mustBe(core.resume(ticket, 'modify').outcome, 'cover');
  stage.submit();
  mustEqual(
    undo.map(({ kind, handle: of, volume, block, offset, before }) => [kind, of, volume, block, offset, before.length]),
    [['undo', handle, 0, 3, 8, 4]],
  );
  mustThrow(
    () => core.resume(ticket),
    messageOf(() => core.resume(ticket, 'modify')),
  );
  mustBe(core.undoLaid(handle, 'ok').outcome, 'done');
  core.ioModifyDone(handle);
  core.ioWriteInterlock(other);
  const bare = core.ioModify(handle).ticket;
  core.ioDoneInterlock(other);
  mustBe(core.resume(bare, 'modify').outcome, 'done');
});

test('only META gets a checksum, over all but its first four bytes', () => {
  for (const type of ['meta', 'data'] as const) {
    const { core, device, ...stage } = staged();
    const handle = stage.get(3, type);
    stage.write(handle, 5);
    core.ioFlush(handle);
    stage.complete('write');
    const written = device.read(0, 3);
    mustEqual([hasValidCrc(written), written[4]], [type === 'meta', 5]);
    written[0]! ^= 1;
    mustBe(hasValidCrc(written), false);
  }
});

test('a last write of UNDO may drop it, one of DATA may not', () => {
  for (const [type, read] of [
    ['undo', 'io'],
    ['data', 'done'],
  ] as const) {
    const { core, ...stage } = staged();
    const handle = stage.get(3, type);
    core.ioModify(handle);
    core.ioModifyDone(handle);
    core.release(handle);
    const again = core.tryGet(0, 3);
    mustBe(core.writeBack(0, 3).outcome, 'refused');
    core.release(again, true);
    stage.complete('write');
    mustBe(core.ioRead(0, 3, type).outcome, read);
  }
});

test('a neighbour is pulled only along with a write in flight on its volume', () => {
  const { core, ...stage } = staged();
  const dirty = (block: number): Handle => {
    const handle = stage.get(block);
    stage.write(handle, block);
    return handle;
  };
  const [first, second] = [dirty(3), dirty(4)];
  core.release(second);
  core.ioFlush(first);
  mustBe(core.clusterPull(0, 4).outcome, 'done');
  stage.complete('write');
  stage.complete('write');
  stage.write(first, 6);
  core.release(first);
  mustBe(messageOf(() => core.clusterPull(0, 3)).startsWith('ImpossibleInput: clusterPull'), true);
  const locked = dirty(5);
  core.release(locked);
  const again = core.tryGet(0, 5);
  core.writeBack(0, 3);
  mustBe(core.clusterPull(0, 5).outcome, 'refused');
  mustBe(messageOf(() => core.clusterPull(0, 5)).startsWith('ImpossibleInput: clusterPull'), true);
  mustBe(messageOf(() => core.clusterPull(0, 4)).startsWith('ImpossibleInput: clusterPull'), true);
  core.release(again);
});

test('without verify nobody looks at the bytes of a write', () => {
  const { core, ...stage } = staged({ verify: false });
  const handle = stage.get(3);
  stage.write(handle, 1);
  core.ioFlush(handle);
  new Uint8Array(core.state.slab.memory).fill(9);
  mustBe(core.writeDone(2, 'ok').outcome, 'done');
  mustBe(core.state.volumes[0]!.ios.get(3)!.bp!.issuedCrc, 0);
});

test('what is misused says so before anything changes', () => {
  const { core, ...stage } = staged();
  core.release(stage.get(3));
  const again = core.tryGet(0, 3);
  core.ioWriteInterlock(again);
  for (const call of [() => core.release(again), () => core.delBuffer(again), () => core.lowMemoryRelease(again)]) {
    mustBe(messageOf(call).startsWith('NotInterlocked'), true);
  }
  mustBe(core.ioDoneInterlock(again).outcome, 'done');
  core.release(again);
  mustBe(messageOf(() => core.release(again)).startsWith('HandleOpen'), true);
});

test('a kernel short of memory takes only what is clean, idle and held once', () => {
  const low = (prepare: (stage: CoreStage, handle: Handle) => void): string => {
    const stage = new CoreStage();
    const handle = stage.get(3, 'undo');
    prepare(stage, handle);
    return messageOf(() => stage.core.lowMemoryRelease(handle)).split(' ')[0]!;
  };
  const refused = 'ImpossibleInput:';
  mustBe(
    low(() => undefined),
    '(nothing',
  );
  mustBe(
    low(({ core }) => core.tryGet(0, 3)),
    refused,
  );
  mustBe(
    low((stage, handle) => stage.write(handle, 1)),
    refused,
  );
  const writing = (stage: CoreStage, handle: Handle, reclaim: boolean): void => {
    stage.write(handle, 1);
    stage.core.ioFlush(handle, reclaim);
  };
  mustBe(
    low((stage, handle) => writing(stage, handle, false)),
    refused,
  );
  mustBe(
    low((stage, handle) => {
      writing(stage, handle, true);
      stage.complete('write');
    }),
    refused,
  );
});

test('a failed header write is forgotten at close', () => {
  const stage = new CoreStage({ volumes: [{ name: 'v1', blocks: 16, headerBlock: 0 }] });
  const { core } = stage;
  const handle = stage.get(0, 'volume');
  core.modifyVolume(handle);
  core.ioModifyDone(handle);
  core.ioFlush(handle);
  stage.complete('write', EIO);
  core.release(handle);
  mustBe(core.ioClearErrorNoassert(0, 0).outcome, 'done');
  mustBe(core.view.volumes[0]!.ios.get(0)!.ondisk, false);
  mustBe(core.unload(0, 0).outcome, 'done');
  mustBe(messageOf(() => core.ioRead(0, 1, 'data')).includes('has no structure'), true);
});

/** A stage with its parts, so that a story can name them. */
function staged(options: ConstructorParameters<typeof CoreStage>[0] = {}) {
  const stage = new CoreStage(options);
  return {
    core: stage.core,
    device: stage.device,
    undo: stage.undo,
    submit: () => stage.submit(),
    get: stage.get.bind(stage),
    write: stage.write.bind(stage),
    complete: stage.complete.bind(stage),
  };
}
