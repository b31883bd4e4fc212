// The set of states seen so far: exact rows in one growing array, found through an open-addressing table of row numbers.
//
// Exact rows, not fingerprints: no state is ever lost to a collision, and a trace can be printed. A row costs its words
// plus about 1.5 to 3 table slots of four bytes. A slot holds the number of a state in its low bits, and above them the bits
// of the hash that did not choose the slot: most rows that are not the one looked for need not be fetched.

export class StateTable {
  /** Rows of all states, in order of discovery. */
  rows: Int32Array;
  /** Number of states. */
  size = 0;
  private readonly words: number;
  private slots: Int32Array;
  private mask: number;

  constructor(words: number, capacity = 1024) {
    this.words = words;
    this.rows = new Int32Array(words * capacity);
    this.slots = new Int32Array(capacity * 2);
    this.mask = this.slots.length - 1;
  }

  /** The number of the state `row`; a new state gets the number `size` had before the call. */
  intern(row: Int32Array): number {
    const { words, rows, slots, mask } = this;
    const h = hash(row, 0, words);
    let slot = h & mask;
    for (;;) {
      const entry = slots[slot]!;
      if (entry === 0) break;
      if (((entry ^ h) & ~mask) === 0) {
        const base = ((entry & mask) - 1) * words;
        let i = 0;
        while (i < words && rows[base + i] === row[i]) i++;
        if (i === words) return (entry & mask) - 1;
      }
      slot = (slot + 1) & mask;
    }
    const state = this.size++;
    slots[slot] = (h & ~mask) | (state + 1);
    if ((state + 1) * words > rows.length) this.growRows();
    const base = state * words;
    for (let i = 0; i < words; i++) this.rows[base + i] = row[i]!;
    if (this.size * 3 > slots.length * 2) this.growSlots();
    return state;
  }

  /** Bytes held for rows and table. */
  get bytes(): number {
    return this.rows.byteLength + this.slots.byteLength;
  }

  private growRows(): void {
    const grown = new Int32Array(this.words * Math.ceil((this.rows.length / this.words) * 1.5));
    grown.set(this.rows);
    this.rows = grown;
  }

  private growSlots(): void {
    const { words, rows } = this;
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let state = 0; state < this.size; state++) {
      const h = hash(rows, state * words, words);
      let slot = h & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = (h & ~mask) | (state + 1);
    }
    this.slots = slots;
    this.mask = mask;
  }
}

/** Mixes the words of the row at `base`; multiplication spreads low bits, shifts bring high bits down. */
function hash(rows: Int32Array, base: number, words: number): number {
  let h = 0x9e3779b9;
  for (let i = 0; i < words; i++) {
    h = Math.imul(h ^ rows[base + i]!, 0x85ebca6b);
    h ^= h >>> 13;
  }
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
