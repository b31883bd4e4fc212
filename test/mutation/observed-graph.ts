// What an exploration looks like from outside, in a few numbers: how many states, edges and levels, and a digest of everything
// that can be observed: each state as its snapshot, each edge with its action, answer and disk statistics, and for each state
// what is refused there and why. How the model packs its rows does not show.

import { crc32 } from 'node:zlib';
import { createMachine, explore, type Exploration } from '../../model/index.ts';
import { GOALS, INVARIANTS, PROPERTIES, type Shape } from '../../spec/index.ts';
import { blankSnapshot } from '../kit/driver.ts';
import { graphOf } from '../kit/search-tree.ts';
import { hex, refusals } from './digests.ts';
import { STATES_MAX } from '../support/explorations.ts';

/** The fields of snapshots and actions, so that a digest does not depend on the order in which an object was made. */
const FIELDS = `
  ios clients volumes mount iorun lists type volume exists refs interlockOwner check wanted bp reading
  ondisk released modified running waiting modifyRefs waitmod waitdep reclaim ioerror gencrc locked
  delwri notmeta modRoot residue at io runnable how wantsUndo closing mods interlock bare needs flush
  volatile criticalError lockedDirtySpace ioRunningSpace runningReadBytes runningWriteBytes
  ioLockedCount client volu meta undo data loose kind error ahead undoReclaim
`
  .trim()
  .split(/\s+/);

/** In so many states at most it is asked why actions cannot happen. */
const REFUSING_STATES = 100;

/** States, edges and depth, then digests of the states, of the edges and of the refusals. */
export type ObservedGraph = readonly [
  states: number,
  edges: number,
  depth: number,
  stateDigest: string,
  edgeDigest: string,
  refusalDigest: string,
];

export function observedGraph(exploration: Exploration): ObservedGraph {
  const { distinct, transitions, depth } = exploration;
  return [
    distinct,
    transitions,
    depth,
    states(exploration),
    edges(exploration),
    refusals(exploration, REFUSING_STATES, FIELDS),
  ];
}

/** How often each claim applied on the way, and which state was the first to reach each goal. */
export function observedClaims(shape: Shape): string {
  const { applied, goals, violation } = explore(createMachine(shape), {
    ...{ invariants: INVARIANTS, properties: PROPERTIES, goals: GOALS },
    maxStates: STATES_MAX,
  });
  return hex(crc32(JSON.stringify([[...applied], [...goals], violation])));
}

function states({ machine, rows, distinct }: Exploration): string {
  const snapshot = blankSnapshot(machine.shape);
  let digest = 0;
  for (let state = 0; state < distinct; state++) {
    machine.snapshot(rows, state * machine.rowWords, snapshot);
    digest = crc32(JSON.stringify(snapshot, FIELDS), digest);
  }
  return hex(digest);
}

function edges(exploration: Exploration): string {
  const { machine, rows } = exploration;
  const graph = graphOf(exploration);
  const into = new Int32Array(machine.rowWords);
  let digest = 0;
  for (let edge = 0; edge < graph.length; edge++) {
    const [source, index] = [graph.source[edge]!, graph.action[edge]!];
    const { outcome, stats } = machine.step(rows, source * machine.rowWords, index, into)!;
    const { diskRead, diskWrite } = stats;
    const told = [
      source,
      graph.target[edge]!,
      graph.outcome[edge]!,
      machine.actions[index]!,
      outcome,
      diskRead,
      diskWrite,
    ];
    digest = crc32(JSON.stringify(told, FIELDS), digest);
  }
  return hex(digest);
}
