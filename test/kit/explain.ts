// What `check-model --explain ID` prints: one entry of the catalogue in full.
//
// Claims by id or by TLA+ name, repairs, goals, progress, promises of a caller, the kinds of action, and the faults of a device.
// An example is shown as what it differs in from a state where nothing exists, because that is what one would have to imagine.

import {
  ACTIONS,
  ACTION_KINDS,
  CLAIMS,
  DEVICE_FAULTS,
  GOALS,
  PROGRESS,
  PROMISES,
  REPAIRS,
  SEED,
  labelOf,
  type ActionKind,
  type CallerPromise,
  type Claim,
  type DeviceFault,
  type FaultPromise,
  type FaultTold,
  type Goal,
  type Progress,
  type Repair,
  type SeedRef,
  type Shape,
  type Snapshot,
} from '../../spec/index.ts';
import { blank } from '../../spec/example.ts';
import { snapshotDifferences } from './snapshot-difference.ts';
import { stepText } from './story.ts';

/** Nothing in the catalogue has that id; `nearest` are the ids that look most like it. */
export class UnknownEntry extends Error {
  override readonly name = 'UnknownEntry';
  readonly id: string;
  readonly nearest: readonly string[];

  constructor(id: string, nearest: readonly string[]) {
    super(
      `The catalogue has no entry '${id}'; nearest: ${nearest.join(', ')}. ` +
        'Name a claim, repair, goal, promise, action kind or device fault.',
    );
    this.id = id;
    this.nearest = nearest;
  }
}

/** The full text of an entry; throws UnknownEntry when there is none. */
export function explainClaim(id: string): string {
  const wanted = id.toLowerCase();
  for (const [name, text] of entries()) if (name.toLowerCase() === wanted) return text();
  throw new UnknownEntry(id, nearestTo(wanted));
}

/** Every name that can be explained, with the text that explains it. */
function* entries(): Generator<readonly [string, () => string]> {
  for (const claim of CLAIMS) {
    yield [claim.id, () => claimText(claim)];
    yield [claim.tla, () => claimText(claim)];
  }
  for (const repair of REPAIRS) yield [repair.id, () => repairText(repair)];
  for (const goal of GOALS) yield [goal.id, () => goalText(goal)];
  for (const progress of PROGRESS) yield [progress.id, () => progressText(progress)];
  for (const promise of PROMISES) yield [promise.name, () => promiseText(promise)];
  for (const fault of DEVICE_FAULTS) yield [fault.id, () => deviceFaultText(fault)];
  for (const kind of ACTION_KINDS) {
    yield [kind, () => actionKindText(kind)];
    for (const outcome of ACTIONS[kind].outcomes) yield [labelOf(kind, outcome), () => actionKindText(kind)];
  }
}

function claimText(claim: Claim): string {
  const lines = [`${claim.id} ${claim.tla} (${formText(claim)})`, '', claim.statement, `Why: ${claim.why}`];
  if (claim.repairs !== undefined) lines.push(`Fails without: ${claim.repairs.join(', ')}`);
  if (claim.howByConstruction !== undefined) lines.push(`By construction: ${claim.howByConstruction}`);
  lines.push('', ...seedLines(claim.seed));
  if (claim.form === 'state') lines.push('', 'A state that breaks it:', ...exampleLines(claim.violation));
  if (claim.form === 'step') {
    const { before, step, after } = claim.violation;
    const shape = shapeOfExample(before);
    lines.push('', 'A step that breaks it, from', ...exampleLines(before));
    lines.push(`by ${stepText(shape, step.action, step.outcome, before)} to`, ...changeLines(before, after));
  }
  if (claim.refutation !== undefined) {
    lines.push('', `Refuted: ${claim.refutation.statementRefuted}`);
    lines.push(...claim.refutation.trace.map((step, i) => `  ${i + 1}. ${step}`));
  }
  return lines.join('\n');
}

function formText(claim: Claim): string {
  switch (claim.form) {
    case 'state':
      return `${claim.status}, in every state`;
    case 'step':
      return `${claim.status}, in every step${claim.on === 'any' ? '' : ` of ${claim.on.join(', ')}`}`;
    case 'construction':
      return 'true by construction';
  }
}

function repairText(repair: Repair): string {
  return [
    `${repair.id} ${repair.title} (a repair of the seed)`,
    '',
    `The seed: ${repair.seedDoes}`,
    `Here: ${repair.weDo}`,
    `After an error: ${repair.stateAfterError}`,
    `Without it ${repair.claim} fails, in the configuration ${repair.configuration}.`,
    '',
    ...seedLines(repair.seed),
  ].join('\n');
}

function goalText(goal: Goal): string {
  const title = `${goal.id} (a goal: some default configuration must reach it)`;
  return [title, '', goal.statement, '', 'A state that reaches it:', ...exampleLines(goal.example)].join('\n');
}

function progressText(progress: Progress): string {
  const title = `${progress.id} (progress: must always remain possible)`;
  return [title, '', progress.statement, `Why: ${progress.why}`, '', ...seedLines(progress.seed)].join('\n');
}

function promiseText(promise: CallerPromise): string {
  return [
    `${promise.name} (a promise of the caller)`,
    '',
    promise.statement,
    `Made by: ${promise.on.join(', ')}`,
    '',
    ...seedLines(promise.seed),
  ].join('\n');
}

function actionKindText(kind: ActionKind): string {
  const { by, outcomes, means, seed } = ACTIONS[kind];
  const promises = PROMISES.filter((promise) => promise.on.includes(kind)).map(({ name }) => name);
  const asking = CLAIMS.filter((claim) => claim.form === 'step' && claim.on !== 'any' && claim.on.includes(kind));
  const lines = [`${kind} (an action of the ${by})`, '', means];
  lines.push(`Outcomes: ${outcomes.map((outcome) => `${outcome} (${labelOf(kind, outcome)})`).join(', ')}`);
  if (promises.length > 0) lines.push(`Promises, in this order: ${promises.join(', ')}`);
  if (asking.length > 0) lines.push(`Claims about its steps: ${asking.map(({ id }) => id).join(', ')}`);
  return [...lines, `Seed: ${seed}`].join('\n');
}

const FAULT_PROMISES: Readonly<Record<FaultPromise, string>> = {
  survived: 'survived: nobody is told, because nothing is lost',
  detected: 'detected: somebody is told',
  outside: 'outside the contract: nobody is told',
};

const FAULT_TOLD: Readonly<Record<FaultTold, string>> = {
  get: 'the get that caused the read answers error',
  criticalError: 'the mount is in critical error, for good',
  sync: 'every sync that needs the flush, and every later one, answers error',
  ImpossibleInput: 'the completion is refused with an ImpossibleInput',
};

function deviceFaultText({ id, fault, on, promise, told, holds, why, instead, crcTells, seed }: DeviceFault): string {
  const lines = [`${id} ${fault.replace(/\.$/, '')} (a fault of a device, on ${on.join(', ')})`, ''];
  lines.push(`The layer: ${FAULT_PROMISES[promise]}.`);
  if (told.length > 0) lines.push(`Told by: ${told.map((how) => FAULT_TOLD[how]).join('; ')}.`);
  lines.push(`Then: ${holds}`, `Why: ${why}`);
  if (instead !== undefined) lines.push(`Who can notice, or what to do: ${instead}`);
  if (crcTells !== undefined)
    lines.push(`hasValidCrc on a META block: ${crcTells ? 'finds it wrong' : 'finds nothing'}.`);
  return [...lines, '', ...seedLines(seed)].join('\n');
}

function seedLines(seed: readonly SeedRef[]): string[] {
  const lines = seed.map(({ line, to }) => (to === undefined ? `${line}` : `${line}-${to}`));
  const width = Math.max(...lines.map((text) => text.length));
  return [`${SEED.file} (${SEED.commit}):`, ...seed.map(({ what }, i) => `  ${lines[i]!.padEnd(width)}  ${what}`)];
}

/** Names for an example, which has none: `d1`, `u1`, …, clients `A`, `B`, …, volumes `v1`, … */
function shapeOfExample(s: Snapshot): Shape {
  const seen = new Map<string, number>();
  const blocks = s.ios.map(({ type, volume }) => {
    const number = (seen.get(type) ?? 0) + 1;
    seen.set(type, number);
    return { name: `${type === 'volume' ? 'h' : type.charAt(0)}${number}`, type, volume };
  });
  return {
    blocks,
    volumes: s.volumes.map((_, v) => `v${v + 1}`),
    clients: s.clients.map((_, c) => String.fromCharCode(65 + c)),
    repairs: [],
    faults: [],
    acts: [],
    readAhead: null,
    undoLog: true,
    blockBytes: 0,
    backlogBytesMax: 0,
    modsMax: 0,
  };
}

function exampleLines(s: Snapshot): string[] {
  return changeLines(blank(s), s, 'nothing exists');
}

/** What is different in `after`, one line for each io, client and volume. */
function changeLines(before: Snapshot, after: Snapshot, none = 'no difference'): string[] {
  const told = new Map<string, string[]>();
  for (const { path, seen } of snapshotDifferences(shapeOfExample(before), before, after)) {
    const dot = path.lastIndexOf('.');
    const [whose, what] = dot < 0 ? [path, ''] : [path.slice(0, dot), path.slice(dot + 1)];
    const text = seen === 'true' ? what : seen === 'false' ? `not ${what}` : `${what} ${seen}`.trim();
    const texts = told.get(whose);
    if (texts === undefined) told.set(whose, [text]);
    else texts.push(text);
  }
  const lines = [...told].map(([whose, texts]) => `  ${whose}: ${texts.join(', ')}`);
  return lines.length > 0 ? lines : [`  ${none}`];
}

const NEAREST = 3;

/** The names that need the fewest changed letters. */
function nearestTo(wanted: string): string[] {
  const names = [...new Set([...entries()].map(([name]) => name))];
  return names
    .map((name) => ({ name, distance: editDistance(wanted, name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, NEAREST)
    .map(({ name }) => name);
}

/** Letters to insert, delete or replace to make one word of the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
