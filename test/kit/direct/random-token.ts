// One token that repeats a random run of the direct machine: `d1-` and then, sealed, the shape and the actions themselves. It
// means the same in every revision that knows these actions, and is refused by one that does not.

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { DirectAction } from '../../../spec/direct/vocabulary.ts';
import type { DirectShape } from '../../../spec/direct/snapshot.ts';
import { sealed, TokenError, unsealed } from '../random/sealed.ts';

export const DIRECT_TOKEN_PREFIX = 'd1-';

export interface DirectProgram {
  readonly shape: DirectShape;
  readonly actions: readonly DirectAction[];
}

export function directTokenOf(program: DirectProgram): string {
  return sealed(DIRECT_TOKEN_PREFIX, deflateRawSync(JSON.stringify(program)));
}

/** What a token says. @throws TokenError */
export function readDirectToken(text: string): DirectProgram {
  const body = unsealed(DIRECT_TOKEN_PREFIX, text);
  try {
    return JSON.parse(inflateRawSync(body).toString()) as DirectProgram;
  } catch {
    throw new TokenError('The token is whole but holds no run; copy one from a report.');
  }
}
