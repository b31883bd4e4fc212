// Giving handles back. Every handle of a mount is given up here, and whatever else may make room is noted here too: so who waits
// for room knows when to look again, and needs to know nobody who gives something back.

import type { HammerIoCore } from '../core/hammer-io-core.ts';
import type { Handle } from '../core/ids.ts';
import type { Lifecycle } from './lifecycle.ts';

export class Releases {
  readonly #core: HammerIoCore;
  readonly #lifecycle: Lifecycle;
  #chances = 0;

  constructor(core: HammerIoCore, lifecycle: Lifecycle) {
    this.#core = core;
    this.#lifecycle = lifecycle;
  }

  /** How often something has happened that may have made room. */
  get chances(): number {
    return this.#chances;
  }

  /** A handle is given up. Whoever waits for room may get the buffer, in the next turn. */
  release(handle: Handle): void {
    if (this.#lifecycle.broken !== undefined) return; // Its ticket may never end, and nobody needs the buffer.
    // A ticket, should there be one, ends by itself and concerns nobody.
    if (!this.#core.tryRelease(handle)) this.#core.release(handle);
    this.#chances++;
  }

  /** Something else has happened that may have made room: a completion, the end of a relief. */
  stir(): void {
    this.#chances++;
  }
}
