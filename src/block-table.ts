// What is known of a volume, by block number: a hash table with open addressing. A hit on a resident buffer begins here, so a
// lookup is one multiplication, mostly one probe, and never an allocation; a `Map` takes about twice as long.
//
// Keys are not stored apart: every item says its block. Collisions go to the next slot; taking an item out moves those behind
// it forward, so that there are no tombstones and a lookup ends at the first empty slot. At most half of the slots are
// occupied. The table grows with its contents and does not shrink: its owner is a cache, which fills once.

const SLOTS_MIN = 16;
/** 2^32 divided by the golden ratio: consecutive blocks are spread evenly (Knuth's multiplicative hashing). */
const GOLDEN = 0x9e3779b1;

export class BlockTable<T extends { readonly block: number }> {
  #slots: (T | undefined)[] = new Array<T | undefined>(SLOTS_MIN).fill(undefined);
  /** 32 minus the logarithm of the number of slots. */
  #shift = 32 - Math.log2(SLOTS_MIN);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(block: number): T | undefined {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = this.#home(block);
    for (let item = slots[at]; item !== undefined; item = slots[at]) {
      if (item.block === block) return item;
      at = (at + 1) & mask;
    }
    return undefined;
  }

  has(block: number): boolean {
    return this.get(block) !== undefined;
  }

  /** Puts an item in. Its block must not be there yet. */
  add(item: T): void {
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    this.#place(item);
    this.#size++;
  }

  /** Takes the item of a block out, if there is one. */
  delete(block: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hole = this.#home(block);
    while (slots[hole]?.block !== block) {
      if (slots[hole] === undefined) return;
      hole = (hole + 1) & mask;
    }
    this.#size--;
    // Whoever stands behind the hole and would be looked for at it or before it moves into it, and leaves the next hole.
    for (let at = (hole + 1) & mask; slots[at] !== undefined; at = (at + 1) & mask) {
      const home = this.#home(slots[at]!.block);
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      slots[hole] = slots[at];
      hole = at;
    }
    slots[hole] = undefined;
  }

  /** The items, in no order that means anything. The table must not change meanwhile. */
  *[Symbol.iterator](): Generator<T> {
    for (const item of this.#slots) if (item !== undefined) yield item;
  }

  /** Where a block is looked for first: the upper bits of a product. Blocks beyond 2^31 contribute their upper half too. */
  #home(block: number): number {
    const low = block | 0;
    return Math.imul(low === block ? low : low ^ (block / 0x1_0000_0000), GOLDEN) >>> this.#shift;
  }

  #place(item: T): void {
    const mask = this.#slots.length - 1;
    let at = this.#home(item.block);
    while (this.#slots[at] !== undefined) at = (at + 1) & mask;
    this.#slots[at] = item;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Array<T | undefined>(old.length * 2).fill(undefined);
    this.#shift--;
    for (const item of old) if (item !== undefined) this.#place(item);
  }
}
