// The list of messages is whole: every class of error that the package exports is in it, and nothing that is not provoked.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as model from '../../model/index.ts';
import * as cache from '../../src/index.ts';
import * as kit from '../kit/index.ts';
import { LIST, listOf } from '../support/messages/list.ts';
import { PARTS } from '../support/messages/parts.ts';

const text = readFileSync(LIST, 'utf8');

test('messages.txt is what `npm run messages` writes', async () => {
  expect(text).toBe(await listOf(PARTS));
});

test('every error that the package exports has a message in it', () => {
  const classes = [cache, kit, model].flatMap((entry) => Object.values(entry).filter(isErrorClass));
  const isAncestor = (kind: ErrorClass): boolean => classes.some((other) => other.prototype instanceof kind);
  const named = new Set([...text.matchAll(/^ {2}([A-Z]\w+)(?: \w+=.*)?$/gm)].map(([, name]) => name));
  expect(classes.length).toBeGreaterThan(30);
  expect(classes.filter((kind) => !isAncestor(kind) && !named.has(kind.name)).map(({ name }) => name)).toEqual([]);
});

test('every error is one of the package, or a RangeError', () => {
  expect(text).not.toMatch(/^ {2}(Error|TypeError|ReferenceError|SyntaxError|AssertionError)$/m);
});

test('no message speaks of what was promised and seen', () => {
  expect(text).not.toMatch(/was promised|were promised|seen:/);
});

type ErrorClass = new (...args: never[]) => Error;

function isErrorClass(value: unknown): value is ErrorClass {
  return typeof value === 'function' && value.prototype instanceof Error;
}
