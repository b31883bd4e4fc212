// The engine of a mount over a core that says what the test wants: what a turn does, when all is quiet, and what completions do.

import { EventEmitter } from 'node:events';
import { test } from 'vitest';
import type { DeviceRequest, Result } from '../../../../src/core/device.ts';
import { assemble, type EngineOptions } from '../../../../src/mount/engine.ts';
import { MountBroken } from '../../../../src/mount/errors.ts';
import type { Waiter } from '../../../../src/mount/waits.ts';
import { mustBe, mustEqual, mustThrow } from '../../../support/must.ts';

const OOPS = new Error('oops');
const nobody: Waiter = { next: () => undefined, fail: () => undefined };

function engineOver() {
  const told: string[] = [];
  const ios = new Map<number, { type: string }>();
  const view = { ioRunningSpace: 0, runningReadBytes: 0, blockBytes: 64, volumes: [{ number: 0, ios }] };
  const script = { runnable: 0, onDrain: (): void => undefined, onNext: (): void => undefined };
  const ended = (what: string) => (id: number, result: Result) => void told.push(`${what} ${id} ${result}`);
  const core = {
    view,
    nextRunnable: (): number => {
      script.onNext();
      const ticket = script.runnable;
      script.runnable = 0;
      return ticket;
    },
    resume: () => ({ outcome: 'done', ticket: 0, handle: 1 }),
    drainRequests: () => {
      told.push('drain');
      script.onDrain();
    },
    readDone: ended('read'),
    writeDone: ended('write'),
    flushDone: ended('flush'),
  };
  const device = { onCompletions: (_: unknown): void => undefined };
  const memory = { failAll: (error: unknown): void => void told.push(`no memory: ${error instanceof MountBroken}`) };
  const rest = {
    policy: {},
    names: ['a'],
    dirtyBytesHard: 0,
    openedReadOnly: false,
    fileMemory: memory,
    loans: memory,
  };
  const engine = assemble({ core, device, ...rest } as unknown as EngineOptions, new EventEmitter());
  const complete = (request: object, result: Result = 'ok'): void =>
    device.onCompletions([{ request: { id: 1, volume: 0, block: 5, blocks: 1, into: [], ...request } as unknown as DeviceRequest, result }]); // prettier-ignore
  return { engine, view, ios, script, complete, heard: () => told.splice(0) };
}

test('all is quiet when nobody waits anywhere and nothing is in flight', async () => {
  const { engine, view, script } = engineOver();
  const joiner = { goOn: () => undefined, fail: () => undefined };
  const busy: readonly (readonly [begin: () => unknown, end: () => unknown])[] = [
    [() => engine.waits.then({ ticket: 5 } as never, 'queue', nobody), () => (script.runnable = 5)],
    [() => void engine.room.untilCleaner(), () => engine.releases.stir()],
    [() => engine.readsAhead.join(0, 5, joiner), () => engine.readsAhead.ended(0, 5)],
    [() => (view.ioRunningSpace = 1), () => (view.ioRunningSpace = 0)],
    [() => (view.runningReadBytes = 1), () => (view.runningReadBytes = 0)],
  ];
  await engine.turns.quiet();
  for (const [begin, end] of busy) {
    begin();
    const seen: string[] = [];
    const quiet = engine.turns.quiet().then(() => seen.push('quiet'));
    engine.turns.take();
    await Promise.resolve();
    await Promise.resolve();
    mustEqual(seen, []);
    end();
    engine.turns.take();
    await quiet;
  }
});

test('a turn within a turn is none, and a core that breaks its contract ends them all', () => {
  const { engine, script, complete, heard } = engineOver();
  script.onDrain = () => engine.turns.take();
  engine.turns.take();
  engine.turns.take();
  mustEqual(heard(), ['drain', 'drain']);
  script.onNext = () => {
    throw OOPS;
  };
  engine.turns.take();
  mustBe(engine.lifecycle.broken?.cause, OOPS);
  mustEqual(heard(), ['no memory: true', 'no memory: true']);
  engine.lifecycle.break(new Error('later'));
  mustBe(engine.lifecycle.broken?.cause, OOPS);
  heard();
  mustThrow(() => engine.lifecycle.promiseUsable(), new MountBroken(OOPS).message);
  script.onNext = () => undefined;
  engine.turns.take();
  complete({ kind: 'write' });
  engine.releases.release(1 as never);
  mustEqual(heard(), []); // The core is left alone.
});

test('completions are given to the core, counted, and told to who waits for a block ahead', () => {
  const { engine, complete, heard } = engineOver();
  const gone: string[] = [];
  engine.readsAhead.join(0, 6, { goOn: () => gone.push('on'), fail: () => undefined });
  complete({ kind: 'read' });
  complete({ kind: 'write', id: 2, bytes: new Uint8Array(64) });
  complete({ kind: 'flush', id: 3 });
  mustEqual([heard(), gone], [['read 1 ok', 'drain', 'write 2 ok', 'drain', 'flush 3 ok', 'drain'], []]);
  const { bytesRead, bytesWritten, deviceFlushes, deviceErrors } = engine.counters;
  mustEqual([bytesRead, bytesWritten, deviceFlushes, deviceErrors], [64, 64, 1, 0]);
  complete({ kind: 'read', blocks: 2 });
  mustEqual([heard(), gone, engine.counters.bytesRead], [['read 1 ok', 'drain'], ['on'], 192]);
  complete({ kind: 'flush' }, 'error'); // Nobody has asked to be told.
  mustEqual([heard(), engine.counters.deviceErrors, engine.counters.deviceFlushes], [['flush 1 error', 'drain'], 1, 1]);
});

test('META is checked when it has arrived, and what was never written is not taken for read', () => {
  const { engine, ios, complete, heard } = engineOver();
  const into = [new Uint8Array(64)]; // Zeros do not have their checksum.
  const isCorrupt = (): boolean => {
    const seen = engine.faults.isCorrupt(0, 5);
    engine.faults.clearCorrupt(0, 5);
    return seen;
  };
  complete({ kind: 'read', into });
  mustBe(isCorrupt(), false); // It has no type yet.
  ios.set(5, { type: 'data' });
  complete({ kind: 'read', into });
  mustBe(isCorrupt(), false);
  ios.set(5, { type: 'meta' });
  complete({ kind: 'read', into });
  mustBe(isCorrupt(), true);
  complete({ kind: 'read', into }, 'error');
  mustBe(isCorrupt(), false);
  heard();
  complete({ kind: 'write' }, 'error');
  complete({ kind: 'read', into });
  complete({ kind: 'read', into, block: 4, blocks: 2 });
  complete({ kind: 'read', into, block: 6 });
  mustEqual(heard().filter((text) => text !== 'drain'), ['write 1 error', 'read 1 error', 'read 1 error', 'read 1 ok']); // prettier-ignore
  mustBe(isCorrupt(), false);
});
