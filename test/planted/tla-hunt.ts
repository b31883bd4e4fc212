// Hunting bugs of the specification: a patched copy of it, checked by our engine on a small shape. An invariant of
// the catalogue that fails is the catch, by its TLA+ name; a bug whose claim is `graph` must make the graph differ from the model's.
// The claim that must catch the bug stands first in the cfg, because the engine names only the first invariant that fails in a state.

import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createMachine, explore } from '../../model/index.ts';
import { CLAIMS, INVARIANTS } from '../../spec/index.ts';
import { cfgText } from '../tla/cfg-text.ts';
import { TLA_DIR } from '../kit/configurations.ts';
import { compareGraphs } from '../tla/graph.ts';
import { formatDifference } from '../check/graph-story.ts';
import { modelGraph } from '../tla/model-graph.ts';
import { temporaryDirectory } from '../support/at-end.ts';
import { compiledEngine } from '../tla/compiled-engine.ts';
import type { TlaResult } from '../tla/engine.ts';
import type { Hunted, BufferBug } from './bug.ts';
import { patchedFile } from './patch.ts';

const STATES_MAX = 20_000;
const TIMEOUT_SECONDS = 300;

/** The patched specification cannot be checked at all; a bug must leave it readable. */
export class UncheckableSpec extends Error {
  override readonly name = 'UncheckableSpec';
}

export async function huntInSpec(bug: Pick<BufferBug, 'name' | 'claim' | 'scene' | 'patches'>): Promise<Hunted> {
  const result = await checkPatchedSpec(bug, 'BufferCache', INVARIANTS, (invariants) =>
    cfgText(bug.scene, { invariants }),
  );
  const { verdict, distinctStates, violated } = result;
  if (verdict === 'invariant' && violated !== undefined) {
    const id = CLAIMS.find((claim) => claim.tla === violated)?.id ?? violated;
    const found = { claims: [id], fields: [], story: (): readonly string[] => traceLines(result) };
    return { found, effort: distinctStates, unit: 'states' };
  }
  if (verdict !== 'ok') {
    throw new UncheckableSpec(`With the bug '${bug.name}' the engine answers ${verdict}: ${result.message}`);
  }
  if (result.graph === undefined) return { found: undefined, effort: distinctStates, unit: 'states' };
  const expected = modelGraph(explore(createMachine(bug.scene), { graph: true }));
  const comparison = compareGraphs(result.graph, expected);
  if (comparison.equal) return { found: undefined, effort: distinctStates, unit: 'states' };
  const { difference } = comparison;
  const names = { left: 'TLA+', right: 'model' };
  const story = (): readonly string[] =>
    formatDifference(difference, names)
      .split('\n')
      .filter((line) => !/^\s*0\. /.test(line)); // The whole initial state tells nobody anything.
  return { found: { claims: ['graph'], fields: [], story }, effort: distinctStates, unit: 'states' };
}

/** Checks a patched copy of the specification, with a cfg that is written for `invariants`, the claim of the bug first. */
export async function checkPatchedSpec(
  bug: Pick<BufferBug, 'name' | 'claim' | 'patches'>,
  module: string,
  claims: readonly { readonly id: string; readonly status: string; readonly tla: string }[],
  cfgOf: (invariants: readonly string[]) => string,
): Promise<TlaResult> {
  const { path: directory, remove } = temporaryDirectory('planted');
  try {
    for (const file of readdirSync(TLA_DIR).filter((name) => name.endsWith('.tla')))
      copyFileSync(join(TLA_DIR, file), join(directory, file));
    for (const file of new Set(bug.patches.map((patch) => patch.file)))
      writeFileSync(join(directory, basename(file)), patchedFile(bug.name, file, bug.patches));
    const named = claims.filter((claim) => claim.status === 'checked');
    const first = named.filter((claim) => claim.id === bug.claim);
    const invariants = [...first, ...named.filter((claim) => claim.id !== bug.claim)].map((claim) => claim.tla);
    writeFileSync(join(directory, 'planted.cfg'), cfgOf(invariants));
    const run = { moduleDir: directory, module, cfg: 'planted.cfg', wantGraph: bug.claim === 'graph' };
    return await compiledEngine().check({ ...run, maxStates: STATES_MAX, timeoutSeconds: TIMEOUT_SECONDS });
  } finally {
    remove();
  }
}

/** The engine's trace: the actions, and what is true of the last state is the engine's own sentence. */
function traceLines({ trace = [], message }: TlaResult): readonly string[] {
  const steps = trace.slice(1).map(({ action }, i) => `${i + 1}. ${action ?? '(unnamed)'}`);
  return [...steps, message];
}
