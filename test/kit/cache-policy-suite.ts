// What every cache policy must do, whatever it gives up first: one suite that ClockPolicy and the policy of the examples pass,
// and that whoever writes a policy passes too.
//
//   import { test } from 'vitest';                       // or from 'node:test', or nothing at all: see cachePolicyCases
//   cachePolicySuite({ name: 'FifoPolicy', makePolicy: () => new FifoPolicy() }, test);
//
// Nothing is asked about which buffer goes or how many hits there are; that is what policies differ in. In every case the
// claims of the catalogue are asked of each step, what the core has to refuse fails the case, and every answer to a question
// for room is compared with what the buffers are good for. Cases use node:assert.

import assert from 'node:assert/strict';
import { InvalidArgument, type CachePolicy } from '../../src/index.ts';
import { PolicyBench, POLICY_SIZES, type PolicySizes } from './cache-policy-bench.ts';
import { PolicyLoad } from './cache-policy-load.ts';
import type { RegisterTest } from './device-suite.ts';
import { diceOf } from './random/dice.ts';

export type { PolicySizes } from './cache-policy-bench.ts';

/** The policy under test. */
export interface CachePolicySubject {
  readonly name: string;
  /** A fresh policy, for a core of these sizes: six buffers of 64 bytes, for 28 blocks. */
  makePolicy(sizes: PolicySizes): CachePolicy;
}

/** One case of the suite. */
export interface CachePolicyCase {
  readonly title: string;
  /** Rejects with an AssertionError, or with ClaimBroken, if the policy does otherwise. */
  readonly run: () => Promise<void>;
}

/** Hands every case to a test runner. */
export function cachePolicySuite(subject: CachePolicySubject, test: RegisterTest): void {
  for (const { title, run } of cachePolicyCases(subject)) test(`${subject.name}: ${title}`, run);
}

/** The cases, for whoever has no test runner. */
export function cachePolicyCases(subject: CachePolicySubject): CachePolicyCase[] {
  return Object.entries(CASES).map(([title, body]) => ({
    title,
    run: () =>
      new Promise((resolve) => {
        body(() => subject.makePolicy(POLICY_SIZES));
        resolve();
      }),
  }));
}

const ALL = [1, 2, 3, 4, 5, 6];
const SEEDS = [1, 2, 3];

const CASES: Readonly<Record<string, (make: () => CachePolicy) => void>> = {
  'where there is room nothing is given up': (make) => {
    const bench = new PolicyBench(make());
    bench.visit(1, 2, 3, 4);
    assert.equal(bench.room(2), 'room');
    assert.deepEqual(bench.resident(), [1, 2, 3, 4]);
    assert.deepEqual(bench.asked, []);
  },

  'clean buffers are given up, as many as are asked for': (make) => {
    for (const bufs of [1, 2, 6]) {
      const bench = new PolicyBench(make());
      bench.visit(...ALL);
      assert.equal(bench.room(bufs), 'room');
    }
  },

  'more than the slab is an InvalidArgument, and nothing has happened': (make) => {
    const bench = new PolicyBench(make());
    bench.visit(...ALL);
    assert.throws(() => bench.room(7), InvalidArgument);
    assert.deepEqual(bench.asked, []);
  },

  'what is held is kept, and where all is held the answer is full': (make) => {
    const bench = new PolicyBench(make());
    bench.visit(...ALL); // So that those who get them now are hits, on buffers that the kernel has already.
    const handles = ALL.map((block) => bench.get(block));
    assert.equal(bench.room(), 'full');
    assert.equal(bench.core.release(handles[3]!).outcome, 'done');
    assert.equal(bench.room(), 'room');
    assert.deepEqual(bench.resident(), [1, 2, 3, 5, 6]);
    assert.equal(bench.room(2), 'full');
  },

  'where every block is being loaded the answer is full': (make) => {
    const bench = new PolicyBench(make());
    for (const block of ALL) bench.core.ioRead(0, block, 'data');
    bench.submit();
    assert.equal(bench.room(), 'full');
  },

  'what was read ahead or left behind is purged': (make) => {
    const bench = new PolicyBench(make());
    const handles = [1, 3, 5].map((block) => bench.get(block, 'data', 0, true));
    assert.equal(bench.core.view.slab.freeBufs, 0);
    assert.equal(bench.room(3), 'room');
    assert.deepEqual(bench.resident(), [1, 3, 5]);
    handles.forEach((handle) => bench.core.release(handle));
  },

  'what is being read ahead makes room when it has arrived': (make) => {
    const bench = new PolicyBench(make());
    [1, 2, 3, 4].forEach((block) => bench.get(block));
    bench.core.ioRead(0, 7, 'data', true);
    bench.submit();
    assert.equal(bench.room(), 'writing');
    bench.complete('read');
    assert.equal(bench.room(), 'room');
  },

  'delayed writes are written, and make room when they are': (make) => {
    const bench = new PolicyBench(make(), { backlogBytesMax: 2 * POLICY_SIZES.blockBytes });
    bench.dirty([1, 2, 3]);
    bench.dirty([4, 5, 6], 'undo');
    for (let rounds = 0; bench.room(2) !== 'room'; rounds++) {
      assert.ok(rounds < 12, 'six delayed writes have not made room for two in twelve rounds');
      bench.complete('write');
    }
    for (const block of ALL) {
      const seen = bench.device.read(0, block)[60];
      assert.ok(seen === block || bench.resident().includes(block), `block ${block} is neither written nor cached`);
    }
  },

  'dirty META waits for a sync': (make) => {
    const bench = new PolicyBench(make());
    bench.dirty(ALL, 'meta');
    assert.equal(bench.room(), 'flush');
    assert.deepEqual(bench.device.pending(), []);
    bench.sync();
    assert.equal(bench.room(), 'writing');
    bench.complete('write');
    assert.equal(bench.room(), 'room');
  },

  'what a failed write has pinned is kept': (make) => {
    const bench = new PolicyBench(make());
    const handles = ALL.map((block) => bench.get(block));
    for (const [i, handle] of handles.entries()) {
      bench.change(handle, i);
      bench.core.ioFlush(handle);
      bench.core.release(handle);
    }
    bench.complete('write', { code: 'EIO' });
    assert.equal(bench.room(), 'full');
    assert.deepEqual(bench.resident(), ALL);
  },

  'a header is given up when no structure needs it any more': (make) => {
    const bench = new PolicyBench(make());
    const header = bench.get(0, 'volume', 1);
    [1, 2, 3, 4, 5].forEach((block) => bench.core.release(bench.get(block, 'meta', 1)));
    bench.core.release(header);
    for (let rounds = 0; bench.room(6) !== 'room'; rounds++) assert.ok(rounds < 12, 'the header is never given up');
    assert.deepEqual(bench.resident(1), []);
  },

  'delayed writing leaves alone what somebody holds, and META': (make) => {
    const bench = new PolicyBench(make());
    bench.dirty([1, 2], 'meta');
    const handles = [3, 4, 5, 6].map((block) => bench.get(block));
    for (const handle of handles) bench.change(handle, 9);
    assert.equal(bench.writeBehind(), 0);
    assert.deepEqual(bench.device.pending(), []);
  },

  'delayed writing stays within the backlog, and says how much it has issued': (make) => {
    const bench = new PolicyBench(make(), { backlogBytesMax: 2 * POLICY_SIZES.blockBytes });
    bench.dirty(ALL);
    for (let rounds = 0; rounds < 6; rounds++) {
      bench.writeBehind();
      bench.complete('write');
    }
  },

  'the statistics say what was done': (make) => {
    const bench = new PolicyBench(make());
    bench.dirty([1, 2]);
    bench.visit(3, 4);
    for (let rounds = 0; bench.room(4) !== 'room' && rounds < 12; rounds++) bench.complete('write');
    const counted = (name: string): number => bench.asked.filter((action) => action.startsWith(`${name} `)).length;
    const { recycled, purged, writtenBack, clustered, refusals } = bench.policy.statistics;
    assert.deepEqual(
      [recycled, purged, writtenBack, clustered, refusals],
      [counted('recycle'), counted('ioInval'), counted('writeBack'), counted('clusterPull'), 0],
    );
  },

  'a program with more data than buffers finds what it wrote, and is never left waiting': (make) => {
    for (const seed of SEEDS) {
      const bench = new PolicyBench(make(), { backlogBytesMax: 2 * POLICY_SIZES.blockBytes });
      const load = new PolicyLoad(bench, diceOf(seed));
      load.run(400);
      load.settle();
      assert.ok(load.answers.room > 0 && load.answers.writing > 0, `seed ${seed} asks too little`);
    }
  },
};
