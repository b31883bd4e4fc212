// The run list (`iorun_list`): every write in flight, in order of issue, and between them the placemarkers of those who
// wait for all writes issued before them. A placemarker whose turn has come is the head; then its ticket is woken, and when
// it is taken out it wakes a placemarker that follows directly (hammer_io.c L189-228, L1132-1140).
//
// Links live in the entries, so joining and leaving are constant time and allocate nothing.

import type { HammerIo } from './hammer-io.ts';
import type { TicketRecord } from './tickets.ts';

/** A write in flight or a placemarker; `isPlacemarker` tells them apart. */
export type RunEntry = HammerIo | TicketRecord;

export class RunList {
  head: RunEntry | undefined = undefined;
  #tail: RunEntry | undefined = undefined;

  get isEmpty(): boolean {
    return this.head === undefined;
  }

  append(entry: RunEntry): void {
    entry.runPrev = this.#tail;
    if (this.#tail === undefined) this.head = entry;
    else this.#tail.runNext = entry;
    this.#tail = entry;
  }

  /** Takes an entry out; answers the placemarker that has thereby become the head, if one has. */
  remove(entry: RunEntry): TicketRecord | undefined {
    const { runPrev, runNext } = entry;
    if (runPrev === undefined) this.head = runNext;
    else runPrev.runNext = runNext;
    if (runNext === undefined) this.#tail = runPrev;
    else runNext.runPrev = runPrev;
    entry.runPrev = entry.runNext = undefined;
    return runPrev === undefined && runNext?.isPlacemarker ? runNext : undefined;
  }
}
