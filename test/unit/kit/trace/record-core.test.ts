// A program with a core of its own, recorded: what it does is a run of the model, told with its blocks and as clients. And a core
// that is wrong is found out from the recording alone.

import { describe, expect, test } from 'vitest';
import {
  HammerIoCore,
  MemoryDevice,
  type Answer,
  type CoreOptions,
  type Handle,
  type HammerIoCore as Core,
} from '../../../../src/index.ts';
import type * as Production from '../../../../src/index.ts';
import { ORIGINAL_PATCHES } from '../../../support/original-patches.ts';
import { loadPatched } from '../../../planted/patch.ts';
import { checkTrace } from '../../../kit/trace/check-trace.ts';
import { recordCore, type RecordCoreOptions } from '../../../kit/trace/record-core.ts';
import { TraceError } from '../../../kit/trace/trace-format.ts';

const OPTIONS: CoreOptions = {
  volumes: [
    { name: 'root', blocks: 64, headerBlock: 0 },
    { name: 'data', blocks: 64 },
  ],
  capacityBufs: 16,
  blockBytes: 64,
  undoLog: true,
};

/** In no particular order: the recorder sorts them. */
const BLOCKS = [
  { name: 'd9', type: 'data', volume: 1, block: 9 },
  { name: 'super', type: 'volume', volume: 0, block: 0 },
  { name: 'd8', type: 'data', volume: 1, block: 8 },
  { name: 'm3', type: 'meta', volume: 0, block: 3 },
] as const;

/** A program over a core: it asks, pumps the device, and resumes whoever was woken. */
class Program {
  readonly core: Core;
  readonly device = new MemoryDevice(2, 64);

  constructor(core: Core) {
    this.core = core;
  }

  /** Completes everything that is pending, UNDO records too, and resumes tickets; answers with what they said last. */
  settle(): Answer | undefined {
    let last: Answer | undefined;
    while (true) {
      this.core.drainRequests((request) => {
        if (request.kind !== 'undo') this.device.submit(request);
      });
      const ticket = this.core.nextRunnable();
      const [request] = this.device.pending();
      if (ticket !== 0) last = this.core.resume(ticket);
      else if (request !== undefined) this.device.deliver(request.id, this.core);
      else return last;
    }
  }

  get(volume: number, block: number, type: 'volume' | 'meta' | 'data', ahead = false): Handle {
    const hit = this.core.tryGet(volume, block);
    if (hit !== 0) return hit;
    const answer = this.core.ioRead(volume, block, type, ahead);
    return answer.outcome === 'done' ? answer.handle : this.settle()!.handle;
  }
}

/** Reads, dirties and writes on both volumes, waits, syncs, breaks a promise, closes. */
function run(core: Core): void {
  const program = new Program(core);
  const header = program.get(0, 0, 'volume');
  const meta = program.get(0, 3, 'meta');
  const again = program.get(0, 3, 'meta'); // the hit path
  expect(core.modifyBuffer(meta).outcome).toBe('cover');
  core.undoLaid(meta, 'ok');
  core.bytes(meta)[8] = 1;
  core.change(meta);
  expect(() => core.ioFlush(again)).toThrow('NotBeingModified');
  core.ioModifyDone(meta);
  core.ioFlush(meta);
  expect(core.ioWait(again).outcome).toBe('wait');
  expect(core.ioWaitAll().outcome).toBe('wait');
  program.settle();
  for (const block of [8, 9]) {
    const data = program.get(1, block, 'data', block === 8);
    core.ioModify(data);
    core.ioModifyDone(data);
    expect(core.tryRelease(data)).toBe(false); // it is dirty: more is to be done
    core.release(data);
    core.writeBack(1, block);
  }
  program.settle();
  core.ioFlushSync();
  program.settle();
  for (const handle of [meta, again, header]) core.release(handle);
  expect(() => core.release(meta)).toThrow('HandleOpen'); // a stale handle is nobody's: no event
  core.recycle(1, 8);
  core.cleanLoose();
  core.ioInval(1, 9);
  for (const block of [3, 0]) core.unload(0, block);
}

function record(core: Core, options: Partial<RecordCoreOptions> = {}): string[] {
  const lines: string[] = [];
  const recorded = recordCore(core, { blocks: BLOCKS, clients: 5, readAhead: { volume: 1, block: 8 }, fullEvery: 7, ...options }, (line) => lines.push(line)); // prettier-ignore
  run(recorded.core);
  recorded.close();
  return lines;
}

describe('a recorded program', () => {
  test('is a run of the model, with what the device holds left out', () => {
    const verdict = checkTrace(record(new HammerIoCore(OPTIONS)));
    expect(verdict).toMatchObject({ isRun: true, notCompared: ['volumes.volatile'] });
    if (!verdict.isRun) return;
    expect(verdict.header.shape.blocks.map(({ name }) => name)).toEqual(['super', 'm3', 'd8', 'd9']);
    expect(verdict.header.shape.clients).toHaveLength(5);
    const kinds = [
      'ioRead',
      'readDone',
      'resumeGet',
      'modifyBuffer',
      'undoLaid',
      'change',
      'ioFlush',
      'ioWait',
      'resumeWait',
    ];
    const more = [
      'ioWaitAll',
      'resumeWaitAll',
      'writeBack',
      'writeDone',
      'ioFlushSync',
      'flushDone',
      'resumeFlushSync',
    ];
    for (const kind of [...kinds, ...more, 'recycle', 'cleanLoose', 'ioInval', 'unload'])
      expect(verdict.kinds.get(kind), kind).toBeGreaterThan(0);
  });

  test('compares what the device holds too, where the program can tell', () => {
    const lines: string[] = [];
    const core = new HammerIoCore(OPTIONS);
    const device = new MemoryDevice(2, 64);
    const recorded = recordCore(
      core,
      { blocks: BLOCKS, clients: 2, volatileOf: (volume) => device.volatileState(volume) },
      (line) => lines.push(line),
    );
    const { handle } = recorded.core.ioNew(1, 8, 'data');
    recorded.core.ioFlush(handle);
    recorded.core.drainRequests((request) => request.kind !== 'undo' && device.submit(request));
    device.deliver(device.pending()[0]!.id, recorded.core);
    recorded.close();
    expect(lines.at(-2)).toContain('"volatile":"exposed"');
    expect(checkTrace(lines)).toMatchObject({ isRun: true, notCompared: [] });
  });

  test('of a core with the code of D2 is rejected, at the write that it marks too early', async () => {
    const patched = await loadPatched<typeof Production>('src/index.ts', ORIGINAL_PATCHES.D2, 'D2');
    const verdict = checkTrace(record(new patched.HammerIoCore(OPTIONS)));
    expect(verdict).toMatchObject({
      isRun: false,
      recorded: expect.stringMatching(/^c\d ioFlush m3 → done$/) as string,
      differences: [{ path: 'volume root.flush', expected: 'clean', seen: 'dirty' }],
    });
  });

  test('ends with an error before anything happens when it goes beyond what it announced', () => {
    const core = new HammerIoCore(OPTIONS);
    const { core: recorded } = recordCore(core, { blocks: BLOCKS, clients: 1 }, () => undefined);
    expect(() => recorded.ioRead(1, 10, 'data')).toThrow(TraceError);
    expect(() => recorded.ioRead(1, 8, 'data', true)).toThrow('read-ahead from d8 was not announced');
    recorded.ioRead(1, 8, 'data');
    expect(() => recorded.ioRead(1, 9, 'data')).toThrow('more than 1 handles and tickets');
    expect(core.view.volumes[1]!.ios.size).toBe(1);
  });

  test('must begin at the beginning, with the header of its volume', () => {
    const used = new HammerIoCore(OPTIONS);
    used.ioNew(1, 8, 'data');
    expect(() => recordCore(used, { blocks: BLOCKS, clients: 1 }, () => undefined)).toThrow(
      /io d8\.exists is true already/,
    );
    const blocks = BLOCKS.filter(({ type }) => type !== 'volume');
    expect(() => recordCore(new HammerIoCore(OPTIONS), { blocks, clients: 1 }, () => undefined)).toThrow(
      /header of root/,
    );
    expect(() => recordCore(new HammerIoCore(OPTIONS), { blocks: BLOCKS, clients: 16 }, () => undefined)).toThrow(
      /at most 15/,
    );
  });
});
