// Hunting bugs of the reference model: it is explored with the bug in it, and must break a claim of the catalogue, leave a
// client stuck, or, if its claim is `graph`, disagree with production on some edge. The first that happens is the catch, in this order.

import { blankSnapshot } from '../../model/index.ts';
import type { Exploration, ExploreOptions, Machine, Violation } from '../../model/index.ts';
import { CLAIMS, INVARIANTS, PROPERTIES } from '../../spec/index.ts';
import type { Shape } from '../../spec/buffer/snapshot.ts';
import { bufferLanguage } from '../kit/buffer-language.ts';
import { violationStory } from '../check/violation-story.ts';
import { createCoreDriver } from '../kit/core-driver.ts';
import { executeEdges } from '../kit/edges.ts';
import { pathTexts, storyLines } from '../kit/story.ts';
import { brokenClaims } from './broken-claims.ts';
import type { Hunted, BufferBug } from './bug.ts';
import { loadPatched } from './patch.ts';

/** What the hunt needs of `model/index.ts`. */
interface ModelModule {
  createMachine(shape: Shape): Machine;
  explore(machine: Machine, options: ExploreOptions): Exploration;
  stuckStates(exploration: Exploration): readonly { readonly client: number; readonly state: number }[];
}

/** A bug can make a small machine large. */
const STATES_MAX = 50_000;

export async function huntInModel(bug: Pick<BufferBug, 'name' | 'claim' | 'scene' | 'patches'>): Promise<Hunted> {
  const model = await loadPatched<ModelModule>('model/index.ts', bug.patches, bug.name);
  try {
    return huntIn(model, bug);
  } catch (error) {
    // A model that is wrong enough leaves what its rows can hold. That is noticed, but no claim has said so.
    const said = error instanceof Error ? error.message : String(error);
    return { found: { claims: ['thrown'], fields: [], story: () => [said] }, effort: 0, unit: 'states' };
  }
}

function huntIn(model: ModelModule, bug: Pick<BufferBug, 'claim' | 'scene'>): Hunted {
  const options = { graph: true, invariants: INVARIANTS, properties: PROPERTIES, maxStates: STATES_MAX };
  const exploration = model.explore(model.createMachine(bug.scene), options);
  const language = bufferLanguage(bug.scene);
  const { distinct: effort, violation } = exploration;
  if (violation !== undefined) {
    const story = (): readonly string[] => violationStory(exploration, language, violation.state, violation.action);
    return { found: { claims: failedTogether(exploration, violation), fields: [], story }, effort, unit: 'states' };
  }
  const [stuck] = model.stuckStates(exploration);
  if (stuck !== undefined) {
    const name = bug.scene.clients[stuck.client] ?? 'a client';
    const end = `and from here ${name} can never stop waiting`;
    const story = (): readonly string[] => [...storyLines(pathTexts(exploration, language, stuck.state)), end];
    return { found: { claims: ['W1'], fields: [], story }, effort, unit: 'states' };
  }
  if (bug.claim !== 'graph') return { found: undefined, effort, unit: 'states' };
  const { mismatch } = executeEdges(exploration, createCoreDriver(bug.scene));
  if (mismatch === undefined) return { found: undefined, effort, unit: 'states' };
  const fields = mismatch.differences.map(({ path }) => path);
  const story = (): readonly string[] => [...mismatch.story, mismatch.summary];
  return { found: { claims: ['graph'], fields, story }, effort, unit: 'states' };
}

/** The explorer stops at the first claim that fails; these fail in the same step. */
function failedTogether(exploration: Exploration, violation: Violation): readonly string[] {
  const { machine, rows, parent, via } = exploration;
  const { shape, rowWords, actions } = machine;
  const [source, action] =
    violation.action === undefined
      ? [parent[violation.state]!, via[violation.state]!]
      : [violation.state, violation.action];
  if (source < 0) return [violation.claim];
  const [before, after, into] = [blankSnapshot(shape), blankSnapshot(shape), new Int32Array(rowWords)];
  const step = machine.step(rows, source * rowWords, action, into)!;
  machine.snapshot(rows, source * rowWords, before);
  machine.snapshot(into, 0, after);
  return brokenClaims(CLAIMS, before, { action: actions[action]!, outcome: step.outcome }, after, shape.blockBytes);
}
