// How steps, paths and differences are told to a person: one line each, every index resolved to a name.
//
// `c1 ioRead d1 → io`, `device writeDone d1 EIO → error`, `kernel recycle m1 → refused`. A client's action without a buffer
// of its own names the buffer that the client is concerned with, where the state before is known. A long path is told in at
// most ten lines, several steps to a line: shortest paths are short enough to read, but not always to list.

import { ACTIONS, type Action, type Outcome } from '../../spec/buffer/vocabulary.ts';
import type { Shape, Snapshot } from '../../spec/buffer/snapshot.ts';
import type { AnyExploration, Language } from './language.ts';
import { graphOf } from './search-tree.ts';
import type { SnapshotDifference } from './snapshot-difference.ts';

/** Most lines of a story; a longer path puts several steps on a line. */
export const STORY_LINES = 10;

/** One action with its names; `before`, the state in which it happens, tells the buffer of a handle or ticket. */
export function actionText(shape: Shape, action: Action, before?: Snapshot): string {
  const words: string[] = [];
  const block = (index: number): string => shape.blocks[index]?.name ?? `block ${index}`;
  const client = 'client' in action ? (shape.clients[action.client] ?? `client ${action.client}`) : undefined;
  const by = ACTIONS[action.kind].by;
  words.push(by === 'client' && client !== undefined ? client : by, action.kind);
  if (by !== 'client' && client !== undefined) words.push(client);
  if ('io' in action) words.push(block(action.io));
  else if ('client' in action) {
    const io = before?.clients[action.client]?.io ?? -1;
    if (io >= 0) words.push(block(io));
  }
  if ('volume' in action) words.push(shape.volumes[action.volume] ?? `volume ${action.volume}`);
  if ('ahead' in action && action.ahead) words.push('with read-ahead');
  if ('undoReclaim' in action && action.undoReclaim) words.push('with undoReclaim');
  if ('reclaim' in action && action.reclaim) words.push('with reclaim');
  if ('error' in action && action.error) words.push('EIO');
  return words.join(' ');
}

/** An action with what it answered. */
export function stepText(shape: Shape, action: Action, outcome: Outcome, before?: Snapshot): string {
  return `${actionText(shape, action, before)} → ${outcome}`;
}

/** The steps along some edges of an exploration, one text each. */
export function edgeTexts<A, S, X, R>(
  exploration: AnyExploration<A, S, X>,
  language: Language<A, S, X, R>,
  edges: readonly number[],
): string[] {
  const { machine, rows } = exploration;
  const { source, action, outcome } = graphOf(exploration);
  const before = language.blank();
  return edges.map((edge) => {
    machine.snapshot(rows, source[edge]! * machine.rowWords, before);
    return `${language.actionText(machine.actions[action[edge]!]!, before)} → ${language.outcomes[outcome[edge]!]!}`;
  });
}

/** The steps of the shortest path to a state, one text each. Needs no graph. */
export function pathTexts<A, S, X extends { readonly outcome: string }, R>(
  { machine, rows, parent, via }: AnyExploration<A, S, X>,
  language: Language<A, S, X, R>,
  state: number,
): string[] {
  const { rowWords, actions } = machine;
  const [before, into] = [language.blank(), new Int32Array(rowWords)];
  const steps: string[] = [];
  for (let at = state; parent[at]! >= 0; at = parent[at]!) {
    const source = parent[at]! * rowWords;
    machine.snapshot(rows, source, before);
    const step = machine.step(rows, source, via[at]!, into);
    steps.push(`${language.actionText(actions[via[at]!]!, before)} → ${step?.outcome ?? 'nothing'}`);
  }
  return steps.reverse();
}

/** Numbered steps in at most `lines` lines. */
export function storyLines(steps: readonly string[], lines = STORY_LINES): string[] {
  const each = Math.max(1, Math.ceil(steps.length / lines));
  const told: string[] = [];
  for (let i = 0; i < steps.length; i += each) {
    told.push(`${i + 1}. ${steps.slice(i, i + each).join('; ')}`);
  }
  return told;
}

const DIFFERENCES = 8;

/** One line a field: `io d1.refs: model 1, production 2`. */
export function differenceLines(
  differences: readonly SnapshotDifference[],
  expected = 'model',
  seen = 'production',
): string[] {
  const lines = differences.slice(0, DIFFERENCES).map((d) => `${d.path}: ${expected} ${d.expected}, ${seen} ${d.seen}`);
  const more = differences.length - DIFFERENCES;
  return more > 0 ? [...lines, `… and ${more} more`] : lines;
}
