// One planted bug in full: where it comes from, the patch, the shrunk way to where it shows, and the claim that catches it.

import { DIRECT_CLAIMS, DIRECT_PROGRESS } from '../../spec/direct/index.ts';
import { CLAIMS, PROGRESS } from '../../spec/index.ts';
import { claimLines } from '../kit/claim-lines.ts';
import type { PlantedBug } from './bug.ts';
import { plantedBugLike } from './bugs.ts';
import { huntBug, reportOf } from './hunt.ts';
import { patchLines } from './patch.ts';
import { effortText } from './report.ts';

/** The text that `--bug NAME` prints. @throws UnknownBug */
export async function demonstrate(name: string): Promise<string> {
  const bug = plantedBugLike(name);
  const result = await huntBug(bug);
  const { caughtBy, also, effort, unit, ok } = reportOf(bug, result);
  const together = also.length > 0 ? `, with ${also.join(', ')} in the same step` : '';
  const verdict =
    caughtBy === 'nothing'
      ? `Nothing catches it in ${effortText(effort, unit)}; ${bug.claim} must.`
      : `${ok ? 'Caught' : `Caught wrongly (${bug.claim} must catch it)`} by ${caughtBy}${together}, after ${effortText(effort, unit)}:`;
  const story = result.hunted.found?.story() ?? [];
  return [
    `${bug.name} (planted in ${PLACES[bug.kind]}; origin: ${bug.origin})`,
    bug.wrong,
    '',
    ...bug.patches.flatMap(patchLines),
    '',
    verdict,
    ...story.map((line) => `  ${line}`),
    '',
    ...catchLines(bug),
  ].join('\n');
}

const PLACES: Readonly<Record<PlantedBug['kind'], string>> = {
  production: 'production',
  model: 'the reference model',
  tla: 'the specification',
  device: 'a device',
};

function catchLines(bug: PlantedBug): readonly string[] {
  const { claim, field } = bug;
  switch (claim) {
    case 'snapshot':
      return [
        `snapshot: after every step production must be where the model is; no claim speaks about ${field ?? 'this'}.`,
      ];
    case 'promises':
      return ['promises: whoever breaks a promise is told which one, and nothing has changed.'];
    case 'graph':
      return ['graph: the voices have one state graph, edge by edge.'];
    case 'device':
      return [
        `device: ${bug.machine === undefined ? (bug.device ?? 'a device') : 'a device'} must pass the suite that every device passes.`,
      ];
    case 'linearizability':
      return ['linearizability: what clients of files read has an order, register by register.'];
    case 'W1':
    case 'P9': {
      const progress = [...PROGRESS, ...DIRECT_PROGRESS].find(({ id }) => id === claim);
      return [`${claim}: ${progress?.statement ?? ''}`, `why: ${progress?.why ?? ''}`];
    }
    default:
      return claimLines([...(bug.machine === 'direct' ? DIRECT_CLAIMS : CLAIMS)].find(({ id }) => id === claim));
  }
}
