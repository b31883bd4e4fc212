// The model going along beside an implementation that cannot show everything. What it cannot show is taken from the model, so
// that the comparison, which knows nothing of gaps, sees no difference there; what it can show is compared as ever. Nothing
// here makes a difference disappear in a field that was announced.

import { createMachine, type Machine } from '../../../model/index.ts';
import { View } from '../../../model/buffer/snapshot.ts';
import type { Shape, Snapshot } from '../../../spec/buffer/snapshot.ts';
import type { Action, StepStats } from '../../../spec/buffer/vocabulary.ts';
import { ActionTable } from '../trace/action-arguments.ts';

export class Shadow {
  readonly #machine: Machine;
  readonly #table: ActionTable;
  readonly #view: View;
  readonly #initial: Int32Array;
  #stats: StepStats = { diskRead: 0, diskWrite: 0 };
  #woken: readonly number[] = [];
  #runnable: readonly boolean[] = [];

  constructor(shape: Shape) {
    this.#machine = createMachine(shape);
    this.#table = new ActionTable(this.#machine);
    this.#view = new View(this.#machine.state);
    this.#initial = this.#machine.initialRow();
  }

  get snapshot(): Snapshot {
    return this.#view.look();
  }

  /** What the model says of the latest step. */
  get stats(): StepStats {
    return this.#stats;
  }

  get woken(): readonly number[] {
    return this.#woken;
  }

  reset(): void {
    this.#machine.state.words.set(this.#initial);
    this.#runnable = [];
  }

  /** Makes the step that the implementation says to have made; stays where it is if the model cannot. */
  follow(action: Action): void {
    const index = this.#table.indexOf(action);
    const { state } = this.#machine;
    if (index === undefined || this.#machine.perform(index) === undefined) return;
    this.#stats = { diskRead: state.diskRead, diskWrite: state.diskWrite };
    const now = this.snapshot.clients.map(({ runnable }) => runnable);
    this.#woken = now.flatMap((runnable, c) => (runnable && this.#runnable[c] !== true ? [c] : []));
    this.#runnable = now;
  }
}
