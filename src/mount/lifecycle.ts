// Whether a mount may be used, and what uses it: what every part asks before it begins something. A mount is open, then closing,
// which can be called off, then closed. It is *broken* when the core or a device did not keep its contract and no caller was there
// to hear it: every wait ends with MountBroken then, every call from then on throws it, and nothing is submitted any more.

import { MountBroken, MountClosed } from './errors.ts';

/** Who keeps somebody waiting. */
export interface Breakable {
  /** Nobody is served any more: ends every wait with that error. */
  failAll(error: Error): void;
}

export class Lifecycle {
  /** Blocks that the program holds, and its gets and flushes under way. */
  uses = 0;
  /** `closing` can be called off, `closed` cannot. */
  phase: 'open' | 'closing' | 'closed' = 'open';
  #broken: MountBroken | undefined;
  readonly #concerned: Breakable[] = [];

  /** These are told when the mount breaks, in this order. */
  concern(...parts: readonly Breakable[]): void {
    this.#concerned.push(...parts);
  }

  /** @throws MountClosed, MountBroken */
  promiseUsable(): void {
    this.promiseUnbroken();
    if (this.phase !== 'open') throw new MountClosed();
  }

  /** For what goes on after a wait. @throws MountBroken */
  promiseUnbroken(): void {
    if (this.#broken !== undefined) throw this.#broken;
  }

  /** What broke the mount, if something has. */
  get broken(): MountBroken | undefined {
    return this.#broken;
  }

  /** The contract of core or device does not hold: nobody is served any more. */
  break(error: unknown): void {
    this.#broken ??= new MountBroken(error);
    for (const part of this.#concerned) part.failAll(this.#broken);
  }
}
