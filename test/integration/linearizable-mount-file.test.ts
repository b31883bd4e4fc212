// What clients of a MountFile see under load has an order, and on each cell the one in which the calls were made. The load would
// be worth nothing if it could not tell the difference: so façades that break a promise stand before the file, and are noticed.

import { expect, test } from 'vitest';
import { runFacadeLoad, ticks, type FacadeReport, type LoadedFile } from '../loads/facade-load.ts';

const RUNS = 160;

async function runAll(): Promise<{ met: Record<string, number>; operations: number }> {
  const met: Record<string, number> = {};
  let operations = 0;
  for (let seed = 1; seed <= RUNS; seed++) {
    const report = await runFacadeLoad(seed);
    if (report.finding !== undefined) expect.fail(`${report.finding.kind}, ${report.finding.summary}`);
    operations += report.operations;
    for (const [what, times] of Object.entries(report.met)) met[what] = (met[what] ?? 0) + times;
  }
  return { met, operations };
}

test(`the load on a mounted file finds nothing in ${RUNS} runs, in which everything came about`, async () => {
  const { met, operations } = await runAll();
  expect(operations).toBeGreaterThan(40 * RUNS);
  for (const what of ['read', 'write', 'part', 'spanning', 'commit', 'sync', 'look', 'reopen', 'lent'])
    expect(met[what], what).toBeGreaterThan(RUNS);
  for (const name of ['AbortError', 'NoSpace', 'FileWriteFailed', 'FileReadFailed', 'ReadOnlyError'])
    expect(met[`write: ${name}`], name).toBeGreaterThan(5);
  for (const name of ['AbortError', 'FileReadFailed']) expect(met[`read: ${name}`], name).toBeGreaterThan(5);
});

test('a run is a function of its seed', async () => {
  for (const seed of [3, 32]) expect(await runFacadeLoad(seed)).toEqual(await runFacadeLoad(seed));
  expect(await runFacadeLoad(3)).not.toEqual({ ...(await runFacadeLoad(4)), seed: 3 });
});

// ── Violations ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A façade that breaks a promise, around one that does not. */
type Violation = (file: LoadedFile, extentBytes: number) => Partial<LoadedFile>;

const answersBeforeItHappens: Violation = (file) => ({
  write: (offset, bytes) => {
    const kept = bytes.slice();
    void ticks(80).then(() => file.write(offset, kept).catch(() => undefined));
    return Promise.resolve();
  },
});

/** Some calls are passed on late: an order, but not that in which they were made. */
const forgetsTheOrder: Violation = (file) => {
  let calls = 0;
  return {
    write: async (offset, bytes, patience) => {
      if (++calls % 2 === 0) await ticks(80);
      await file.write(offset, bytes, patience);
    },
  };
};

/** A part of a cell is filled up with what it held when the call was made, outside its turn. */
const mergesWithOldBytes: Violation = (file, extentBytes) => ({
  write: async (offset, bytes, patience) => {
    const cell = offset - (offset % extentBytes);
    const merged = new Uint8Array(Math.ceil((offset + bytes.length - cell) / extentBytes) * extentBytes);
    await file.readInto(cell, merged, patience);
    merged.set(bytes, offset - cell);
    await ticks(30);
    await file.write(cell, merged, patience);
  },
});

/** What lies behind the first boundary of a range does not get there. */
const losesBehindTheBoundary: Violation = (file, extentBytes) => ({
  write: (offset, bytes, patience) =>
    file.write(offset, bytes.subarray(0, extentBytes - (offset % extentBytes)), patience),
});

/** What lies behind the first boundary of a range is read one byte too late. */
const readsBesideTheBoundary: Violation = (file, extentBytes) => ({
  readInto: async (offset, into, patience) => {
    const first = Math.min(into.length, extentBytes - (offset % extentBytes));
    const filled = await file.readInto(offset, into.subarray(0, first), patience);
    if (filled < first || first === into.length) return filled;
    const rest = await file.readInto(offset + first + 1, into.subarray(first), patience);
    return filled + rest;
  },
});

/** A call that was given up takes its bytes when its turn has come, and not only while they are its own. */
const usesBytesAfterTheAbort: Violation = (file) => ({
  write: async (offset, bytes, patience) => {
    const late = ticks(40).then(() => file.write(offset, bytes));
    await Promise.race([late, rejectedWith(patience?.signal)]);
  },
});

const fillsMemoryAfterTheAbort: Violation = (file) => ({
  readInto: (offset, into, patience) => Promise.race([file.readInto(offset, into), rejectedWith(patience?.signal)]),
});

/** Rejects when the signal fires, and never does anything else. */
function rejectedWith(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const fire = (): void => reject(signal!.reason as Error);
    if (signal?.aborted === true) fire();
    else signal?.addEventListener('abort', fire, { once: true });
  });
}

/** The list of a commit lacks what was written last. */
const commitsTooLittle: Violation = (file) => ({ commit: async () => (await file.commit()).slice(0, -1) });

test.each<[string, Violation, readonly string[]]>([
  ['answers a write before it happened', answersBeforeItHappens, ['not linearizable']],
  ['forgets the order of calls', forgetsTheOrder, ['out of order']],
  ['merges parts of cells with old bytes', mergesWithOldBytes, ['not linearizable']],
  ['loses what is behind a boundary', losesBehindTheBoundary, ['not linearizable']],
  ['reads beside a boundary', readsBesideTheBoundary, ['foreign bytes', 'not linearizable']],
  ['uses the bytes of an aborted write', usesBytesAfterTheAbort, ['not linearizable', 'foreign bytes']],
  ['fills the memory of an aborted read', fillsMemoryAfterTheAbort, ['memory touched']],
  ['commits too little', commitsTooLittle, ['not linearizable']],
])('a façade that %s is noticed', async (_, violation, kinds) => {
  const wrap = (file: LoadedFile, extentBytes: number): LoadedFile => ({
    readInto: (...call) => file.readInto(...call),
    write: (...call) => file.write(...call),
    commit: () => file.commit(),
    close: () => file.close(),
    ...violation(file, extentBytes),
  });
  // A call that is passed on late may also come after a close: that is not what is looked for.
  let noticed: FacadeReport['finding'];
  let seed = 0;
  while (!kinds.includes(noticed?.kind ?? '') && seed < 20) noticed = (await runFacadeLoad(++seed, wrap)).finding;
  expect(kinds, noticed?.summary ?? '').toContain(noticed?.kind);
  expect((await runFacadeLoad(seed)).finding).toBeUndefined();
});
