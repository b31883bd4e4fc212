// Implementations in another process. Our own core behind a pipe conforms; with the code of a repaired defect in it, it does not,
// until the repair is left out of the model too. And whatever an adapter does wrong, it is told with its last request.

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { RULES } from '../../model/buffer/rules.ts';
import { ACTION_KINDS } from '../../spec/buffer/vocabulary.ts';
import { REPAIR_IDS, type Shape } from '../../spec/buffer/snapshot.ts';
import { adapterCommand, bundleAdapter } from '../support/adapter-command.ts';
import type { AdapterFlaws } from '../support/adapter.ts';
import type { OriginalId } from '../support/original-patches.ts';
import { DATA_SHAPE } from '../support/shapes.ts';
import { configuration } from '../kit/configurations.ts';
import { blankSnapshot, compareSnapshots } from '../kit/driver.ts';
import { conformForeign, type ForeignOptions, type ForeignReport } from '../kit/foreign/conform-foreign.ts';
import { foreignReportText } from '../check/conform/foreign-report.ts';
import { AdapterFault, createStdioDriver, ShapeRefused, StdioAdapter } from '../kit/foreign/stdio-driver.ts';
import { FIELD_NAMES } from '../kit/trace/state-change.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let directory = '';
beforeAll(async () => {
  directory = await bundleAdapter();
});
afterAll(() => rmSync(directory, { recursive: true }));

let open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open) one.close();
  open = [];
});

function adapter(flaws: AdapterFlaws = {}, timeoutSeconds = 20): StdioAdapter {
  const started = new StdioAdapter({ command: adapterCommand(directory, flaws), timeoutSeconds });
  open.push(started);
  return started;
}

/** Two clients who read, dirty and write one buffer: small, and every group of fields changes. */
const SMALL: Shape = {
  ...DATA_SHAPE,
  acts: ['ioRead', 'readDone', 'resumeGet', 'release', 'ioModify', 'ioModifyDone', 'ioFlush', 'writeDone', 'ioWaitAll', 'resumeWaitAll'],
}; // prettier-ignore

const check = (one: StdioAdapter, shape: Shape, options: Partial<ForeignOptions> = {}): ForeignReport =>
  conformForeign(one, { configurations: [{ name: 'small', shape }], runs: 0, ...options });

describe('an implementation behind a pipe', () => {
  test('conforms: every edge, every promise, random programs on shapes of their own', () => {
    const said: string[] = [];
    const report = check(adapter(), SMALL, { runs: 12, note: (line) => said.push(line) });
    expect(report).toMatchObject({ holds: true, name: 'hammer-io-kit', notOffered: [], notCompared: [], failure: [] });
    expect(report.edges).toBeGreaterThan(500);
    expect(report.promises).toBeGreaterThan(100);
    expect(report.randomSteps).toBeGreaterThan(500);
    expect(said.join('\n')).toMatch(/small: \d+ states, all [\d,]+ edges agree/);
    expect(foreignReportText(report, [])).toMatch(/hammer-io-kit conforms\.$/);
  });

  test('may have less: what it lacks is reported, and the rest is still compared', () => {
    const hello = {
      actions: ACTION_KINDS.filter((kind) => kind !== 'ioWaitAll' && kind !== 'resumeWaitAll'),
      fields: ['ios.refs', 'clients.at'],
      stats: false,
      woken: false,
      promises: false,
    };
    const report = check(adapter({ hello }), SMALL);
    expect(report).toMatchObject({ holds: true, notOffered: ['ioWaitAll', 'resumeWaitAll'], promises: 0 });
    expect(report.notCompared).toHaveLength(FIELD_NAMES.length - 2 + 3);
    expect(foreignReportText(report, [])).toContain(
      'not offered by the adapter: ioWaitAll, resumeWaitAll\nnot compared: ios.exists',
    );
    const lying = check(adapter({ hello: { ...hello, fields: ['ios.gencrc'] }, lies: true }), SMALL);
    expect(lying.failure[0]).toMatch(/leaves the model in io d1\.gencrc/);
  });

  test('may be asked in several shapes by turns', () => {
    const one = adapter();
    const [first, second] = [one.open(SMALL), one.open({ ...SMALL, clients: ['c1', 'c2', 'c3'] })];
    second.perform({ kind: 'ioRead', client: 2, io: 0, ahead: false });
    first.reset();
    expect(first.perform({ kind: 'ioRead', client: 0, io: 0, ahead: false }).outcome).toBe('io');
    const [model, now] = [blankSnapshot(second.shape), blankSnapshot(second.shape)];
    second.reset();
    second.snapshot(now);
    expect(compareSnapshots(second.shape, model, now)).toBeUndefined();
  });

  test('may refuse a shape', () => {
    const apart: Shape = {
      ...SMALL,
      blocks: ['d1', 'd2', 'd3'].map((name) => ({ name, type: 'data', volume: 0 })),
      readAhead: [0, 2],
    };
    const one = adapter();
    expect(() => one.open(apart)).toThrow(ShapeRefused);
    const report = check(one, apart);
    expect(report).toMatchObject({ holds: false, refused: [expect.stringContaining('cannot be read ahead')] });
    expect(report.failure).toEqual([expect.stringContaining('Nothing was compared')]);
  });
});

describe('an implementation faithful to the original', () => {
  test.each<[OriginalId, string]>([
    ['D2', 'volume v1.flush'],
    ['D4', 'volume v1.flush'],
    ['D9', 'client c1.bare'],
    ['D11', 'mount.ioLockedCount'],
  ])('in %s does not conform, and does without that repair', (id, field) => {
    const one = adapter({ seed: [id] });
    const shape = { ...configuration(`without-${id}`).shape, repairs: REPAIR_IDS };
    const report = check(one, shape);
    expect(report.holds).toBe(false);
    expect(report.failure.join('\n')).toContain(`${field}: model`);
    const without = check(one, shape, { without: [id] });
    expect(without.failure).toEqual([]);
    expect(without.edges).toBeGreaterThan(5);
  });
});

describe('a part of the check', () => {
  const parts = (report: ForeignReport): boolean[] =>
    [report.edges, report.promises, report.randomSteps].map((n) => n > 0);

  test.each([
    ['edges', [true, false, false]],
    ['promises', [false, true, false]],
    ['random', [false, false, true]],
  ] as const)('%s alone is made and nothing else', (part, made) => {
    const report = check(adapter(), SMALL, { runs: 5, only: [part] });
    expect([report.holds, parts(report)]).toEqual([true, made]);
  });

  test('that differs does not keep the next from being checked, where all are wanted, and the table says how each did', () => {
    const hello = { actions: ACTION_KINDS.filter((kind) => kind !== 'cancel') };
    const configurations = [
      { name: 'with-flushes', shape: SMALL },
      { name: 'reads', shape: { ...SMALL, acts: ['ioRead', 'readDone', 'resumeGet', 'release'] } },
    ];
    const one = adapter({ lies: true, hello });
    const report = check(one, SMALL, { configurations, only: ['edges'], keepGoing: true });
    expect(report.rows.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['with-flushes', 'differs'],
      ['reads', 'agrees'],
    ]);
    expect(report.holds).toBe(false);
    expect(foreignReportText(report, [], true)).toMatch(/^with-flushes +differs +\d+ +0 +0$/m);
    expect(check(one, SMALL, { configurations, only: ['edges'] }).rows).toHaveLength(1);
  });
});

describe('the model', () => {
  test('goes on where D30 and D39 are left out and the adapter offers unload', () => {
    const { shape } = configuration('volume-meta');
    const { failure, modelBroke } = check(adapter(), shape, { without: ['D30', 'D39'] });
    expect(modelBroke).toBe(false);
    expect(failure[0]).toMatch(/leaves the model in/); // Our core has both repairs.
  });

  test.each([0, 4])('that breaks down is not the adapter that does not conform, with %i random programs', (runs) => {
    const broken = vi.spyOn(RULES.release, 'next').mockImplementation(() => {
      throw new RangeError('a wrong turn');
    });
    try {
      const report = check(adapter(), SMALL, { runs, ...(runs > 0 && { configurations: [] }) });
      expect(report).toMatchObject({ holds: false, modelBroke: true });
      expect(report.failure).toEqual([
        expect.stringMatching(/^The model broke down at .*a wrong turn\. This is a fault of hammer-io-kit/),
      ]);
      expect(foreignReportText(report, [])).toMatch(/was not checked to the end: the model broke down\.$/);
    } finally {
      broken.mockRestore();
    }
  });
});

describe('an adapter that', () => {
  test('lies about a field is caught, with the steps', () => {
    const { failure } = check(adapter({ lies: true }), SMALL);
    expect(failure.join('\n')).toContain('io d1.gencrc: model false, hammer-io-kit true');
    expect(failure[0]).toContain('On IoFlush hammer-io-kit leaves the model');
    expect(failure.join('\n')).not.toContain('production');
  });

  test.each<[string, AdapterFlaws, number, RegExp]>([
    [
      'dies',
      { dieAfter: 300 },
      20,
      /ended with exit code 3 without an answer\. Its last request: \{"id":301,"request":"/,
    ],
    ['hangs', { hangAfter: 300 }, 0.5, /no answer within 0\.5 seconds and was killed\. Its last request: \{"id":301,/],
    [
      'garbles',
      { garbleAfter: 300 },
      20,
      /"Segmentation fault", which breaks the protocol: .* is not JSON\. Its last request: \{"id":301,/,
    ],
  ])('%s is told with its last request', (_, flaws, timeout, sentence) => {
    const one = adapter(flaws, timeout);
    // Up to 300 requests are in time whatever the machine is busy with; starting may not be.
    const { failure, holds } = check(one, SMALL);
    expect(holds).toBe(false);
    expect(failure[0]).toMatch(
      flaws.hangAfter === undefined ? sentence : /within 0\.5 seconds and was killed\. Its last request/,
    );
    if (flaws.dieAfter !== undefined) expect(failure[1]).toBe('  its stderr: the disk is on fire');
    expect(() => one.open(SMALL)).toThrow(AdapterFault);
  });

  test('dies in a random program is told as dead, not as a difference', () => {
    const { failure } = conformForeign(adapter({ dieAfter: 40 }), { configurations: [], runs: 5 });
    expect(failure[0]).toMatch(/^The adapter ended with exit code 3/);
  });

  test('cannot be started is told with what the shell says', () => {
    expect(() => createStdioDriver({ command: 'no-such-adapter', shape: SMALL })).toThrow(/ended with exit code 127/);
  });
});

describe('the command', () => {
  const conform = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'test/check/conform.ts', ...args], { cwd: ROOT, encoding: 'utf8' });

  test('answers a wrong request with one line and exit code 2', () => {
    const { status, stderr, stdout } = conform('--exec', 'true', '--without', 'D2,D99');
    expect(stderr).toMatch(/^conform: .*no repair 'D99'; choose from D2, .*\n$/);
    expect([status, stdout]).toEqual([2, '']);
  });

  test('ends with exit code 1 and the last request when the adapter is dead', () => {
    const { status, stderr, stdout } = conform('--exec', 'exit 4', '--config', 'data');
    expect(stdout).toMatch(
      /The adapter ended with exit code 4 without an answer\. Its last request: \{"id":1,"request":"hello"/,
    );
    expect([status, stderr]).toEqual([1, '']);
  });
});
