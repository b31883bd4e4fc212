// The cfg of any DirectShape: a machine that no file describes can be asked of a TLA+ engine too.
//
// It is the inverse of `directShapeFromCfg`, for shapes whose fronts, sites and volumes stand in the order of their names.

import type { DirectShape, Trouble } from '../../../spec/direct/snapshot.ts';
import type { CfgTextOptions } from '../cfg-text.ts';
import { NONE_NAME } from '../configurations.ts';

export function directCfgText(shape: DirectShape, { invariants }: CfgTextOptions): string {
  const set = (items: readonly string[]): string => `{${items.join(', ')}}`;
  const words = (items: readonly string[]): string => set(items.map((item) => `"${item}"`));
  const fronts = (kind: 'head' | 'snapshot'): readonly string[] =>
    shape.fronts.filter((front) => front.kind === kind).map(({ name }) => name);
  const sites = (trouble: Trouble): string =>
    set(shape.sites.filter((site) => site.trouble === trouble).map(({ name }) => name));
  const truth = (value: boolean): string => (value ? 'TRUE' : 'FALSE');
  const [first, second = 'h2'] = fronts('head');
  const [home, otherHome] = shape.home.map((site) => shape.sites[site]!.name);
  const [volume, otherVolume = `${volume}b`] = shape.volumes;
  const constants: readonly (readonly [string, string])[] = [
    ['Heads', set(fronts('head'))],
    ['Snaps', set(fronts('snapshot'))],
    ['H1', first!],
    ['H2', second],
    ['Sites', set(shape.sites.map(({ name }) => name))],
    ['Home1', home!],
    ['Home2', otherHome ?? 'nowhere'],
    ['None', NONE_NAME],
    ['Lookup', sites('lookup')],
    ['Missing', sites('missing')],
    ['Beyond', sites('beyond')],
    ['OnV2', set(shape.sites.filter((site) => site.volume === 1).map(({ name }) => name))],
    ['V1', volume!],
    ['V2', otherVolume],
    ['Vols', set(shape.volumes)],
    ['DoubleBuffer', truth(shape.doubleBuffer)],
    ['Verify', truth(shape.verify)],
    ['Short', truth(shape.short)],
    ['Repairs', words(shape.repairs)],
    ['Faults', words(shape.faults)],
    ['Acts', words(shape.acts)],
    ['WritesMax', String(shape.writesMax)],
  ];
  return [
    'SPECIFICATION Spec',
    'CONSTANTS',
    ...constants.map(([name, value]) => `    ${name} = ${value}`),
    ...(invariants.length > 0 ? ['INVARIANTS', ...invariants.map((name) => `    ${name}`)] : []),
    'CHECK_DEADLOCK FALSE',
    '',
  ].join('\n');
}
