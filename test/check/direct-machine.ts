// The direct machine: file data that goes around the buffer cache.

import type { DirectClaim } from '../../spec/direct/claim.ts';
import {
  DIRECT_ABSENT,
  DIRECT_CLAIMS,
  DIRECT_GOALS,
  DIRECT_LABELS,
  DIRECT_PROGRESS,
  DIRECT_PROMISES,
  DIRECT_REPAIRS,
} from '../../spec/direct/index.ts';
import { createDirectMachine, exploreDirect, stuckFronts } from '../../model/direct/index.ts';
import { DIRECT_LARGE, DIRECT_SAFE, directConfiguration } from '../kit/direct/configurations.ts';
import { createDirectDriver } from '../kit/direct/direct-driver.ts';
import { directLanguage } from '../kit/direct/direct-language.ts';
import { directConformRounds, type DirectConformReport } from '../kit/direct/random.ts';
import { directFailureLines, directSummaryLine } from './direct/random-report.ts';
import { exploredOf } from './machine-parts.ts';
import type { Asked, Explored, RandomReport } from './parts.ts';
import type { ProjectMachine } from './project-machine.ts';

/** Drawn only where repair D14 is left out. */
const UNSAFE_LABELS: readonly string[] = ['Uncache'];

/** Labels that no safe configuration can show, for reasons that the catalogue gives. One that is seen is a failure. */
const ABSENT: readonly string[] = DIRECT_ABSENT.map(({ name }) => name);

/** Both machines have a HandleOpen and a TicketRunnable, and either must be seen. */
const promiseName = (name: string): string => `direct ${name}`;

export const DIRECT_MACHINE: ProjectMachine = {
  name: 'direct',
  claims: DIRECT_CLAIMS,
  progress: DIRECT_PROGRESS,
  goals: DIRECT_GOALS,
  repairs: DIRECT_REPAIRS,
  promises: DIRECT_PROMISES.map(({ name }) => promiseName(name)),
  labels: DIRECT_LABELS.filter((label) => !UNSAFE_LABELS.includes(label) && !ABSENT.includes(label)),
  unsafeLabels: UNSAFE_LABELS,
  safe: DIRECT_SAFE,
  large: DIRECT_LARGE,
  explore: exploreConfiguration,
  read: (name, directory) => void directConfiguration(name, directory),
  random: { machine: 'direct', rounds: randomRounds },
};

function exploreConfiguration(name: string, directory: string, asked: Asked): Explored {
  const { shape } = directConfiguration(name, directory);
  const claims = claimsAsked(asked);
  const exploration = exploreDirect(createDirectMachine(shape), {
    invariants: claims.filter((claim) => claim.form === 'state'),
    properties: claims.filter((claim) => claim.form === 'step'),
    goals: asked === 'everything' ? DIRECT_GOALS : [],
    graph: true,
  });
  return exploredOf(exploration, {
    language: directLanguage(shape),
    driver: () => createDirectDriver(shape),
    progress: DIRECT_PROGRESS,
    // As the claims of progress count: fronts, then sites, with whose record the backend may wait.
    waiters: [...shape.fronts, ...shape.sites].map((one) => one.name),
    stuck: () =>
      stuckFronts(exploration).map((one) => ({
        who: 'front' in one ? one.front : shape.fronts.length + one.site,
        state: one.state,
      })),
    claimsAsked: claims.filter(({ status }) => status === 'checked').length,
    promiseName,
  });
}

function claimsAsked(asked: Asked): readonly DirectClaim[] {
  if (asked === 'nothing') return [];
  return asked === 'everything' ? DIRECT_CLAIMS : DIRECT_CLAIMS.filter(({ id }) => id === asked.claim);
}

function* randomRounds(): Generator<number, RandomReport> {
  return randomReport(yield* directConformRounds());
}

function randomReport(report: DirectConformReport): RandomReport {
  const { seed, runs, steps, share, meanLength, met, problems, failure } = report;
  const [summary = '', ...story] = failure === undefined ? [] : directFailureLines(failure);
  return {
    ...{ machine: 'direct', seed, runs, steps, share, meanLength, combinations: met.size },
    line: directSummaryLine(report),
    problems,
    ...(failure && { failure: { summary, story } }),
  };
}
