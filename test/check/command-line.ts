// Reading the arguments of a command with commander, so that it neither prints nor ends the process: a request for help and a
// wrong request come back as errors, and the command that asked decides what to write where.

import { CommanderError, type Command } from 'commander';
import { UsageError } from '../kit/exit-codes.ts';

/** `--help` was asked for, and this is the text. */
export class HelpAsked extends Error {
  override readonly name = 'HelpAsked';
}

const HELP_WIDTH = 100;

/** Reads the arguments after the command's name, and answers with the command; `epilogue` ends its help. @throws HelpAsked, UsageError */
export function readArguments(command: Command, args: readonly string[], epilogue: string): Command {
  let help = '';
  command
    .helpOption('-h, --help', 'this text')
    .addHelpText('after', epilogue)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void (help += text),
      writeErr: () => undefined,
      getOutHelpWidth: () => HELP_WIDTH,
    });
  try {
    return command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') throw new HelpAsked(help);
    throw new UsageError(`${error.message.replace(/^error: /, '')} (see npm run ${command.name()} -- --help)`);
  }
}
