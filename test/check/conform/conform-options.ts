// What can be asked of `npm run conform`: the flags, read by commander. A request that names what does not exist is a
// UsageError in one sentence.

import { Command, InvalidArgumentError } from 'commander';
import { REPAIR_IDS, type RepairId } from '../../../spec/buffer/snapshot.ts';
import { readArguments } from '../command-line.ts';
import { FOREIGN_PARTS, type ForeignPart } from '../../kit/foreign/foreign-parts.ts';
import { CONFIGURATION_NAMES } from '../../kit/configurations.ts';

export interface ConformCommandOptions {
  /** The adapter, a shell command. */
  readonly exec: string;
  readonly without: readonly RepairId[];
  /** Configurations asked for; all safe ones where absent. */
  readonly config?: readonly string[];
  /** Parts asked for; all where absent. */
  readonly only?: readonly ForeignPart[];
  readonly keepGoing?: boolean;
  readonly seed: number;
  /** Random programs; the default where absent. */
  readonly runs?: number;
  readonly timeout: number;
  readonly replay?: string;
}

const EPILOGUE = `
Exit codes: 0 it conforms; 1 it does not, or the adapter died, hung or broke the protocol; 2 wrong usage.
The adapter reads requests from stdin and writes answers to stdout: test/kit/PROTOCOL.md.

Examples:
  npm run conform -- --exec ./my-adapter                          every edge of every safe configuration, then random programs
  npm run conform -- --exec ./my-adapter --without D2,D4          an implementation that has what D2 and D4 repair
  npm run conform -- --exec ./my-adapter --config data --runs 0   one configuration, no random programs
`;

/** Reads the arguments after the command's name. */
export function readConformOptions(args: readonly string[]): ConformCommandOptions {
  const command = new Command('conform')
    .description(
      'Check an implementation in another process against the model: every edge, broken promises, random programs.',
    )
    .requiredOption('--exec <command>', 'shell command that starts the adapter', someCommand)
    .option('--without <ids>', 'repairs that the implementation does not have, by id, with commas', repairIds, [])
    .option('--config <name...>', 'only these configurations, also for the random programs', configurationName)
    .option('--only <part...>', `only these parts: ${FOREIGN_PARTS.join(', ')}`, foreignPart)
    .option('--keep-going', 'go on with the next configuration after a difference; a table at the end')
    .option('--seed <n>', 'seed of the random programs', wholeNumber, 1)
    .option('--runs <n>', 'random programs; 0 for none (default: 1000)', wholeNumber)
    .option('--timeout <seconds>', 'longest time for one answer', seconds, 10)
    .option('--replay <token>', 'repeat one random program that failed, and nothing else');
  return readArguments(command, args, EPILOGUE).opts<ConformCommandOptions>();
}

function someCommand(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Give the command that starts the adapter.');
  return text;
}

function repairIds(text: string): RepairId[] {
  return text.split(',').map((part) => {
    const id = REPAIR_IDS.find((known) => known === part.trim());
    if (id === undefined)
      throw new InvalidArgumentError(`There is no repair '${part.trim()}'; choose from ${REPAIR_IDS.join(', ')}.`);
    return id;
  });
}

function configurationName(name: string, before: readonly string[] | undefined): readonly string[] {
  if (!CONFIGURATION_NAMES.includes(name))
    throw new InvalidArgumentError(
      `There is no configuration '${name}'; choose from ${CONFIGURATION_NAMES.join(', ')}.`,
    );
  return [...(before ?? []), name];
}

function foreignPart(name: string, before: readonly ForeignPart[] | undefined): readonly ForeignPart[] {
  const part = FOREIGN_PARTS.find((known) => known === name);
  if (part === undefined)
    throw new InvalidArgumentError(`There is no part '${name}'; choose from ${FOREIGN_PARTS.join(', ')}.`);
  return [...(before ?? []), part];
}

function wholeNumber(text: string): number {
  const n = Number(text);
  if (text.trim() === '' || !Number.isInteger(n) || n < 0 || n >= 2 ** 31)
    throw new InvalidArgumentError('Give a whole number from 0 below 2147483648.');
  return n;
}

const TIMEOUT_MAX = 3600;

function seconds(text: string): number {
  const n = Number(text);
  if (text.trim() === '' || !(n > 0) || n > TIMEOUT_MAX)
    throw new InvalidArgumentError(`Give seconds, more than 0 and at most ${TIMEOUT_MAX}.`);
  return n;
}
