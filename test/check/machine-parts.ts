// One machine as the phases see it: its explorations, with what can be done with one, and no word about what machine it is.
//
// Everything that depends on the machine comes in as its voices; what a phase gets is an `Explored`. Stories are told and states
// counted only when somebody asks.

import type { AnyDriver, AnyExploration, Language } from '../kit/language.ts';
import { walkEdges } from '../kit/edges.ts';
import { walkOrHang } from '../kit/hung-step.ts';
import { labelledGraph, labelsOf } from '../tla/model-graph.ts';
import { breakPromisesOf } from '../kit/promises.ts';
import { pathTexts, storyLines } from '../kit/story.ts';
import type { Explored, ExploredViolation } from './parts.ts';
import { violationStory } from './violation-story.ts';

/** Where and how a claim failed: in a state, or in the step by `action` out of it. */
interface FoundViolation {
  readonly claim: string;
  readonly state: number;
  readonly action?: number;
}

/** What the explorer of a machine answers with. */
export interface MachineExploration<A, S, X> extends AnyExploration<A, S, X> {
  readonly transitions: number;
  readonly depth: number;
  readonly complete: boolean;
  readonly violation?: FoundViolation;
  readonly applied: ReadonlyMap<string, number>;
  readonly goals: ReadonlyMap<string, number>;
}

/** A claim that something always remains possible. */
export interface Waiting<S> {
  readonly id: string;
  waits(state: S, who: number): boolean;
}

/** What there is of a machine beside its exploration. */
export interface MachineVoices<A, S, X, R> {
  readonly language: Language<A, S, X, R>;
  /** Makes the implementation. */
  driver(): AnyDriver<A, S, R>;
  readonly progress: readonly Waiting<NoInfer<S>>[];
  /** Names of those who may wait, by number. */
  readonly waiters: readonly string[];
  /** For each who can be stuck, the first such state. */
  stuck(): readonly { readonly who: number; readonly state: number }[];
  readonly claimsAsked: number;
  /** How the run calls a promise: names that two machines share must not stand for one another. */
  promiseName(name: string): string;
}

/** An exploration, made ready for the phases. */
export function exploredOf<
  A extends { readonly kind: string },
  S,
  X extends { readonly outcome: string },
  R extends { readonly outcome: string },
>(exploration: MachineExploration<A, S, X>, voices: MachineVoices<A, S, X, R>): Explored {
  const { distinct, transitions, depth, complete, applied, goals } = exploration;
  const { language, claimsAsked } = voices;
  const violation = violationOf(exploration, language);
  return {
    ...{ distinct, transitions, depth, complete, claimsAsked, applied, goals: [...goals.keys()] },
    ...(violation && { violation }),
    labels: () => labelsOf(exploration, language),
    waits: () => new Map(voices.progress.map((one) => [one.id, countWaits(exploration, voices, one)])),
    stuck: () =>
      voices.stuck().flatMap(({ who, state }) =>
        voices.progress.map(({ id }) => ({
          id,
          who: voices.waiters[who] ?? `number ${who}`,
          story: storyLines(pathTexts(exploration, language, state)),
        })),
      ),
    graph: () => labelledGraph(exploration, language),
    walkEdges() {
      const walked = walkOrHang(exploration, language, () => voices.driver(), (driver) => walkEdges(exploration, driver, language)); // prettier-ignore
      return 'executed' in walked ? walked : { executed: 0, total: transitions, steps: 0, mismatch: walked };
    },
    breakPromises() {
      const broken = walkOrHang(exploration, language, () => voices.driver(), (driver) => breakPromisesOf(exploration, driver, language)); // prettier-ignore
      if (!('thrown' in broken)) return { thrown: new Map(), mismatch: broken };
      const { thrown, mismatch } = broken;
      const named = [...thrown].map(([name, n]) => [voices.promiseName(name), n] as const);
      return { thrown: new Map(named), ...(mismatch && { mismatch }) };
    },
  };
}

function violationOf<A, S, X extends { readonly outcome: string }, R>(
  exploration: MachineExploration<A, S, X>,
  language: Language<A, S, X, R>,
): ExploredViolation | undefined {
  const { violation, parent } = exploration;
  if (violation === undefined) return undefined;
  let steps = violation.action === undefined ? 0 : 1;
  for (let at = parent[violation.state]!; at >= 0; at = parent[at]!) steps += 1;
  const story = violationStory(exploration, language, violation.state, violation.action);
  return { claim: violation.claim, steps, story };
}

/** In how many states somebody waits, which is where a claim of progress says something. */
function countWaits<A, S, X, R>(
  { machine, rows, distinct }: MachineExploration<A, S, X>,
  { language, waiters }: MachineVoices<A, S, X, R>,
  progress: Waiting<S>,
): number {
  const snapshot = language.blank();
  let waits = 0;
  for (let s = 0; s < distinct; s++) {
    machine.snapshot(rows, s * machine.rowWords, snapshot);
    if (waiters.some((_, who) => progress.waits(snapshot, who))) waits += 1;
  }
  return waits;
}
