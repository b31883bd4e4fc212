// The named configurations of the machine, as Shapes.
//
// A configuration is written once, as the cfg file that the TLA+ engines read (`tla/cfg/<name>.cfg`); the model and production
// get theirs from the same constants, so the voices cannot drift apart in what they are asked. Indices are settled here:
// blocks, volumes and clients stand in the alphabetical order of their names, which is also the device order of the blocks.
// Whoever wants a configuration of their own needs no cfg: a Shape is an ordinary value.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ACTION_KINDS } from '../../spec/buffer/vocabulary.ts';
import {
  REPAIR_IDS,
  type BlockShape,
  type Fault,
  type IoType,
  type RepairId,
  type Shape,
} from '../../spec/buffer/snapshot.ts';
import { readCfg, type Cfg } from './tla/cfg.ts';
import { ConfigurationError, ConstantReader } from './tla/constant-reader.ts';

export { ConfigurationError } from './tla/constant-reader.ts';

/**
 * Bytes of a block in every named configuration. HAMMER's are 16 KiB; the machine does not care, and production copies and
 * hashes blocks a million times in a run.
 */
export const BLOCK_BYTES = 512;

/** The model value that every cfg gives to the constant None. */
export const NONE_NAME = 'none';

const FAULTS: readonly Fault[] = ['read', 'write', 'flush', 'undo'];

/** All repairs, every claim must hold; the default run explores each of them. */
export const SAFE_CONFIGURATIONS = [
  'data',
  'meta',
  'undo',
  'volume',
  'meta-undo',
  'data-undo',
  'volume-meta',
  'two-volumes',
  'read-ahead',
  'data-faults',
  'meta-faults',
  'undo-faults',
  'volume-faults',
  'flush-faults',
  'three-syncs',
  'three-modifiers',
  'three-barriers',
] as const;

/** One repair left out; the claim that the catalogue names must fail. */
export const WITHOUT_REPAIR = {
  'without-D2': 'D2',
  'without-D4': 'D4',
  'without-D9': 'D9',
  'without-D11': 'D11',
  'without-D30': 'D30',
  'without-D35': 'D35',
  'without-D39': 'D39',
} as const satisfies Record<string, RepairId>;

/** Too large for a default run: two clients on two buffers, for the model's explorer and TLC. */
export const LARGE_CONFIGURATION = 'large';

/** The names that `configuration` knows. */
export const CONFIGURATION_NAMES: readonly string[] = [
  ...SAFE_CONFIGURATIONS,
  ...Object.keys(WITHOUT_REPAIR),
  LARGE_CONFIGURATION,
];

/** Where the specification lives. */
export const TLA_DIR = fileURLToPath(new URL('../../tla/', import.meta.url));

/** A bounded machine that is checked in full: its cfg file and the shape that the cfg means. */
export interface Configuration {
  readonly name: string;
  /** Path of the cfg file. */
  readonly file: string;
  readonly cfg: Cfg;
  readonly shape: Shape;
}

/** The configuration of that name; throws a ConfigurationError that lists the names when there is none. */
export function configuration(name: string, directory: string = TLA_DIR): Configuration {
  if (!CONFIGURATION_NAMES.includes(name)) {
    throw new ConfigurationError(
      `There is no configuration '${name}'; choose one of ${CONFIGURATION_NAMES.join(', ')}.`,
    );
  }
  const file = join(directory, 'cfg', `${name}.cfg`);
  if (!existsSync(file)) {
    throw new ConfigurationError(`Configuration '${name}' has no file ${file}; restore it from the repository.`);
  }
  const cfg = readCfg(readFileSync(file, 'utf8'), `${name}.cfg`);
  return { name, file, cfg, shape: shapeFromCfg(cfg, `${name}.cfg`) };
}

/** What the constants of a cfg mean as a Shape; `file` names it in messages. */
export function shapeFromCfg(cfg: Cfg, file: string): Shape {
  const read = new ConstantReader(cfg, file);
  const volumes = read.models('Vols').sort();
  const onSecond = new Set(read.models('OnV2'));
  const [first, second] = [volumes.indexOf(read.model('V1')), volumes.indexOf(read.model('V2'))];
  if (first < 0) read.fail('V1', 'is not among Vols');
  if (read.model('None') !== NONE_NAME) read.fail('None', `must be the model value ${NONE_NAME}`);
  if (onSecond.size > 0 && second < 0) read.fail('OnV2', 'names blocks of V2, which is not among Vols');

  const blocks: BlockShape[] = [];
  const add = (constant: string, type: IoType): void => {
    for (const name of read.models(constant)) {
      if (blocks.some((b) => b.name === name)) read.fail(constant, `holds ${name}, which has another type already`);
      blocks.push({ name, type, volume: onSecond.has(name) ? second : first });
    }
  };
  add('VolBufs', 'volume');
  add('MetaBufs', 'meta');
  add('UndoBufs', 'undo');
  add('DataBufs', 'data');
  blocks.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const name of onSecond)
    if (!blocks.some((b) => b.name === name)) read.fail('OnV2', `holds ${name}, which is no block`);

  return {
    blocks,
    volumes,
    clients: read.models('Clients').sort(),
    repairs: read.words('Repairs', REPAIR_IDS),
    faults: read.words('Faults', FAULTS),
    acts: read.words('Acts', ACTION_KINDS),
    readAhead: readAheadOf(read, blocks),
    undoLog: read.truth('UndoLog'),
    blockBytes: BLOCK_BYTES,
    backlogBytesMax: read.count('BacklogMax') * BLOCK_BYTES,
    modsMax: read.count('ModsMax'),
  };
}

/** At most one pair: the head, and the next block in device order on its volume, which is no volume block. */
function readAheadOf(read: ConstantReader, blocks: readonly BlockShape[]): Shape['readAhead'] {
  const [heads, tails] = [read.models('AheadHeads'), read.models('AheadTails')];
  if (heads.length !== tails.length || heads.length > 1)
    read.fail('AheadHeads', 'and AheadTails are not one pair or none');
  const [head, tail] = [heads[0], tails[0]].map((name) => blocks.findIndex((b) => b.name === name));
  if (heads.length === 0 || head === undefined || tail === undefined) return null;
  const next = blocks.findIndex((b, i) => i > head && b.volume === blocks[head]?.volume);
  if (head < 0 || next !== tail || blocks[next]?.type === 'volume')
    read.fail('AheadTails', `is not the block that follows ${heads[0]} on its volume`);
  return [head, tail];
}
