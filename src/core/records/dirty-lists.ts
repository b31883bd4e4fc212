// The five ordered lists that a structure can stand on: the four lists of modified buffers by type, and the loose list of
// structures whose buffer the kernel took. Their order is the original's: by block, then by volume (hammer_io.c L69-85).
// lockedDirtySpace, the bytes of modified buffers that only a flush of ours can write, moves with the membership
// (L945-948, L1021-1030) and is never computed.

import type { IoType, ModRoot } from '../../../spec/buffer/snapshot.ts';
import type { HammerIo } from './hammer-io.ts';
import { isWrittenByUsOnly } from './hammer-io.ts';
import { unreachable } from '../errors.ts';
import type { OrderedMap } from './ordered-map.ts';
import { orderedMap } from './ordered-map.ts';

/** A list that an io can be on. */
export type ListName = Exclude<ModRoot, 'none'>;

/** The list of modified buffers of a type (hammer_io_set_modlist). */
export function listOf(type: IoType): ListName {
  switch (type) {
    case 'volume':
      return 'volu';
    case 'meta':
    case 'undo':
    case 'data':
      return type;
    default:
      return unreachable(type);
  }
}

export class DirtyLists {
  /** Bytes of modified META and VOLUME buffers. */
  lockedDirtySpace = 0;
  readonly #blockBytes: number;
  readonly #lists: Readonly<Record<ListName, OrderedMap<HammerIo>>> = {
    volu: orderedMap(),
    meta: orderedMap(),
    undo: orderedMap(),
    data: orderedMap(),
    loose: orderedMap(),
  };

  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes;
  }

  /** Puts a modified buffer on the list of its type. */
  joinModified(io: HammerIo): void {
    this.#join(io, listOf(io.type));
    if (isWrittenByUsOnly(io)) this.lockedDirtySpace += this.#blockBytes;
  }

  leaveModified(io: HammerIo): void {
    this.#leave(io);
    if (isWrittenByUsOnly(io)) this.lockedDirtySpace -= this.#blockBytes;
  }

  joinLoose(io: HammerIo): void {
    this.#join(io, 'loose');
  }

  /** Takes a structure off the loose list, if it is on it. */
  leaveLoose(io: HammerIo): void {
    if (io.modRoot === 'loose') this.#leave(io);
  }

  /** Takes all structures off the loose list; answers them in order. */
  takeLoose(): HammerIo[] {
    const loose = this.#lists.loose.valuesArray();
    this.#lists.loose.clear();
    for (const io of loose) io.modRoot = 'none';
    return loose;
  }

  size(list: ListName): number {
    return this.#lists[list].size;
  }

  /** Visits the members in order. The visitor must not change the list. */
  forEach(list: ListName, visit: (io: HammerIo) => void): void {
    if (this.#lists[list].size === 0) return;
    this.#lists[list].forEachPair((_order, io) => {
      visit(io);
    });
  }

  #join(io: HammerIo, list: ListName): void {
    this.#lists[list].set(io.order, io);
    io.modRoot = list;
  }

  #leave(io: HammerIo): void {
    if (io.modRoot !== 'none') this.#lists[io.modRoot].delete(io.order);
    io.modRoot = 'none';
  }
}
