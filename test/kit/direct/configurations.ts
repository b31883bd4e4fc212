// The named configurations of the direct machine, as DirectShapes.
//
// Written once, as the cfg files of the specification, like those of the buffer machine (../configurations.ts). Heads,
// snapshots, sites and volumes stand in the alphabetical order of their names; snapshots belong to the first head.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIRECT_ACTION_KINDS } from '../../../spec/direct/vocabulary.ts';
import {
  DIRECT_REPAIR_IDS,
  type DirectFault,
  type DirectRepairId,
  type DirectShape,
  type FrontShape,
  type SiteShape,
  type Trouble,
} from '../../../spec/direct/snapshot.ts';
import { BLOCK_BYTES, NONE_NAME, TLA_DIR } from '../configurations.ts';
import { readCfg, type Cfg } from '../tla/cfg.ts';
import { ConfigurationError, ConstantReader } from '../tla/constant-reader.ts';

/** The faults of the direct machine. */
export const DIRECT_FAULTS: readonly DirectFault[] = ['read', 'write', 'deviceRead', 'deviceWrite'];

/** What a configuration may offer: kinds of action, and the arguments that are bounds of their own. */
export const DIRECT_ACTS: readonly string[] = [...DIRECT_ACTION_KINDS, 'piecewise', 'small'];

/** All repairs, every claim must hold; the default run explores each of them. */
export const DIRECT_SAFE = [
  'direct-write',
  'direct-double',
  'direct-small',
  'direct-relocate',
  'direct-faults',
  'direct-trouble',
  'direct-two',
  'direct-mix',
] as const;

/** Too large for a default run: for the model's explorer and TLC. */
export const DIRECT_LARGE = ['direct-large'] as const;

/** One repair left out; the claim that the catalogue names must fail. */
export const DIRECT_WITHOUT = {
  'direct-without-D5': 'D5',
  'direct-without-D6': 'D6',
  'direct-without-D7': 'D7',
  'direct-without-D8': 'D8',
  'direct-without-D12': 'D12',
  'direct-without-D13': 'D13',
  'direct-without-D14': 'D14',
  'direct-without-D40': 'D40',
  'direct-without-D41': 'D41',
} as const satisfies Record<string, DirectRepairId>;

/** The names that `directConfiguration` knows. */
export const DIRECT_CONFIGURATION_NAMES: readonly string[] = [
  ...DIRECT_SAFE,
  ...Object.keys(DIRECT_WITHOUT),
  ...DIRECT_LARGE,
];

/** A bounded direct machine that is checked in full: its cfg file and the shape that the cfg means. */
export interface DirectConfiguration {
  readonly name: string;
  /** Path of the cfg file. */
  readonly file: string;
  readonly cfg: Cfg;
  readonly shape: DirectShape;
}

/** The configuration of that name; throws a ConfigurationError that lists the names when there is none. */
export function directConfiguration(name: string, directory: string = TLA_DIR): DirectConfiguration {
  if (!DIRECT_CONFIGURATION_NAMES.includes(name)) {
    throw new ConfigurationError(
      `There is no configuration '${name}'; choose one of ${DIRECT_CONFIGURATION_NAMES.join(', ')}.`,
    );
  }
  const file = join(directory, 'cfg', `${name}.cfg`);
  if (!existsSync(file)) {
    throw new ConfigurationError(`Configuration '${name}' has no file ${file}; restore it from the repository.`);
  }
  const cfg = readCfg(readFileSync(file, 'utf8'), `${name}.cfg`);
  return { name, file, cfg, shape: directShapeFromCfg(cfg, `${name}.cfg`) };
}

/** What the constants of a cfg mean as a DirectShape; `file` names it in messages. */
export function directShapeFromCfg(cfg: Cfg, file: string): DirectShape {
  const read = new ConstantReader(cfg, file);
  if (read.model('None') !== NONE_NAME) read.fail('None', `must be the model value ${NONE_NAME}`);
  const heads = headsOf(read);
  const volumes = read.models('Vols').sort();
  const sites = sitesOf(read, volumes);
  const home = heads.map((_, h) => {
    const constant = `Home${h + 1}`;
    const site = sites.findIndex(({ name }) => name === read.model(constant));
    return site < 0 ? read.fail(constant, 'is not among Sites') : site;
  });
  if (new Set(home).size < home.length) read.fail('Home2', 'is the home of both heads');
  return {
    fronts: [
      ...heads.map((name, head): FrontShape => ({ name, kind: 'head', head })),
      ...read
        .models('Snaps')
        .sort()
        .map((name): FrontShape => ({ name, kind: 'snapshot', head: 0 })),
    ],
    sites,
    volumes,
    home,
    doubleBuffer: read.truth('DoubleBuffer'),
    verify: read.truth('Verify'),
    short: read.truth('Short'),
    repairs: read.words('Repairs', DIRECT_REPAIR_IDS),
    faults: read.words('Faults', DIRECT_FAULTS),
    acts: read.words('Acts', DIRECT_ACTS),
    writesMax: read.count('WritesMax'),
    blockBytes: BLOCK_BYTES,
  };
}

/** H1, or H1 and H2: versions of the beginning go by the order of the heads. */
function headsOf(read: ConstantReader): readonly string[] {
  const heads = read.models('Heads').sort();
  const named = [read.model('H1'), read.model('H2')].slice(0, heads.length);
  if (heads.length === 0 || heads.join() !== named.join())
    read.fail('Heads', 'must be {H1} or {H1, H2}, in this order');
  return heads;
}

function sitesOf(read: ConstantReader, volumes: readonly string[]): SiteShape[] {
  const [first, second] = [volumes.indexOf(read.model('V1')), volumes.indexOf(read.model('V2'))];
  if (first < 0) read.fail('V1', 'is not among Vols');
  const names = read.models('Sites').sort();
  const someSites = (constant: string): readonly string[] => {
    const some = read.models(constant);
    const stray = some.find((name) => !names.includes(name));
    return stray === undefined ? some : read.fail(constant, `holds ${stray}, which is not among Sites`);
  };
  const onSecond = someSites('OnV2');
  if (onSecond.length > 0 && second < 0) read.fail('OnV2', 'names sites of V2, which is not among Vols');
  const trouble = new Map<string, Trouble>();
  for (const [constant, what] of [
    ['Lookup', 'lookup'],
    ['Missing', 'missing'],
    ['Beyond', 'beyond'],
  ] as const) {
    for (const name of someSites(constant)) {
      if (trouble.has(name)) read.fail(constant, `holds ${name}, which has another trouble already`);
      trouble.set(name, what);
    }
  }
  return names.map((name) => ({
    name,
    volume: onSecond.includes(name) ? second : first,
    trouble: trouble.get(name) ?? 'none',
  }));
}
