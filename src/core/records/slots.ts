// Numbers for things: a table of reusable records, each known by a small integer that carries the record's slot and a
// generation. A number that was given back is recognised as stale. Looking a number up allocates nothing, and the numbers
// are small integers of the engine, so handing them out allocates nothing either.
//
// The slot given back last is used next, while its record is still in the processor's cache. A stale number is mistaken for a
// live one only after its slot has been used 32,768 times more. Up to 65,535 records may be live at a time; slot 0 is none,
// so that no number is 0.

import { HammerIoError } from '../errors.ts';

const SLOT_BITS = 16;
const SLOT_MASK = (1 << SLOT_BITS) - 1;
const NEXT_GENERATION = 1 << SLOT_BITS;
/** Numbers are positive: 15 bits of generation above the slot. */
const NUMBER_MASK = 0x7fffffff;

/** A reusable record. */
export abstract class Slot {
  /** Its number while it is live; else the complement of its next number, which is negative and never handed out. */
  id: number;
  /** While it is free, the slot that was given back before it; 0 if none is left. */
  nextFree = 0;

  constructor(slot: number) {
    this.id = ~(slot + NEXT_GENERATION);
  }

  get isLive(): boolean {
    return this.id > 0;
  }
}

export class Slots<R extends Slot> {
  readonly #records: (R | undefined)[] = [undefined];
  /** The slot given back last, or 0: the head of a list through `nextFree`. */
  #free = 0;
  readonly #make: (slot: number) => R;
  readonly #what: string;

  constructor(what: string, make: (slot: number) => R) {
    this.#what = what;
    this.#make = make;
  }

  /** A live record under a new number; its other fields are as they were left when it was given back. */
  take(): R {
    const record = this.#records[this.#free] ?? this.#grow();
    this.#free = record.nextFree;
    record.id = ~record.id;
    return record;
  }

  /** Ends the life of a record; its number is stale from now on. */
  give(record: R): void {
    const next = (record.id + NEXT_GENERATION) & NUMBER_MASK;
    record.id = ~next;
    record.nextFree = this.#free;
    this.#free = next & SLOT_MASK;
  }

  /** The live record with this number, or undefined if the number is stale or was never handed out. */
  find(id: number): R | undefined {
    const record = this.#records[id & SLOT_MASK];
    return record?.id === id ? record : undefined;
  }

  #grow(): R {
    const slot = this.#records.length;
    if (slot > SLOT_MASK) {
      throw new HammerIoError(`At most ${SLOT_MASK} ${this.#what} can be live at a time; close some first.`);
    }
    const record = this.#make(slot);
    this.#records.push(record);
    return record;
  }
}
