// Who waits for a block that is being read ahead along with the one before it. When that read has ended, they go on as if they
// had just come: they find the block in the device cache, or have to read it themselves.

import type { Breakable } from './lifecycle.ts';

export interface Joiner {
  goOn(): void;
  fail(error: Error): void;
}

interface Joined {
  readonly volume: number;
  readonly block: number;
  readonly joiner: Joiner;
}

export class ReadsAhead implements Breakable {
  /** Few at a time: one for each sequential reader. */
  #joined: Joined[] = [];

  join(volume: number, block: number, joiner: Joiner): void {
    this.#joined.push({ volume, block, joiner });
  }

  /** One who does not want it any more. */
  leave(joiner: Joiner): void {
    if (this.#joined.length > 0) this.#joined = this.#joined.filter((one) => one.joiner !== joiner);
  }

  /** The read has ended. */
  ended(volume: number, block: number): void {
    if (this.#joined.length === 0) return;
    const gone = this.#joined.filter((one) => one.volume === volume && one.block === block);
    if (gone.length === 0) return;
    this.#joined = this.#joined.filter((one) => !gone.includes(one));
    for (const { joiner } of gone) joiner.goOn();
  }

  failAll(error: Error): void {
    for (const { joiner } of this.#joined.splice(0)) joiner.fail(error);
  }
}
