// Recorded runs: a run of the core is accepted and nothing else is. Each kind of disagreement is planted in a sound trace and
// must be found at its event, with what the model could have answered; each kind of damage must be refused as no trace.

import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createMachine, explore } from '../../../../model/index.ts';
import type { Action } from '../../../../spec/buffer/vocabulary.ts';
import { DATA_SHAPE, VOLUME_META_SHAPE } from '../../../support/shapes.ts';
import { createCoreDriver } from '../../../kit/core-driver.ts';
import { NotOffered } from '../../../kit/driver.ts';
import { executeEdges } from '../../../kit/edges.ts';
import { breakPromises } from '../../../kit/promises.ts';
import { checkTrace, type TraceRejected } from '../../../kit/trace/check-trace.ts';
import { recordDriver } from '../../../kit/trace/record-driver.ts';
import { runTraceCommand } from '../../../kit/trace/trace-command.ts';
import { traceFile } from '../../../kit/trace/trace-file.ts';
import { TRACE_LIMITS, TraceError } from '../../../kit/trace/trace-format.ts';

const SCRATCH = mkdtempSync(join(tmpdir(), 'hammer-io-kit-trace-'));
afterAll(() => rmSync(SCRATCH, { recursive: true }));

const STORY: readonly Action[] = [
  { kind: 'ioRead', client: 0, io: 0, ahead: false },
  { kind: 'readDone', io: 0, error: false },
  { kind: 'resumeGet', client: 0 },
  { kind: 'ioModify', client: 0 },
  { kind: 'ioModifyDone', client: 0 },
  { kind: 'ioFlush', client: 0, reclaim: false },
  { kind: 'ioWait', client: 0 },
  { kind: 'writeDone', io: 0, error: false },
  { kind: 'resumeWait', client: 0 },
  { kind: 'release', client: 0, undoReclaim: false },
];

/** The trace of a story; promises may be broken in it. */
function record(actions: readonly Action[] = STORY, fullEvery = 4): string[] {
  const lines: string[] = [];
  const driver = recordDriver(createCoreDriver(DATA_SHAPE), DATA_SHAPE, (line) => lines.push(line), { fullEvery });
  for (const action of actions) {
    try {
      driver.perform(action);
    } catch (error) {
      if ((error as { promise?: string }).promise === undefined && !(error instanceof NotOffered)) throw error;
    }
  }
  driver.close();
  return lines;
}

/** A sound trace with the JSON of one line (1: the header, 2: the first event) changed. */
function spoilt(line: number, change: (value: Record<string, never>) => unknown, lines = record()): string[] {
  const value = JSON.parse(lines[line - 1]!) as Record<string, never>;
  return lines.map((text, i) => (i === line - 1 ? JSON.stringify(change(value)) : text));
}

function rejected(lines: readonly string[]): TraceRejected {
  const verdict = checkTrace(lines);
  if (verdict.isRun) throw new Error('the trace was accepted');
  return verdict;
}

describe('a run of the core', () => {
  test('is accepted, and all of it is consumed', () => {
    const verdict = checkTrace(record());
    expect(verdict).toMatchObject({ isRun: true, events: STORY.length, notCompared: [] });
    expect(verdict.isRun && verdict.kinds.get('ioModify')).toBe(1);
  });

  test.each([
    ['DATA', DATA_SHAPE],
    ['volume and META', VOLUME_META_SHAPE],
  ])('%s: every edge and every broken promise, with resets, are accepted', (_, shape) => {
    const exploration = explore(createMachine(shape), { graph: true });
    const lines: string[] = [];
    const driver = recordDriver(createCoreDriver(shape), shape, (line) => lines.push(line));
    expect(executeEdges(exploration, driver).mismatch).toBeUndefined();
    driver.reset();
    expect(breakPromises(exploration, driver, 20).mismatch).toBeUndefined();
    driver.close();
    expect(lines.some((line) => line.includes('"broken"'))).toBe(true);
    expect(checkTrace(lines)).toMatchObject({ isRun: true, events: lines.length - 2 });
  });

  test('without a fault is accepted with fewer events than lines only by header and closing line', () => {
    const lines = record();
    expect(lines).toHaveLength(STORY.length + 2);
    expect(JSON.parse(lines.at(-1)!)).toEqual({ events: STORY.length });
    expect(lines.filter((line) => line.includes('"state"'))).toHaveLength(3); // events 1, 5 and 9
  });

  test('what was not offered is no event', () => {
    expect(record([{ kind: 'writeDone', io: 0, error: false }, ...STORY])).toEqual(record());
  });
});

describe("a run that is not the model's is rejected at its first such event", () => {
  test('another outcome', () => {
    const lines = spoilt(5, (event) => ({ ...event, outcome: 'wait' }));
    expect(rejected(lines)).toMatchObject({
      event: 4,
      line: 5,
      recorded: 'c1 ioModify d1 → wait',
      why: 'The model makes this step otherwise: outcome.',
      legal: ['c1 ioModify d1 → done'],
      differences: [{ path: 'outcome', expected: 'done', seen: 'wait' }],
      recent: ['c1 ioRead d1 → io', 'device readDone d1 → done', 'c1 resumeGet d1 → done'],
    });
  });

  test('other variables, which are named', () => {
    const lines = spoilt(8, (event) => ({ ...event, change: { ios: { 0: { waiting: true, refs: 2 } } } }));
    expect(rejected(lines)).toMatchObject({
      event: 7,
      differences: [
        { path: 'io d1.refs', expected: '1', seen: '2' },
        { path: 'client c1.at', expected: 'wait', seen: 'hold' },
      ],
    });
  });

  test('a lost wake-up and a wrong statistic', () => {
    const lines = spoilt(9, (event) => ({ ...event, woken: [], stats: { diskRead: 0, diskWrite: 1 } }));
    expect(rejected(lines).differences).toEqual([
      { path: 'diskWrite', expected: '512', seen: '1' },
      { path: 'woken', expected: 'c1', seen: 'nobody' },
    ]);
  });

  test('an action whose promise the caller breaks', () => {
    const lines = spoilt(
      6,
      () => ({ ...JSON.parse(record()[9]!), action: { kind: 'release', client: 0, undoReclaim: false } }) as unknown,
    );
    expect(rejected(lines)).toMatchObject({
      event: 5,
      why: 'The model refuses it: the caller breaks the promise NoOpenModification.',
      refusal: { reason: 'promise', name: 'NoOpenModification' },
      legal: expect.arrayContaining(['c1 ioModifyDone d1 → done']) as string[],
    });
  });

  test('an action that nobody can do, and one that a bound forbids', () => {
    const read = spoilt(4, (event) => ({ ...event, action: { kind: 'readDone', io: 0, error: true } }));
    expect(rejected(read)).toMatchObject({ event: 3, refusal: { reason: 'environment', name: 'readDone' } });
    const modify = spoilt(6, (event) => ({ ...event, action: { kind: 'ioModify', client: 0 } }));
    expect(rejected(modify)).toMatchObject({ event: 5, refusal: { reason: 'bound', name: 'ioModify' } });
  });

  test('a fault where the model could only go on without, and the nearest is told', () => {
    const lines = spoilt(3, (event) => ({ ...event, outcome: 'error' }));
    expect(rejected(lines).legal).toEqual(['device readDone d1 → done', 'device readDone d1 EIO → error']);
  });

  test('a promise that is not broken, one of another name, and one that changes something', () => {
    const broken: Action = { kind: 'change', client: 0 };
    const lines = record([...STORY.slice(0, 3), broken, ...STORY.slice(3)]);
    expect(checkTrace(lines)).toMatchObject({ isRun: true, events: STORY.length + 1 });
    const other = spoilt(5, (event) => ({ ...event, broken: 'HandleOpen' }), lines);
    expect(rejected(other).why).toMatch(
      /no broken promise HandleOpen here: the caller breaks the promise ModificationOpen/,
    );
    const leaves = spoilt(
      5,
      (event) => ({ ...event, state: undefined, change: { ios: { 0: { gencrc: true } } } }),
      lines,
    );
    expect(rejected(leaves).why).toMatch(/must leave everything as it was, but it changed io d1\.gencrc/);
    const unbroken = spoilt(5, () => ({ action: STORY[3], broken: 'ModificationOpen', change: {} }), lines);
    expect(rejected(unbroken).why).toMatch(/the action can happen/);
  });

  test('an exception, and a reset that forgets something', () => {
    const thrown = spoilt(5, ({ change, action }) => ({ action, change, thrown: 'RangeError: no' }));
    expect(rejected(thrown)).toMatchObject({ recorded: 'c1 ioModify d1 threw', legal: ['c1 ioModify d1 → done'] });
    const reset = spoilt(5, () => ({ reset: true, change: {} }));
    expect(rejected(reset)).toMatchObject({ recorded: 'reset', legal: [] });
  });

  test('the last event of a long trace', () => {
    const again = [...STORY, ...STORY.slice(0, 1)];
    const lines = record(again);
    const last = spoilt(lines.length - 1, (event) => ({ ...event, outcome: 'io' }), lines);
    expect(rejected(last)).toMatchObject({ event: again.length });
  });
});

describe('what is no trace is refused with one sentence and its line', () => {
  const sound = record();
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['nothing', [], /^The trace cannot be read: it is empty\.$/],
    ['no JSON', ['{'], /^Line 1 of the trace: "\{" is not JSON\.$/],
    ['no header', sound.slice(1), /^Line 1 .*no header/],
    ['another version', spoilt(1, (h) => ({ ...h, trace: 2 })), /version is 2; this reader knows version 1/],
    ['a shape too large', spoilt(1, (h) => ({ ...h, shape: { ...(h['shape'] as unknown as object), clients: Array.from({ length: 16 }, (_, c) => `c${c}`) } })), /"clients" has 16 entries; at most 15/],
    ['a field that may not be missing', spoilt(1, (h) => ({ ...h, without: ['ios.refs'] })), /"ios\.refs".*none of volumes\.volatile/],
    ['an unknown repair', spoilt(1, (h) => ({ ...h, repairs: ['D99'] })), /"D99", which is none of D2/],
    ['an unknown field of an event', spoilt(3, (e) => ({ ...e, colour: 1 })), /^Line 3 .*unknown field "colour"/],
    ['an unknown field of an io', spoilt(3, (e) => ({ ...e, change: { ios: { 0: { colour: 1 } } } })), /io 0 has no field "colour"/],
    ['__proto__', ['{"__proto__":1}', ...sound], /no header/],
    ['an unknown word', spoilt(3, (e) => ({ ...e, change: { clients: { 0: { at: 'bed' } } } })), /"bed", which is none of idle/],
    ['a number that is none', spoilt(3, (e) => ({ ...e, change: { ios: { 0: { refs: '1' } } } })), /"refs" of io 0 is "1"/],
    ['an io that is not there', spoilt(3, (e) => ({ ...e, change: { ios: { 1: {} } } })), /no io "1"/],
    ['an unknown action', spoilt(3, (e) => ({ ...e, action: { kind: 'sleep' } })), /"sleep" is not an action kind/],
    ['a missing argument', spoilt(3, (e) => ({ ...e, action: { kind: 'readDone', io: 0 } })), /"error" of readDone is nothing/],
    ['an argument too many', spoilt(4, (e) => ({ ...e, action: { kind: 'resumeGet', client: 0, io: 0 } })), /no argument "io"/],
    ['an unknown outcome', spoilt(3, (e) => ({ ...e, outcome: 'fine' })), /"fine", which is none of done/],
    ['an event without a state', spoilt(3, ({ change: _, ...e }) => e), /either "state" or "change"/],
    ['a state with a hole', spoilt(2, (e) => ({ ...e, state: { ...(e['state'] as unknown as object), mount: {} } })), /a whole state of the shape has/],
    ['no closing line', sound.slice(0, -1), /ends after line 11 without a closing line, so it is truncated/],
    ['a wrong count', spoilt(12, () => ({ events: 9 })), /^Line 12 .*tells of 9 events, but 10 came before it/],
    ['a line behind the closing line', [...sound, sound[1]!], /behind the closing line/],
    ['no event', [sound[0]!, '{"events":0}'], /without a single action/],
    ['only a reset', [sound[0]!, JSON.stringify({ reset: true, change: {} }), '{"events":1}'], /without a single action/],
    ['a line too long', [sound[0]!, 'x'.repeat(TRACE_LIMITS.lineChars + 1)], /^Line 2 .*longer than/],
  ]; // prettier-ignore

  test.each(cases)('%s', (_, lines, sentence) => {
    let said: unknown;
    try {
      checkTrace(lines);
    } catch (error) {
      said = error;
    }
    expect(said).toBeInstanceOf(TraceError);
    expect((said as TraceError).message).toMatch(sentence);
    expect((said as TraceError).message).not.toContain('\n');
  });
});

describe('the command', () => {
  const file = join(SCRATCH, 'run.jsonl');
  const write = (lines: readonly string[]): void => {
    const target = traceFile(file);
    for (const line of lines) target.sink(line);
    target.close();
  };

  test('accepts a run with code 0, and tells a wrong one with code 1', () => {
    write(record());
    expect(runTraceCommand(file)).toMatchObject({
      exitCode: 0,
      text: expect.stringContaining('10 events, all consumed') as string,
    });
    write(spoilt(5, (event) => ({ ...event, outcome: 'wait' })));
    const { exitCode, text } = runTraceCommand(file);
    expect(exitCode).toBe(1);
    expect(text.split('\n')).toEqual([
      'Event 4 (line 5) is not a step of the model: c1 ioModify d1 → wait',
      'The model makes this step otherwise: outcome.',
      'Before it:',
      '  1. c1 ioRead d1 → io',
      '  2. device readDone d1 → done',
      '  3. c1 resumeGet d1 → done',
      'The model could have gone:',
      '  c1 ioModify d1 → done',
      'What differs:',
      '  outcome: model done, recorded wait',
    ]);
  });

  test('answers what is no trace with code 2: cut, garbled, a directory, nothing there', () => {
    write(record());
    truncateSync(file, readFileSync(file).length - 20);
    expect(runTraceCommand(file)).toMatchObject({ exitCode: 2, text: expect.stringContaining('Line ') as string });
    writeFileSync(file, 'x'.repeat(5 * TRACE_LIMITS.lineChars));
    expect(runTraceCommand(file)).toEqual({
      exitCode: 2,
      text: `Line 1 of the trace: it is longer than ${TRACE_LIMITS.lineChars} characters.`,
    });
    for (const other of [SCRATCH, join(SCRATCH, 'none'), join(SCRATCH, 'a\0b')])
      expect(runTraceCommand(other)).toMatchObject({ exitCode: 2 });
  });
});
