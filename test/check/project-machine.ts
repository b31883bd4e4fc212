// A machine of the project as the command is bound to it: catalogue, configurations, explorations, random runs.
//
// There are two, in files of their own (`buffer-machine.ts`, `direct-machine.ts`); `project-parts.ts` lays them side by side. Ids
// and names of configurations, claims, labels and promises are one space: a test and the lint hold that no two are the same.

import type { Asked, Explored, Parts, RandomPart } from './parts.ts';

type Lists = 'claims' | 'progress' | 'goals' | 'repairs' | 'promises' | 'labels' | 'unsafeLabels' | 'safe' | 'large';

export interface ProjectMachine extends Pick<Parts, Lists> {
  readonly name: string;
  /** Explores a configuration of this machine whose cfg lies in `directory`. */
  explore(configuration: string, directory: string, asked: Asked): Explored;
  /** Reads a configuration, for its mistakes. @throws CfgError, ConfigurationError */
  read(configuration: string, directory: string): void;
  readonly random: RandomPart;
}

/** Every configuration of a machine. */
export function configurationsOf({ safe, large, repairs }: ProjectMachine): readonly string[] {
  return [...safe, ...repairs.map(({ configuration }) => configuration), ...large];
}
