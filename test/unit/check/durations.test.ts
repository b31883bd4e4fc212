// How long phases took is remembered, and what cannot be read is as if it were not there.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { estimateText, readDurations, writeDurations } from '../../check/durations.ts';

const directory = mkdtempSync(join(tmpdir(), 'durations-'));
afterAll(() => rmSync(directory, { recursive: true }));

test('what was written is read, whatever else stands there', () => {
  const file = join(directory, 'new', 'durations.json');
  expect(readDurations(file)).toEqual({});
  writeDurations({ edges: 12.5, tla: 30 }, file);
  expect(readDurations(file)).toEqual({ edges: 12.5, tla: 30 });
  writeFileSync(file, readFileSync(file, 'utf8').replace('12.5', '"long"').replace('}', ',"other":3}'));
  expect(readDurations(file)).toEqual({ tla: 30 });
});

test.each(['', 'null', '[1', '"text"'])('a file that says %j says nothing', (text) => {
  const file = join(directory, 'odd.json');
  writeFileSync(file, text);
  expect(readDurations(file)).toEqual({});
});

test('a place that cannot be written is no failure', () => {
  const file = join(directory, 'file');
  writeFileSync(file, '');
  expect(() => writeDurations({ edges: 1 }, join(file, 'durations.json'))).not.toThrow();
});

test('estimates are told where they help', () => {
  expect([undefined, 0.5, 12.4, 89, 120].map(estimateText)).toEqual([
    '',
    '',
    ' (about 12 s)',
    ' (about 89 s)',
    ' (about 2 min)',
  ]);
});
