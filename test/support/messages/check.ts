// A test for each message of a part of the list.

import { test } from 'vitest';
import { mustBe } from '../must.ts';
import { listed, provoked, type Entry } from './list.ts';

export function checkMessages(part: string, entries: readonly Entry[]): void {
  const expected = listed(part);
  for (const [what, provoke] of entries) {
    test(`the message of ${what}`, async () => mustBe(await provoked(provoke), expected.get(what)));
  }
}
