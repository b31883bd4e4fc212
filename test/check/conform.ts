// The command `npm run conform`: checks an implementation in another process, which speaks the protocol of
// `test/kit/PROTOCOL.md`, against the model.
//
// Exit code 0: it conforms in everything that was asked for and that it has; 1: it does not, or the adapter died, hung or broke
// the protocol; 2: the request itself is wrong, told in one line on stderr. Most is loaded only when the request is understood, so
// that a wrong flag is answered at once.

import { EXIT, UsageError, type ExitCode } from '../kit/exit-codes.ts';
import { readConformOptions, type ConformCommandOptions } from './conform/conform-options.ts';
import { runAsCommand } from './run-as-command.ts';
import type { StdioAdapter } from '../kit/foreign/stdio-driver.ts';

async function main(args: readonly string[]): Promise<ExitCode> {
  const options = readConformOptions(args);
  const { StdioAdapter } = await import('../kit/foreign/stdio-driver.ts');
  const adapter = new StdioAdapter({ command: options.exec, timeoutSeconds: options.timeout });
  try {
    return await (options.replay === undefined ? check(adapter, options) : repeat(adapter, options.replay));
  } finally {
    adapter.close();
  }
}

async function check(adapter: StdioAdapter, options: ConformCommandOptions): Promise<ExitCode> {
  const { configuration, SAFE_CONFIGURATIONS } = await import('../kit/configurations.ts');
  const { conformForeign, DEFAULT_FOREIGN_RUNS } = await import('../kit/foreign/conform-foreign.ts');
  const { foreignReportText } = await import('./conform/foreign-report.ts');
  const { config, without, seed, runs } = options;
  const named = (name: string) => ({ name, shape: configuration(name).shape });
  const report = conformForeign(adapter, {
    configurations: (config ?? SAFE_CONFIGURATIONS).map(named),
    without,
    seed,
    runs: runs ?? DEFAULT_FOREIGN_RUNS,
    ...(config !== undefined && { randomOn: config.map(named) }),
    note: print,
  });
  print(`\n${foreignReportText(report, without)}`);
  return report.holds ? EXIT.holds : EXIT.broken;
}

async function repeat(adapter: StdioAdapter, token: string): Promise<ExitCode> {
  const { replayForeign, TokenError } = await import('../kit/foreign/conform-foreign.ts');
  try {
    const story = replayForeign(adapter, token);
    print(story.length === 0 ? 'The program of the token holds here.' : story.join('\n'));
    return story.length === 0 ? EXIT.holds : EXIT.broken;
  } catch (error) {
    throw error instanceof TokenError ? new UsageError(error.message) : error;
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

await runAsCommand('conform', main, { hearsSignals: false });
