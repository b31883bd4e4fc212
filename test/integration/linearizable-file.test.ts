// What clients of files see under load has an order, and a load that could not tell the difference would be worth nothing.

import { describe, expect, test } from 'vitest';
import { runFileLoad, type LoadReport } from '../loads/file-load.ts';
import { loadTokenOf, readLoadToken } from '../loads/load-token.ts';
import { RecordedHistory } from '../loads/recorded-history.ts';
import { plantedBug } from '../planted/bugs.ts';
import { loadPatched } from '../planted/patch.ts';
import { TokenError } from '../kit/random/sealed.ts';

const RUNS = 400;

describe('a recorded history', () => {
  /** One file of four registers of 8 bytes, stamped from the beginning. */
  const recorded = (): RecordedHistory => {
    const history = new RecordedHistory(1, 32, 8);
    history.initial(0, 0, 32);
    return history;
  };

  test('is in order where each read gives what was written last', () => {
    const history = recorded();
    const write = history.begin(0, 'write', 0, 8, 16);
    history.answer(write, 'ok');
    history.answer(history.begin(1, 'read', 0, 8, 16), write.bytes);
    expect(history.anomaly()).toBeUndefined();
    expect(history.operations).toBe(2);
  });

  test('takes a failed write for one that may have happened', () => {
    for (const happened of [false, true]) {
      const history = recorded();
      const before = history.initial(0, 0, 8);
      const write = history.begin(0, 'write', 0, 0, 8);
      history.answer(write, 'error');
      history.answer(history.begin(1, 'read', 0, 0, 8), happened ? write.bytes : before);
      expect(history.anomaly()).toBeUndefined();
    }
  });

  test('shows a lost write, bytes of another place, and a torn register', () => {
    const before = recorded().initial(0, 0, 8);
    const rules = (['lost', 'elsewhere', 'torn'] as const).map((what) => {
      const history = recorded();
      const write = history.begin(0, 'write', 0, 0, 8);
      history.answer(write, 'ok');
      const torn = new Uint8Array([...write.bytes.subarray(0, 4), ...before.subarray(4)]);
      const offset = what === 'elsewhere' ? 8 : 0;
      const seen = what === 'lost' ? before : what === 'elsewhere' ? write.bytes : torn;
      history.answer(history.begin(1, 'read', 0, offset, 8), seen);
      return history.anomaly()?.rule;
    });
    expect(rules).toEqual(['value out of order', 'unwritten value', 'torn register']);
  });

  test('is of whole registers', () => {
    expect(() => recorded().begin(0, 'read', 0, 4, 8)).toThrow(RangeError);
    expect(() => new RecordedHistory(1, 12, 8)).toThrow(RangeError);
  });
});

describe('the file load', () => {
  test(`finds nothing in ${RUNS} runs, in which everything came about`, () => {
    const met = { relocated: 0, committed: 0, freed: 0, reused: 0 };
    let [operations, failures] = [0, 0];
    for (let seed = 1; seed <= RUNS; seed++) {
      const report = runFileLoad(seed);
      if (report.finding !== undefined) expect.fail([report.finding.summary, report.finding.token].join('\n'));
      operations += report.operations;
      failures += report.failures;
      for (const what of Object.keys(met) as (keyof typeof met)[]) met[what] += report.met[what];
    }
    expect(operations).toBeGreaterThan(20 * RUNS);
    expect(failures).toBeGreaterThan(0);
    for (const [what, times] of Object.entries(met)) expect(times, what).toBeGreaterThan(RUNS / 2);
  });

  test('is a function of seed and length, which its token holds', () => {
    expect(runFileLoad(7)).toEqual(runFileLoad(7));
    expect(readLoadToken(loadTokenOf({ seed: 7, steps: 20 }))).toEqual({ seed: 7, steps: 20 });
    expect(() => readLoadToken('f1-nothing')).toThrow(TokenError);
  });

  test.each(['load-part-is-read-from-the-beginning', 'load-first-alias-purged-only'])('notices %s', async (name) => {
    const { runFileLoad: broken } = await loadPatched<{ runFileLoad: (seed: number) => LoadReport }>(
      'test/loads/file-load.ts',
      plantedBug(name).patches,
      name,
    );
    const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
    const finding = seeds.map((seed) => broken(seed).finding).find((one) => one !== undefined);
    expect(finding?.kind).toBe('not linearizable');
    const { seed, steps } = readLoadToken(finding!.token);
    expect(runFileLoad(seed, steps).finding).toBeUndefined();
  });
});
