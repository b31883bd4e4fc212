// What is mutated: production, the model, and the predicates of the catalogue. JavaScript, because Stryker's configuration
// needs it without a compiler. Prose inside the catalogue is left out by `catalogue-prose.mjs`.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Whole folders, and of `spec/` the files with predicates. */
const MUTATED = [
  /^src\/.*\.ts$/,
  /^model\/.*\.ts$/,
  /^spec\/(?:buffer\/|direct\/)?(?:invariants|properties|goals)[^/]*\.ts$/,
  /^spec\/(?:buffer\/|direct\/)?(?:reading|per-io|composite-state|progress)\.ts$/,
];

/** @param {string} file its path from the root, with slashes */
export function isMutated(file) {
  return MUTATED.some((pattern) => pattern.test(file));
}

/** The mutated files, by their paths from the root, in order. */
export function mutatedFiles(root = ROOT) {
  return ['model', 'spec', 'src']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    )
    .filter(isMutated)
    .sort();
}
