// What a failed operation of a front says when it is thrown.

import { HammerIoError } from '../core/errors.ts';
import type { FailureReason, Front } from './fronts.ts';
import { nameOfFront } from './fronts.ts';

interface FailureText {
  readonly reason: string;
  readonly advice: string;
}

const FAILURES: Readonly<Record<FailureReason, FailureText>> = {
  lookup: {
    reason: 'the place lies in no zone for file data',
    advice: 'Correct the element, or the zones of DirectIo.',
  },
  missing: {
    reason: 'the volume is unknown, or its header is not loaded',
    advice: 'Bring the volume back and try again.',
  },
  beyond: {
    reason: 'the place lies beyond the end of the volume',
    advice: 'Correct the element, or the capacity of the volume.',
  },
  device: {
    reason: 'the device reported an error',
    advice: 'A failed read may be tried again; after a failed write nothing more is written, so open the mount anew.',
  },
  checksum: {
    reason: 'the bytes are not the ones that were written (their crc32 differs)',
    advice: 'Purge the block and read again; if that does not help, take the data from a copy.',
  },
  lostWrite: {
    reason: 'the newest data is from a write that failed, and what is on the medium is unknown',
    advice: 'Open the mount anew; what was committed before is intact.',
  },
  critical: {
    reason: 'another write failed while this one waited, and nothing more is written',
    advice: 'Open the mount anew.',
  },
  alias: {
    reason: 'the new blocks are in use through the core',
    advice: 'Do not get blocks in the zones of DirectIo from the core.',
  },
  abandoned: {
    reason: 'its caller gave it up',
    advice: 'Begin it again.',
  },
};

/** A front could not be filled, or not be written. The front is empty. */
export class DirectFailure extends HammerIoError {
  override readonly name = 'DirectFailure';
  readonly reason: FailureReason;
  readonly volume: number;
  /** The block that could not be reached or moved, or the first of several. */
  readonly block: number;

  /** `front`: one with a failure. */
  constructor(front: Front) {
    const { reason, volume, block } = front.failure!;
    const { reason: why, advice } = FAILURES[reason];
    super(
      `Block ${block} of volume ${volume} could not be read or written for ${nameOfFront(front)}: ${why}. ${advice}`,
    );
    this.reason = reason;
    this.volume = volume;
    this.block = block;
  }
}
