// A copy of the specification in a temporary directory, with some of its text replaced and the cfg of a shape beside it.
// A replacement must match exactly once: a test that breaks a guard must not go on when the guard has been rewritten.

import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Shape } from '../../spec/buffer/snapshot.ts';
import { cfgText } from '../tla/cfg-text.ts';
import { TLA_DIR } from '../kit/configurations.ts';
import { compiledEngine } from '../tla/compiled-engine.ts';
import type { TlaResult } from '../tla/engine.ts';

export interface Replacement {
  /** Module, without `.tla`. */
  readonly module: string;
  /** What is replaced; a replacement text may name groups as `$1`. */
  readonly from: RegExp;
  readonly to: string;
}

/** Checks a shape with our engine under the specification, as it is or changed. */
export async function checkShape(shape: Shape, replacements: readonly Replacement[] = []): Promise<TlaResult> {
  const directory = mkdtempSync(join(tmpdir(), 'spec-copy-'));
  try {
    for (const file of readdirSync(TLA_DIR).filter((name) => name.endsWith('.tla'))) {
      copyFileSync(join(TLA_DIR, file), join(directory, file));
    }
    for (const { module, from, to } of replacements) {
      const file = join(directory, `${module}.tla`);
      const text = readFileSync(file, 'utf8');
      const times = [...text.matchAll(new RegExp(from.source, `${from.flags}g`))].length;
      if (times !== 1) throw new Error(`${String(from)} stands ${times} times in ${module}.tla, not once.`);
      writeFileSync(file, text.replace(from, to));
    }
    writeFileSync(join(directory, 'copy.cfg'), cfgText(shape, { invariants: ['LockedHasBuffer'] }));
    const run = { moduleDir: directory, module: 'BufferCache', cfg: 'copy.cfg', wantGraph: true };
    return await compiledEngine().check({ ...run, maxStates: 20_000, timeoutSeconds: 50 });
  } finally {
    rmSync(directory, { recursive: true });
  }
}
