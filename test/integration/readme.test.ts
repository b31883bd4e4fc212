// The README promises only what is there: what it quotes stands in the file that it names, and its links lead somewhere.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const quotes = [...README.matchAll(/<!-- quoted from (\S+) -->\n```\w+\n([^]*?)```/g)].map(([, file, text]) => ({
  file: file!,
  text: text!,
}));
const links = [...README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, file]) => file!);

test('it quotes an example and the four voices', () => {
  expect(quotes.map(({ file }) => file.split('/')[0]).sort()).toEqual(['examples', 'model', 'spec', 'src', 'tla']);
});

test.each(quotes)('its quotation from $file is what stands there', ({ file, text }) => {
  expect(readFileSync(join(ROOT, file), 'utf8').includes(text)).toBe(true);
});

test.each(links)('its link to %s leads to a file', (file) => {
  expect(existsSync(join(ROOT, file))).toBe(true);
});

test('each phase of the command is explained', async () => {
  const { PHASE_IDS } = await import('../check/result.ts');
  const told = [...README.matchAll(/^\| `(\w+)` \|/gm)].map(([, phase]) => phase);
  expect(told).toEqual([...PHASE_IDS]);
});
