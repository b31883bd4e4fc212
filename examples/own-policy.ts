// A cache policy of one's own: buffers are given up in the order of the slab, whoever used them; nothing is written before its
// buffer is wanted, and nothing is read ahead. The suite of the kit says whether it keeps its word, and a mount uses it.
//
//   npx tsx examples/own-policy.ts

import {
  type BufView, type CachePolicy, formatDevice, type HammerIoCore, hasBacklog, InvalidArgument, MemoryVolumes, Mount,
  type RoomVerdict, useOf,
} from 'hammer-io-kit'; // prettier-ignore
import { cachePolicyCases } from 'hammer-io-kit/kit';

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

// The class alone can be imported too.
if (process.argv[1] === import.meta.filename) await main();

async function main(): Promise<void> {
  // Every case, for whoever has no test runner; with one it is `cachePolicySuite(subject, test)`.
  const cases = cachePolicyCases({ name: 'FifoPolicy', makePolicy: () => new FifoPolicy() });
  for (const { run } of cases) await run();
  console.log(`FifoPolicy passes ${cases.length} cases`);

  const BLOCKS = 500;
  const BLOCK_BYTES = 4096;
  const device = new MemoryVolumes({ blocks: [BLOCKS + 1], blockBytes: BLOCK_BYTES });
  await formatDevice(device);
  const policy = new FifoPolicy();
  const mount = await Mount.open({ device, cacheBytes: 50 * BLOCK_BYTES, policy });
  for (let block = 1; block <= BLOCKS; block++) await mount.update(block, (bytes) => void bytes.fill(block & 255));
  let right = 0;
  for (let block = 1; block <= BLOCKS; block++) if ((await mount.read(block))[100] === (block & 255)) right++;
  await mount.close();

  const { recycled, writtenBack, refusals } = policy.statistics;
  console.log(`50 buffers, ${right} of ${BLOCKS} blocks right`);
  console.log(`${recycled} buffers given up, ${writtenBack} blocks written for room, ${refusals} refusals`);
}
