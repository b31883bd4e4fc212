// Records what TLC answers to the random specifications of the first seeds, for the tests of our engine:
//
//   npx tsx test/tla/record-random.ts --tla2tools JAR [--seeds 250] [--to FILE]
//
// Needed anew only where `conformance/random-specification.ts` writes other texts than it did. About a second for each seed.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { readArguments } from '../check/command-line.ts';
import { runAsCommand } from '../check/run-as-command.ts';
import { EXIT, UsageError, type ExitCode } from '../kit/exit-codes.ts';
import { temporaryDirectory } from '../support/at-end.ts';
import { ANSWERS, answerLine } from './conformance/random-answers.ts';
import { randomSpecification } from './conformance/random-specification.ts';
import { NoJar, tlcEngine } from './tlc-engine.ts';

interface RecordOptions {
  readonly tla2tools?: string;
  readonly seeds: number;
  readonly to: string;
}

function positive(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return n;
}

async function record(args: readonly string[]): Promise<ExitCode> {
  const command = new Command('record-random')
    .description('Record what TLC answers to the random specifications of the first seeds.')
    .option('--tla2tools <jar>', 'tla2tools.jar (else TLA2TOOLS_JAR, TLA_TOOLS_JAR)')
    .option('--seeds <n>', 'how many', positive, 250)
    .option('--to <file>', 'where to', ANSWERS);
  const { tla2tools, seeds, to } = readArguments(command, args, '').opts<RecordOptions>();
  const engine = await tlcEngine(tla2tools === undefined ? {} : { jar: tla2tools }).catch((error: unknown) => {
    throw error instanceof NoJar ? new UsageError(error.message) : error;
  });
  const lines = [`# ${engine.name}; see random-answers.ts.`];
  for (let seed = 1; seed <= seeds; seed++) {
    const { path, remove } = temporaryDirectory('random-specification');
    const { module, cfg } = randomSpecification(seed);
    writeFileSync(join(path, 'M.tla'), module);
    writeFileSync(join(path, 'M.cfg'), cfg);
    const limits = { maxStates: 50_000, timeoutSeconds: 60 };
    const result = await engine.check({ moduleDir: path, module: 'M', cfg: 'M.cfg', wantGraph: false, ...limits });
    lines.push(answerLine(seed, result));
    remove();
  }
  writeFileSync(to, `${lines.join('\n')}\n`);
  return EXIT.holds;
}

await runAsCommand('record-random', record);
