// What one volume of a disk with a volatile cache holds, sector by sector.
//
//   durable     what is there after power loss, whatever becomes of the rest
//   unflushed   completed writes that no flush has covered, in order of completion, each with the sectors that arrived
//   versions    the contents of a block as reads have seen them, newest last, so that an old one can be delivered again
//
// A flush makes durable what completed before it was submitted; `clock` counts completions, so that the submitter can say
// when that was. Contents handed in are never changed afterwards, here or by the caller, so they are shared, not copied.
// Nothing here knows of requests, results or faults: the fault device keeps two of these and tells them different stories.

/** What a disk stores whole or not at all. */
export const SECTOR_BYTES = 512;

/** Sectors of a block, counted from its start. */
export type Sectors = readonly number[] | 'all';

export const NO_SECTORS: Sectors = [];

/** Which sectors of which writes outlast the power, by the id of the write; one that is not named is lost. */
export type Survivors = ReadonlyMap<number, Sectors>;

export interface StoredWrite {
  readonly id: number;
  readonly block: number;
  readonly contents: Uint8Array;
  /** The sectors that arrived. */
  readonly sectors: Sectors;
}

interface CompletedWrite extends StoredWrite {
  readonly completed: number;
}

/** Versions of a block that can still be delivered. */
const VERSIONS_MAX = 8;

export class Medium {
  readonly #blockBytes: number;
  #clock = 0;
  #unflushed: CompletedWrite[] = [];
  readonly #durable = new Map<number, Uint8Array>();
  readonly #versions = new Map<number, Uint8Array[]>();

  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes;
  }

  /** How many writes have completed so far. */
  get clock(): number {
    return this.#clock;
  }

  get unflushed(): readonly StoredWrite[] {
    return this.#unflushed;
  }

  /** When the newest write completed that no flush has covered; 0 if there is none. */
  get newestUnflushed(): number {
    return this.#unflushed.at(-1)?.completed ?? 0;
  }

  /** Blocks that were ever written or put there. */
  blocks(): Iterable<number> {
    return this.#versions.keys();
  }

  /** A write has completed, and these of its sectors have arrived. */
  write(write: StoredWrite): void {
    this.#unflushed.push({ ...write, completed: ++this.#clock });
    if (write.sectors.length === 0) return;
    this.#remember(write.block, overlay(this.#current(write.block), write));
  }

  /** Makes durable what had completed when the clock stood at `clock`. */
  flush(clock: number): void {
    const covered = this.#unflushed.findIndex((write) => write.completed > clock);
    for (const write of this.#unflushed.splice(0, covered === -1 ? this.#unflushed.length : covered))
      this.#harden(write);
  }

  /** A copy of what a read sees. */
  read(block: number): Uint8Array {
    return this.#current(block).slice();
  }

  /** A copy of what is there after power loss, if nothing else survives. */
  readDurable(block: number): Uint8Array {
    return this.#durableOf(block).slice();
  }

  /** A copy of what a read saw before the last `back` changes; undefined if that is not remembered. */
  readVersion(block: number, back: number): Uint8Array | undefined {
    return this.#versionsOf(block)
      .at(-1 - back)
      ?.slice();
  }

  /** Puts contents there as if they had been there always. */
  format(block: number, contents: Uint8Array): void {
    this.#durable.set(block, contents);
    this.#versions.set(block, [contents]);
    if (this.#unflushed.some((write) => write.block === block)) this.#recompute(block);
  }

  /** Flips a bit of what is durable; a read sees it unless an unflushed write lies over it. */
  flip(block: number, bit: number): void {
    this.#durable.set(block, flipped(this.#durableOf(block), bit));
    this.#recompute(block);
  }

  /** The power goes. Of the unflushed writes, and of `arriving` ones that had not completed, the named sectors are there. */
  losePower(survivors: Survivors, arriving: readonly StoredWrite[]): void {
    const blocks = new Set<number>();
    for (const write of [...this.#unflushed, ...arriving]) {
      blocks.add(write.block);
      const sectors = inBoth(write.sectors, survivors.get(write.id) ?? NO_SECTORS);
      if (sectors.length > 0) this.#harden({ ...write, sectors });
    }
    this.#unflushed = [];
    for (const block of blocks) this.#recompute(block);
  }

  copy(): Medium {
    const copy = new Medium(this.#blockBytes);
    copy.#clock = this.#clock;
    copy.#unflushed = [...this.#unflushed];
    for (const [block, contents] of this.#durable) copy.#durable.set(block, contents);
    for (const [block, versions] of this.#versions) copy.#versions.set(block, [...versions]);
    return copy;
  }

  #harden(write: StoredWrite): void {
    if (write.sectors.length > 0) this.#durable.set(write.block, overlay(this.#durableOf(write.block), write));
  }

  #durableOf(block: number): Uint8Array {
    return this.#durable.get(block) ?? new Uint8Array(this.#blockBytes);
  }

  #current(block: number): Uint8Array {
    return this.#versions.get(block)?.at(-1) ?? this.#durableOf(block);
  }

  #versionsOf(block: number): Uint8Array[] {
    let versions = this.#versions.get(block);
    if (versions === undefined) this.#versions.set(block, (versions = [this.#durableOf(block)]));
    return versions;
  }

  #remember(block: number, contents: Uint8Array): void {
    const versions = this.#versionsOf(block);
    versions.push(contents);
    if (versions.length > VERSIONS_MAX) versions.shift();
  }

  /** What a read sees has changed without a write. */
  #recompute(block: number): void {
    let contents = this.#durableOf(block);
    for (const write of this.#unflushed) if (write.block === block) contents = overlay(contents, write);
    this.#remember(block, contents);
  }
}

/** The contents below, with the arrived sectors of a write over them. */
function overlay(below: Uint8Array, { contents, sectors }: StoredWrite): Uint8Array {
  if (sectors === 'all') return contents;
  const mixed = below.slice();
  for (const sector of sectors) {
    const from = sector * SECTOR_BYTES;
    mixed.set(contents.subarray(from, from + SECTOR_BYTES), from);
  }
  return mixed;
}

function inBoth(a: Sectors, b: Sectors): Sectors {
  if (a === 'all') return b;
  return b === 'all' ? a : a.filter((sector) => b.includes(sector));
}

export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}
