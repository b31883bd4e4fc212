// The shared suite: the policies of the project pass it, and a policy that is wrong in one way fails the cases about that way.

import { describe, expect, test } from 'vitest';
import { FifoPolicy } from '../../../examples/own-policy.ts';
import { ClockPolicy, useOf, type CachePolicy, type HammerIoCore, type RoomVerdict } from '../../../src/index.ts';
import { cachePolicyCases, cachePolicySuite } from '../../kit/cache-policy-suite.ts';

cachePolicySuite({ name: 'ClockPolicy', makePolicy: () => new ClockPolicy() }, test);
cachePolicySuite(
  {
    name: 'a ClockPolicy that writes early and in company',
    makePolicy: ({ blockBytes }) =>
      new ClockPolicy({ dirtyBytesMax: 2 * blockBytes, dirtyBytesLow: 0, clusterBlocksMax: 3, looseMax: 2 }),
  },
  test,
);
cachePolicySuite({ name: 'FifoPolicy', makePolicy: () => new FifoPolicy() }, test);

/** How a policy fails the case with that title; undefined if it passes. */
async function failureOf(title: string, makePolicy: () => CachePolicy): Promise<string | undefined> {
  const found = cachePolicyCases({ name: 'wrong', makePolicy }).find((one) => one.title === title);
  return found!.run().then(() => undefined, String);
}

/** FifoPolicy with another answer. */
abstract class Wrong extends FifoPolicy {
  override makeRoom(core: HammerIoCore, bufs: number): RoomVerdict {
    return this.wrongly(core, bufs) ?? super.makeRoom(core, bufs);
  }
  protected abstract wrongly(core: HammerIoCore, bufs: number): RoomVerdict | undefined;
}

/** Does not look who uses what it asks for. */
class Greedy extends Wrong {
  protected override wrongly(core: HammerIoCore, bufs: number): undefined {
    for (const { volume, block, delwri } of core.view.slab.bufs) {
      if (core.view.slab.freeBufs >= bufs) break;
      const io = core.view.volumes[volume]!.ios.get(block);
      if (io?.bp !== undefined && io.released && !io.running && !delwri) core.recycle(volume, block);
    }
    return undefined;
  }
}

/** Waits for writes that nobody has issued. */
class Hopeful extends Wrong {
  protected override wrongly(core: HammerIoCore): RoomVerdict | undefined {
    return core.view.slab.bufs.some((buf) => useOf(core.view, buf) === 'delayed') ? 'writing' : undefined;
  }
}

/** Gives up before it has tried. */
class Lazy extends Wrong {
  protected override wrongly(core: HammerIoCore, bufs: number): RoomVerdict | undefined {
    return bufs <= core.view.slab.capacityBufs && core.view.slab.freeBufs < bufs ? 'full' : undefined;
  }
}

/** Never counts on what is in flight. */
class Impatient extends FifoPolicy {
  override makeRoom(core: HammerIoCore, bufs: number): RoomVerdict {
    const verdict = super.makeRoom(core, bufs);
    return verdict === 'writing' ? 'full' : verdict;
  }
}

/** Ends what is the program's to end. */
class Meddling extends Wrong {
  protected override wrongly(core: HammerIoCore): undefined {
    core.ioFlushSync();
    return undefined;
  }
}

/** Writes everything at once, whatever the backlog allows. */
class Flooding extends FifoPolicy {
  override writeBehind(core?: HammerIoCore): number {
    const { slab } = core!.view;
    const delayed = slab.bufs.filter((buf) => useOf(core!.view, buf) === 'delayed');
    for (const { volume, block } of delayed) core!.writeBack(volume, block);
    return delayed.length;
  }
}

/** Looks at the slab a third time. */
class Restless extends Wrong {
  protected override wrongly(core: HammerIoCore): undefined {
    this.statistics.swept += 2 * core.view.slab.bufs.length + 3;
    return undefined;
  }
}

describe('the suite is seen to fail', () => {
  test.each([
    [
      'does not look who uses what it asks for',
      Greedy,
      'what is held is kept, and where all is held the answer is full',
      'was answered refused',
    ],
    [
      'waits for writes that nobody has issued',
      Hopeful,
      'delayed writes are written, and make room when they are',
      'nothing is in flight',
    ],
    [
      'gives up before it has tried',
      Lazy,
      'clean buffers are given up, as many as are asked for',
      'there is something to give up',
    ],
    [
      'never counts on what is in flight',
      Impatient,
      'what is being read ahead makes room when it has arrived',
      'to wait for',
    ],
    ['does what is not its own', Meddling, 'where there is room nothing is given up', 'it called ioFlushSync'],
    [
      'writes more than the backlog allows',
      Flooding,
      'delayed writing stays within the backlog, and says how much it has issued',
      'more is being written than the backlog allows',
    ],
    ['looks too often', Restless, 'clean buffers are given up, as many as are asked for', 'buffers were looked at'],
  ] as const)('by a policy that %s', async (_, Policy, title, told) => {
    expect(await failureOf(title, () => new Policy())).toContain(told);
  });
});
