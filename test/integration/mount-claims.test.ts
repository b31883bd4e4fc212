// A mount reaches buffers only through its core, so what it does can be recorded and is a run of the model, and every claim of the
// catalogue can be asked of the live core after each step. Both are seen to fail when the core is wrong.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ClockPolicy } from '../../src/policy/clock-policy.ts';
import type * as Production from '../../src/index.ts';
import { HammerIoCore, type Mount } from '../../src/index.ts';
import { ClaimBroken, liveClaims, type LiveClaims } from '../kit/live-claims.ts';
import { runLoad, type LoadBlock } from '../loads/mount-load.ts';
import { formatted, staged, type DrivenVolumes } from '../support/mount-stage.ts';
import { loadPatched, type SourcePatch } from '../planted/patch.ts';
import { diceOf } from '../kit/random/dice.ts';
import { checkTrace } from '../kit/trace/check-trace.ts';
import { recordCore, type RecordedCore } from '../kit/trace/record-core.ts';
import { runTraceCommand } from '../kit/trace/trace-command.ts';
import { traceFile } from '../kit/trace/trace-file.ts';

const set = (value: number) => (bytes: Uint8Array) => void bytes.fill(value);

/** A trace announces reads ahead; a policy that has none is simplest. */
class NoReadAhead extends ClockPolicy {
  override wantsAhead(): boolean {
    return false;
  }
}

const BLOCKS = [
  { name: 'super', type: 'volume', volume: 0, block: 0 },
  ...[1, 2, 3, 4].map((block) => ({ name: `d${block}`, type: 'data', volume: 0, block }) as const),
  ...[5, 6].map((block) => ({ name: `m${block}`, type: 'meta', volume: 0, block }) as const),
  { name: 'u7', type: 'undo', volume: 0, block: 7 },
] as const;

/** A bit of everything: hits, misses, waiting for room, modifications side by side, sync, relief, giving up, read errors. */
async function play(mount: Mount, device: DrivenVolumes): Promise<void> {
  const settle = <T>(promise: Promise<T>): Promise<T> => device.until(promise);
  for (const block of [5, 6]) await settle(mount.update(block, set(block), { type: 'meta', fresh: true }));
  await settle(Promise.all([1, 2, 3, 4, 1].map((block) => mount.update(block, set(block)))));
  await settle(mount.update(7, set(1), { type: 'undo' }));
  const [one, two] = await settle(Promise.all([mount.get(1), mount.get(1)]));
  const slow = one.modify(async (bytes) => {
    for (let i = 0; i < 30; i++) await Promise.resolve();
    bytes[0] = 1;
  });
  await settle(Promise.all([slow, one.flush(), two.modify(set(3)), mount.sync(), mount.header().modify(set(9))]));
  one.release();
  two.release();
  const giving = new AbortController();
  const { signal } = giving;
  const given = [mount.get(2, { signal }), mount.read(2), mount.read(2, { signal }), mount.read(3, { signal })];
  for (let i = 0; i < 20; i++) await Promise.resolve();
  giving.abort();
  await settle(Promise.allSettled(given));
  await settle(mount.sync());
  const bad = mount.read(4);
  for (let i = 0; i < 20; i++) await Promise.resolve();
  device.end(1, 'read', { code: 'EIO' });
  await settle(Promise.allSettled([bad]));
  await settle(Promise.all([1, 2, 3, 4].map((block) => mount.read(block))));
}

describe('a recorded mount', () => {
  const record = async (close: (mount: Mount, device: DrivenVolumes) => Promise<void>): Promise<string[]> => {
    const lines: string[] = [];
    let recorded: RecordedCore | undefined;
    const { mount, device } = await staged({
      bufs: 3,
      policy: new NoReadAhead(),
      instrument: (core) => {
        recorded = recordCore(core, { blocks: BLOCKS, clients: 14 }, (line) => lines.push(line));
        return recorded.core;
      },
    });
    await play(mount, device);
    await close(mount, device);
    recorded!.close();
    return lines;
  };

  test('is a run of the model, from open to close', async () => {
    const lines = await record((mount, device) => device.until(mount.close()));
    const verdict = checkTrace(lines);
    expect(verdict).toMatchObject({ isRun: true, notCompared: ['volumes.volatile'] });
    if (!verdict.isRun) return;
    const kinds = [
      'ioRead', 'ioNew', 'readDone', 'resumeGet', 'modifyBuffer', 'modifyVolume', 'ioModify', 'resumeModify', 'change',
      'ioModifyDone', 'ioWriteInterlock', 'resumeInterlock', 'ioDoneInterlock', 'ioFlush', 'ioWait', 'resumeWait', 'ioWaitAll',
      'resumeWaitAll', 'writeDone', 'ioFlushSync', 'flushDone', 'resumeFlushSync', 'release', 'recycle', 'writeBack', 'unload', 'cancel', 'cleanLoose',
    ] as const; // prettier-ignore
    expect(kinds.filter((kind) => (verdict.kinds.get(kind) ?? 0) === 0)).toEqual([]);
  });

  test('is a run of the model also when a write has failed', async () => {
    const lines = await record(async (mount, device) => {
      await device.until(mount.update(5, set(1), { type: 'meta' }));
      await device.until(mount.update(1, set(1)));
      const sync = mount.sync();
      for (let i = 0; i < 20; i++) await Promise.resolve();
      device.end(1, 'write', { code: 'EIO' });
      await expect(device.until(sync)).rejects.toThrow('SyncFailed');
      await expect(device.until(mount.close())).rejects.toThrow('WritesLost');
    });
    const verdict = checkTrace(lines);
    expect(verdict).toMatchObject({ isRun: true });
    if (verdict.isRun) expect(verdict.kinds.get('ioClearErrorNoassert')).toBe(1);
  });

  test('can be given to check-model --trace as a file', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'mount-trace-'));
    try {
      const file = join(dir, 'run.jsonl');
      const trace = traceFile(file);
      for (const line of await record((mount, device) => device.until(mount.close()))) trace.sink(line);
      trace.close();
      expect(runTraceCommand(file)).toMatchObject({ exitCode: 0 });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe('live claims', () => {
  const ticks = async (n: number): Promise<void> => {
    for (let i = 0; i < n; i++) await Promise.resolve();
  };

  test('hold after every step of many programs on a mount', async () => {
    let live: LiveClaims | undefined;
    const instrument = (core: HammerIoCore): HammerIoCore => (live = liveClaims(core)).core;
    const { mount, device } = await staged({ bufs: 6, blocks: [64, 64], instrument });
    const blocks = Array.from({ length: 16 }, (_, i): LoadBlock => {
      return {
        volume: i % 2,
        block: 1 + (i >> 1),
        type: i % 5 === 1 ? 'meta' : i % 5 === 2 ? 'undo' : 'data',
        value: 0,
      };
    });
    for (const one of blocks.filter(({ type }) => type === 'meta')) {
      await device.until(mount.update(one.block, () => undefined, { volume: one.volume, type: one.type, fresh: true }));
    }
    const dice = diceOf(3);
    const allowed = ['AbortError', 'CacheFull'];
    await device.until(runLoad({ mount, dice, blocks, allowed, pause: () => ticks(1 + dice(9)) }, 6, 40));
    await device.until(mount.close());
    expect(live!.steps).toBeGreaterThan(1000);
    const silent = Object.entries(live!.applied()).filter(([, times]) => times === 0);
    expect(silent.length).toBeLessThan(12); // invariants are counted in a sample only
  });

  /** A planted bug, and the claim that notices it in a mount. */
  const BUGS: readonly (readonly [string, string, SourcePatch])[] = [
    ['I23', 'bytes being written are not taken off the sum',
      { file: 'src/core/actions/kernel.ts', find: '  m.ioRunningSpace -= m.blockBytes;\n', replace: '' }],
    ['I13', 'a modification that ends is not counted off',
      { file: 'src/core/actions/modify.ts', find: '  handle.mods--;\n', replace: '' }],
  ]; // prettier-ignore

  test.each(BUGS)('%s notices a planted bug: %s', async (claim, _, patch) => {
    const patched = await loadPatched<typeof Production>('src/index.ts', [patch], claim);
    const volumes = await formatted();
    const instrument = (core: HammerIoCore): HammerIoCore => liveClaims(core).core;
    const mount = await patched.Mount.open({ device: volumes, instrument });
    const used = mount.update(5, set(1)).then(() => mount.sync());
    const error = await used.catch((thrown: unknown) => thrown as Error);
    const found = error instanceof ClaimBroken ? error : (error as Error).cause;
    expect(found).toBeInstanceOf(ClaimBroken);
    expect((found as ClaimBroken).claims).toContain(claim);
    expect((found as ClaimBroken).message).toContain(`${claim}: `);
    await mount.close().catch(() => undefined);
  });

  test('watch that a call which throws has changed nothing', () => {
    const core = new HammerIoCore({ volumes: [{ name: 'v', blocks: 8 }], capacityBufs: 1, blockBytes: 64 });
    core.ioWaitAll = () => {
      HammerIoCore.prototype.ioNew.call(core, 0, 3, 'data');
      throw new Error('oops');
    };
    const live = liveClaims(core).core;
    const { handle } = live.ioNew(0, 3, 'data');
    live.release(handle);
    expect(() => live.ioRead(0, 4, 'data')).toThrow('CacheFull');
    expect(() => live.ioWaitAll()).toThrow(/ClaimBroken: promised was errors: A call that throws has changed nothing/);
  });
});
