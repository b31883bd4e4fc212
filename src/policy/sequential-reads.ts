// Recognises readers that go through a volume block by block, so that a read may cover the next block too.
//
// A few readers per volume are remembered, each by the block that it asked for last. Who asks for the block behind, or for
// the one behind that (a read ahead covers two blocks, so the next miss may be two on), is one of them and reads
// sequentially; anybody else takes the place of the reader that was recognised longest ago. Asking again for the same block
// is answered as before: a get that had to wait for room asks twice.

/** Readers that are told apart on one volume. */
const READERS = 4;
const NOWHERE = -3;

/** Remembers a few readers of each volume, and recognises those that go on where they were. */
export class SequentialReads {
  readonly #volumes: Reader[][] = [];

  /** A block is about to be read. Answers whether its reader has come from just before it. */
  note(volume: number, block: number): boolean {
    const readers = (this.#volumes[volume] ??= Array.from({ length: READERS }, () => new Reader()));
    let at = 0;
    while (at < READERS - 1 && !readers[at]!.expects(block)) at++;
    const reader = readers[at]!;
    // The reader that was recognised last stands first; the last place is that of the one to be forgotten.
    for (; at > 0; at--) readers[at] = readers[at - 1]!;
    readers[0] = reader;
    return reader.moveTo(block);
  }
}

class Reader {
  #last = NOWHERE;
  #isSequential = false;

  expects(block: number): boolean {
    return block >= this.#last && block <= this.#last + 2;
  }

  moveTo(block: number): boolean {
    if (block !== this.#last) this.#isSequential = this.expects(block);
    this.#last = block;
    return this.#isSequential;
  }
}
