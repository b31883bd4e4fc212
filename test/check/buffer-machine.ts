// The buffer machine: blocks of a device and who uses them.

import type { Claim } from '../../spec/claim.ts';
import { CLAIMS, GOALS, PROGRESS, PROMISES, REPAIRS } from '../../spec/index.ts';
import { LABELS } from '../../spec/buffer/vocabulary.ts';
import { createMachine, explore, stuckStates, type Exploration } from '../../model/index.ts';
import { bufferLanguage } from '../kit/buffer-language.ts';
import { configuration, LARGE_CONFIGURATION, SAFE_CONFIGURATIONS } from '../kit/configurations.ts';
import { createCoreDriver } from '../kit/core-driver.ts';
import { conformRounds, type ConformReport } from '../kit/random/conform.ts';
import { failureLines, summaryLine } from '../kit/random/report.ts';
import { byForm } from './catalogue.ts';
import { exploredOf } from './machine-parts.ts';
import type { Asked, Explored, RandomReport } from './parts.ts';
import type { ProjectMachine } from './project-machine.ts';

export const BUFFER_MACHINE: ProjectMachine = {
  name: 'buffers',
  claims: CLAIMS,
  progress: PROGRESS,
  goals: GOALS,
  repairs: REPAIRS,
  promises: PROMISES.map(({ name }) => name),
  labels: LABELS,
  unsafeLabels: [],
  safe: SAFE_CONFIGURATIONS,
  large: [LARGE_CONFIGURATION],
  explore: exploreBuffers,
  read: (name, directory) => void configuration(name, directory),
  random: { machine: 'buffers', rounds: randomRounds },
};

function exploreBuffers(name: string, directory: string, asked: Asked): Explored {
  const { shape } = configuration(name, directory);
  const claims = claimsAsked(asked);
  const exploration = explore(createMachine(shape), {
    ...byForm(claims),
    goals: asked === 'everything' ? GOALS : [],
    graph: true,
  });
  return exploredBuffers(exploration, claims);
}

/** The exploration as the phases see it, with production beside it. */
export function exploredBuffers(exploration: Exploration, claims: readonly Claim[]): Explored {
  const { shape } = exploration.machine;
  return exploredOf(exploration, {
    language: bufferLanguage(shape),
    driver: () => createCoreDriver(shape),
    progress: PROGRESS,
    waiters: shape.clients,
    stuck: () => stuckStates(exploration).map(({ client, state }) => ({ who: client, state })),
    claimsAsked: claims.filter(({ status }) => status === 'checked').length,
    promiseName: (name) => name,
  });
}

function claimsAsked(asked: Asked): readonly Claim[] {
  if (asked === 'nothing') return [];
  return asked === 'everything' ? CLAIMS : CLAIMS.filter(({ id }) => id === asked.claim);
}

function* randomRounds(): Generator<number, RandomReport> {
  return randomReport(yield* conformRounds());
}

/** A report of random conformance as the phase wants it. */
export function randomReport(report: ConformReport): RandomReport {
  const { seed, runs, executed, share, meanLength, coverage, problems, failure } = report;
  const [summary = '', ...story] = failure === undefined ? [] : failureLines(failure);
  return {
    ...{ machine: 'buffers', seed, runs, steps: executed, share, meanLength, combinations: coverage.met.size },
    line: summaryLine(report),
    problems,
    ...(failure && { failure: { summary, story } }),
  };
}
