// What a failed operation of a front says when it is thrown.

import { HammerIoError } from '../core/errors.ts';
import type { FailureReason, Front } from './fronts.ts';
import { nameOfFront } from './fronts.ts';

interface FailureText {
  readonly seen: string;
  readonly advice: string;
}

const FAILURES: Readonly<Record<FailureReason, FailureText>> = {
  lookup: {
    seen: 'the place lies in no zone for file data',
    advice: 'Correct the element, or the zones of DirectIo.',
  },
  missing: {
    seen: 'the volume is missing: unknown, or its header is not loaded',
    advice: 'Bring the volume back and try again.',
  },
  beyond: {
    seen: 'the place lies beyond the end of the volume',
    advice: 'Correct the element, or the capacity of the volume.',
  },
  device: {
    seen: 'the device has answered EIO',
    advice:
      'A failed read may be tried again; after a failed write nothing is written any more, so open the mount anew.',
  },
  checksum: {
    seen: 'the bytes are not those that were written, by their crc32',
    advice: 'Purge the block and read again; if that does not help, take the data from a copy.',
  },
  lostWrite: {
    seen: 'the newest data is that of a write which has failed, and nobody knows what stands there',
    advice: 'Open the mount anew; what was committed before is there.',
  },
  critical: {
    seen: 'another write has failed while this one waited, and nothing is written any more',
    advice: 'Open the mount anew.',
  },
  alias: {
    seen: 'somebody else works on the fresh blocks through the core',
    advice: 'Leave the zones of DirectIo to DirectIo.',
  },
  abandoned: {
    seen: 'it was given up by its caller',
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
    const { seen, advice } = FAILURES[reason];
    super(
      `DirectFailure: ${nameOfFront(front)} was promised to be read or written at block ${block} of volume ${volume}; ` +
        `seen: ${seen}. ${advice}`,
    );
    this.reason = reason;
    this.volume = volume;
    this.block = block;
  }
}
