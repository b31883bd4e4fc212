// The envelope of a token: a prefix that says what it is, the contents and their checksum in base64url. A mistyped token fails
// the checksum, so that it is refused and never taken for another one.

import { crc32 } from 'node:zlib';

/** A text that is no token, or not one of this revision. The message is one sentence. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

export function sealed(prefix: string, body: Uint8Array): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(body));
  return prefix + Buffer.concat([body, sum]).toString('base64url');
}

/** What was sealed. @throws TokenError */
export function unsealed(prefix: string, text: string): Buffer {
  const token = text.trim();
  if (!token.startsWith(prefix))
    throw new TokenError(
      `'${clipped(token)}' is not a token: one begins with ${prefix}; copy it whole from the report.`,
    );
  const all = Buffer.from(token.slice(prefix.length), 'base64url');
  const body = all.subarray(0, -4);
  // The decoder of base64url forgives stray characters; a token has none.
  const isWhole = all.length > 4 && prefix + all.toString('base64url') === token;
  if (!isWhole || crc32(body) !== all.readUInt32LE(all.length - 4))
    throw new TokenError(`The token '${clipped(token)}' is damaged: its checksum does not fit; copy it whole.`);
  return body;
}

const clipped = (text: string): string => (text.length > 24 ? `${text.slice(0, 24)}…` : text);
