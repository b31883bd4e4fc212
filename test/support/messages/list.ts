// The list of all error messages: what a user can read, provoked one by one and written down in test/unit/messages.txt, where
// changes of texts are reviewed. `npm run messages` writes it anew.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What is done, and how. It throws, rejects, or answers with the error. */
export type Entry = readonly [what: string, provoke: () => unknown];

export const LIST = fileURLToPath(new URL('../../unit/messages.txt', import.meta.url));

const HEAD = `Every message of an error that a user of the package can see: what was done, class and fields of the error, its text.
Written by \`npm run messages\`, which provokes each; the tests provoke them again and compare. Review changes like code: each
says what happened, where, and what to do.
`;

/** What is shown of an error by its text anyway. */
const IN_TEXT = new Set(['name', 'seen', 'advice']);

/** Class, fields and text of the error that is provoked. */
export async function provoked(provoke: () => unknown): Promise<string> {
  const error = await errorOf(provoke);
  const fields = Object.entries(error).filter(([name, value]) => !IN_TEXT.has(name) && value !== undefined);
  const shown = fields.map(([name, value]) => ` ${name}=${JSON.stringify(value)}`).join('');
  return `  ${error.name}${shown}\n  ${error.message.replaceAll('\n', '\n  ')}`;
}

async function errorOf(provoke: () => unknown): Promise<Error> {
  let answer: unknown;
  try {
    answer = await provoke();
  } catch (thrown) {
    if (thrown instanceof Error) return thrown;
    throw thrown;
  }
  if (answer instanceof Error) return answer;
  throw new Error('Nothing was thrown.');
}

/** The whole list. */
export async function listOf(parts: Readonly<Record<string, readonly Entry[]>>): Promise<string> {
  const texts = [HEAD];
  for (const [name, entries] of Object.entries(parts)) {
    texts.push(`${heading(name)}\n`);
    for (const [what, provoke] of entries) texts.push(`${what}\n${await provoked(provoke)}\n`);
  }
  return texts.join('\n');
}

/** What the list has of a part, by what is done. */
export function listed(part: string): ReadonlyMap<string, string> {
  const [, ...parts] = readFileSync(LIST, 'utf8').split(/^== (?=.* ==$)/m);
  const text = parts.find((one) => one.startsWith(`${part} ==\n`)) ?? '';
  const blocks = text.split('\n\n').slice(1);
  return new Map(
    blocks.map((block) => [block.slice(0, block.indexOf('\n')), block.slice(block.indexOf('\n') + 1).trimEnd()]),
  );
}

function heading(part: string): string {
  return `== ${part} ==`;
}
