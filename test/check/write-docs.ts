// `npm run docs`: writes the documents that are generated, each from a pure function, and says what it wrote.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { EXIT, type ExitCode } from '../kit/exit-codes.ts';
import { architecture } from './architecture.ts';
import { readArguments } from './command-line.ts';
import { runAsCommand } from './run-as-command.ts';
import { specReadme } from './spec-readme.ts';

/** Generated documents, by their path from the root of the project. */
export const DOCUMENTS: Readonly<Record<string, () => string>> = {
  'ARCHITECTURE.md': architecture,
  'spec/README.md': specReadme,
};

export const documentFile = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

function writeDocuments(args: readonly string[]): ExitCode {
  const command = new Command('docs').description(
    `Write the generated documents: ${Object.keys(DOCUMENTS).join(', ')}.`,
  );
  readArguments(command, args, '');
  for (const [path, text] of Object.entries(DOCUMENTS)) {
    const file = documentFile(path);
    const written = text();
    const isNew = readDocument(file) !== written;
    if (isNew) writeFileSync(file, written);
    console.log(`${path}: ${isNew ? 'written' : 'up to date'}`);
  }
  return EXIT.holds;
}

/** The text of a document; empty when there is none yet. */
export function readDocument(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runAsCommand('docs', writeDocuments);
