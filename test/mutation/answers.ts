// What a predicate has answered when it was asked thousands of times, in three words.

import { crc32 } from 'node:zlib';

/** Where it applied, where it did not hold, and a digest of all answers. */
export type Said = readonly [applied: number, broken: number, digest: string];

export const [SILENT, HOLDS, BROKEN, LOST] = [0, 1, 2, 3] as const;

export class Answers {
  readonly #answers: number[] = [];

  /** A predicate may lose its way in a state that names what is not there; that is an answer too, and needs no stack. */
  ask(answer: () => number): void {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      this.#answers.push(answer());
    } catch {
      this.#answers.push(LOST);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  get said(): Said {
    const answers = Uint8Array.from(this.#answers);
    const count = (least: number): number => answers.filter((answer) => answer >= least).length;
    return [count(HOLDS), count(BROKEN), crc32(answers).toString(16).padStart(8, '0')];
  }
}
