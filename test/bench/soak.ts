// `npm run soak`: ten million random steps on production, or as many as asked, and not one false alarm expected.
//
// `--seed fresh` takes a seed that nobody has had; it is printed, and a failure prints a token that repeats it. Exit code 0:
// nothing found and, where enough was done to tell, nothing missing; 1: something found or never met; 2: wrong usage.

import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { readArguments } from '../check/command-line.ts';
import { runAsCommand } from '../check/run-as-command.ts';
import { EXIT, type ExitCode } from '../kit/exit-codes.ts';
import { formatReport } from '../kit/random/report.ts';
import { soak } from '../loads/random-soak.ts';
import { machineFacts } from './machine-facts.ts';

const SEED_END = 2 ** 31;

function wholeBelow(end: number, least: number): (text: string) => number {
  return (text) => {
    const n = Number(text.replaceAll('_', ''));
    if (text.trim() === '' || !Number.isInteger(n) || n < least || n >= end)
      throw new InvalidArgumentError(`Give a whole number from ${least} below ${end}.`);
    return n;
  };
}

function minutes(text: string): number {
  const n = Number(text);
  if (text.trim() === '' || !(n > 0)) throw new InvalidArgumentError('Give a number above 0.');
  return n;
}

interface SoakFlags {
  readonly steps: number;
  readonly minutes?: number;
  readonly seed: number;
  readonly claims: boolean;
}

function readFlags(args: readonly string[]): SoakFlags {
  const seed = wholeBelow(SEED_END, 0);
  const command = new Command('soak')
    .description('Random conformance of production for a long time.')
    .option('--steps <n>', 'steps to make', wholeBelow(1e12, 1), 10_000_000)
    .option('--minutes <n>', 'stop after that time', minutes)
    .option(
      '--seed <n>',
      "where to begin; 'fresh' for a new one",
      (t) => (t === 'fresh' ? randomInt(SEED_END) : seed(t)),
      1,
    )
    .option('--no-claims', 'compare with the model only');
  return readArguments(command, args, '').opts<SoakFlags>();
}

const count = (n: number): string => Math.round(n).toLocaleString('en-US');

function main(args: readonly string[]): ExitCode {
  const { steps, minutes: most = Infinity, seed, claims } = readFlags(args);
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1000;
  console.log(`soak: ${count(steps)} steps from seed ${seed}${most < Infinity ? `, ${most} minutes at most` : ''}`);
  const report = soak({
    ...{ seed, steps, claims },
    goesOn: () => seconds() < most * 60,
    onPart: (so) =>
      console.log(`${seconds().toFixed(0)} s: seed ${so.seed}, ${count(so.steps)} steps in ${count(so.runs)} runs`),
  });
  const rate = count(report.steps / seconds());
  if (report.failed !== undefined) {
    console.log(formatReport(report.failed));
    return EXIT.broken;
  }
  for (const one of report.missing) console.log(`never met: ${one}`);
  const short = report.steps < steps ? ` (${count(steps)} were asked for; the time was over)` : '';
  console.log(`nothing found in ${count(report.steps)} steps${short}, ${count(report.runs)} runs, ${rate} steps/s`);
  console.log(machineFacts());
  return report.missing.length === 0 ? EXIT.holds : EXIT.broken;
}

await runAsCommand('soak', main);
