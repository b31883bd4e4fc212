// Parts for tests of the command: a real but tiny machine (one DATA buffer, one client, four actions), a catalogue of one
// claim and one goal, and a TLA+ engine that answers with the model's own graph. Everything holds; a test replaces the one
// part that it wants to see fail.

import { createMachine, explore, type Exploration } from '../../model/index.ts';
import type { Goal, Invariant } from '../../spec/claim.ts';
import type { Shape, Snapshot } from '../../spec/buffer/snapshot.ts';
import { LABELS } from '../../spec/buffer/vocabulary.ts';
import { exploredBuffers } from '../check/buffer-machine.ts';
import type { EdgeWalk, Parts, RandomReport, TlaJob } from '../check/parts.ts';
import { countEdges, depthOf, graphHash, type LabelledGraph } from '../tla/graph.ts';
import { modelGraph } from '../tla/model-graph.ts';

export const SMALL_SHAPE: Shape = {
  blocks: [{ name: 'd1', type: 'data', volume: 0 }],
  volumes: ['v1'],
  clients: ['c1'],
  repairs: ['D2', 'D4', 'D9', 'D11', 'D30', 'D35', 'D39'],
  faults: ['read'],
  acts: ['ioRead', 'readDone', 'resumeGet', 'release'],
  readAhead: null,
  undoLog: false,
  blockBytes: 16384,
  backlogBytesMax: 16384,
  modsMax: 1,
};

/** A claim about one state that is easy to hold and easy to break. */
export function refsClaim(holds: (refs: number) => boolean, id = 'T1'): Invariant {
  return {
    id,
    tla: 'RefsAreFew',
    form: 'state',
    status: 'checked',
    statement: 'A buffer has few references.',
    why: 'There is only one client.',
    original: [{ line: 300, what: 'the read counts a reference' }],
    applies: (s: Snapshot) => s.ios[0]!.exists,
    holds: (s: Snapshot) => holds(s.ios[0]!.refs),
    violation: {} as Snapshot,
  };
}

const held: Goal = {
  id: 'G1',
  statement: 'Somebody holds the buffer.',
  reached: (s) => s.clients[0]!.at === 'hold',
  example: {} as Snapshot,
};

function exploreSmall(claims: readonly Invariant[], goals: readonly Goal[], graph: boolean): Exploration {
  return explore(createMachine(SMALL_SHAPE), { graph, invariants: claims, goals });
}

export const SMALL_GRAPH: LabelledGraph = modelGraph(exploreSmall([], [], true));

export const SMALL_JOB: TlaJob = {
  name: 'small',
  run: { moduleDir: '.', module: 'Small', cfg: 'small.cfg', wantGraph: true, maxStates: 1000, timeoutSeconds: 10 },
  mode: 'exhaustive',
  properties: [],
  engines: ['compiled', 'tlc'],
  expected: {
    verdict: 'ok',
    distinctStates: SMALL_GRAPH.states.length,
    edges: countEdges(SMALL_GRAPH),
    depth: depthOf(SMALL_GRAPH),
    graphHash: graphHash(SMALL_GRAPH),
  },
};

/** What a test may replace. */
export interface SmallChanges extends Partial<Omit<Parts, 'claims' | 'goals'>> {
  readonly claims?: readonly Invariant[];
  readonly goals?: readonly Goal[];
  readonly walkEdges?: (edges: number) => EdgeWalk;
}

/** The small project; `changes` replaces parts of it. */
export function smallParts({
  claims = [refsClaim((refs) => refs <= 1)],
  goals = [held],
  ...rest
}: SmallChanges = {}): Parts {
  const { walkEdges = (edges: number): EdgeWalk => ({ executed: edges, total: edges, steps: edges }), ...changes } =
    rest;
  return {
    claims,
    progress: [],
    goals,
    repairs: [],
    promises: ['HandleOpen'],
    labels: LABELS,
    unsafeLabels: [],
    safe: ['small'],
    large: [],
    jobs: [SMALL_JOB],
    engine: {
      name: 'echo 1.0',
      check: () =>
        Promise.resolve({
          verdict: 'ok',
          distinctStates: SMALL_GRAPH.states.length,
          depth: depthOf(SMALL_GRAPH),
          graph: SMALL_GRAPH,
          message: '',
          seconds: 0.5,
          warnings: [],
        }),
    },
    engineName: 'compiled',
    lint: () => Promise.resolve([]),
    explore(_name, asked) {
      const some = asked === 'nothing' ? [] : claims.filter(({ id }) => asked === 'everything' || asked.claim === id);
      const exploration = exploreSmall(some, asked === 'everything' ? goals : [], true);
      return {
        ...exploredBuffers(exploration, some),
        walkEdges: () => walkEdges(exploration.transitions),
        breakPromises: () => ({ thrown: new Map([['HandleOpen', 3]]) }),
      };
    },
    random: [{ machine: 'small', rounds: playNothing }],
    huntBugs: () => Promise.resolve([]),
    ...changes,
  };
}

/** Random conformance that went well, without a step. */
function* playNothing(): Generator<number, RandomReport> {
  yield 1;
  return PLAYED_NOTHING;
}

export const PLAYED_NOTHING: RandomReport = {
  ...{ machine: 'small', seed: 1, runs: 1, steps: 0, share: 1, meanLength: 0, combinations: 0 },
  line: 'nothing',
  problems: [],
};
