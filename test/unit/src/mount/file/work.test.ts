// One open file at work, over a DirectIo and a Room that answer what the test says: what ends when, what is tried again, and
// what happens when there is no buffer.

import { test } from 'vitest';
import type { DirectOutcome } from '../../../../../spec/direct/vocabulary.ts';
import { CacheFull } from '../../../../../src/core/errors.ts';
import { Files, FileWork } from '../../../../../src/mount/file/work.ts';
import type { Seeker } from '../../../../../src/mount/room.ts';
import type { Ticket } from '../../../../../src/core/ids.ts';
import { settle } from '../../../../support/mount-stage.ts';
import { mustBe, mustEqual, mustThrow } from '../../../../support/must.ts';

const OOPS = new Error('oops');
const T = (ticket: number): Ticket => ticket as Ticket;

/** Stands for a front, which has bytes, or for a record, which has none. */
interface Stand {
  readonly bytes?: number;
  result?: 'done' | 'error';
}

function working() {
  const told: string[] = [];
  const [ended, runnable]: Stand[][] = [[], []];
  const script = {
    holdsTickets: false,
    resumed: (): DirectOutcome => 'done',
    core: (_: number): boolean => true,
    requests: [] as number[],
  };
  const direct = {
    get holdsTickets() {
      return script.holdsTickets;
    },
    nextEnded: () => ended!.shift(),
    nextRunnable: () => runnable!.shift(),
    resume: () => script.resumed(),
    abandon: () => told.push('abandoned'),
    resumeCore: (ticket: number) => script.core(ticket),
    drainRequests: (submit: (request: { id: number }) => void) => {
      for (const id of script.requests.splice(0)) submit({ id });
    },
    readDone: (id: number, result: string) => told.push(`read ${id} ${result}`),
    writeDone: (id: number, result: string) => told.push(`write ${id} ${result}`),
  };
  const seekers: Seeker[] = [];
  const room = {
    seek: (seeker: Seeker) => void seekers.push(seeker),
    passage: () => ({ begin: () => told.push('begins'), end: () => told.push('ends') }),
  };
  const work = new FileWork(direct as never, {} as never, room as never, { take: () => told.push('turn') } as never);
  const perform = (of: Stand, call: () => DirectOutcome, bufs?: number): void => {
    const note = (text: string) => void told.push(text);
    work.perform(of as never, call, bufs).then(note, (error: unknown) => note((error as Error).message));
  };
  const heard = async (): Promise<string[]> => {
    await settle(8);
    return told.splice(0);
  };
  return { work, direct, script, ended: ended!, runnable: runnable!, seekers, perform, heard };
}

const full = (): never => {
  throw new CacheFull(3);
};

const fails = (): never => {
  throw OOPS;
};

test('an operation that ends at once, or throws, is told so after a turn', async () => {
  const { perform, heard } = working();
  for (const outcome of ['done', 'error', 'refused'] as const) {
    perform({}, () => outcome);
    mustEqual(await heard(), ['ends', 'turn', outcome]);
  }
  perform({}, fails);
  mustEqual(await heard(), ['turn', 'oops']);
});

test('what is in flight ends when it is handed out, by its result', async () => {
  const { work, ended, perform, heard } = working();
  const [a, b]: Stand[] = [{ result: 'done' }, { result: 'error' }];
  perform(a!, () => 'io');
  perform(b!, () => 'wait');
  mustEqual(await heard(), ['begins', 'turn', 'begins', 'turn']);
  mustBe(work.goOn(), false);
  ended.push(b!, a!);
  mustBe(work.goOn(), true);
  mustEqual(await heard(), ['ends', 'ends', 'error', 'done']);
  mustBe(work.goOn(), false);
});

test('what can go on is resumed until it has ended', async () => {
  const { work, script, runnable, perform, heard } = working();
  const front: Stand = { bytes: 1 };
  perform(front, () => 'wait');
  script.resumed = () => 'io';
  runnable.push(front);
  mustBe(work.goOn(), true);
  mustEqual(await heard(), ['begins', 'turn', 'begins']);
  script.resumed = () => 'done';
  runnable.push(front);
  mustBe(work.goOn(), true);
  mustEqual(await heard(), ['ends', 'done']);
});

test('what meets an alias in use is called again in each turn', async () => {
  const { work, perform, heard } = working();
  let calls = 0;
  perform({}, () => (calls++ < 2 ? 'again' : 'done'));
  mustEqual([await heard(), calls], [['turn'], 1]);
  work.tryAgain();
  mustEqual([await heard(), calls], [[], 2]);
  work.tryAgain();
  mustEqual([await heard(), calls], [['ends', 'done'], 3]);
  work.tryAgain();
  mustEqual([await heard(), calls], [[], 3]);
});

test('what finds no buffer seeks one, and begins when there is one or fails', async () => {
  const { seekers, perform, heard } = working();
  const script: { call: () => DirectOutcome } = { call: full };
  perform({}, () => script.call(), 3);
  perform({}, () => script.call());
  mustEqual(await heard(), ['turn', 'turn']);
  const [a, b] = seekers;
  mustEqual([a!.bufs, b!.bufs, a!.needsBuf()], [3, 1, true]);
  mustBe(a!.attempt(), false);
  script.call = () => 'done';
  mustBe(a!.attempt(), true);
  b!.fail(OOPS);
  mustEqual(await heard(), ['ends', 'done', 'oops']);
});

test('several are begun in one turn, and all are awaited', async () => {
  const { work, seekers, heard } = working();
  const outcomes: DirectOutcome[] = ['done', 'refused'];
  mustEqual(await work.performAll(['a', 'b'] as never[], () => outcomes.shift()!), ['done', 'refused']);
  mustEqual(await heard(), ['ends', 'ends', 'turn']);
  const all = work.performAll(['c'] as never[], full).catch((error: unknown) => (error as Error).message);
  mustBe(seekers[0]!.bufs, 1);
  seekers[0]!.fail(OOPS);
  mustBe(await all, 'oops');
});

test('what cannot be resumed for want of a buffer is given up if there will be none, a front by name', async () => {
  for (const [of, expected] of [
    [{ bytes: 1 }, ['abandoned', 'ends', 'oops']],
    [{}, ['ends', 'oops']],
  ] as const) {
    const { work, script, runnable, seekers, perform, heard } = working();
    perform(of, () => 'wait');
    script.resumed = full;
    runnable.push(of);
    mustBe(work.goOn(), true);
    mustEqual([await heard(), seekers.length], [['begins', 'turn'], 1]);
    mustBe(seekers[0]!.attempt(), false);
    seekers[0]!.fail(OOPS);
    mustEqual(await heard(), expected);
  }
});

test('what is resumed when there is a buffer waits no longer for one', async () => {
  const { work, script, runnable, seekers, perform, heard } = working();
  const front: Stand = { bytes: 1 };
  perform(front, () => 'wait');
  script.resumed = full;
  runnable.push(front);
  work.goOn();
  script.resumed = () => 'done';
  mustBe(seekers[0]!.attempt(), true);
  mustEqual(await heard(), ['begins', 'turn', 'ends', 'done']);
});

test('a ticket is adopted by the file that it belongs to, even if there is no buffer for it', () => {
  const { work, script, seekers } = working();
  script.core = (ticket) => ticket === 5;
  mustEqual([work.adopt(T(5)), work.adopt(T(6)), seekers.length], [true, false, 0]);
  script.core = full;
  mustEqual([work.adopt(T(7)), seekers.length], [true, 1]);
  mustEqual([seekers[0]!.bufs, seekers[0]!.needsBuf(), seekers[0]!.attempt()], [1, true, false]);
  script.core = () => true;
  mustBe(seekers[0]!.attempt(), true);
  script.core = fails;
  mustThrow(() => work.adopt(T(8)), 'oops');
  mustThrow(() => seekers[0]!.attempt(), 'oops');
});

test('a ticket for which there will be no buffer is tried again in each turn', () => {
  const { work, script, seekers } = working();
  const tried: number[] = [];
  script.core = full;
  for (const ticket of [7, 8]) work.adopt(T(ticket));
  for (const seeker of seekers) seeker.fail(OOPS);
  script.core = (ticket) => {
    tried.push(ticket);
    return ticket === 7 ? full() : true;
  };
  work.tryAgain();
  mustEqual(tried.splice(0), [7, 8]);
  work.tryAgain();
  mustEqual(tried.splice(0), [7]);
  script.core = (ticket) => tried.push(ticket) > 0;
  work.tryAgain();
  work.tryAgain();
  mustEqual(tried, [7]);
});

test('a file is quiet when it holds no ticket', async () => {
  const { work, script } = working();
  const order: string[] = [];
  await work.quiet();
  script.holdsTickets = true;
  for (const name of ['a', 'b']) void work.quiet().then(() => order.push(name));
  await settle(4);
  mustBe(work.goOn(), false);
  await settle(4);
  mustEqual(order, []);
  script.holdsTickets = false;
  mustBe(work.goOn(), false);
  await settle(4);
  mustEqual(order, ['a', 'b']);
});

test('a broken mount fails all that waits, once, and lets those go who wait for quiet', async () => {
  const { work, script, ended, perform, heard } = working();
  script.holdsTickets = true;
  const quiet = work.quiet().then(() => 'quiet');
  perform({}, () => 'io');
  let calls = 0;
  perform({}, () => (calls++, 'again'));
  work.failAll(OOPS);
  mustEqual([await quiet, await heard()], ['quiet', ['begins', 'turn', 'turn', 'oops', 'oops']]);
  work.tryAgain();
  mustEqual([calls, ended], [1, []]);
});

test('open files are asked one after the other, and all of them go on', async () => {
  const [a, b] = [working(), working()];
  const files = new Files();
  mustEqual([files.goOn(), files.adopt(T(1)), files.owns(1)], [false, false, false]);
  for (const { work } of [a, b]) files.add(work);
  a.script.core = () => false;
  mustBe(files.adopt(T(1)), true);
  b.script.core = () => false;
  mustBe(files.adopt(T(1)), false);

  mustBe(files.goOn(), false);
  for (const moved of [a, b]) {
    const front: Stand = { result: 'done' };
    moved.perform(front, () => 'io');
    moved.ended.push(front);
    mustBe(files.goOn(), true);
    mustEqual(await moved.heard(), ['begins', 'turn', 'ends', 'done']);
  }
  const submitted: number[] = [];
  [a.script.requests, b.script.requests] = [[3, 6], [4]];
  files.drainRequests(({ id }) => submitted.push(id));
  mustEqual([submitted, files.owns(3), files.owns(4), files.owns(5)], [[3, 6, 4], true, true, false]);
  const ended = (kind: string, id: number): boolean => files.ended({ kind, id } as never, 'ok');
  mustEqual([ended('read', 3), ended('write', 4), ended('read', 5), ended('write', 5)], [true, true, false, false]);
  mustEqual([files.owns(3), files.owns(6), files.owns(4), ended('read', 3)], [false, true, false, false]); // Each ends once.
  mustEqual([await a.heard(), await b.heard()], [['read 3 ok'], ['write 4 ok']]);

  let calls = 0;
  for (const one of [a, b]) one.perform({}, () => (calls++, 'again'));
  files.tryAgain();
  mustBe(calls, 4);
  files.failAll(OOPS);
  mustEqual(
    [await a.heard(), await b.heard()],
    [
      ['turn', 'oops'],
      ['turn', 'oops'],
    ],
  );
});
