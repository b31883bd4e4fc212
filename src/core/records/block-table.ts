// What is known of a volume, by block number: a hash table with open addressing, from block to item, and to the index by which
// an item's like are numbered. A hit on a resident buffer begins here, so a lookup is one multiplication, mostly one probe, and
// never an allocation; a `Map` takes about twice as long. And it does not touch the item: objects are scattered in memory,
// while the keys and indices, in pairs, lie in one array.
//
// A key is the block, if that is below 2^31; the few beyond share the negative keys, and there the item is asked.
//
// Collisions go to the next slot; taking an item out moves those behind it forward, so that there are no tombstones and a
// lookup ends at the first empty slot. At most a quarter of the slots is occupied, because a second probe is a jump that the
// processor has not foreseen; that makes 32 to 64 bytes for an item. The table grows with its contents and does not shrink: its
// owner is a cache, which fills once.

const SLOTS_MIN = 16;
/** 2^32 divided by the golden ratio: consecutive blocks are spread evenly (Knuth's multiplicative hashing). */
const GOLDEN = 0x9e3779b1;

/** What can stand in a table. Neither may change while it does. */
export interface Numbered {
  readonly block: number;
  /** From 0. */
  readonly index: number;
}

export class BlockTable<T extends Numbered> {
  /** By slot. */
  #items = new Array<T | undefined>(SLOTS_MIN).fill(undefined);
  /** Of each slot the key, and behind it the index of the item plus 1, or 0 if the slot is empty. */
  #pairs = new Int32Array(2 * SLOTS_MIN);
  /** The last slot; all bits below the number of slots. */
  #mask = SLOTS_MIN - 1;
  /** 32 minus the logarithm of the number of slots. */
  #shift = 32 - Math.log2(SLOTS_MIN);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The index of the item of a block, or -1. Walks as `slotOf` does, and reads off the index on the way: hits come through here. */
  indexOf(block: number): number {
    const pairs = this.#pairs;
    const mask = this.#mask;
    const key = keyOf(block);
    for (let slot = Math.imul(key, GOLDEN) >>> this.#shift; ; slot = (slot + 1) & mask) {
      const index = pairs[(slot << 1) | 1]! - 1;
      if (index < 0 || (pairs[slot << 1] === key && (key >= 0 || this.#items[slot]!.block === block))) return index;
    }
  }

  get(block: number): T | undefined {
    return this.#items[this.slotOf(block)];
  }

  has(block: number): boolean {
    return this.indexOf(block) >= 0;
  }

  /**
   * The slot of a block, or the empty one where it would be put. For the table itself: that a private method is called on one of
   * its own kind would be checked at every call. @internal
   */
  slotOf(block: number): number {
    const pairs = this.#pairs;
    const mask = this.#mask;
    const key = keyOf(block);
    let slot = Math.imul(key, GOLDEN) >>> this.#shift;
    while (pairs[(slot << 1) | 1] !== 0) {
      if (pairs[slot << 1] === key && (key >= 0 || this.#items[slot]!.block === block)) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** Puts an item in. Its block must not be there yet. */
  add(item: T): void {
    if (this.#size * 4 >= this.#items.length) this.#grow();
    this.#put(this.slotOf(item.block), item);
    this.#size++;
  }

  /** Takes the item of a block out, if there is one. */
  delete(block: number): void {
    const items = this.#items;
    const mask = this.#mask;
    let hole = this.slotOf(block);
    if (items[hole] === undefined) return;
    this.#size--;
    // Whoever stands behind the hole and would be looked for at it or before it moves into it, and leaves the next hole.
    for (let slot = (hole + 1) & mask; items[slot] !== undefined; slot = (slot + 1) & mask) {
      const item = items[slot]!;
      const home = Math.imul(keyOf(item.block), GOLDEN) >>> this.#shift;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      this.#put(hole, item);
      hole = slot;
    }
    this.#put(hole, undefined);
  }

  /** The items, in no order that means anything. The table must not change meanwhile. */
  *[Symbol.iterator](): Generator<T> {
    for (const item of this.#items) if (item !== undefined) yield item;
  }

  #put(slot: number, item: T | undefined): void {
    this.#items[slot] = item;
    this.#pairs[2 * slot] = item === undefined ? 0 : keyOf(item.block);
    this.#pairs[2 * slot + 1] = item === undefined ? 0 : item.index + 1;
  }

  #grow(): void {
    const items = this.#items;
    const slots = 2 * items.length;
    this.#items = new Array<T | undefined>(slots).fill(undefined);
    this.#pairs = new Int32Array(2 * slots);
    this.#mask = slots - 1;
    this.#shift--;
    for (const item of items) if (item !== undefined) this.#put(this.slotOf(item.block), item);
  }
}

function keyOf(block: number): number {
  const low = block | 0;
  return low === block && low >= 0 ? low : sharedKeyOf(block);
}

/** For blocks from 2^31, and for whatever is no block. Their upper half contributes too. */
function sharedKeyOf(block: number): number {
  return (block ^ (block / 0x1_0000_0000)) | ~0x7fffffff;
}
