// What a mount throws, or rejects with, beyond what the core does. Each error says what happened, where, and what to do; where
// the device said why, that is its `cause`.
//
//   about the caller      MountClosed, BlocksHeld, BlockReleased
//   about the volumes     the classes of volumes/header.ts and volumes/format.ts: VolumeError and its kinds
//   about the medium      ReadFailed, CorruptBlock, WriteFailed, SyncFailed, ReadOnlyError, WritesLost
//   about this software   MountBroken

import type { IoType } from '../../spec/buffer/snapshot.ts';
import { HammerIoError } from '../core/errors.ts';

/** A block, and the name of its volume. */
export interface BlockPlace {
  /** Number of the volume in the mount. */
  readonly volume: number;
  /** What messages call the volume. */
  readonly name: string;
  readonly block: number;
}

const at = ({ block, name }: BlockPlace): string => `block ${block} of ${name}`;

/** The message of an error that is the cause of another one, as the end of a sentence. */
export function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.endsWith('.') ? text : `${text}.`;
}

/** The mount was closed, or is being closed. */
export class MountClosed extends HammerIoError {
  override readonly name = 'MountClosed';

  constructor() {
    super('The mount is closed. Open the volumes again.');
  }
}

/** A mount cannot be closed while the program holds blocks or is getting some. It stays open and usable. */
export class BlocksHeld extends HammerIoError {
  override readonly name = 'BlocksHeld';
  /** Blocks held and gets under way. */
  readonly count: number;
  /** Which blocks; those that still wait for a buffer are only counted. */
  readonly blocks: readonly BlockPlace[];

  constructor(count: number, blocks: readonly BlockPlace[]) {
    const named = blocks.slice(0, NAMED_MAX).map(at).join(', ');
    const more = blocks.length > NAMED_MAX ? ' and others' : '';
    super(
      `The mount cannot be closed while its blocks are in use: ${count}` +
        `${named === '' ? '' : ` (${named}${more})`}. Release them, wait for calls under way, and close again.`,
    );
    this.count = count;
    this.blocks = blocks;
  }
}

/** How many blocks a message names. */
const NAMED_MAX = 8;

/** A block was used after its release. */
export class BlockReleased extends HammerIoError {
  override readonly name = 'BlockReleased';

  constructor(place: BlockPlace) {
    super(`Block ${place.block} of ${place.name} was released before. Get it again, and release it once.`);
  }
}

/** The device could not read a block. Nothing is cached; the block may be asked for again. */
export class ReadFailed extends HammerIoError {
  override readonly name = 'ReadFailed';
  readonly place: BlockPlace;

  constructor(place: BlockPlace, cause: unknown) {
    super(`Block ${place.block} of ${place.name} could not be read: ${reasonOf(cause)} You may get the block again.`, {
      cause,
    });
    this.place = place;
  }
}

/** A META block does not have the checksum that it was written with. Nothing is cached. */
export class CorruptBlock extends HammerIoError {
  override readonly name = 'CorruptBlock';
  readonly place: BlockPlace;

  constructor(place: BlockPlace) {
    super(
      `META ${at(place)} is corrupt: its first four bytes are not the CRC-32 of the rest. ` +
        'If the block was never written, create it with `fresh`; otherwise restore it from a copy.',
    );
    this.place = place;
  }
}

/** The write of a block failed. The mount is read-only from then on; the block can still be read from the cache. */
export class WriteFailed extends HammerIoError {
  override readonly name = 'WriteFailed';
  readonly place: BlockPlace;

  constructor(place: BlockPlace, cause: unknown) {
    super(
      `Block ${place.block} of ${place.name} could not be written: ${reasonOf(cause)} ` +
        'The bytes stay in the cache until the mount is closed; copy them elsewhere.',
      { cause },
    );
    this.place = place;
  }
}

/** A write or a device flush failed before everything was durable. The mount is read-only from then on. */
export class SyncFailed extends HammerIoError {
  override readonly name = 'SyncFailed';

  constructor(cause: unknown) {
    super(
      `The sync failed: ${reasonOf(cause)} ` +
        'What was modified since the last successful sync may be lost; it can be read until the mount is closed.',
      { cause },
    );
  }
}

/** The mount may not be changed: a write or a device flush has failed, or it was opened so. Reads go on. */
export class ReadOnlyError extends HammerIoError {
  override readonly name = 'ReadOnlyError';

  /** Without a cause, the volumes were opened read-only. */
  constructor(cause: unknown) {
    super(
      cause === undefined
        ? 'The mount is read-only: its volumes were opened with readOnly. Open them without it to change them.'
        : `The mount is read-only since a write or flush failed: ${reasonOf(cause)} Read what you need, close, and check the volumes.`,
      cause === undefined ? undefined : { cause },
    );
  }
}

/** A block whose latest contents are not known to be on its volume. */
export interface LostBlock extends BlockPlace {
  readonly type: IoType;
  /** `failed`: its write failed. `notWritten`: it was not written any more, because another one had failed. */
  readonly why: 'failed' | 'notWritten';
}

/** A mount was closed although not everything is on its volumes. It is closed all the same. */
export class WritesLost extends HammerIoError {
  override readonly name = 'WritesLost';
  /** Blocks that the volumes do not hold as they were last modified. */
  readonly blocks: readonly LostBlock[];
  /** Names of volumes whose device flush failed: what was written there since the last sync that succeeded may be lost too. */
  readonly unflushed: readonly string[];

  constructor(blocks: readonly LostBlock[], unflushed: readonly string[], cause: unknown) {
    const named = blocks.slice(0, NAMED_MAX).map((lost) => `${at(lost)} (${lost.type}, ${lost.why})`);
    const seen = [
      ...(blocks.length === 0
        ? []
        : [`${blocks.length} lost, ${named.join(', ')}${blocks.length > NAMED_MAX ? ' …' : ''}`]),
      ...(unflushed.length === 0 ? [] : [`no successful flush of ${unflushed.join(', ')} since the last sync`]),
    ];
    super(
      `The mount is closed, but its volumes do not hold all that was modified: ${seen.join('; ')}. ` +
        'Check the devices, and write these blocks again.',
      { cause },
    );
    this.blocks = blocks;
    this.unflushed = unflushed;
  }
}

/** The core or a device broke its contract, so nothing that the mount knows can be relied on. Nothing is written any more. */
export class MountBroken extends HammerIoError {
  override readonly name = 'MountBroken';

  constructor(cause: unknown) {
    super(
      `The mount can no longer be relied on: ${reasonOf(cause)} Close the mount, and report this error with its cause.`,
      {
        cause,
      },
    );
  }
}
