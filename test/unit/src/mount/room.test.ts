// The parts of a mount that wait, each alone with a core that says what the test wants: who goes on when, in which order, what
// is counted, and what is left behind when somebody gives up.

import { test } from 'vitest';
import type { Answer } from '../../../../src/core/answer.ts';
import type { RoomVerdict as Verdict } from '../../../../src/policy/cache-policy.ts';
import type { DeviceRequest } from '../../../../src/core/device.ts';
import { CacheFull } from '../../../../src/core/errors.ts';
import { RawBlocks } from '../../../../src/mount/volumes/raw-blocks.ts';
import { ReadsAhead, type Joiner } from '../../../../src/mount/reads-ahead.ts';
import { Lifecycle } from '../../../../src/mount/lifecycle.ts';
import { Releases } from '../../../../src/mount/releases.ts';
import { Room, type Seeker } from '../../../../src/mount/room.ts';
import { newCounters } from '../../../../src/mount/statistics.ts';
import { onAbort, Waits } from '../../../../src/mount/waits.ts';
import type { Ticket } from '../../../../src/core/ids.ts';
import { countListeners } from '../../../support/counted-listeners.ts';
import { mustBe, mustEqual, mustThrow } from '../../../support/must.ts';

const OOPS = new Error('oops');
const settled = async (): Promise<void> => {
  for (let i = 0; i < 8; i++) await Promise.resolve();
};

test('who joined a read ahead goes on when it ends, unless gone by then', () => {
  const ahead = new ReadsAhead();
  const told: string[] = [];
  const joiner = (name: string): Joiner => ({
    goOn: () => told.push(name),
    fail: (error) => told.push(`${name} ${error.message}`),
  });
  const [a, b, c, d] = [joiner('a'), joiner('b'), joiner('c'), joiner('d')];
  mustBe(ahead.isIdle, true);
  ahead.ended(0, 5);
  ahead.leave(a);
  ahead.join(0, 5, a);
  ahead.join(1, 5, b);
  ahead.join(0, 5, c);
  ahead.join(0, 5, d);
  mustBe(ahead.isIdle, false);
  ahead.leave(c);
  ahead.ended(0, 6);
  ahead.ended(2, 5);
  mustEqual(told, []);
  ahead.ended(0, 5);
  mustEqual(told.splice(0), ['a', 'd']);
  mustBe(ahead.isIdle, false);
  ahead.failAll(OOPS);
  mustEqual([told, ahead.isIdle], [['b oops'], true]);
});

test('single blocks are read, written and flushed one after the other, and told why not', async () => {
  const asked: DeviceRequest[] = [];
  const device = { submit: (request: DeviceRequest) => void asked.push(request) } as unknown as ConstructorParameters<typeof RawBlocks>[0]; // prettier-ignore
  const memory = new Uint8Array(8);
  const raw = new RawBlocks(device, memory);
  const end = (error?: Error): void => {
    const request = asked.at(-1)!;
    device.onCompletions([error === undefined ? { request, result: 'ok' } : { request, result: 'error', error }]);
  };
  const read = raw.read(1, 5);
  end();
  const write = raw.write(2, 6);
  end(OOPS);
  const flush = raw.flush(3);
  device.onCompletions([{ request: asked.at(-1)!, result: 'error' }]);
  mustEqual(asked, [
    { kind: 'read', id: 1, volume: 1, block: 5, blocks: 1, into: [memory] },
    { kind: 'write', id: 2, volume: 2, block: 6, bytes: memory },
    { kind: 'flush', id: 3, volume: 3 },
  ]);
  const ended = await Promise.allSettled([read, write, flush]);
  mustEqual(ended.map((one) => (one.status === 'rejected' ? (one.reason as Error).message : one.value)), [undefined, 'oops', 'no reason given']); // prettier-ignore
});

// ── Waits ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

const answer = (ticket: number, outcome: Answer['outcome'] = 'wait'): Answer => ({ outcome, ticket, handle: 0, diskRead: 0 }) as unknown as Answer; // prettier-ignore

const T = (ticket: number): Ticket => ticket as Ticket;

/** Waits over a core whose tickets end as the test says. */
function waiting() {
  const at = new Map<number, string>();
  const runnable: number[] = [];
  const cancelled: number[] = [];
  const script: { next: () => Answer } = { next: () => answer(0, 'done') };
  const core = {
    view: { tickets: { find: (ticket: number) => (at.has(ticket) ? { at: at.get(ticket) } : undefined) } },
    nextRunnable: () => runnable.shift() ?? 0,
    resume: () => script.next(),
    cancel: (ticket: number) => void cancelled.push(ticket),
  };
  const counters = newCounters();
  const turns = { count: 0 };
  const waits = new Waits(core as never, counters, { take: () => turns.count++ } as never, { adopt: () => false });
  const told: string[] = [];
  const waiter = (name: string) => ({
    next: ({ outcome }: Answer) => told.push(`${name} ${outcome}`),
    fail: (error: Error) => told.push(`${name} ${error.message}`),
    starved: (ticket: number) => told.push(`${name} starved ${ticket}`),
  });
  return { waits, counters, at, runnable, cancelled, script, turns, told, waiter };
}

test('a call that has finished goes on at once, and else when its ticket ends', () => {
  const { waits, counters, runnable, script, told, waiter } = waiting();
  waits.then(answer(0, 'done'), 'load', waiter('a'));
  mustEqual([told.splice(0), waits.size, counters.waits.load], [['a done'], 0, 0]);
  waits.then(answer(5), 'queue', waiter('b'));
  waits.then(answer(6), 'write', waiter('c'));
  mustEqual([told, waits.size, counters.waits.queue, counters.waits.write], [[], 2, 1, 1]);
  runnable.push(6, 5, 6);
  const answers = [answer(6), answer(0, 'done'), answer(0, 'done')];
  script.next = () => answers.shift()!;
  waits.goOn();
  mustEqual([told.splice(0), waits.size, counters.waits.load], [['b done', 'c done'], 0, 0]);
  script.next = () => answer(0, 'done');
  mustBe(waits.resume(T(99)), true); // Nobody waits for it any more.
});

test('a ticket that has to read first counts as a load, and one without a buffer is starved', () => {
  const { waits, counters, runnable, script, told, waiter } = waiting();
  waits.then(answer(5), 'queue', waiter('a'));
  script.next = () => answer(5, 'io');
  mustEqual([waits.resume(T(5)), counters.waits.load, waits.size, told], [true, 1, 1, []]);
  script.next = () => {
    throw new CacheFull(3);
  };
  mustBe(waits.resume(T(5)), false);
  runnable.push(5);
  waits.goOn();
  mustEqual([told.splice(0), waits.size], [['a starved 5'], 1]);
  script.next = () => {
    throw OOPS;
  };
  mustThrow(() => waits.resume(T(5)), 'oops');
  waits.failAll(OOPS);
  mustEqual([told, waits.size], [['a oops'], 0]);
});

test('a ticket is taken back, unless only the device or a release can end it', () => {
  const { waits, at, cancelled, waiter } = waiting();
  const places = ['queue', 'load', 'release', 'interlock'];
  places.forEach((place, i) => at.set(i + 1, place));
  mustEqual([1, 2, 3, 4].map((ticket) => waits.isWithdrawable(T(ticket))), [true, false, false, true]); // prettier-ignore
  for (const ticket of [1, 2, 3, 4]) {
    waits.then(answer(ticket), 'queue', waiter('a'));
    waits.withdraw(T(ticket));
  }
  mustEqual([cancelled, waits.size], [[1, 4], 0]);
});

test('who awaits gets the answer, the error, or the reason of the signal, and listens no longer', async () => {
  const { waits, at, turns, cancelled, script, counters } = waiting();
  at.set(7, 'queue');
  const giving = new AbortController();
  const { signal } = giving;
  const listeners = countListeners(signal);
  mustEqual(await waits.until(answer(0, 'done'), 'write', signal), answer(0, 'done'));
  const good = waits.until(answer(5), 'write', signal);
  mustBe(listeners.count, 1);
  script.next = () => answer(0, 'done');
  waits.resume(T(5));
  mustEqual([await good, listeners.count, counters.waits.write], [answer(0, 'done'), 0, 1]);
  const bad = waits.until(answer(6), 'write', signal).catch((error: unknown) => error);
  waits.failAll(OOPS);
  mustEqual([await bad, listeners.count, turns.count], [OOPS, 0, 0]);
  const given = waits.until(answer(7), 'write', signal).catch((error: unknown) => (error as Error).name);
  giving.abort();
  mustEqual([await given, cancelled, turns.count, waits.size], ['AbortError', [7], 1, 0]);
  mustThrow(() => onAbort(signal, () => undefined), 'This operation was aborted');
  onAbort(undefined, () => undefined)();
});

// ── Room ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Wanted {
  readonly bufs?: number;
  needsBuf?: boolean;
  succeeds?: boolean;
}

/** Room over a core and a policy that say what the test wants. */
function roomy() {
  const dirty = { data: 0, undo: 0 };
  const slab = { freeBufs: 0, capacityBufs: 4 };
  const view = { slab, ioRunningSpace: 0, runningReadBytes: 0, blockBytes: 64, lists: { size: (list: string) => (list === 'data' || list === 'undo' ? dirty[list] : 99) } }; // prettier-ignore
  const asked: number[] = [];
  const said: { verdict: Verdict; makes: number; relief: Promise<number> } = { verdict: 'full', makes: 0, relief: Promise.resolve(0) }; // prettier-ignore
  const makeRoom = (_: unknown, bufs: number): Verdict => {
    asked.push(bufs);
    slab.freeBufs += said.makes;
    return said.verdict;
  };
  const counters = newCounters();
  const counts = { turns: 0, reliefs: 0 };
  const relief = {
    relieve: (): Promise<number> => {
      counts.reliefs++;
      return said.relief;
    },
  };
  const turns = { take: () => counts.turns++ };
  const releases = new Releases({} as never, new Lifecycle());
  const room: Room = new Room({ core: { view } as never, policy: { makeRoom } as never, counters, dirtyBytesHard: 256, releases, relief, turns: turns as never }); // prettier-ignore
  const told: string[] = [];
  const seeker = (name: string, wanted: Wanted = {}): Seeker => ({
    bufs: wanted.bufs ?? 1,
    needsBuf: () => wanted.needsBuf ?? true,
    attempt: () => {
      if (wanted.succeeds === false) return false;
      told.push(name);
      return true;
    },
    fail: (error) => told.push(`${name} ${error.name}`),
  });
  const heard = (): string[] => told.splice(0);
  return { room, releases, slab, view, dirty, asked, said, counters, counts, seeker, heard };
}

test('a seeker goes on where there is a buffer, made if need be, or where it needs none', () => {
  const { room, slab, asked, said, counters, seeker, heard } = roomy();
  slab.freeBufs = 2;
  room.seek(seeker('a', { bufs: 2 }));
  mustEqual([heard(), asked], [['a'], []]);
  slab.freeBufs = 1;
  room.seek(seeker('b', { bufs: 2 })); // One is enough.
  mustEqual([heard(), asked.splice(0)], [['b'], [2]]);
  slab.freeBufs = 0;
  said.makes = 1;
  room.seek(seeker('c'));
  mustEqual([heard(), asked.splice(0)], [['c'], [1]]);
  slab.freeBufs = 0;
  said.makes = 0;
  room.seek(seeker('d', { bufs: 9 }));
  mustEqual([heard(), asked.splice(0)], [['d CacheFull'], [4]]); // Never asks for more than there are.
  room.seek(seeker('e', { needsBuf: false }));
  mustEqual([heard(), asked, counters.waits.space, room.isIdle], [['e'], [], 0, true]);
});

test('seekers wait in order while requests are under way, and who needs no buffer passes them', () => {
  const { room, releases, slab, view, said, counters, seeker, heard } = roomy();
  said.verdict = 'writing';
  view.ioRunningSpace = 64;
  for (const name of ['a', 'b', 'c']) room.seek(seeker(name));
  room.seek(seeker('d', { needsBuf: false }));
  mustEqual([heard(), counters.waits.space, room.isIdle], [['d'], 3, false]);
  mustBe(room.goOn(), false); // Nothing has happened.
  releases.stir();
  mustEqual([room.goOn(), heard()], [true, []]);
  slab.freeBufs = 1;
  releases.stir();
  room.goOn();
  mustEqual(heard(), ['a', 'b', 'c']);
  view.ioRunningSpace = 0;
  view.runningReadBytes = 1;
  slab.freeBufs = 0;
  const gone = seeker('e');
  room.seek(gone);
  room.seek(seeker('f'));
  room.leave(gone);
  room.leave(gone);
  room.failAll(OOPS);
  mustEqual([heard(), room.isIdle], [['f Error'], true]);
  view.runningReadBytes = 0;
  room.seek(seeker('g')); // Nothing is under way, whatever the policy says.
  mustEqual(heard(), ['g CacheFull']);
});

test('a buffer that was promised and is not there is no reason to wait', () => {
  const { room, slab, seeker, heard } = roomy();
  slab.freeBufs = 1;
  room.seek(seeker('a', { succeeds: false }));
  mustEqual([heard(), room.isIdle], [['a CacheFull'], true]);
});

test('a passing operation is worth waiting for, and is counted once', () => {
  const { room, slab, counts, seeker, heard } = roomy();
  const passage = room.passage();
  passage.end();
  mustBe(counts.turns, 0);
  passage.begin();
  passage.begin();
  room.seek(seeker('a'));
  mustEqual([heard(), room.isIdle], [[], false]);
  slab.freeBufs = 1;
  passage.end();
  mustBe(counts.turns, 1);
  passage.end();
  mustBe(counts.turns, 1);
  mustEqual([room.goOn(), heard()], [true, ['a']]);
  slab.freeBufs = 0;
  room.seek(seeker('b'));
  mustEqual(heard(), ['b CacheFull']);
});

test('a cache full of META is relieved once at a time, and again when something has happened', async () => {
  const { room, releases, slab, said, counts, seeker, heard } = roomy();
  said.verdict = 'flush';
  let written = (_: number): void => undefined;
  said.relief = new Promise((resolve) => (written = resolve));
  room.seek(seeker('a'));
  room.seek(seeker('b', { needsBuf: true }));
  releases.stir();
  room.goOn();
  mustEqual([counts.reliefs, heard(), room.isIdle], [1, [], false]);
  written(2);
  await settled();
  mustBe(counts.turns, 1);
  mustBe(room.goOn(), true);
  mustEqual([heard(), counts.reliefs], [[], 2]); // It has helped, and is tried once more.
  said.relief = Promise.resolve(0);
  await settled();
  slab.freeBufs = 1;
  mustEqual([room.goOn(), heard()], [true, ['a', 'b']]);
  mustBe(room.isIdle, true);
});

test('a relief that wrote nothing, or failed, is not repeated until something happens', async () => {
  for (const relief of [() => Promise.resolve(0), () => Promise.reject(OOPS)]) {
    const { room, releases, said, counts, seeker, heard } = roomy();
    said.verdict = 'flush';
    said.relief = relief();
    room.seek(seeker('a'));
    await settled();
    room.goOn();
    mustEqual([heard(), counts.reliefs, counts.turns], [['a CacheFull'], 1, 1]);
    room.seek(seeker('b'));
    mustEqual([heard(), counts.reliefs], [['b CacheFull'], 1]);
    releases.stir();
    said.relief = relief();
    room.seek(seeker('c'));
    mustEqual([heard(), counts.reliefs], [[], 2]);
    releases.stir(); // Meanwhile, which does not make the relief any less vain.
    await settled();
    room.goOn();
    mustEqual([heard(), counts.reliefs], [['c CacheFull'], 2]);
  }
});

test('too much is dirty beyond the mark, counting what is being written, and only while something is', async () => {
  const { room, releases, view, dirty, counters } = roomy();
  [dirty.data, dirty.undo] = [3, 2];
  mustBe(room.isTooDirty(), false);
  view.ioRunningSpace = 64;
  mustBe(room.isTooDirty(), true);
  dirty.undo = 0;
  mustBe(room.isTooDirty(), false); // As much as is allowed.
  dirty.undo = 1;
  const order: string[] = [];
  const giving = new AbortController();
  const waits = ['a', 'b', 'c'].map((name) =>
    room.untilCleaner(name === 'b' ? giving.signal : undefined).then(
      () => order.push(name),
      (error: unknown) => order.push(`${name} ${(error as Error).name}`),
    ),
  );
  mustEqual([counters.waits.dirty, room.isIdle], [3, false]);
  releases.stir();
  room.goOn();
  giving.abort();
  await settled();
  mustEqual(order.splice(0), ['b AbortError']);
  dirty.undo = 0;
  releases.stir();
  room.goOn();
  await Promise.all(waits);
  mustEqual([order.splice(0), room.isIdle], [['a', 'c'], true]);
  dirty.undo = 1;
  const last = room.untilCleaner(new AbortController().signal);
  room.failAll(OOPS);
  await last; // It finds the mount broken by itself.
});
