// Every planted bug, and where to find one by its name.

import { DIRECT_CLAIMS } from '../../spec/direct/index.ts';
import { CLAIMS } from '../../spec/index.ts';
import type { PlantedBug } from './bug.ts';
import { COMPLETION_BUGS } from './bugs-completions.ts';
import { CONTENTS_BUGS } from './bugs-contents.ts';
import { DEVICE_BUGS } from './bugs-devices.ts';
import { DIRECT_BUGS } from './bugs-direct.ts';
import { DIRECT_VOICE_BUGS } from './bugs-direct-voices.ts';
import { HANG_BUGS } from './bugs-hangs.ts';
import { LOAD_BUGS } from './bugs-load.ts';
import { MODEL_BUGS } from './bugs-model.ts';
import { REFERENCE_BUGS } from './bugs-references.ts';
import { TLA_BUGS } from './bugs-tla.ts';
import { WRITE_BUGS } from './bugs-writes.ts';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...REFERENCE_BUGS,
  ...WRITE_BUGS,
  ...COMPLETION_BUGS,
  ...CONTENTS_BUGS,
  ...HANG_BUGS,
  ...MODEL_BUGS,
  ...TLA_BUGS,
  ...DEVICE_BUGS,
  ...DIRECT_BUGS,
  ...LOAD_BUGS,
  ...DIRECT_VOICE_BUGS,
];

/** No planted bug has that name. */
export class UnknownBug extends Error {
  override readonly name = 'UnknownBug';

  constructor(wanted: string) {
    const near = PLANTED_BUGS.map(({ name }) => name).filter((name) => name.includes(wanted));
    const names = near.length > 0 ? near : PLANTED_BUGS.map(({ name }) => name);
    super(`There is no planted bug '${wanted}'; choose one of ${names.join(', ')}.`);
  }
}

/** The bug of that name. @throws UnknownBug */
export function plantedBug(name: string): PlantedBug {
  const bug = PLANTED_BUGS.find((one) => one.name === name);
  if (bug === undefined) throw new UnknownBug(name);
  return bug;
}

/** Is the claim that must catch a bug one of the catalogue? */
export function isCatalogued(claim: string): boolean {
  return [...CLAIMS, ...DIRECT_CLAIMS].some(({ id }) => id === claim);
}
