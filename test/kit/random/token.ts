// One token that repeats a failure: `r1-` and then, in base64url, everything that decides a random run and its shrinking.
//
//   seed of the round, path of the shrunk program in fast-check's tree, most commands, what judged, repairs left out,
//   kinds of action where not all were offered, the configuration where it was given and not drawn
//
// followed by a fingerprint of the program and a checksum. A mistyped token fails the checksum. A token of another revision,
// whose generator draws another program from the same seed, fails the fingerprint: it is refused, never replayed as
// something else. What the implementation was is not in the token: whoever replays says what to replay on.

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { ACTION_KINDS, type ActionKind } from '../../../spec/buffer/vocabulary.ts';
import { REPAIR_IDS, type RepairId, type Shape } from '../../../spec/buffer/snapshot.ts';
import { sealed, unsealed } from './sealed.ts';

export { TokenError } from './sealed.ts';

export interface TokenContents {
  readonly seed: number;
  /** As fast-check prints it: `17:3:0:1`. */
  readonly path: string;
  readonly maxCommands: number;
  readonly compare: boolean;
  readonly claims: boolean;
  readonly repairs: readonly RepairId[];
  /** Undefined: all. */
  readonly kinds: readonly ActionKind[] | undefined;
  /** Undefined: drawn from the seed. */
  readonly shape: Shape | undefined;
  /** Of the program that the path leads to. */
  readonly fingerprint: number;
}

const PREFIX = 'r1-';
const COMPARE = 1;
const CLAIMS = 2;
const KINDS = 4;
const SHAPE = 8;

export function tokenOf(contents: TokenContents): string {
  const { seed, path, maxCommands, compare, claims, repairs, kinds, shape, fingerprint } = contents;
  const bytes: number[] = [];
  const put = (n: number): void => {
    for (; n >= 0x80; n = Math.floor(n / 0x80)) bytes.push((n & 0x7f) | 0x80);
    bytes.push(n);
  };
  put((compare ? COMPARE : 0) | (claims ? CLAIMS : 0) | (kinds ? KINDS : 0) | (shape ? SHAPE : 0));
  put(seed);
  put(maxCommands);
  put(fingerprint);
  put(REPAIR_IDS.reduce((mask, id, i) => (repairs.includes(id) ? mask : mask | (1 << i)), 0));
  const steps = shortened(path.split(':').map(Number));
  put(steps.length);
  steps.forEach(put);
  if (kinds !== undefined) {
    put(kinds.length);
    for (const kind of kinds) put(ACTION_KINDS.indexOf(kind));
  }
  if (shape !== undefined) bytes.push(...deflateRawSync(JSON.stringify(shape)));
  return sealed(PREFIX, Buffer.from(bytes));
}

/** What a token says. @throws TokenError */
export function readToken(text: string): TokenContents {
  return new Reader(unsealed(PREFIX, text)).contents();
}

/** Most steps of a path are zeros in a row: each row as one zero and its length. */
function shortened(steps: readonly number[]): number[] {
  const short: number[] = [];
  for (let i = 0; i < steps.length; i++) {
    short.push(steps[i]!);
    if (steps[i] !== 0) continue;
    const first = i;
    while (steps[i + 1] === 0) i++;
    short.push(i - first + 1);
  }
  return short;
}

function lengthened(short: readonly number[]): number[] {
  const steps: number[] = [];
  for (let i = 0; i < short.length; i++) {
    if (short[i] === 0) steps.push(...Array<number>(short[++i]!).fill(0));
    else steps.push(short[i]!);
  }
  return steps;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  contents(): TokenContents {
    const flags = this.#number();
    const [seed, maxCommands, fingerprint] = [this.#number(), this.#number(), this.#number()];
    const without = this.#number();
    const path = lengthened(this.#numbers()).join(':');
    const kinds = (flags & KINDS) !== 0 ? this.#numbers().map((k) => ACTION_KINDS[k]!) : undefined;
    const packed = this.#bytes.subarray(this.#at);
    const shape = (flags & SHAPE) !== 0 ? (JSON.parse(inflateRawSync(packed).toString()) as Shape) : undefined;
    return {
      ...{ seed, path, maxCommands, kinds, shape, fingerprint },
      compare: (flags & COMPARE) !== 0,
      claims: (flags & CLAIMS) !== 0,
      repairs: REPAIR_IDS.filter((_, i) => (without & (1 << i)) === 0),
    };
  }

  #numbers(): number[] {
    return Array.from({ length: this.#number() }, () => this.#number());
  }

  #number(): number {
    let n = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.#bytes[this.#at++]!;
      n += (byte & 0x7f) * factor;
      if (byte < 0x80) return n;
    }
  }
}
