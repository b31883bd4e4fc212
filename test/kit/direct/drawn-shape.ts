// Configurations of the direct machine beyond every bound of exhaustive checking, drawn by dice.
//
// One or two files with up to two snapshots of the first, four to six blocks on two volumes of which now and then one cannot be
// reached, up to 29 writes, every way of reading. Every fault is offered; whether a run uses it is the swarm's business.

import type { DirectRepairId, DirectShape, SiteShape, Trouble } from '../../../spec/direct/snapshot.ts';
import { BLOCK_BYTES } from '../configurations.ts';
import type { Dice } from '../random/dice.ts';
import { DIRECT_ACTS, DIRECT_FAULTS } from './configurations.ts';

const TROUBLES: readonly Trouble[] = ['lookup', 'missing', 'beyond'];

/** As many as a row of the model can tell apart; a run makes about eight. */
export const WRITES_DRAWN = 29;

export function drawDirectShape(dice: Dice, repairs: readonly DirectRepairId[]): DirectShape {
  const heads = 1 + dice(2);
  const snapshots = dice(3);
  const sites = 4 + dice(3);
  const troubled = dice(4) === 0 ? heads + 1 + dice(sites - heads - 1) : -1;
  return {
    fronts: [
      ...Array.from({ length: heads }, (_, h) => ({ name: `h${h + 1}`, kind: 'head', head: h }) as const),
      ...Array.from({ length: snapshots }, (_, k) => ({ name: `p${k + 1}`, kind: 'snapshot', head: 0 }) as const),
    ],
    sites: Array.from({ length: sites }, (_, s): SiteShape => {
      const trouble = s === troubled ? TROUBLES[dice(TROUBLES.length)]! : 'none';
      return { name: `s${s + 1}`, volume: trouble === 'missing' ? 1 : dice(2), trouble };
    }),
    volumes: ['v1', 'v2'],
    home: Array.from({ length: heads }, (_, h) => h),
    doubleBuffer: dice(2) === 0,
    verify: dice(3) > 0,
    short: dice(3) === 0,
    repairs,
    faults: DIRECT_FAULTS,
    acts: DIRECT_ACTS,
    writesMax: WRITES_DRAWN,
    blockBytes: BLOCK_BYTES,
  };
}

/** The shape in one line: `h1 h2, snapshots p1; s1 s2 on v1, s3 on v2; s3 missing; through the device cache, verified`. */
export function directShapeText(shape: DirectShape): string {
  const fronts = (kind: 'head' | 'snapshot'): string =>
    shape.fronts.flatMap((front) => (front.kind === kind ? [front.name] : [])).join(' ');
  const volume = (name: string, v: number): string =>
    `${shape.sites.flatMap((site) => (site.volume === v ? [site.name] : [])).join(' ') || 'nothing'} on ${name}`;
  const troubles = shape.sites.flatMap(({ name, trouble }) => (trouble === 'none' ? [] : [`${name} ${trouble}`]));
  const snapshots = fronts('snapshot');
  return [
    `${fronts('head')}${snapshots === '' ? '' : `, snapshots ${snapshots}`}`,
    shape.volumes.map(volume).join(', '),
    ...(troubles.length > 0 ? [troubles.join(', ')] : []),
    `${shape.doubleBuffer ? 'through the device cache' : 'straight'}${shape.verify ? ', verified' : ''}${shape.short ? ', short records' : ''}`,
  ].join('; ');
}
