// The command `npm run check-model`: compares the four voices and says whether they agree.
//
// Exit code 0: all that was asked for holds; 1: something is violated, different or missing; 2: the request itself is wrong,
// told in one line on stderr. What it checks stands in `phases.ts`, what it can be asked in `options.ts`.
// The parts are loaded only when the request is understood, so that a wrong flag is answered at once.

import { isatty } from 'node:tty';
import { EXIT, UsageError, type ExitCode } from '../kit/exit-codes.ts';
import { readOptions } from './options.ts';
import { colourWanted, runAsCommand } from './run-as-command.ts';

async function main(args: readonly string[]): Promise<ExitCode> {
  const options = readOptions(args);
  const { checkWritable, writeJsonReport } = await import('./json-report.ts');
  if (options.json !== undefined) checkWritable(options.json);
  if (options.explain !== undefined) return print(await explanation(options.explain));
  if (options.bug !== undefined) return print(await demonstration(options.bug));
  if (options.replay !== undefined) return replayed(options.replay);
  if (options.trace !== undefined) return traced(options.trace);
  const { projectParts } = await import('./project-parts.ts');
  const parts = await projectParts(options);
  if (options.list) return print((await import('./listing.ts')).listingText(parts));

  const { planOf } = await import('./plan.ts');
  const { runCheck } = await import('./run-check.ts');
  const { reportText } = await import('./report.ts');
  const { verdictOf } = await import('./result.ts');
  const { readDurations, writeDurations } = await import('./durations.ts');
  const plan = planOf(parts, options);
  const progress = isatty(1) ? 'drawn' : 'lines';
  const result = await runCheck(parts, plan, progress, undefined, readDurations(), writeDurations);
  print('\n' + reportText(result, { colour: colourWanted(process.env, isatty(1)), verbose: options.verbose }));
  if (options.json !== undefined) writeJsonReport(options.json, result);
  return verdictOf(result) === 'holds' ? EXIT.holds : EXIT.broken;
}

async function explanation(id: string): Promise<string> {
  const { explainClaim, UnknownEntry } = await import('./explain.ts');
  try {
    return explainClaim(id);
  } catch (error) {
    throw error instanceof UnknownEntry ? new UsageError(error.message) : error;
  }
}

async function demonstration(name: string): Promise<string> {
  const { demonstrate, UnknownBug } = await import('../planted/index.ts');
  try {
    return await demonstrate(name);
  } catch (error) {
    throw error instanceof UnknownBug ? new UsageError(error.message) : error;
  }
}

async function replayed(token: string): Promise<ExitCode> {
  const { TokenError } = await import('../kit/random/sealed.ts');
  const { DIRECT_TOKEN_PREFIX } = await import('../kit/direct/random-token.ts');
  const { LOAD_TOKEN_PREFIX } = await import('../loads/load-token.ts');
  try {
    const begins = (prefix: string): boolean => token.trim().startsWith(prefix);
    const replayedBy = begins(DIRECT_TOKEN_PREFIX) ? direct : begins(LOAD_TOKEN_PREFIX) ? files : buffers;
    const { holds, text } = await replayedBy(token);
    print(text);
    return holds ? EXIT.holds : EXIT.broken;
  } catch (error) {
    throw error instanceof TokenError ? new UsageError(error.message) : error;
  }
}

interface Replayed {
  readonly holds: boolean;
  readonly text: string;
}

async function buffers(token: string): Promise<Replayed> {
  const { replay } = await import('../kit/random/conform.ts');
  const { formatReplay } = await import('../kit/random/report.ts');
  const report = replay(token);
  return { holds: report.failure === undefined, text: formatReplay(report) };
}

async function direct(token: string): Promise<Replayed> {
  const { directReplay } = await import('../kit/direct/random.ts');
  const { formatDirectReplay } = await import('./direct/random-report.ts');
  const report = directReplay(token);
  return { holds: report.failure === undefined, text: formatDirectReplay(report) };
}

async function files(token: string): Promise<Replayed> {
  const { readLoadToken } = await import('../loads/load-token.ts');
  const { runFileLoad } = await import('../loads/file-load.ts');
  const { seed, steps } = readLoadToken(token);
  const { finding, operations } = runFileLoad(seed, steps);
  const text =
    finding === undefined
      ? `The run of the token holds here: ${operations} operation(s) of clients, every register is linearizable.`
      : [`${finding.kind}: ${finding.summary}`, ...finding.story].join('\n');
  return { holds: finding === undefined, text };
}

async function traced(file: string): Promise<ExitCode> {
  const { runTraceCommand } = await import('../kit/trace/trace-command.ts');
  const { exitCode, text } = runTraceCommand(file);
  if (exitCode === EXIT.usage) throw new UsageError(text);
  print(text);
  return exitCode;
}

function print(text: string): ExitCode {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return EXIT.holds;
}

await runAsCommand('check-model', main);
