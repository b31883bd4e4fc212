// The latest steps of a run, kept while it goes by and told only when it goes wrong. Telling each as it happens would cost
// more than checking it.

import type { Shape, Snapshot } from '../../../spec/buffer/snapshot.ts';
import type { Action, Outcome } from '../../../spec/buffer/vocabulary.ts';
import { blankSnapshot } from '../driver.ts';
import { stepText } from '../story.ts';

const STEPS = 6;

export class RecentSteps {
  readonly #shape: Shape;
  readonly #actions: (Action | undefined)[] = new Array<undefined>(STEPS).fill(undefined);
  readonly #outcomes: Outcome[] = new Array<Outcome>(STEPS).fill('done');
  /** The buffer that the client of each step was concerned with, before it. */
  readonly #ios = new Int16Array(STEPS).fill(-1);
  readonly #clientIo: Int16Array;
  #next = 0;

  constructor(shape: Shape) {
    this.#shape = shape;
    this.#clientIo = new Int16Array(shape.clients.length).fill(-1);
  }

  note(action: Action, outcome: Outcome, after: Snapshot): void {
    const slot = this.#next;
    this.#next = (slot + 1) % STEPS;
    this.#actions[slot] = action;
    this.#outcomes[slot] = outcome;
    if ('client' in action) this.#ios[slot] = this.#clientIo[action.client]!;
    for (let c = 0; c < after.clients.length; c++) this.#clientIo[c] = after.clients[c]!.io;
  }

  clear(): void {
    this.#actions.fill(undefined);
    this.#clientIo.fill(-1);
  }

  /** One text a step, the latest last. */
  texts(): string[] {
    const texts: string[] = [];
    const before = blankSnapshot(this.#shape);
    for (let i = 0; i < STEPS; i++) {
      const slot = (this.#next + i) % STEPS;
      const action = this.#actions[slot];
      if (action === undefined) continue;
      if ('client' in action) before.clients[action.client]!.io = this.#ios[slot]!;
      texts.push(stepText(this.#shape, action, this.#outcomes[slot]!, before));
    }
    return texts;
  }
}
