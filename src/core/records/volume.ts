// Volumes: what exists on each, and what is known of its volatile cache.
//
// A write that has completed may still be lost with the power until a device flush that was issued after its completion
// has succeeded. So completion of any write marks the volume (D2: whoever started the write), and only a flush that
// succeeds takes the mark away (D4: the original clears it before the flush has even started, hammer_io.c L1970).
//
//   clean ──mark──▶ dirty ──sync──▶ flushing ──done──▶ clean
//                     ▲                │ mark
//                     │ done           ▼
//                     └──────── flushingDirty ──done, and somebody waits for the next flush──▶ flushing
//   any flush that fails ──▶ failed, for good
//
// How flushes are issued, joined and ended is actions/barrier.ts.

import type { FlushState } from '../../../spec/buffer/snapshot.ts';
import { shown } from '../check-shape.ts';
import { BlockTable } from './block-table.ts';
import type { Buf } from './buf.ts';
import { InvalidArgument } from '../errors.ts';
import type { HammerIo } from './hammer-io.ts';
import { isLocked } from './reference-word.ts';
import type { MountState } from '../core-state.ts';
import type { VolumeOptions } from '../options.ts';

export class Volume {
  readonly number: number;
  readonly name: string;
  readonly blocks: number;
  /** Block of the header, or -1 when the volume is no structure of its own. */
  readonly headerBlock: number;
  /** The structures that exist, by block. */
  readonly ios = new BlockTable<HammerIo>();
  /** The structure of the header, while it exists. */
  header: HammerIo | undefined = undefined;
  /** Buffers of the device cache that no structure owns, by block: read ahead, or left behind. */
  readonly residue = new BlockTable<Buf>();
  /** Writes in flight. */
  runningIos = 0;
  flush: FlushState = 'clean';

  constructor(number: number, options: VolumeOptions) {
    this.number = number;
    this.name = options.name;
    this.blocks = options.blocks;
    this.headerBlock = options.headerBlock ?? -1;
  }

  /** There is no header, or it is loaded and nobody is loading or unloading it. */
  get isLoaded(): boolean {
    return this.headerBlock < 0 || (this.header?.bp !== undefined && !isLocked(this.header));
  }
}

export function volumeOf(m: MountState, number: number): Volume {
  // A text such as '0' would find a volume too.
  const volume = typeof number === 'number' ? m.volumes[number] : undefined;
  if (volume === undefined) {
    throw new InvalidArgument(
      `a volume number below ${m.volumes.length}`,
      shown(number),
      'Volumes are numbered from 0.',
    );
  }
  return volume;
}

/** A write to the volume has completed, or may have: the next sync must flush it. */
export function mark(volume: Volume): void {
  if (volume.flush === 'clean') volume.flush = 'dirty';
  else if (volume.flush === 'flushing') volume.flush = 'flushingDirty';
}
