// The work that several phases need, done once: the model's exploration of a configuration and the TLA+ run of one.
//
// A phase asks for what it needs and gets a promise; the first to ask starts the work. Phases can therefore be left out or
// put in another order without one knowing of the other. TLA+ runs go two at a time through lanes, the largest first; the
// model's explorations run here, in between, one per turn of the event loop, so that a finished TLA+ run is noticed soon.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TlaResult } from '../tla/engine.ts';
import { Lanes } from './lanes.ts';
import { Overdue, within } from '../kit/within.ts';
import type { Explored, Parts, TlaJob } from './parts.ts';

/** TLA+ runs at once: the cores of the machine that the budget of the default run is meant for. */
const TLA_LANES = 2;

/** A configuration as the model sees it. */
export interface ExploredWork {
  /** The whole graph, whatever the claims say of it. */
  readonly exploration: Explored;
  /** The exploration in which the claims were checked; it ends early where one does not hold. */
  readonly judged: Explored;
  readonly seconds: number;
}

export class SharedWork {
  readonly #parts: Parts;
  readonly #lanes = new Lanes(TLA_LANES);
  readonly #explored = new Map<string, Promise<ExploredWork>>();
  readonly #checked = new Map<string, Promise<TlaResult>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The model's exploration of a configuration, with every claim, goal and the graph. */
  explored(name: string): Promise<ExploredWork> {
    return remember(this.#explored, name, async () => {
      await nextTurn();
      const begin = performance.now();
      const judged = exploredWithin(name, () => this.#parts.explore(name, 'everything'));
      // A violation ends the search; what compares graphs or walks edges still wants all of it.
      const exploration =
        judged.violation === undefined ? judged : exploredWithin(name, () => this.#parts.explore(name, 'nothing'));
      return { exploration, judged, seconds: (performance.now() - begin) / 1000 };
    });
  }

  /** The answer of the TLA+ engine to a check of the manifest. */
  checked(job: TlaJob): Promise<TlaResult> {
    const weight = job.expected.edges ?? job.expected.distinctStates ?? 0;
    return remember(this.#checked, job.name, () => this.#lanes.run(weight, () => this.#parts.engine.check(job.run)));
  }
}

/** Time in which the model must have explored a configuration; the largest takes some minutes, the others seconds. */
const EXPLORE_SECONDS = 3600;

function exploredWithin(name: string, explore: () => Explored): Explored {
  try {
    return within(EXPLORE_SECONDS, explore);
  } catch (error) {
    if (!(error instanceof Overdue)) throw error;
    throw new Error(`The model has not explored ${name} within ${error.seconds} s.`, { cause: error });
  }
}

/** The promise under that name; `start` makes it when nobody has asked before. A failure is kept like an answer. */
function remember<T>(known: Map<string, Promise<T>>, name: string, start: () => Promise<T>): Promise<T> {
  let work = known.get(name);
  if (work === undefined) {
    work = start();
    // Whoever asked will see the failure; that nobody is waiting at this moment is no fault.
    work.catch(() => undefined);
    known.set(name, work);
  }
  return work;
}
