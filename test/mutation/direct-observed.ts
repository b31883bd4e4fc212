// What an exploration of the direct machine looks like from outside, as `observed-graph.ts` has it for the buffer machine: states,
// edges and levels, and digests of all snapshots, of all edges with whose operation they end, and of what is refused and why.

import { crc32 } from 'node:zlib';
import {
  blankDirectSnapshot,
  createDirectMachine,
  exploreDirect,
  type DirectExploration,
} from '../../model/direct/index.ts';
import { DIRECT_GOALS, DIRECT_INVARIANTS, DIRECT_PROPERTIES } from '../../spec/direct/index.ts';
import { graphOf } from '../kit/search-tree.ts';
import { hex, refusals } from './digests.ts';
import { DIRECT_MACHINES, DIRECT_STATES_MAX, directExplorationOf } from '../support/direct-machines.ts';
import type { ObservedGraph } from './observed-graph.ts';

/** In so many states at most it is asked why actions cannot happen. */
const REFUSING_STATES = 120;

export function directMachineSeen(name: string): ObservedGraph {
  const exploration = directExplorationOf(name);
  const { distinct, transitions, depth } = exploration;
  return [
    distinct,
    transitions,
    depth,
    states(exploration),
    edges(exploration),
    refusals(exploration, REFUSING_STATES),
  ];
}

/** How often each claim applied on the way, which state was the first to reach each goal, and what was violated where. */
export function directClaimsSeen(name: string): string {
  const machine = createDirectMachine(DIRECT_MACHINES[name]!);
  const { applied, goals, violation, distinct } = exploreDirect(machine, {
    ...{ invariants: DIRECT_INVARIANTS, properties: DIRECT_PROPERTIES, goals: DIRECT_GOALS },
    maxStates: DIRECT_STATES_MAX,
  });
  return hex(crc32(JSON.stringify([distinct, [...applied], [...goals], violation])));
}

function states({ machine, rows, distinct }: DirectExploration): string {
  const snapshot = blankDirectSnapshot(machine.shape);
  let digest = 0;
  for (let state = 0; state < distinct; state++) {
    machine.snapshot(rows, state * machine.rowWords, snapshot);
    digest = crc32(JSON.stringify(snapshot), digest);
  }
  return hex(digest);
}

function edges(exploration: DirectExploration): string {
  const { machine, rows, parent, via } = exploration;
  const graph = graphOf(exploration);
  const into = new Int32Array(machine.rowWords);
  let digest = crc32(JSON.stringify([[...parent], [...via]]));
  for (let edge = 0; edge < graph.length; edge++) {
    const [source, index] = [graph.source[edge]!, graph.action[edge]!];
    const { outcome, completed } = machine.step(rows, source * machine.rowWords, index, into)!;
    const told = [source, graph.target[edge]!, graph.outcome[edge]!, machine.actions[index]!, outcome, completed];
    digest = crc32(JSON.stringify(told), digest);
  }
  return hex(digest);
}
