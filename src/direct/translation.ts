// From the place of an element to a volume that can be asked. As in the original there are three ways for that to fail, tried in
// this order: the place lies in no zone for file data (hammer_blockmap_lookup), its volume is missing, that is, unknown or
// without its header (hammer_get_volume; one that is being loaded or unloaded counts as not there), or the place lies beyond the
// volume's end (L1449, L1536, L1700). An error of an earlier step is never lost in a later one (D7), and a volume that was not had
// is not given back (D8).

import type { Trouble } from '../../spec/direct/snapshot.ts';
import type { MountState } from '../core/core-state.ts';

/** Blocks of a volume that hold file data and nothing else (HAMMER_ZONE_LARGE_DATA). */
export interface DataZone {
  readonly volume: number;
  readonly block: number;
  readonly blocks: number;
}

export class Translation {
  readonly zones: readonly DataZone[];
  readonly #mount: MountState;

  constructor(mount: MountState, zones: readonly DataZone[]) {
    this.#mount = mount;
    this.zones = zones;
  }

  /** What keeps these blocks from being reached now. */
  troubleOf(volumeNumber: number, block: number, blocks: number): Trouble {
    if (!this.#isInZone(volumeNumber, block, block + blocks)) return 'lookup';
    const volume = this.#mount.volumes[volumeNumber];
    if (!volume?.isLoaded) return 'missing';
    return block + blocks > volume.blocks ? 'beyond' : 'none';
  }

  #isInZone(volume: number, from: number, to: number): boolean {
    for (const zone of this.zones) {
      if (zone.volume === volume && zone.block <= from && to <= zone.block + zone.blocks) return true;
    }
    return false;
  }
}
