// The edges that a search has found, in growing arrays of integers: the same for both machines.

/** Edges in order of their source; edge i leads from source[i] to target[i] by actions[action[i]]. */
export interface Graph {
  readonly source: Int32Array;
  readonly target: Int32Array;
  readonly action: Uint16Array;
  readonly outcome: Uint8Array;
  readonly length: number;
}

/** The edges found so far, in order of their source. */
export class Edges {
  private source = new Int32Array(4096);
  private target = new Int32Array(4096);
  private action = new Uint16Array(4096);
  private outcome = new Uint8Array(4096);
  private size = 0;

  push(source: number, target: number, action: number, outcome: number): void {
    if (this.size === this.source.length) {
      this.source = grown(this.source, Int32Array);
      this.target = grown(this.target, Int32Array);
      this.action = grown(this.action, Uint16Array);
      this.outcome = grown(this.outcome, Uint8Array);
    }
    this.source[this.size] = source;
    this.target[this.size] = target;
    this.action[this.size] = action;
    this.outcome[this.size++] = outcome;
  }

  finish(): Graph {
    const { size } = this;
    return {
      source: this.source.subarray(0, size),
      target: this.target.subarray(0, size),
      action: this.action.subarray(0, size),
      outcome: this.outcome.subarray(0, size),
      length: size,
    };
  }
}

/** A larger array with the same beginning. */
export function grown<A extends Int32Array | Uint16Array | Uint8Array>(array: A, make: new (length: number) => A): A {
  const larger = new make(Math.ceil(array.length * 1.5));
  larger.set(array);
  return larger;
}
