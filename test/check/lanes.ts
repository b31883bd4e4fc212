// A fixed number of lanes through which long jobs pass: at most so many run at once, the others queue, and of the queued
// ones the weightiest starts first. Longest-first keeps both cores busy to the end, where queueing order would leave one
// idle beside the last big job. Starting a job does not run it before the current turn of the event loop is over, so all
// jobs that are handed in together compete for the first lanes.

/** A job that waits for a lane. */
interface Queued {
  readonly weight: number;
  readonly start: () => void;
}

export class Lanes {
  readonly #free: { count: number };
  readonly #queue: Queued[] = [];
  #opening = false;

  constructor(count: number) {
    if (!Number.isInteger(count) || count < 1)
      throw new RangeError(`Lanes needs a positive whole number, not ${count}.`);
    this.#free = { count };
  }

  /** Runs `job` when a lane is free and no weightier job waits. The answer is the job's own, its failure included. */
  run<T>(weight: number, job: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const start = (): void => {
        job()
          .then(resolve, reject)
          .finally(() => {
            this.#free.count += 1;
            this.#open();
          });
      };
      this.#queue.push({ weight, start });
      this.#openSoon();
    });
  }

  #openSoon(): void {
    if (this.#opening) return;
    this.#opening = true;
    setImmediate(() => {
      this.#opening = false;
      this.#open();
    });
  }

  #open(): void {
    this.#queue.sort((a, b) => b.weight - a.weight);
    while (this.#free.count > 0) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#free.count -= 1;
      next.start();
    }
  }
}
