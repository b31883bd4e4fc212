// What only long walks notice: shared and kept snapshots at every edge, and a search that outgrows its first tables. They come
// late, because they take longer than all that notices most mutants.

import { test } from 'vitest';
import { blankSnapshot, createMachine, explore } from '../../model/index.ts';
import { Records, Sight } from '../../model/buffer/sight.ts';
import { takeSnapshot, View } from '../../model/buffer/snapshot.ts';
import type { Snapshot } from '../../spec/index.ts';
import { QUIET_ACTS } from '../support/quiet-acts.ts';
import { graphOf } from '../kit/search-tree.ts';
import { shapeOf } from '../support/shape-of.ts';
import { sameSnapshot } from '../kit/snapshot-difference.ts';
import { explorationOf } from '../support/explorations.ts';
import { mustBe } from '../support/must.ts';

test('sight and view show at every edge what a snapshot shows that is taken anew', () => {
  for (const name of SHOWN) {
    const exploration = explorationOf(name);
    const { machine, rows } = exploration;
    const { state, rowWords, shape } = machine;
    const graph = graphOf(exploration);
    const load = (number: number): void => state.words.set(rows.subarray(number * rowWords, (number + 1) * rowWords));
    load(0);
    const records = new Records(state);
    const [before, after, view, anew] = [new Sight(records), new Sight(records), new View(state), blankSnapshot(shape)];
    const same = (seen: Snapshot): void => {
      takeSnapshot(state, anew);
      if (!sameSnapshot(anew, seen)) throw new Error(`${name}: a snapshot is not what it should be`);
    };
    let at = -1;
    for (let edge = 0; edge < graph.length; edge++) {
      if (graph.source[edge] !== at) {
        at = graph.source[edge]!;
        load(at);
        same(before.settle());
        same(before.snapshot);
      }
      load(graph.target[edge]!);
      same(after.look(before));
      same(view.look());
      same(view.look());
    }
  }
});

/** Machines with all that a sight may share: waiters, lists, the run list, several blocks, several volumes. */
const SHOWN = ['two clients queue for DATA', 'barriers', 'syncs of two volumes', 'read-ahead'];

test('a search may outgrow its tables', () => {
  const { distinct, transitions, parent, via, graph, complete } = explore(
    createMachine(shapeOf({ acts: QUIET_ACTS })),
    {
      graph: true,
    },
  );
  mustBe([distinct, transitions, complete].join(), OUTGROWN);
  const sum = (numbers: ArrayLike<number>): number => Array.from(numbers).reduce((a, b) => (a * 31 + b) | 0, 0);
  mustBe([parent, via, graph!.source, graph!.target, graph!.action, graph!.outcome].map(sum).join(), OUTGROWN_SUMS);
});

/** More states and edges than the tables begin with. */
const OUTGROWN = '3216,20048,true';
const OUTGROWN_SUMS = '-328080934,-1005648492,1773188340,365163825,-119260150,-1579555802';
