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
    const names = PLANTED_BUGS.map(({ name }) => name);
    const having = names.filter((name) => name.includes(wanted));
    const several = `stands in the names of ${having.length} planted bugs: ${having.join(', ')}.`;
    const none = `is no planted bug, and in no name of one; the nearest are ${nearest(wanted, names).join(', ')}.`;
    super(`'${wanted}' ${having.length > 1 ? several : none}`);
  }
}

const NEAREST = 3;

/** The names with which a text shares most groups of three letters, as far as there are that many. */
function nearest(wanted: string, names: readonly string[]): readonly string[] {
  const groupsOf = (text: string): ReadonlySet<string> =>
    new Set(Array.from({ length: text.length }, (_, i) => ` ${text} `.slice(i, i + 3)));
  const own = groupsOf(wanted);
  const shared = (name: string): number => [...groupsOf(name)].filter((group) => own.has(group)).length / name.length;
  return [...names].sort((a, b) => shared(b) - shared(a)).slice(0, NEAREST);
}

/** The bug of that name. @throws UnknownBug */
export function plantedBug(name: string): PlantedBug {
  const bug = PLANTED_BUGS.find((one) => one.name === name);
  if (bug === undefined) throw new UnknownBug(name);
  return bug;
}

/** The bug of that name, or the only one in whose name the text stands. @throws UnknownBug */
export function plantedBugLike(text: string): PlantedBug {
  const exact = PLANTED_BUGS.find(({ name }) => name === text);
  if (exact !== undefined) return exact;
  const [only, ...others] = PLANTED_BUGS.filter(({ name }) => name.includes(text));
  if (only === undefined || others.length > 0) throw new UnknownBug(text);
  return only;
}

/** Is the claim that must catch a bug one of the catalogue? */
export function isCatalogued(claim: string): boolean {
  return [...CLAIMS, ...DIRECT_CLAIMS].some(({ id }) => id === claim);
}
