// What can be asked of the command: the flags, read by commander, and nothing else.
//
// A request that names what does not exist (a flag, a phase) ends in a UsageError here; names that depend on the project's
// data (configurations, claims) are checked against it in `plan.ts`. The text of `--help` is the reference of the flags.

import { Command, Option } from 'commander';
import { readArguments } from './command-line.ts';
import { PHASE_IDS, type PhaseId } from './result.ts';

export type EngineName = 'compiled' | 'tlc';

export interface CheckOptions {
  readonly json?: string;
  /** Configurations asked for; all where absent. */
  readonly config?: readonly string[];
  /** Phases asked for; all where absent. */
  readonly only?: readonly PhaseId[];
  readonly explain?: string;
  /** A planted bug to demonstrate. */
  readonly bug?: string;
  /** The token of a failed random run. */
  readonly replay?: string;
  /** A recorded run. */
  readonly trace?: string;
  readonly engine: EngineName;
  readonly tla2tools?: string;
  /** Another directory with the specification, its configurations and its manifest. */
  readonly tlaDir?: string;
  readonly list: boolean;
  readonly verbose: boolean;
}

const EPILOGUE = `
Exit codes: 0 everything asked for holds; 1 something is violated, different or missing; 2 wrong usage.

Examples:
  npm run check-model                                    everything but the two large configurations, without Java
  npm run check-model -- --config data meta              two configurations
  npm run check-model -- --only edges                    production alone, every edge
  npm run check-model -- --explain I5                    one claim: reason, lines of the original, example, TLA+ name
  npm run check-model -- --engine tlc --tla2tools JAR    the same, TLA+ with TLC
`;

/** Reads the arguments after the command's name. */
export function readOptions(args: readonly string[]): CheckOptions {
  const command = new Command('check-model')
    .description(
      'Hold the TLA+ specification, the model, production and the catalogue of claims against each other: equal graphs, ' +
        'every edge executed, every claim checked, every repair seen to be needed.',
    )
    .option('--config <name...>', 'only these configurations')
    .addOption(new Option('--only <phase...>', 'only these phases').choices(PHASE_IDS))
    .addOption(new Option('--engine <name>', 'TLA+ engine').choices(['compiled', 'tlc']).default('compiled'))
    .option(
      '--tla2tools <jar>',
      'tla2tools.jar for --engine tlc (else TLA2TOOLS_JAR, TLA_TOOLS_JAR, ~/.cache/hammer-io-kit)',
    )
    .option('--tla-dir <dir>', 'another directory with specification, configurations and manifest')
    .option('--json <file>', 'write the result for machines, whole or not at all')
    .option('--explain <id>', 'tell what a claim, repair, goal, promise, action or device fault says and why, and stop')
    .option(
      '--bug <name>',
      'plant one bug, named by its name or a part that only its name has: its patch, the shortest story found, the claim that catches it, and stop',
    )
    .option('--replay <token>', 'repeat a failed random run from its token, and stop')
    .option('--trace <file>', 'say whether a recorded run is a run of the model, and stop')
    .option('--list', 'list phases, configurations, claims, goals and repairs, and stop')
    .option('--verbose', 'also tell how often each claim applied, and how the original fails without each repair');
  const given = readArguments(command, args, EPILOGUE).opts<Omit<CheckOptions, 'list' | 'verbose'>>();
  return { list: false, verbose: false, ...given };
}
