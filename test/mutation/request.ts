// What can be asked of `npm run mutate`, read by commander. A request that cannot be carried out ends in a UsageError.

import { Command, CommanderError, Option } from 'commander';
import { UsageError } from '../kit/exit-codes.ts';
import { mutatedFiles } from './scope.mjs';
import { SUITES } from './suites.ts';

const SUITE_NAMES = SUITES.map(({ name }) => name);

export interface Request {
  readonly changed?: boolean;
  readonly only?: readonly string[];
  readonly suite?: readonly string[];
}

/** The request, or the text of `--help`. */
export function readRequest(args: readonly string[]): Request | string {
  let help = '';
  const command = new Command('mutate')
    .description('Break the code in small ways and see whether the mutation suite notices.')
    .option('--changed', 'only what has changed since the record, judged together with the record')
    .option('--only <file...>', 'only these files; print the mutants that are not killed')
    .addOption(
      new Option(
        '--suite <name...>',
        'only these suites; renew their part of the record, or with --changed judge by them alone',
      ).choices(SUITE_NAMES),
    )
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => void (help += text), writeErr: () => undefined });
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return help;
    throw new UsageError(`${error.message.replace(/^error: /, '')} (see npm run mutate -- --help)`);
  }
  const request = command.opts<Request>();
  if (request.only !== undefined && Object.keys(request).length > 1) {
    throw new UsageError('--only and the other options exclude each other: give one of them.');
  }
  const known = mutatedFiles();
  const unknown = request.only?.find((file) => !known.includes(file));
  if (unknown !== undefined) {
    throw new UsageError(`${unknown} is not mutated: name a file of model/, src/ or the predicates of spec/.`);
  }
  return request;
}
