// The checksum of a META block: its first four bytes hold the CRC-32 of the rest, little endian. It is brought up to date
// when the block is written and bytes were changed since, not at each change (hammer_io.c L916-922: recomputing it again
// and again is what bulk changes cannot afford). Whoever changes META bytes leaves the first four alone.

import { crc32 } from 'node:zlib';

const CRC_BYTES = 4;

/** Brings the checksum of a META block up to date. */
export function finalizeCrc(block: Uint8Array): void {
  viewOf(block).setUint32(0, crc32(block.subarray(CRC_BYTES)), true);
}

/** Does the checksum of a META block match its bytes? */
export function hasValidCrc(block: Uint8Array): boolean {
  return viewOf(block).getUint32(0, true) === crc32(block.subarray(CRC_BYTES));
}

function viewOf(block: Uint8Array): DataView {
  return new DataView(block.buffer, block.byteOffset, block.byteLength);
}
