// What all commands do the same way around their work: a wrong request is one line and exit code 2, a breakdown names its place and
// is exit code 1, and nobody is left behind when the terminal, the reader of the output or the disk goes away.
//
//   stdout closed (`| head`)   the process ends at once and in silence, as a program without a handler for SIGPIPE: 141
//   stdout on a full disk      one line on stderr, 1
//   stderr closed or full      nobody to tell; the verdict stands in the exit code
//   Ctrl-C, SIGTERM, SIGHUP    children and temporary files are gone (at-end.ts), the cursor is back: 130, 143, 129
//
// Signals are heard between two pieces of work, so a command must not compute for long without a pause. One that waits for
// others without being able to hear (`conform`) leaves signals to the system, and its children notice by themselves.

import { constants } from 'node:os';
import { EXIT, oneLine, UsageError, type ExitCode } from '../kit/exit-codes.ts';
import { HelpAsked } from './command-line.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const SHOW_CURSOR = '\x1b[?25h';

/** By the convention of shells: how a process ends that a signal has killed. */
const codeOf = (signal: keyof typeof constants.signals): number => 128 + constants.signals[signal];

/** Runs a command's work on the arguments of the process, and sets the exit code of the process. */
export async function runAsCommand(
  name: string,
  work: (args: readonly string[]) => ExitCode | Promise<ExitCode>,
  { hearsSignals = true } = {},
): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(codeOf('SIGPIPE'));
    tell(`${name}: The output cannot be written: ${oneLine(error.message)}; write it elsewhere.`);
    process.exit(EXIT.broken);
  });
  process.stderr.on('error', () => undefined);
  for (const signal of hearsSignals ? SIGNALS : []) {
    // For good: npm passes a signal on that the terminal has sent already, and the second must not end the cleaning up.
    process.on(signal, () => {
      if (process.stdout.isTTY) process.stdout.write(SHOW_CURSOR);
      process.exit(codeOf(signal));
    });
  }
  try {
    process.exitCode = await work(process.argv.slice(2));
  } catch (error) {
    process.exitCode = answerFor(name, error);
  }
}

/** What went wrong, and the code for it. A wrong request is one line; a fault of the command itself names its place too. */
function answerFor(name: string, error: unknown): ExitCode {
  if (error instanceof HelpAsked) {
    process.stdout.write(error.message);
    return EXIT.holds;
  }
  if (error instanceof UsageError) {
    tell(`${name}: ${error.message}`);
    return EXIT.usage;
  }
  if (error instanceof OutputError) {
    tell(`${name}: ${error.message}`);
    return EXIT.broken;
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  tell(`${name} broke down: ${oneLine(message)}\n${stack?.split('\n').slice(1, 6).join('\n') ?? ''}`);
  return EXIT.broken;
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The work is done, but a file with its result could not be written. The message is one sentence. */
export class OutputError extends Error {
  override readonly name = 'OutputError';

  constructor(sentence: string) {
    super(oneLine(sentence));
  }
}

/** As no-color.org and force-color.org have it: a variable that is there and not empty counts, and NO_COLOR counts first. */
export function colourWanted(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  if (isSet('NO_COLOR')) return false;
  return isTerminal || (isSet('FORCE_COLOR') && env['FORCE_COLOR'] !== '0');
}
