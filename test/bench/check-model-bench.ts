// The default run of check-model, here and as it was at a commit, taking turns: seconds, processor seconds, and the ratios of both.
//
// The commit is checked out into a worktree of its own below the system's place for temporary files, with the packages of its lock file
// (`npm ci`), and both are gone when the command ends, however it ends. A run that does not hold is an error: how long a check takes
// that fails says nothing. Processor time is what the shell's `times` says of the command and its children; a helper process that
// outlives the command (esbuild's) is not in it.

import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { UsageError } from '../kit/exit-codes.ts';
import { atEnd, temporaryDirectory } from '../support/at-end.ts';
import type { Figure } from './bench.ts';
import { measureInRounds, median, type Variant } from './rounds.ts';

export interface CheckModelBench {
  /** A commit of this repository. */
  readonly against: string;
  readonly rounds: number;
  readonly note: (line: string) => void;
}

/** The last commit before the engine that compiles TLA+. */
export const BEFORE_THE_ENGINE = '55e67f7';

/** A command that this one needs, or a check, has failed. */
class RunFailed extends Error {
  override readonly name = 'RunFailed';
}

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const OUTPUT_MAX = 64 << 20;
const run = promisify(execFile);

export async function checkModelBench({ against, rounds, note }: CheckModelBench): Promise<Figure[]> {
  const commit = commitOf(against);
  const worktree = checkedOut(commit);
  try {
    note(`installing the packages of ${against}`);
    await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: worktree.path, maxBuffer: OUTPUT_MAX });
    const processor = new Map<string, number[]>();
    const variantOf = (name: string, directory: string): Variant => ({
      name,
      run: async () => {
        const seconds = await secondsOf(name, directory);
        processor.set(name, [...(processor.get(name) ?? []), seconds.processor]);
        return seconds.wall;
      },
    });
    const [now, then] = ['this checkout', `commit ${against}`];
    const variants = [variantOf(then, worktree.path), variantOf(now, PROJECT)];
    const wall = await measureInRounds(variants, rounds, (round, by, seconds) => {
      note(`round ${round}: ${by} ${seconds.toFixed(1)} s, processor ${processor.get(by)!.at(-1)!.toFixed(1)} s`);
    });
    return [
      ...[then, now].flatMap((name): Figure[] => [
        rowOf(`check-model: ${name}`, 'seconds', wall.get(name)!),
        rowOf(`check-model: ${name}, processor`, 'seconds', processor.get(name)!),
      ]),
      { ...rowOf(`check-model: now against ${against}`, 'times', ratios(wall.get(now)!, wall.get(then)!)), goal: '0.32' },
      rowOf(`check-model: now against ${against}, processor`, 'times', ratios(processor.get(now)!, processor.get(then)!)),
    ];
  } finally {
    worktree.remove();
  }
} // prettier-ignore

const rowOf = (what: string, unit: string, rounds: readonly number[]): Figure => ({
  ...{ what, median: median(rounds), unit, rounds },
});

const ratios = (these: readonly number[], those: readonly number[]): readonly number[] =>
  these.map((one, i) => one / those[i]!);

/** The full name of a commit. @throws UsageError */
function commitOf(name: string): string {
  const { status, stdout, error } = spawnSync('git', ['rev-parse', '--verify', '--quiet', `${name}^{commit}`], {
    ...{ cwd: PROJECT, encoding: 'utf8' },
  });
  if (error !== undefined) throw new UsageError(`check-model needs git, which cannot be run: ${error.message}`);
  if (status === 0) return stdout.trim();
  throw new UsageError(`There is no commit '${name}' here; name one that git log shows, in a checkout with its history.`);
} // prettier-ignore

/** A worktree of the commit, gone when the process ends or earlier by `remove`. */
function checkedOut(commit: string): { readonly path: string; readonly remove: () => void } {
  const directory = temporaryDirectory('bench');
  const path = `${directory.path}/checkout`;
  const git = (...args: readonly string[]): string => {
    const { status, stderr } = spawnSync('git', args, { cwd: PROJECT, encoding: 'utf8' });
    return status === 0 ? '' : stderr.trim();
  };
  const failure = git('worktree', 'add', '--detach', path, commit);
  if (failure !== '') throw new RunFailed(`The commit could not be checked out: ${failure}`);
  const removeNow = (): void => void git('worktree', 'remove', '--force', path);
  const forget = atEnd(removeNow);
  const remove = (): void => {
    forget();
    removeNow();
    directory.remove();
  };
  return { path, remove };
}

interface Seconds {
  readonly wall: number;
  readonly processor: number;
}

/** One default run in that directory. @throws RunFailed where it does not hold */
async function secondsOf(name: string, cwd: string): Promise<Seconds> {
  const begin = performance.now();
  // The shell waits for the command, so its children's times are those of the command.
  const command = 'npm run --silent check-model; code=$?; times; exit $code';
  try {
    const { stdout } = await run('sh', ['-c', command], { cwd, maxBuffer: OUTPUT_MAX });
    return { wall: (performance.now() - begin) / 1000, processor: processorSeconds(stdout) };
  } catch (error) {
    const { stdout = '', message } = error as Error & { stdout?: string };
    const last = stdout.trim().split('\n').slice(0, -2).at(-1) ?? message;
    throw new RunFailed(`check-model does not hold at ${name}, so its time means nothing: ${last}`);
  }
}

/** The second line of `times`: user and system time of the shell's children, such as `1m2.34s 0m5.6s`. */
export function processorSeconds(output: string): number {
  const times = [...(output.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m(\d+(?:[.,]\d+)?)s/g)];
  if (times.length !== 2) throw new RunFailed('The shell did not say how much processor time the command took.');
  return times.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds!.replace(',', '.')), 0);
} // prettier-ignore
