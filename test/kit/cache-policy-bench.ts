// The bench on which the suite puts a cache policy: a small core over a device in memory, watched for every claim of the
// catalogue, and a policy that is handed a stand-in of the core. The stand-in lets it do what a policy may do and nothing
// else, and wants each thing done to be done: the core does not forget what it had to refuse. Each answer to a question for
// room is judged by what the buffers are good for afterwards.

import assert from 'node:assert/strict';
import type { IoType } from '../../spec/buffer/snapshot.ts';
import {
  HammerIoCore, MemoryDevice, NO_HANDLE, NO_TICKET, useOf,
  type Answer, type CachePolicy, type CoreOptions, type Fault, type Handle, type RoomVerdict, type Ticket,
} from '../../src/index.ts'; // prettier-ignore
import { liveClaims } from './live-claims.ts';

/** How large the core is that a policy is tried on. */
export interface PolicySizes {
  readonly capacityBufs: number;
  readonly blockBytes: number;
}

export const POLICY_SIZES: PolicySizes = { capacityBufs: 6, blockBytes: 64 };
const { capacityBufs: BUFS, blockBytes: BYTES } = POLICY_SIZES;
/** Blocks of each of the two volumes; block 0 of the second is its header. */
export const BLOCKS = 24;

/** What a policy may call; all of it answers `done` where it was wise to ask. */
const ACTIONS: readonly string[] = ['recycle', 'ioInval', 'writeBack', 'clusterPull', 'cleanLoose'];

type Method = (...args: unknown[]) => unknown;

export class PolicyBench {
  readonly core: HammerIoCore;
  readonly device = new MemoryDevice(2, BYTES);
  readonly policy: CachePolicy;
  /** What the policy has asked the core for, in order: `recycle 0/3`. */
  readonly asked: string[] = [];
  readonly #stand: HammerIoCore;

  constructor(policy: CachePolicy, options: Partial<CoreOptions> = {}) {
    const volumes = [
      { name: 'v0', blocks: BLOCKS },
      { name: 'v1', blocks: BLOCKS, headerBlock: 0 },
    ];
    const core = new HammerIoCore({ volumes, capacityBufs: BUFS, blockBytes: BYTES, verify: true, ...options });
    this.core = liveClaims(core).core;
    this.policy = policy;
    this.#stand = this.#standIn();
  }

  #standIn(): HammerIoCore {
    return new Proxy(this.core, {
      get: (core, name) => {
        const found: unknown = Reflect.get(core, name, core);
        if (typeof found !== 'function' || name === 'clearUsed') return found;
        assert.ok(
          ACTIONS.includes(String(name)),
          `A policy acts by ${ACTIONS.join(', ')} and clearUsed; it called ${String(name)}.`,
        );
        return (...args: unknown[]): unknown => {
          const action = `${String(name)} ${args.join('/')}`.trimEnd();
          const answer = Reflect.apply(found as Method, core, args) as Answer;
          assert.equal(answer.outcome, 'done', `${action} was answered ${answer.outcome}: look before you ask`);
          this.asked.push(action);
          return answer;
        };
      },
    });
  }

  // ── The policy ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Asks for room, and judges the answer. */
  room(bufs = 1): RoomVerdict {
    const sweptBefore = this.policy.statistics.swept;
    const verdict = this.policy.makeRoom(this.#stand, bufs);
    this.#judge(verdict, bufs);
    this.#judgeSweep(sweptBefore);
    this.submit();
    return verdict;
  }

  #judge(verdict: RoomVerdict, bufs: number): void {
    const { slab, lists, volumes, ioRunningSpace, runningReadBytes } = this.core.view;
    const isRoom = slab.freeBufs >= bufs;
    assert.equal(verdict === 'room', isRoom, `the answer is ${verdict}; ${slab.freeBufs} of ${bufs} buffers are free`);
    if (isRoom) return;
    const uses = slab.bufs.map((buf) => useOf(this.core.view, buf));
    const sums = `the answer is ${verdict}; the buffers are ${uses.join(', ')}`;
    const willHelp = uses.includes('coming') || uses.includes('delayed');
    if (verdict === 'writing') {
      assert.ok(willHelp, `${sums}: no completion frees one`);
      assert.ok(ioRunningSpace + runningReadBytes > 0, `${sums}: nothing is in flight`);
      return;
    }
    const isGivable = willHelp || uses.includes('clean') || uses.includes('cached');
    assert.ok(!isGivable, `${sums}: there is something to give up, to write or to wait for`);
    const isHeaderKept = lists.size('loose') > 0 && volumes.some(({ header }) => header?.bp !== undefined);
    assert.ok(!isHeaderKept, `${sums}: loose structures keep the header of a volume, and cleanLoose was not called`);
    assert.equal(verdict === 'flush', uses.includes('dirty'), sums);
  }

  /** Delayed writes; answers how many were issued, and judges that they stayed within the backlog. */
  writeBehind(): number {
    const { view } = this.core;
    const [runningBefore, sweptBefore] = [view.ioRunningSpace, this.policy.statistics.swept];
    const issued = this.policy.writeBehind(this.#stand);
    const bytes = view.ioRunningSpace - runningBefore;
    assert.equal(issued * BYTES, bytes, `${issued} writes are said to be issued, and ${bytes} bytes are`);
    const most = Math.max(view.backlogBytesMax, BYTES);
    assert.ok(issued === 0 || view.ioRunningSpace <= most, 'more is being written than the backlog allows');
    this.#judgeSweep(sweptBefore);
    this.submit();
    return issued;
  }

  #judgeSweep(before: number): void {
    const swept = this.policy.statistics.swept - before;
    // Each buffer twice; and the headers once more, when there is nothing else.
    assert.ok(swept <= 2 * BUFS + this.core.view.volumes.length, `${swept} buffers were looked at, of ${BUFS}`);
  }

  // ── The program ──────────────────────────────────────────────────────────────────────────────────────────────────────

  submit(): void {
    this.core.drainRequests((request) => {
      if (request.kind !== 'undo') this.device.submit(request);
    });
  }

  /** Ends the requests in flight, those of one kind only if one is named. */
  complete(kind?: 'read' | 'write' | 'flush', fault?: Fault): void {
    this.submit();
    for (const request of this.device.pending()) {
      if (kind === undefined || request.kind === kind) this.device.deliver(request.id, this.core, fault);
    }
    this.submit();
  }

  /** A handle on a block; there must be room for it. */
  get(block: number, type: IoType = 'data', volume = 0, ahead = false): Handle {
    const hit = this.core.tryGet(volume, block);
    if (hit !== NO_HANDLE) return hit;
    const answer = this.core.ioRead(volume, block, type, ahead);
    if (answer.ticket === NO_TICKET) return answer.handle;
    this.complete('read');
    return this.#resumed(answer.ticket);
  }

  #resumed(ticket: Ticket): Handle {
    assert.equal(this.core.nextRunnable(), ticket);
    return this.core.resume(ticket).handle;
  }

  /** Gets blocks and releases them, clean. */
  visit(...blocks: readonly number[]): void {
    for (const block of blocks) this.core.release(this.get(block));
  }

  /** Gets blocks, changes and releases them. */
  dirty(blocks: readonly number[], type: IoType = 'data', volume = 0): void {
    for (const block of blocks) {
      const handle = this.get(block, type, volume);
      this.change(handle, block);
      this.core.release(handle);
    }
  }

  /** Changes all bytes but the four that in META are the layer's. */
  change(handle: Handle, value: number): void {
    assert.equal(this.core.ioModify(handle).outcome, 'done');
    this.core.bytes(handle).fill(value, 4);
    this.core.change(handle);
    this.core.ioModifyDone(handle);
  }

  /** Which blocks of a volume have a buffer, in order. */
  resident(volume = 0): number[] {
    const { ios } = this.core.view.volumes[volume]!;
    return [...ios].flatMap(({ block, bp }) => (bp === undefined ? [] : [block])).sort((a, b) => a - b);
  }

  /** Writes what only a sync may write. */
  sync(): void {
    for (const list of ['meta', 'volu'] as const) {
      const dirty: [number, number][] = [];
      this.core.view.lists.forEach(list, (io) => {
        if (io.modifyRefs === 0) dirty.push([io.volume.number, io.block]);
      });
      for (const [volume, block] of dirty) {
        const handle = this.core.tryGet(volume, block);
        if (handle === NO_HANDLE) continue;
        this.core.ioFlush(handle);
        this.core.release(handle);
      }
    }
    this.submit();
  }
}
