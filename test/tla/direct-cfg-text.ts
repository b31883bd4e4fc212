// The cfg of any DirectShape: a machine that no file describes can be asked of a TLA+ engine too.
//
// It is the inverse of `directShapeFromCfg`, for shapes whose fronts, sites and volumes stand in the order of their names.

import type { DirectShape, Trouble } from '../../spec/direct/snapshot.ts';
import { cfgOf, setText, wordsText, type CfgTextOptions } from './cfg-text.ts';
import { NONE_NAME } from '../kit/configurations.ts';

export function directCfgText(shape: DirectShape, { invariants }: CfgTextOptions): string {
  const fronts = (kind: 'head' | 'snapshot'): readonly string[] =>
    shape.fronts.filter((front) => front.kind === kind).map(({ name }) => name);
  const sites = (trouble: Trouble): string =>
    setText(shape.sites.filter((site) => site.trouble === trouble).map(({ name }) => name));
  const truth = (value: boolean): string => (value ? 'TRUE' : 'FALSE');
  const [first, second = 'h2'] = fronts('head');
  const [home, otherHome] = shape.home.map((site) => shape.sites[site]!.name);
  const [volume, otherVolume = `${volume}b`] = shape.volumes;
  const constants: readonly (readonly [string, string])[] = [
    ['Heads', setText(fronts('head'))],
    ['Snaps', setText(fronts('snapshot'))],
    ['H1', first!],
    ['H2', second],
    ['Sites', setText(shape.sites.map(({ name }) => name))],
    ['Home1', home!],
    ['Home2', otherHome ?? 'nowhere'],
    ['None', NONE_NAME],
    ['Lookup', sites('lookup')],
    ['Missing', sites('missing')],
    ['Beyond', sites('beyond')],
    ['OnV2', setText(shape.sites.filter((site) => site.volume === 1).map(({ name }) => name))],
    ['V1', volume!],
    ['V2', otherVolume],
    ['Vols', setText(shape.volumes)],
    ['DoubleBuffer', truth(shape.doubleBuffer)],
    ['Verify', truth(shape.verify)],
    ['Short', truth(shape.short)],
    ['Repairs', wordsText(shape.repairs)],
    ['Faults', wordsText(shape.faults)],
    ['Acts', wordsText(shape.acts)],
    ['WritesMax', String(shape.writesMax)],
  ];
  return cfgOf(constants, invariants);
}
