// Which blocks are not free, and what for. Free blocks have no record here: an extent enters when its blocks are reserved and
// leaves when they are free again, and between the two it is in delay for two commit cycles, for somebody may still be on the
// way to data that was freed or moved (hammer_blockmap.c, reservations).

import type { ExtentRecord, Place } from './extents.ts';
import type { OrderedMap } from '../core/records/ordered-map.ts';
import { orderedMap } from '../core/records/ordered-map.ts';
import type { DataZone } from './translation.ts';

/** Cycles for which freed blocks are not handed out. */
export const DELAY_CYCLES = 2;

export class Space {
  /** What was freed, oldest first. */
  readonly delayed = new Set<ExtentRecord>();
  /** By volume, by first block. Volumes that are not there may be named too. */
  readonly #taken = new Map<number, OrderedMap<ExtentRecord>>();
  /** Where the last search has ended: zone, and block in it. */
  #zone = 0;
  #block = 0;

  isFree({ volume, block }: Place, blocks: number): boolean {
    const last = this.#of(volume).nextLowerPair(block + blocks)?.[1];
    return last === undefined || last.block + last.blocks <= block;
  }

  /** What begins at this place. */
  at({ volume, block }: Place): ExtentRecord | undefined {
    return this.#of(volume).get(block);
  }

  /** Its blocks are free, and are not any more. */
  reserve(extent: ExtentRecord): void {
    this.#of(extent.volume).set(extent.block, extent);
  }

  /** The free blocks at the beginning of these: up to the first that is taken. */
  freeRun({ volume, block }: Place, blocks: number): number {
    let run = 0;
    while (run < blocks && this.isFree({ volume, block: block + run }, 1)) run++;
    return run;
  }

  /** The blocks may be reserved again. */
  release(extent: ExtentRecord): void {
    this.delayed.delete(extent);
    this.#of(extent.volume).delete(extent.block);
  }

  /** Nobody will look for the data any more, but some may have looked already. */
  free(extent: ExtentRecord): void {
    extent.use = 'delay';
    extent.age = 0;
    extent.file = undefined;
    extent.holders = 0;
    extent.live = extent.backend = extent.io = extent.wait = extent.inval = extent.failed = false;
    this.delayed.add(extent);
  }

  cycle(): void {
    for (const extent of this.delayed) if (extent.age < DELAY_CYCLES) extent.age++;
  }

  /** Free blocks side by side, looked for from where the last search has ended, so that searches do not begin in full regions. */
  find(zones: readonly DataZone[], blocks: number, isUsable: (zone: DataZone) => boolean): Place | undefined {
    // The zone of the last search comes twice: what stands before its end there is looked at last.
    for (let i = 0; i <= zones.length && zones.length > 0; i++) {
      const number = (this.#zone + i) % zones.length;
      const zone = zones[number]!;
      if (!isUsable(zone)) continue;
      const from = i === 0 ? Math.max(this.#block, zone.block) : zone.block;
      const block = this.#findIn(zone, from, blocks);
      if (block === undefined) continue;
      this.#zone = number;
      this.#block = block + blocks;
      return { volume: zone.volume, block };
    }
    return undefined;
  }

  #findIn(zone: DataZone, from: number, blocks: number): number | undefined {
    const taken = this.#of(zone.volume);
    const end = zone.block + zone.blocks;
    for (let block = from; block + blocks <= end;) {
      const last = taken.nextLowerPair(block + blocks)?.[1];
      if (last === undefined || last.block + last.blocks <= block) return block;
      block = last.block + last.blocks;
    }
    return undefined;
  }

  #of(volume: number): OrderedMap<ExtentRecord> {
    let taken = this.#taken.get(volume);
    if (taken === undefined) this.#taken.set(volume, (taken = orderedMap()));
    return taken;
  }
}
