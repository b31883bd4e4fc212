// What the shell says of the processor time of a command, in the ways in which shells say it.

import { describe, expect, test } from 'vitest';
import { processorSeconds } from '../../bench/check-model-bench.ts';

describe('the processor time of a command', () => {
  test.each([
    ['dash and bash', 'Everything holds.\n0m0.01s 0m0.02s\n2m45.25s 0m3.50s\n', 168.75],
    ['a shell with six digits', '0m0.000000s 0m0.000000s\n0m1.500000s 0m0.250000s\n', 1.75],
    ['a shell with a decimal comma', '0m0,000s 0m0,000s\n1m0,500s 0m0,250s', 60.75],
  ])('is that of its children: %s', (_, output, seconds) => {
    expect(processorSeconds(output)).toBe(seconds);
  });

  test('is not guessed where the shell says nothing', () => {
    expect(() => processorSeconds('Everything holds.')).toThrow('did not say');
  });
});
