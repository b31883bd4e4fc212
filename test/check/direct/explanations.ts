// The catalogue of the direct machine as `--explain` tells it.

import { directBlank } from '../../../spec/direct/example.ts';
import {
  DIRECT_ACTIONS,
  DIRECT_CLAIMS,
  DIRECT_GOALS,
  DIRECT_PROGRESS,
  DIRECT_PROMISES,
  DIRECT_REPAIRS,
  directLabelOf,
  type DirectActionKind,
  type DirectOutcome,
  type DirectShape,
  type DirectSnapshot,
  type DirectStep,
} from '../../../spec/direct/index.ts';
import type { Catalogue } from '../explain-entries.ts';
import { directDifferences } from '../../kit/direct/direct-difference.ts';
import { directActionText } from '../../kit/direct/direct-language.ts';

export const DIRECT_EXPLANATIONS: Catalogue<DirectSnapshot, DirectStep> = {
  claims: DIRECT_CLAIMS,
  repairs: DIRECT_REPAIRS,
  goals: DIRECT_GOALS,
  progress: DIRECT_PROGRESS,
  promises: DIRECT_PROMISES,
  actions: DIRECT_ACTIONS,
  labelOf: (kind, outcome) => directLabelOf(kind as DirectActionKind, outcome as DirectOutcome),
  telling: {
    nothing: directBlank,
    differences: (before, after) => directDifferences(shapeOfExample(before), before, after),
    stepText,
  },
};

/** Whose operations a step ends shows in no state, so it is told with the step. */
function stepText({ action, outcome, completed }: DirectStep, before: DirectSnapshot): string {
  const shape = shapeOfExample(before);
  const ended = shape.fronts.filter((_, f) => (completed & (1 << f)) !== 0).map(({ name }) => name);
  const whose = ended.length === 0 ? 'no operation' : `the operation of ${ended.join(' and ')}`;
  return `${directActionText(shape, action)} → ${outcome}, which ends ${whose},`;
}

/** Names for an example, which has none: `h1`, …, snapshots `p1`, …, sites `s1`, … */
function shapeOfExample(s: DirectSnapshot): DirectShape {
  const heads = s.index.length;
  return {
    fronts: s.fronts.map((_, f) =>
      f < heads
        ? { name: `h${f + 1}`, kind: 'head', head: f }
        : { name: `p${f + 1 - heads}`, kind: 'snapshot', head: 0 },
    ),
    sites: s.sites.map((_, i) => ({ name: `s${i + 1}`, volume: 0, trouble: 'none' })),
    volumes: ['v1'],
    home: s.index,
    doubleBuffer: false,
    verify: false,
    short: false,
    repairs: [],
    faults: [],
    acts: [],
    writesMax: 0,
    blockBytes: 0,
  };
}
