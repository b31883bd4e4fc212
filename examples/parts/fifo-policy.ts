// A cache policy in one page: buffers are given up in the order of the slab, whoever used them. Nothing is written before its
// buffer is wanted, and nothing is read ahead.

import {
  type BufView, type CachePolicy, type HammerIoCore, hasBacklog, InvalidArgument, type RoomVerdict, useOf,
} from 'hammer-io-kit'; // prettier-ignore

export class FifoPolicy implements CachePolicy {
  readonly statistics = { recycled: 0, purged: 0, writtenBack: 0, clustered: 0, loosened: 0, refusals: 0, swept: 0 };
  #next = 0;

  makeRoom(core: HammerIoCore, bufs: number): RoomVerdict {
    const { slab, lists } = core.view;
    if (bufs > slab.capacityBufs) {
      throw new InvalidArgument(`at most ${slab.capacityBufs} buffers`, String(bufs), 'Ask for fewer.');
    }
    this.#turn(core, bufs);
    if (slab.freeBufs < bufs && lists.size('loose') > 0) {
      // A structure that has lost its buffer still keeps the header of its volume.
      this.statistics.loosened += lists.size('loose');
      core.cleanLoose();
      this.#turn(core, bufs);
    }
    if (slab.freeBufs >= bufs) return 'room';
    const uses = new Set(slab.bufs.map((buf) => useOf(core.view, buf)));
    if (uses.has('coming') || uses.has('delayed')) return 'writing';
    return uses.has('dirty') ? 'flush' : 'full';
  }

  #turn(core: HammerIoCore, bufs: number): void {
    const { slab } = core.view;
    for (let left = slab.bufs.length; left > 0 && slab.freeBufs < bufs; left--) {
      this.#giveUp(core, slab.bufs[this.#next++ % slab.bufs.length]!);
    }
  }

  /** Looks first what would help: the core remembers what it has to refuse. */
  #giveUp(core: HammerIoCore, buf: BufView): void {
    const { volume, block } = buf;
    const use = useOf(core.view, buf);
    this.statistics.swept++;
    if (use === 'clean') this.#done(core.recycle(volume, block).outcome, 'recycled');
    if (use === 'cached') this.#done(core.ioInval(volume, block).outcome, 'purged');
    if (use === 'delayed' && hasBacklog(core.view)) this.#done(core.writeBack(volume, block).outcome, 'writtenBack');
  }

  #done(outcome: string, what: 'recycled' | 'purged' | 'writtenBack'): void {
    this.statistics[outcome === 'done' ? what : 'refusals']++;
  }

  writeBehind(): number {
    return 0;
  }

  wantsAhead(): boolean {
    return false;
  }
}
