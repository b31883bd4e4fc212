// A difference of two graphs, told to a person in a few readable lines.
//
// A state as a text can be a thousand characters long, and most of it is as in the beginning. A long state is therefore told by
// what distinguishes it from an initial one, and a step by what it changed.

import type { GraphDifference, LoneEdge, Side } from '../tla/graph.ts';
import { differencesOfStates, type FieldDifference } from '../tla/state-difference.ts';

type Names = Readonly<Record<Side, string>>;

/** A list says at most so many lines, and a state so many fields. */
const LISTED = 6;
const FIELDS = 12;
/** A state that is not longer is told as it is. */
const SHORT = 100;

/** Where the sides part, the way to it with what each step changed, and what differs. */
export function formatDifference(d: GraphDifference, names: Names = { left: 'left', right: 'right' }): string {
  const size = (side: Side): string => `${names[side]} ${d.counts[side].states} states, ${d.counts[side].edges} edges`;
  const title = `The graphs differ (${size('left')}; ${size('right')}).`;
  const lines = d.kind === 'initial-state' ? initialLines(d, names) : [...pathLines(d, names), ...edgeLines(d, names)];
  return [title, ...lines].join('\n');
}

function initialLines({ loneStates, initial }: GraphDifference, names: Names): string[] {
  const told = loneStates.map(({ only, state }) => {
    const other = otherThan(only);
    return `only ${names[only]} starts in ${stateText(state, initial[other], `that of ${names[other]}`)}`;
  });
  return ['They start differently:', ...listed(told, '  ')];
}

function pathLines({ kind, path, loneStates, initial }: GraphDifference, names: Names): string[] {
  const steps = path.length - 1;
  const title =
    kind === 'unreached'
      ? 'All that is reachable agrees; states that nothing reaches do not:'
      : steps === 0
        ? 'In an initial state:'
        : `After ${steps} step(s) on which both agree:`;
  const text = (state: string): string => stateText(state, initial.left, 'the initial state');
  const lone = loneStates.map(({ only, state }) => `only ${names[only]} has the state ${text(state)}`);
  const way = path.map(({ label, state }, i) => {
    if (label === undefined) return `  ${i}. ${text(state)}`;
    return `  ${i}. ${label}: ${effectText(path[i - 1]!.state, state)}`;
  });
  return [title, ...listed(lone, '  '), ...way];
}

function edgeLines({ diverging, lone, path }: GraphDifference, names: Names): string[] {
  const pairs = diverging.slice(0, LISTED).flatMap(({ label, fields }) => {
    const told = fields.map((f) => `${f.path}: ${names.left} ${valueOf(f.left)}, ${names.right} ${valueOf(f.right)}`);
    return [`  ${label} leads to different states:`, ...listed(told, '    ')];
  });
  const alone = lone.map(({ only, label, target, targetKnownToOther }: LoneEdge) => {
    const unknown = targetKnownToOther ? '' : `, to a state that ${names[otherThan(only)]} never has`;
    return `only ${names[only]} has the edge ${label}${unknown} (${effectText(path.at(-1)!.state, target)})`;
  });
  return [...pairs, ...listed(alone, '  ')];
}

/** A state as it is if that is short; else what distinguishes it from an initial one. */
function stateText(state: string, initial: string | undefined, initialName: string): string {
  if (state.length <= SHORT || initial === undefined) return state;
  const fields = differencesOfStates(initial, state).map((f) => `${f.path} ${valueOf(f.right)}`);
  if (fields.length === 0) return initialName;
  const more = fields.length > FIELDS ? `, … and ${fields.length - FIELDS} more` : '';
  return `${initialName} but for ${fields.slice(0, FIELDS).join(', ')}${more}`;
}

function effectText(before: string, after: string): string {
  const changes = differencesOfStates(before, after).map(changeText);
  return changes.join(', ') || 'changes nothing';
}

function changeText({ path, left, right }: FieldDifference): string {
  return `${path} ${valueOf(left)} → ${valueOf(right)}`;
}

const valueOf = (value: string | undefined): string => value ?? '(absent)';
const otherThan = (side: Side): Side => (side === 'left' ? 'right' : 'left');

function listed(lines: readonly string[], indent: string): string[] {
  const shown = lines.slice(0, LISTED).map((line) => indent + line);
  return lines.length > LISTED ? [...shown, `${indent}… and ${lines.length - LISTED} more`] : shown;
}
