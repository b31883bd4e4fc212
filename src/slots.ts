// Numbers for things: a table of reusable records, each known by a small integer that carries the record's slot and a
// generation. A number that was given back is recognised as stale. Looking a number up allocates nothing, and the numbers
// are small integers of the engine, so handing them out allocates nothing either.
//
// Slots are reused in the order they were given back, so a stale number is mistaken for a live one only after its slot
// has been reused 32,767 times. Up to 65,536 records may be live at a time.

const SLOT_BITS = 16;
const SLOT_MASK = (1 << SLOT_BITS) - 1;
const GENERATION_MAX = (1 << 15) - 1;

/** `id` of a record that is not live; never handed out, and different from 0, which stands for "none". */
const DEAD = -1;

/** A reusable record: live while `id` is its number. */
export abstract class Slot {
  id = DEAD;
  readonly slot: number;
  generation = 0;
  nextFree: Slot | undefined = undefined;

  constructor(slot: number) {
    this.slot = slot;
  }
}

export class Slots<R extends Slot> {
  readonly #records: R[] = [];
  readonly #make: (slot: number) => R;
  readonly #what: string;
  #freeHead: R | undefined = undefined;
  #freeTail: R | undefined = undefined;

  constructor(what: string, make: (slot: number) => R) {
    this.#what = what;
    this.#make = make;
  }

  /** A live record under a new number; its other fields are as they were left when it was given back. */
  take(): R {
    let record = this.#freeHead;
    if (record === undefined) {
      if (this.#records.length > SLOT_MASK) {
        throw new RangeError(`At most ${SLOT_MASK + 1} ${this.#what} can be live at a time; close some first.`);
      }
      record = this.#make(this.#records.length);
      this.#records.push(record);
    } else {
      this.#freeHead = record.nextFree as R | undefined;
      if (this.#freeHead === undefined) this.#freeTail = undefined;
      record.nextFree = undefined;
    }
    record.generation = record.generation === GENERATION_MAX ? 1 : record.generation + 1;
    record.id = (record.generation << SLOT_BITS) | record.slot;
    return record;
  }

  /** Ends the life of a record; its number is stale from now on. */
  give(record: R): void {
    record.id = DEAD;
    if (this.#freeTail === undefined) this.#freeHead = record;
    else this.#freeTail.nextFree = record;
    this.#freeTail = record;
  }

  /** The live record with this number, or undefined if the number is stale or was never handed out. */
  find(id: number): R | undefined {
    const record = this.#records[id & SLOT_MASK];
    return record?.id === id ? record : undefined;
  }
}
