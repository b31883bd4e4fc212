// What `check-model --explain ID` prints: one entry of the catalogues in full.
//
// Claims by id or by TLA+ name, repairs, goals, progress, promises of a caller, the kinds of action, of both machines, and the
// faults of a device. A promise that both machines have is told of both.

import {
  ACTIONS,
  CLAIMS,
  DEVICE_FAULTS,
  GOALS,
  PROGRESS,
  PROMISES,
  REPAIRS,
  labelOf,
  type ActionKind,
  type DeviceFault,
  type FaultPromise,
  type FaultTold,
  type Outcome,
  type Shape,
  type Snapshot,
  type Step,
} from '../../spec/index.ts';
import { blank } from '../../spec/buffer/example.ts';
import { DIRECT_EXPLANATIONS } from './direct/explanations.ts';
import { catalogueEntries, originalLines, type Catalogue, type NamedText } from './explain-entries.ts';
import { snapshotDifferences } from '../kit/snapshot-difference.ts';
import { stepText } from '../kit/story.ts';

/** Nothing in the catalogues has that id; `nearest` are the ids that look most like it. */
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
  const texts = [...entries()].filter(([name]) => name.toLowerCase() === wanted).map(([, text]) => text());
  if (texts.length === 0) throw new UnknownEntry(id, nearestTo(wanted));
  return [...new Set(texts)].join('\n\n');
}

/** Every name that can be explained, with the text that explains it. */
function* entries(): Generator<NamedText> {
  yield* catalogueEntries(BUFFER_EXPLANATIONS);
  yield* catalogueEntries(DIRECT_EXPLANATIONS);
  for (const fault of DEVICE_FAULTS) yield [fault.id, () => deviceFaultText(fault)];
}

const BUFFER_EXPLANATIONS: Catalogue<Snapshot, Step> = {
  claims: CLAIMS,
  repairs: REPAIRS,
  goals: GOALS,
  progress: PROGRESS,
  promises: PROMISES,
  actions: ACTIONS,
  labelOf: (kind, outcome) => labelOf(kind as ActionKind, outcome as Outcome),
  telling: {
    nothing: blank,
    differences: (before, after) => snapshotDifferences(shapeOfExample(before), before, after),
    stepText: ({ action, outcome }, before) => stepText(shapeOfExample(before), action, outcome, before),
  },
};

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

const FAULT_PROMISES: Readonly<Record<FaultPromise, string>> = {
  survived: 'survived: no error, because nothing is lost',
  detected: 'detected: an error is reported',
  outside: 'outside the contract: no error is reported',
};

const FAULT_TOLD: Readonly<Record<FaultTold, string>> = {
  get: 'the get that caused the read answers error',
  criticalError: 'the mount is in critical error, for good',
  sync: 'every sync that needs the flush, and every later one, answers error',
  ImpossibleInput: 'the completion is refused with an ImpossibleInput',
};

function deviceFaultText({
  id,
  fault,
  on,
  promise,
  told,
  holds,
  why,
  instead,
  crcTells,
  original,
}: DeviceFault): string {
  const lines = [`${id} ${fault.replace(/\.$/, '')} (a fault of a device, on ${on.join(', ')})`, ''];
  lines.push(`The layer: ${FAULT_PROMISES[promise]}.`);
  if (told.length > 0) lines.push(`Reported by: ${told.map((how) => FAULT_TOLD[how]).join('; ')}.`);
  lines.push(`Then: ${holds}`, `Why: ${why}`);
  if (instead !== undefined) lines.push(`Who can notice, or what to do: ${instead}`);
  if (crcTells !== undefined)
    lines.push(`hasValidCrc on a META block: ${crcTells ? 'finds it wrong' : 'finds nothing'}.`);
  return [...lines, '', ...originalLines(original)].join('\n');
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
