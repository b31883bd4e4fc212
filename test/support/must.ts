// Assertions for tests that Stryker runs once for each of thousands of mutants: what holds must cost nothing, so they are a
// comparison and a throw, no matchers, no differences of long texts.

import { isDeepStrictEqual } from 'node:util';

/** The value is this one. */
export function mustBe(seen: unknown, expected: unknown): void {
  if (!Object.is(seen, expected)) throw new Error(`expected ${String(expected)}, seen ${String(seen)}`);
}

/** The value has these contents. */
export function mustEqual(seen: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(seen, expected)) {
    throw new Error(`expected ${JSON.stringify(expected)}, seen ${JSON.stringify(seen)}`);
  }
}

/** The call throws an error with exactly this text. */
export function mustThrow(call: () => unknown, message: string): void {
  mustBe(messageOf(call), message);
}

/** What a call throws, as text; a sentence that no error has when it does not throw. */
export function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return '(nothing was thrown)';
}
