// The protocol: its page tells all of it, its example session is what a real adapter says, and no answer outside it is taken.

import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACTION_KINDS } from '../../../../spec/buffer/vocabulary.ts';
import { PLACES } from '../../../../model/buffer/state.ts';
import { PROMISES } from '../../../../src/index.ts';
import { adapterCommand, bundleAdapter } from '../../../support/adapter-command.ts';
import { DATA_SHAPE } from '../../../support/shapes.ts';
import { UsageError } from '../../../kit/exit-codes.ts';
import { blankSnapshot } from '../../../kit/driver.ts';
import { readConformOptions } from '../../../check/conform/conform-options.ts';
import { PipeProcess } from '../../../kit/foreign/pipe-process.ts';
import { actionRow, fieldRow } from '../../../check/conform/protocol-page.ts';
import { readAnswer, readHello, readPerformed, type Hello } from '../../../kit/foreign/protocol.ts';
import { Malformed } from '../../../kit/trace/malformed.ts';
import { applyChange, changeBetween, FIELD_NAMES, valuesIn } from '../../../kit/trace/state-change.ts';

const PAGE = readFileSync(fileURLToPath(new URL('../../../kit/PROTOCOL.md', import.meta.url)), 'utf8');

describe('the page', () => {
  test('has a row for each action, as the vocabulary tells it', () => {
    expect(ACTION_KINDS.map(actionRow).filter((row) => !PAGE.includes(row))).toEqual([]);
  });

  test('has a row for each field, each place of a client and each promise', () => {
    const rows = [...FIELD_NAMES, ...PLACES, ...Object.keys(PROMISES)].map(fieldRow);
    expect(rows.filter((row) => !PAGE.includes(row))).toEqual([]);
  });
});

describe('the example session', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await bundleAdapter();
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test('is what an adapter with these actions and fields answers', () => {
    const requests = PAGE.split('\n').filter((line) => line.startsWith('→ ')).map((line) => line.slice(2)); // prettier-ignore
    const answers = PAGE.split('\n').filter((line) => line.startsWith('← ')).map((line) => JSON.parse(line.slice(2)) as Record<string, unknown>); // prettier-ignore
    const {
      id: _id,
      protocol: _protocol,
      ...hello
    } = answers[0]! as unknown as Hello & { id: number; protocol: number };
    const adapter = new PipeProcess(adapterCommand(directory, { hello }), 20);
    try {
      const said = requests.map((line) => JSON.parse(adapter.ask(line)) as Record<string, unknown>);
      const { state: _state, ...reset } = said.at(-1)!; // Ours sends a state with a reset, which the page leaves to the adapter.
      expect([...said.slice(0, -1), reset]).toEqual(answers);
      expect(requests.length).toBeGreaterThan(10);
    } finally {
      adapter.close();
    }
  });
});

describe('an answer outside the protocol is refused', () => {
  const hello: Hello = { name: 'x', actions: ['ioRead'], fields: [], stats: true, woken: true, promises: true };
  const answer = { id: 1, protocol: 1, ...hello };
  const perform = (given: object) => () => readPerformed({ id: 1, ...given }, hello, 2);
  const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
    ['no JSON', () => readAnswer('done', 1), /is not JSON/],
    ['no object', () => readAnswer('[1]', 1), /not a JSON object/],
    ['another id', () => readAnswer('{"id":2}', 1), /"id" is 2, but the request was 1/],
    ['no id', () => readAnswer('{}', 1), /"id" is nothing/],
    ['another version', () => readHello({ ...answer, protocol: 2 }), /"protocol" is 2/],
    ['an unknown action', () => readHello({ ...answer, actions: ['sleep'] }), /"sleep", which is none of/],
    ['no action', () => readHello({ ...answer, actions: [] }), /nothing could be checked/],
    ['an unknown field', () => readHello({ ...answer, fields: ['ios.colour'] }), /"ios.colour"/],
    ['half a hello', () => readHello({ id: 1, protocol: 1, name: 'x', actions: ['ioRead'] }), /"fields" is nothing/],
    ['no outcome', perform({}), /neither "outcome" nor/],
    ['an unknown outcome', perform({ outcome: 'fine' }), /"fine"/],
    ['an unknown promise', perform({ broken: 'Sobriety' }), /"Sobriety"/],
    ['an unknown part', perform({ outcome: 'done', mood: 1 }), /unknown field "mood"/],
    ['somebody unknown woken', perform({ outcome: 'done', woken: [2] }), /whole number from 0 to 1/],
    ['statistics in words', perform({ outcome: 'done', stats: { diskRead: 'all' } }), /"diskRead" is "all"/],
  ]; // prettier-ignore
  test.each(cases)('%s', (_, read, sentence) => {
    expect(read).toThrow(Malformed);
    expect(read).toThrow(sentence);
  });
});

test('a change leads from one state to the other, and a whole state holds every value', () => {
  const [before, now, into] = [blankSnapshot(DATA_SHAPE), blankSnapshot(DATA_SHAPE), blankSnapshot(DATA_SHAPE)];
  now.ios[0]!.refs = 3;
  now.clients[1]!.needs[0] = 2;
  now.clients[1]!.at = 'flushSync';
  now.volumes[0]!.flush = 'failed';
  now.mount.criticalError = true;
  now.iorun.push({ client: 1 }, { io: 0 });
  now.lists.loose.push(0);
  const change = changeBetween(before, now);
  expect(change).toEqual({
    ios: { 0: { refs: 3 } },
    clients: { 1: { at: 'flushSync', needs: [2] } },
    volumes: { 0: { flush: 'failed' } },
    mount: { criticalError: true },
    iorun: [{ client: 1 }, { io: 0 }],
    lists: { loose: [0] },
  });
  expect(applyChange(into, JSON.parse(JSON.stringify(change)))).toBe(7);
  expect(into).toEqual(now);
  expect(applyChange(before, JSON.parse(JSON.stringify(changeBetween(undefined, now))))).toBe(valuesIn(DATA_SHAPE));
  expect(before).toEqual(now);
});

describe('a wrong request is a sentence', () => {
  test.each([
    ['no adapter', [], /--exec/],
    ['an empty adapter', ['--exec', ' '], /command that starts the adapter/],
    ['an unknown flag', ['--exec', 'x', '--fast'], /--fast/],
    ['an unknown repair', ['--exec', 'x', '--without', 'D2,D3'], /no repair 'D3'/],
    ['an unknown configuration', ['--exec', 'x', '--config', 'data', 'nowhere'], /no configuration 'nowhere'/],
    ['an unknown part', ['--exec', 'x', '--only', 'edge'], /no part 'edge'; choose from edges, promises, random/],
    ['a seed in words', ['--exec', 'x', '--seed', 'luck'], /whole number/],
    ['a timeout of nothing', ['--exec', 'x', '--timeout', '0'], /more than 0/],
    ['something else', ['--exec', 'x', 'y'], /too many arguments/],
  ] as const)('%s', (_, args, sentence) => {
    expect(() => readConformOptions(args)).toThrow(UsageError);
    expect(() => readConformOptions(args)).toThrow(sentence);
  });

  test('and a right one is read', () => {
    const given = [
      '--exec',
      './a b',
      '--without',
      'D2, D11',
      '--config',
      'data',
      'meta',
      '--seed',
      '7',
      '--timeout',
      '1.5',
    ];
    expect(readConformOptions(given)).toEqual({
      exec: './a b',
      without: ['D2', 'D11'],
      config: ['data', 'meta'],
      seed: 7,
      timeout: 1.5,
    });
  });
});
