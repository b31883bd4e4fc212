// Who takes part in the benches of the cache: something that keeps blocks, and the three kinds of work that are measured.
// Each contender has its files to itself, has `cacheBlocks` blocks of memory, and does every kind of work as its users would.

/** Where a contender finds its blocks, and how much memory it has for them. */
export interface Ground {
  /** A directory for its files. */
  readonly directory: string;
  /** Blocks 1 to this are there. */
  readonly blocks: number;
  readonly cacheBlocks: number;
}

export interface Contender {
  readonly name: string;
  /** Gets that many blocks, taken in turn from `keys`, the number of which is a power of two. All are resident. */
  hits?(keys: Int32Array, times: number): void;
  /** Reads these blocks, none of which is resident, and looks at each. */
  read(blocks: Int32Array): void | Promise<void>;
  /** Stamps these different blocks, and makes that durable. Where there is a cache they are resident. */
  write(blocks: Int32Array, stamp: number): void | Promise<void>;
  /** Flushes that its device has carried out, where it counts them. */
  deviceFlushes?(): number;
  /** The stamp that a block has now on its medium, past every cache of its own but the system's. */
  stampOnMedium(block: number): number;
  close(): void | Promise<void>;
}
