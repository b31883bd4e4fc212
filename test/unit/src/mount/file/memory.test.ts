// Files of a mount, by their smallest parts: what their errors say, memory for data on its way, and memory lent to the program.

import { test } from 'vitest';
import type { HammerIoError } from '../../../../../src/core/errors.ts';
import { FileCorrupt, FileReadFailed, FileWriteFailed, NoSpace } from '../../../../../src/mount/file/errors.ts';
import { FileMemory } from '../../../../../src/mount/file/memory.ts';
import { Loans } from '../../../../../src/mount/file/lent-memory.ts';
import { settle } from '../../../../support/mount-stage.ts';
import { countListeners } from '../../../../support/counted-listeners.ts';
import { mustBe, mustEqual } from '../../../../support/must.ts';

const OOPS = new Error('oops.');

// ── What the errors say ────────────────────────────────────────────────────────────────────────────────────────────────

const range = { offset: 512, length: 20 };
const place = { volume: 1, name: 'two', block: 9 };
const said = ({ name, message }: HammerIoError): string => {
  mustBe(message.startsWith(`${name}: `), true);
  return message;
};

test('errors of files name the range, the place and what to do', () => {
  const read = new FileReadFailed(range, place, OOPS);
  mustBe(
    said(read),
    'FileReadFailed: 20 bytes from byte 512 of the file on were promised to be readable at block 9 of two; seen: oops. ' +
      'The range may be asked for again; other ranges are not concerned.',
  );
  mustEqual([read.range, read.place, read.cause], [range, place, OOPS]);
  const written = new FileWriteFailed(range, place, 'EIO.');
  mustBe(
    said(written),
    'FileWriteFailed: 20 bytes from byte 512 of the file on were promised to be written from block 9 of two on; seen: EIO. ' +
      'What was committed before stands where it stood: open it anew from its extents.',
  );
  mustEqual([written.range, written.place, written.cause], [range, place, 'EIO.']);
  const corrupt = new FileCorrupt(range, place, 0xabc, 0x12345678);
  mustBe(
    said(corrupt),
    'FileCorrupt: 20 bytes from byte 512 of the file on were promised to have CRC-32 00000abc at block 9 of two; ' +
      'seen: 12345678. Take the data from a copy; with `verify: false` it can be read as it is.',
  );
  mustEqual([corrupt.range, corrupt.place, corrupt.written, corrupt.seen], [range, place, 0xabc, 0x12345678]);
});

test('a file without space tells of blocks that will be free', () => {
  const none = new NoSpace(range, 4, 0);
  mustBe(
    said(none),
    'NoSpace: 20 bytes from byte 512 of the file on were promised 4 free blocks side by side in the space of the file; ' +
      'seen: none. Commit, or open the file with more space.',
  );
  mustEqual([none.range, none.blocks], [range, 4]);
  mustBe(
    said(new NoSpace(range, 4, 7)),
    'NoSpace: 20 bytes from byte 512 of the file on were promised 4 free blocks side by side in the space of the file; ' +
      'seen: none, and 7 that are needed no more, which the next two or three commits make free. Commit, or open the file with more space.',
  );
});

// ── Memory for data on its way ─────────────────────────────────────────────────────────────────────────────────────────

const AT = 64;

/** Memory, and a list of who has got some and where. */
function lending(bytes = 100) {
  const memory = new FileMemory(new SharedArrayBuffer(AT + 200), AT, bytes);
  const got: string[] = [];
  const lent = new Map<string, Uint8Array>();
  /** Answers whether it was lent at once. */
  const ask = (name: string, wanted: number, signal?: AbortSignal): boolean => {
    const take = (view: Uint8Array): void => {
      lent.set(name, view);
      got.push(`${name} ${view.byteOffset - AT}+${view.length}`);
    };
    const answer = memory.lend(wanted, { signal });
    if (answer instanceof Uint8Array) take(answer);
    else answer.then(take, (error: unknown) => got.push(`${name} ${(error as Error).message}`));
    return answer instanceof Uint8Array;
  };
  const giveBack = (...names: string[]): void => {
    for (const name of names) memory.giveBack(lent.get(name)!);
  };
  const heard = async (): Promise<string[]> => {
    await settle(4);
    return got.splice(0);
  };
  return { memory, ask, giveBack, heard };
}

test('memory is lent first fit, and what comes back is joined with what lies beside it', async () => {
  for (const order of ['a b c', 'a c b', 'b a c', 'b c a', 'c a b', 'c b a']) {
    const { ask, giveBack, heard } = lending();
    mustEqual(
      ['a', 'b', 'c'].map((name) => ask(name, 30)),
      [true, true, true],
    );
    mustBe(ask('d', 10), true);
    mustEqual(await heard(), ['a 0+30', 'b 30+30', 'c 60+30', 'd 90+10']);
    giveBack(...order.split(' '));
    mustEqual([ask('e', 90), await heard()], [true, ['e 0+90']]);
    giveBack('e', 'd');
    mustEqual([ask('f', 100), await heard()], [true, ['f 0+100']]);
  }
});

test('a run that is too small, or apart, is passed over', async () => {
  const { ask, giveBack, heard } = lending();
  for (const name of ['a', 'b', 'c']) ask(name, 30);
  giveBack('a');
  await heard();
  mustBe(ask('d', 31), false); // 30 and 10 are free, with others between.
  giveBack('c');
  mustEqual(await heard(), ['d 60+31']);
  mustEqual([ask('e', 9), ask('f', 21), ask('g', 9), await heard()], [true, true, true, ['e 0+9', 'f 9+21', 'g 91+9']]);
});

test('who asks waits in order, also if there were enough for a later one', async () => {
  const { ask, giveBack, heard } = lending();
  ask('a', 40);
  ask('b', 40);
  mustEqual([ask('c', 50), ask('d', 10), ask('e', 20)], [false, false, false]);
  giveBack('b');
  mustEqual(await heard(), ['a 0+40', 'b 40+40', 'c 40+50', 'd 90+10']);
  giveBack('a');
  mustEqual(await heard(), ['e 0+20']);
});

test('an asking that is withdrawn makes way, and one that was served is not', async () => {
  const { memory, ask, giveBack, heard } = lending();
  const [first, second] = [new AbortController(), new AbortController()];
  const { signal } = first;
  const listeners = countListeners(signal);
  ask('a', 60);
  ask('b', 30, signal);
  mustBe(listeners.count, 0);
  ask('c', 20, signal);
  ask('d', 80, second.signal);
  ask('e', 10);
  ask('f', 60);
  mustEqual([await heard(), listeners.count], [['a 0+60', 'b 60+30'], 1]);
  giveBack('b');
  mustEqual([await heard(), listeners.count], [['c 60+20'], 0]);
  second.abort(OOPS);
  mustEqual(await heard(), ['d oops.', 'e 80+10']);
  first.abort(OOPS);
  ask('g', 50, new AbortController().signal);
  memory.failAll(new Error('over'));
  mustEqual(await heard(), ['f over', 'g over']);
  giveBack('a'); // Nobody asks any more.
  mustEqual([await heard(), ask('h', 60)], [[], true]);
});

test('a failure ends the listening to a signal', async () => {
  const { memory, ask, heard } = lending(10);
  const giving = new AbortController();
  const stopped = { count: 0 };
  const stop = giving.signal.removeEventListener.bind(giving.signal);
  giving.signal.removeEventListener = (...all: Parameters<typeof stop>) => {
    stopped.count++;
    stop(...all);
  };
  ask('a', 11, giving.signal);
  memory.failAll(OOPS);
  mustEqual([await heard(), stopped.count], [['a oops.'], 1]);
});

test('where there is no memory nothing is lent', async () => {
  const { memory, ask, heard } = lending(0);
  mustEqual([memory.bytes, ask('a', 0), ask('b', 1)], [0, false, false]);
  memory.failAll(OOPS);
  mustEqual(await heard(), ['a oops.', 'b oops.']);
});

// ── Memory lent to the program ─────────────────────────────────────────────────────────────────────────────────────────

function loaning() {
  const slab = new SharedArrayBuffer(AT + 64);
  const memory = new FileMemory(slab, AT, 64);
  return { slab, memory, loans: new Loans(memory, 16) };
}

test('what is lent is whole blocks, and no more than there is', async () => {
  const { loans } = loaning();
  const sizes: number[] = [];
  for (const bytes of [1, 16, 17, 64]) {
    using lent = await loans.lend(bytes, {});
    sizes.push(lent.bytes.length);
  }
  mustEqual(sizes, [16, 16, 32, 64]);
  for (const bytes of [0, -1, 1.5, 65, NaN]) {
    const refused: unknown = await loans.lend(bytes, {}).catch((error: unknown) => (error as Error).message);
    mustBe(
      refused,
      `InvalidArgument: promised was 1 to 64 bytes, which the mount has to lend; seen: ${bytes}. Open the mount with more lentBytes.`,
    );
  }
});

test('a view is found where it lies in what was lent, until that was given back', async () => {
  const { slab, loans } = loaning();
  const [a, b] = [await loans.lend(16, {}), await loans.lend(32, {})];
  const view = (at: number, length: number, buffer: SharedArrayBuffer = slab): Uint8Array => new Uint8Array(buffer, AT + at, length); // prettier-ignore
  const of = (lent: unknown): string => (lent === a ? 'a' : lent === b ? 'b' : 'none'); // prettier-ignore
  const found = (...all: Parameters<typeof view>): string => of(loans.find(view(...all)));
  const seen = [found(0, 16), found(16, 32), found(20, 4), found(10, 7), found(15, 33), found(16, 33), found(50, 4)];
  mustEqual(seen, ['a', 'b', 'b', 'none', 'none', 'none', 'none']);
  mustBe(found(0, 16, new SharedArrayBuffer(AT + 64)), 'none');
  a.giveBack();
  mustEqual([found(0, 16), found(16, 32)], ['none', 'b']);
  // In use it is kept, but not found.
  b.begin();
  b.giveBack();
  mustBe(found(16, 32), 'none');
});

test('memory in use is lent anew when the last call has ended, and once', async () => {
  const { loans } = loaning();
  const lent = await loans.lend(64, {});
  const suits = [0, 16, 8, 1, 63].map((at) => {
    lent.begin();
    return lent.suits(lent.bytes.subarray(at));
  });
  mustEqual(suits, [true, true, false, false, false]);
  const order: string[] = [];
  const next = loans.lend(64, {}).then((again) => {
    order.push('lent');
    return again;
  });
  for (let i = 0; i < 4; i++) lent.end();
  await settle(8);
  lent.giveBack();
  lent.giveBack();
  await settle(8);
  order.push('ending');
  lent.end();
  const again = await next;
  mustEqual(order, ['ending', 'lent']);
  // A use that has ended before changes nothing; given back twice, nobody gets it twice.
  again.begin();
  again.end();
  let others = 0;
  const waiting = [1, 2].map(() => loans.lend(64, {}).then(() => others++));
  await settle(8);
  mustBe(others, 0);
  again[Symbol.dispose]();
  again.giveBack();
  await settle(8);
  mustBe(others, 1);
  loans.failAll(OOPS);
  const ended = await Promise.allSettled(waiting);
  mustEqual(ended.map(({ status }) => status), ['fulfilled', 'rejected']); // prettier-ignore
});
