// A consumer of the library alone: writes a block, makes it durable, and reads it back through a second core, as after a
// restart. Prints one line when all of it went as the docstrings say.

import assert from 'node:assert/strict';
import { BrokenPromise, HammerIoCore, MemoryDevice, NO_TICKET, type Answer, type CoreOptions } from 'hammer-io-kit';

const OPTIONS: CoreOptions = { volumes: [{ name: 'v1', blocks: 16 }], capacityBufs: 4, blockBytes: 512 };
const device = new MemoryDevice(1, 512);

/** Hands the device what the core asks for, completes it, and resumes whoever waited; the last answer. */
function settle(core: HammerIoCore): Answer | undefined {
  core.drainRequests((request) => {
    if (request.kind !== 'undo') device.submit(request);
  });
  for (const { id } of device.pending()) device.deliver(id, core);
  let last: Answer | undefined;
  for (let ticket = core.nextRunnable(); ticket !== NO_TICKET; ticket = core.nextRunnable()) last = core.resume(ticket);
  return last;
}

const writer = new HammerIoCore(OPTIONS);
const { handle } = writer.ioNew(0, 7, 'data');
writer.ioModify(handle);
writer.bytes(handle).fill(42);
writer.change(handle);
writer.ioModifyDone(handle);
assert.equal(writer.ioFlush(handle).outcome, 'done');
assert.throws(() => writer.bytes(handle), BrokenPromise);
settle(writer);
assert.equal(writer.ioFlushSync().outcome, 'wait');
assert.equal(settle(writer)?.outcome, 'done');
writer.release(handle);
assert.equal(device.volatileState(0), 'none');

const reader = new HammerIoCore(OPTIONS);
assert.equal(reader.ioRead(0, 7, 'data').outcome, 'io');
const read = settle(reader);
assert.equal(read?.outcome, 'done');
assert.equal(reader.contents(read.handle)[511], 42);

process.stdout.write('library: a block was written, made durable and read back\n');
