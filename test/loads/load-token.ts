// One token that repeats a run of the file load: `f1-` and then, sealed, its seed and its length. A run is a function of the two
// and of the revision that makes it.

import { sealed, TokenError, unsealed } from '../kit/random/sealed.ts';

export const LOAD_TOKEN_PREFIX = 'f1-';

/** What makes a run of the file load what it is. */
export interface LoadProgram {
  readonly seed: number;
  readonly steps: number;
}

export function loadTokenOf({ seed, steps }: LoadProgram): string {
  const body = Buffer.alloc(8);
  body.writeUInt32LE(seed, 0);
  body.writeUInt32LE(steps, 4);
  return sealed(LOAD_TOKEN_PREFIX, body);
}

/** What a token says. @throws TokenError */
export function readLoadToken(text: string): LoadProgram {
  const body = unsealed(LOAD_TOKEN_PREFIX, text);
  if (body.length !== 8) throw new TokenError('The token is whole but holds no run; copy one from a report.');
  return { seed: body.readUInt32LE(0), steps: body.readUInt32LE(4) };
}
