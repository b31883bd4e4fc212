// Whether what the clients of one register saw can be put in an order: the check of linearizability over a recorded history.
//
// A register is a piece of storage that is written and read as a whole: a block, or a part of one. Each operation stands in the
// history with the moments at which it was begun and answered. The history is linearizable if every operation can be thought to
// happen at one moment between the two so that each read gives what was written last.
//
// Deciding that is hard in general and quick where no two writes write the same value, for then each read tells which write it
// saw (Gibbons and Korach, Testing Shared Memories, 1997). The operations on one value form a cluster: its write and the reads of
// it. A cluster has a first answer and a last beginning. Where the first answer comes before the last beginning, the register
// must hold the value all the time between the two (its *span*); otherwise all of the cluster may happen at one moment, anywhere
// between last beginning and first answer (its *chance*). The history is linearizable exactly if
//
//   1. every value that was read was written, and no read of it was answered before its write began,
//   2. no two spans overlap, and
//   3. no chance lies wholly within a span of another value.
//
// Cost: sorting the clusters of one register. A history of many registers is cut into one for each, so it stays as good as linear.
//
// Errors. A write that was answered with an error, or never, may have happened at any later moment or not at all: it happened if
// somebody read it, and it counts as never answered. A read without a value says nothing.

/** One operation of one client on one register. Moments are whole numbers of any clock that only goes forward. */
export interface Operation {
  readonly client: number;
  readonly kind: 'read' | 'write';
  /** What was written or read; each write of a register has a value of its own, unlike the initial one. */
  readonly value: number;
  readonly begun: number;
  /** When it was answered; undefined: not before the end of the history. */
  readonly answered: number | undefined;
  /** `error`: it was answered with an error. */
  readonly outcome: 'ok' | 'error';
}

/** Why a history has no order. The operations are those that contradict each other, as they were begun. */
export interface Anomaly {
  readonly rule: 'unwritten value' | 'read before its write' | 'two values at once' | 'value out of order';
  readonly operations: readonly Operation[];
  /** One sentence. */
  readonly summary: string;
}

/** A history that the check cannot judge: its maker broke the rules for histories. */
export class ImproperHistory extends Error {
  override readonly name = 'ImproperHistory';
}

/** All operations on one value. `first` was answered first, `last` begun last. */
interface Cluster {
  readonly value: number;
  readonly write: Operation | undefined;
  readonly first: Operation | undefined;
  readonly firstAnswer: number;
  readonly last: Operation | undefined;
  readonly lastBegin: number;
}

/** The first contradiction in the history of one register that held `initial` at the beginning, or undefined: it is linearizable. */
export function findAnomaly(history: readonly Operation[], initial: number): Anomaly | undefined {
  const writes = writesOf(history, initial);
  const reads = new Map<number, Operation[]>();
  for (const operation of history) {
    if (operation.kind !== 'read' || operation.outcome === 'error' || operation.answered === undefined) continue;
    const { value } = operation;
    const write = writes.get(value);
    if (value !== initial && write === undefined)
      return anomaly('unwritten value', [operation], `${text(operation)}, which nobody wrote`);
    if (write !== undefined && operation.answered < write.begun)
      return anomaly('read before its write', [operation, write], `${text(operation)} before ${text(write)} began`);
    const known = reads.get(value);
    if (known === undefined) reads.set(value, [operation]);
    else known.push(operation);
  }
  const clusters = [clusterOf(initial, undefined, reads.get(initial) ?? [])];
  for (const [value, write] of writes) {
    const seen = reads.get(value) ?? [];
    if (isAnswered(write) || seen.length > 0) clusters.push(clusterOf(value, write, seen));
  }
  return findOverlap(clusters);
}

/** The writes by value. */
function writesOf(history: readonly Operation[], initial: number): Map<number, Operation> {
  const writes = new Map<number, Operation>();
  for (const operation of history) {
    if (operation.answered !== undefined && operation.answered < operation.begun)
      throw new ImproperHistory(`${text(operation)} is answered before it is begun.`);
    if (operation.kind !== 'write') continue;
    if (operation.value === initial || writes.has(operation.value))
      throw new ImproperHistory(`The value ${operation.value} is written twice, or was there from the beginning.`);
    writes.set(operation.value, operation);
  }
  return writes;
}

const isAnswered = ({ answered, outcome }: Operation): boolean => answered !== undefined && outcome === 'ok';

/** The initial value counts as written, and that as answered, before everything else. */
function clusterOf(value: number, write: Operation | undefined, reads: readonly Operation[]): Cluster {
  let [first, firstAnswer]: [Operation | undefined, number] = [undefined, Infinity];
  if (write === undefined) firstAnswer = -Infinity;
  else if (isAnswered(write)) [first, firstAnswer] = [write, write.answered!];
  let [last, lastBegin] = write === undefined ? [undefined, -Infinity] : [write, write.begun];
  for (const read of reads) {
    if (read.answered! < firstAnswer) [first, firstAnswer] = [read, read.answered!];
    if (read.begun > lastBegin) [last, lastBegin] = [read, read.begun];
  }
  return { value, write, first, firstAnswer, last, lastBegin };
}

/** Rules 2 and 3: spans in the order of time, and each chance against the span that it might lie in. */
function findOverlap(clusters: readonly Cluster[]): Anomaly | undefined {
  const spans = clusters.filter((one) => one.firstAnswer < one.lastBegin).sort((a, b) => a.firstAnswer - b.firstAnswer);
  for (let i = 1; i < spans.length; i++) {
    const [earlier, later] = [spans[i - 1]!, spans[i]!];
    if (later.firstAnswer < earlier.lastBegin) return twoAtOnce(earlier, later);
  }
  for (const chance of clusters) {
    if (chance.firstAnswer < chance.lastBegin) continue;
    const span = lastSpanBegunBefore(spans, chance.lastBegin);
    if (span !== undefined && chance.firstAnswer < span.lastBegin) return outOfOrder(span, chance);
  }
  return undefined;
}

/** Spans do not overlap, so only the last one that begins before a moment can still hold there. */
function lastSpanBegunBefore(spans: readonly Cluster[], moment: number): Cluster | undefined {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.firstAnswer < moment) low = middle + 1;
    else high = middle;
  }
  return spans[low - 1];
}

function twoAtOnce(a: Cluster, b: Cluster): Anomaly {
  return anomaly(
    'two values at once',
    operationsOf(a, b),
    `the register would have to hold ${a.value} and ${b.value} at once`,
  );
}

function outOfOrder(span: Cluster, chance: Cluster): Anomaly {
  const what = `${chance.value} could only be there between two moments at which ${span.value} was`;
  return anomaly('value out of order', operationsOf(span, chance), what);
}

/** What proves where two clusters must be, each operation once, as they were begun. */
function operationsOf(...clusters: readonly Cluster[]): Operation[] {
  const all = clusters.flatMap(({ write, first, last }) => [write, first, last]);
  return [...new Set(all.filter((one) => one !== undefined))].sort((a, b) => a.begun - b.begun);
}

function anomaly(rule: Anomaly['rule'], operations: readonly Operation[], what: string): Anomaly {
  return { rule, operations, summary: `Not linearizable: ${what}.` };
}

/** `client 1 read 5 (3..7)`. */
export function text({ client, kind, value, begun, answered, outcome }: Operation): string {
  const did = outcome === 'error' ? `failed to ${kind}` : kind === 'read' ? 'read' : 'wrote';
  return `client ${client} ${did} ${value} (${begun}..${answered ?? ''})`;
}
