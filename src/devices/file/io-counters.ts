// What an I/O thread counts, as words of shared memory that only it writes. They are brought up to date before a completion
// is published, so whoever has seen a completion sees its counts.

/** The counts, in the order of their words. */
const COUNTS = [
  /** Times the thread took up work. */
  'batches',
  'reads',
  'writes',
  'flushes',
  /** System calls that moved bytes: fewer than reads and writes where neighbours went together. */
  'transfers',
  /** Calls of fdatasync. */
  'syncs',
  /** Transfers that moved a part and were continued. */
  'shortTransfers',
  /** Calls that were interrupted and repeated. */
  'retries',
  /** Transfers of several blocks that failed and were repeated block by block. */
  'splits',
] as const;

export type Count = (typeof COUNTS)[number];
/** What a device has done since it was opened, as counts. */
export type FileDeviceStatistics = Readonly<Record<Count, number>>;

export const COUNTER_WORDS = COUNTS.length;

export class IoCounters {
  readonly #words: Float64Array;

  constructor(words: Float64Array = new Float64Array(COUNTER_WORDS)) {
    this.#words = words;
  }

  add(count: Count, n = 1): void {
    this.#words[INDEX[count]]! += n;
  }

  snapshot(): FileDeviceStatistics {
    return Object.fromEntries(COUNTS.map((count, i) => [count, this.#words[i]!])) as Record<Count, number>;
  }
}

const INDEX = Object.fromEntries(COUNTS.map((count, i) => [count, i])) as Readonly<Record<Count, number>>;
