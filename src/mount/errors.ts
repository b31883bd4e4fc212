// What a mount throws, or rejects with, beyond what the core does. Each error says what was promised, what was seen and what
// to do; where the device said why, that is its `cause`.
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
const because = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** The mount was closed, or is being closed. */
export class MountClosed extends HammerIoError {
  override readonly name = 'MountClosed';

  constructor() {
    super(
      'MountClosed: a mount was promised to be open while it is used; seen: a call after close. Open the volumes again.',
    );
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
      `BlocksHeld: a mount was promised to be closed when no block of it is in use; seen: ${count} in use` +
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
    super(
      `BlockReleased: ${at(place)} was promised to be used only while it is held; seen: a use after release. ` +
        'Get the block again, and release it once.',
    );
  }
}

/** The device could not read a block. Nothing is cached; the block may be asked for again. */
export class ReadFailed extends HammerIoError {
  override readonly name = 'ReadFailed';
  readonly place: BlockPlace;

  constructor(place: BlockPlace, cause: unknown) {
    super(
      `ReadFailed: ${at(place)} was promised to be readable; seen: ${because(cause)} ` +
        'The block may be asked for again.',
      { cause },
    );
    this.place = place;
  }
}

/** A META block does not have the checksum that it was written with. Nothing is cached. */
export class CorruptBlock extends HammerIoError {
  override readonly name = 'CorruptBlock';
  readonly place: BlockPlace;

  constructor(place: BlockPlace) {
    super(
      `CorruptBlock: META ${at(place)} was promised to hold the CRC-32 of its contents in its first four bytes; seen: another ` +
        'one. If the block was never written, create it with `fresh`; else restore it from a copy.',
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
      `WriteFailed: ${at(place)} was promised to be written; seen: ${because(cause)} ` +
        'Its bytes stay in the cache until close; copy them elsewhere.',
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
      `SyncFailed: everything modified before was promised to be durable; seen: ${because(cause)} ` +
        'What was modified since the last sync that succeeded may be lost; it can still be read until close.',
      { cause },
    );
  }
}

/** The mount may not be changed: a write or a device flush has failed, or it was opened so. Reads go on. */
export class ReadOnlyError extends HammerIoError {
  override readonly name = 'ReadOnlyError';

  /** Without a cause: volumes that were opened read-only, by name. */
  constructor(cause: unknown, opened = 'the volumes were opened readOnly') {
    super(
      `ReadOnlyError: a mount may be changed while its devices keep what they are given; seen: ` +
        (cause === undefined
          ? `${opened}. Open them without readOnly.`
          : `${because(cause)} Read what you need, close, and check the volumes.`),
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
        : [`${blocks.length} lost: ${named.join(', ')}${blocks.length > NAMED_MAX ? ' …' : ''}`]),
      ...(unflushed.length === 0 ? [] : [`no successful flush of ${unflushed.join(', ')} since the last sync`]),
    ];
    super(
      `WritesLost: all that was modified was promised to be on the volumes at close; seen: ${seen.join('; ')}. ` +
        'The mount is closed; check the devices, and write these blocks again.',
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
      `MountBroken: core and device were promised to keep their contracts; seen: ${because(cause)} ` +
        'Close the mount, and report this with the cause.',
      { cause },
    );
  }
}
