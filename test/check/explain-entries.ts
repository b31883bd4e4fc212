// The entries of one machine's catalogue as texts: claims, repairs, goals, progress, promises of a caller, kinds of action.
//
// An example is shown as what it differs in from a state where nothing has happened, because that is what one would have to
// imagine. How states and steps of a machine are told comes in with its `Telling`.

import type { Construction, Goal, Progress, Repair, OriginalRef, StateClaim, StepClaim } from '../../spec/claim.ts';
import { ORIGINAL } from '../../spec/original-map.ts';
import type { SnapshotDifference } from '../kit/snapshot-difference.ts';

type AnyClaim<S, T> = StateClaim<S, string> | StepClaim<S, T, string, string> | Construction;

interface AnyPromise {
  readonly name: string;
  readonly statement: string;
  readonly original: readonly OriginalRef[];
  readonly on: readonly string[];
}

interface AnyActionEntry {
  readonly by: string;
  readonly outcomes: readonly string[];
  readonly means: string;
  readonly original: string;
}

/** How the examples of a machine are told. */
export interface Telling<S, T> {
  /** The state beside which a state is told. */
  nothing(like: S): S;
  differences(before: S, after: S): readonly SnapshotDifference[];
  stepText(step: T, before: S): string;
}

/** What a machine has to be asked about; `T` is a step between two states `S`. */
export interface Catalogue<S, T> {
  readonly claims: readonly AnyClaim<S, T>[];
  readonly repairs: readonly Repair<string>[];
  readonly goals: readonly Goal<S>[];
  readonly progress: readonly Pick<Progress, 'id' | 'statement' | 'why' | 'original'>[];
  readonly promises: readonly AnyPromise[];
  readonly actions: Readonly<Record<string, AnyActionEntry>>;
  labelOf(kind: string, outcome: string): string;
  readonly telling: Telling<S, T>;
}

/** A name that can be explained, and the text that explains it. */
export type NamedText = readonly [name: string, text: () => string];

/** Every name of the catalogue with its text. */
export function* catalogueEntries<S, T>(catalogue: Catalogue<S, T>): Generator<NamedText> {
  const { claims, repairs, goals, progress, promises, actions, telling } = catalogue;
  for (const claim of claims) {
    yield [claim.id, () => claimText(claim, telling)];
    yield [claim.tla, () => claimText(claim, telling)];
  }
  for (const repair of repairs) yield [repair.id, () => repairText(repair)];
  for (const goal of goals) yield [goal.id, () => goalText(goal, telling)];
  for (const one of progress) yield [one.id, () => progressText(one)];
  for (const promise of promises) yield [promise.name, () => promiseText(promise)];
  for (const [kind, { outcomes }] of Object.entries(actions)) {
    const labels = outcomes.map((outcome) => catalogue.labelOf(kind, outcome));
    for (const name of [kind, ...labels]) yield [name, () => actionKindText(catalogue, kind)];
  }
}

function claimText<S, T>(claim: AnyClaim<S, T>, telling: Telling<S, T>): string {
  const lines = [`${claim.id} ${claim.tla} (${formText(claim)})`, '', claim.statement, `Why: ${claim.why}`];
  if (claim.repairs !== undefined) lines.push(`Fails without: ${claim.repairs.join(', ')}`);
  if (claim.howByConstruction !== undefined)
    lines.push(`By construction${claim.status === 'checked' ? ' in production' : ''}: ${claim.howByConstruction}`);
  lines.push('', ...originalLines(claim.original));
  if (claim.form === 'state') lines.push('', 'A state that breaks it:', ...exampleLines(claim.violation, telling));
  if (claim.form === 'step') {
    const { before, step, after } = claim.violation;
    lines.push('', 'A step that breaks it, from', ...exampleLines(before, telling));
    lines.push(`by ${telling.stepText(step, before)} to`, ...changeLines(telling.differences(before, after)));
  }
  if (claim.refutation !== undefined) {
    lines.push('', `Refuted: ${claim.refutation.statementRefuted}`);
    lines.push(...claim.refutation.trace.map((step, i) => `  ${i + 1}. ${step}`));
  }
  return lines.join('\n');
}

function formText<S, T>(claim: AnyClaim<S, T>): string {
  switch (claim.form) {
    case 'state':
      return `${claim.status}, in every state`;
    case 'step':
      return `${claim.status}, in every step${claim.on === 'any' ? '' : ` of ${claim.on.join(', ')}`}`;
    case 'construction':
      return 'true by construction';
  }
}

function repairText(repair: Repair<string>): string {
  return [
    `${repair.id} ${repair.title} (a repair of the original)`,
    '',
    `The original: ${repair.originalDoes}`,
    `Here: ${repair.weDo}`,
    `After an error: ${repair.stateAfterError}`,
    ...(repair.notModelled === undefined ? [] : [`Not in the machine without it: ${repair.notModelled}`]),
    `Without it ${repair.claim} fails, in the configuration ${repair.configuration}.`,
    '',
    ...originalLines(repair.original),
  ].join('\n');
}

function goalText<S, T>(goal: Goal<S>, telling: Telling<S, T>): string {
  const title = `${goal.id} (a goal: some default configuration must reach it)`;
  return [title, '', goal.statement, '', 'A state that reaches it:', ...exampleLines(goal.example, telling)].join('\n');
}

function progressText(progress: Pick<Progress, 'id' | 'statement' | 'why' | 'original'>): string {
  const title = `${progress.id} (progress: must always remain possible)`;
  return [title, '', progress.statement, `Why: ${progress.why}`, '', ...originalLines(progress.original)].join('\n');
}

function promiseText(promise: AnyPromise): string {
  return [
    `${promise.name} (a promise of the caller)`,
    '',
    promise.statement,
    `Made by: ${promise.on.join(', ')}`,
    '',
    ...originalLines(promise.original),
  ].join('\n');
}

function actionKindText<S, T>(catalogue: Catalogue<S, T>, kind: string): string {
  const { by, outcomes, means, original } = catalogue.actions[kind]!;
  const promises = catalogue.promises.filter((promise) => promise.on.includes(kind)).map(({ name }) => name);
  const asking = catalogue.claims.filter(
    (claim) => claim.form === 'step' && claim.on !== 'any' && claim.on.includes(kind),
  );
  const lines = [`${kind} (an action of the ${by})`, '', means];
  lines.push(`Outcomes: ${outcomes.map((outcome) => `${outcome} (${catalogue.labelOf(kind, outcome)})`).join(', ')}`);
  if (promises.length > 0) lines.push(`Promises, in this order: ${promises.join(', ')}`);
  if (asking.length > 0) lines.push(`Claims about its steps: ${asking.map(({ id }) => id).join(', ')}`);
  return [...lines, `Original: ${original}`].join('\n');
}

/** Where the original says it. */
export function originalLines(original: readonly OriginalRef[]): string[] {
  const lines = original.map(({ line, to }) => (to === undefined ? `${line}` : `${line}-${to}`));
  const width = Math.max(...lines.map((text) => text.length));
  return [
    `${ORIGINAL.file} (${ORIGINAL.commit}):`,
    ...original.map(({ what }, i) => `  ${lines[i]!.padEnd(width)}  ${what}`),
  ];
}

function exampleLines<S, T>(state: S, telling: Telling<S, T>): string[] {
  return changeLines(telling.differences(telling.nothing(state), state), 'nothing exists');
}

/** What is different, one line for each io, client, front, site and so on. */
function changeLines(changes: readonly SnapshotDifference[], none = 'no difference'): string[] {
  const told = new Map<string, string[]>();
  for (const { path, seen } of changes) {
    const dot = path.lastIndexOf('.');
    const [whose, what] = dot < 0 ? [path, ''] : [path.slice(0, dot), path.slice(dot + 1)];
    const text = seen === 'true' ? what : seen === 'false' ? `not ${what}` : `${what} ${seen}`.trim();
    const texts = told.get(whose);
    if (texts === undefined) told.set(whose, [text]);
    else texts.push(text);
  }
  const lines = [...told].map(
    ([whose, texts]) =>
      `  ${[whose, texts.filter((text) => text !== '').join(', ')].filter((part) => part !== '').join(': ')}`,
  );
  return lines.length > 0 ? lines : [`  ${none}`];
}
