// A configuration is written once, as a cfg; here is held what the other voices make of it, and that every named one exists.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../../../model/index.ts';
import { REPAIR_IDS } from '../../../spec/buffer/snapshot.ts';
import { ACTION_KINDS } from '../../../spec/buffer/vocabulary.ts';
import { DATA_SHAPE, META_UNDO_SHAPE, VOLUME_META_SHAPE } from '../../support/shapes.ts';
import { cfgText } from '../../tla/cfg-text.ts';
import {
  configuration,
  ConfigurationError,
  CONFIGURATION_NAMES,
  LARGE_CONFIGURATION,
  SAFE_CONFIGURATIONS,
  shapeFromCfg,
  TLA_DIR,
  WITHOUT_REPAIR,
} from '../../kit/configurations.ts';
import { DIRECT_CONFIGURATION_NAMES } from '../../kit/direct/configurations.ts';
import { loadManifest } from '../../tla/manifest.ts';
import { readCfg } from '../../kit/tla/cfg.ts';

const CONSTANTS = {
  VolBufs: '{h2}',
  MetaBufs: '{m1}',
  UndoBufs: '{}',
  DataBufs: '{e9, d2, d1}',
  OnV2: '{e9, h2}',
  Vols: '{v1, v2}',
  V1: 'v1',
  V2: 'v2',
  Clients: '{c2, c1}',
  None: 'none',
  AheadHeads: '{d1}',
  AheadTails: '{d2}',
  Repairs: '{"D9", "D2"}',
  Faults: '{"write"}',
  Acts: '{"release", "ioRead"}',
  UndoLog: 'TRUE',
  BacklogMax: '2',
  ModsMax: '1',
} as const;

function shapeOf(changes: Partial<Record<keyof typeof CONSTANTS, string>> = {}) {
  const lines = Object.entries({ ...CONSTANTS, ...changes }).map(([name, value]) => `  ${name} = ${value}`);
  return shapeFromCfg(readCfg(`SPECIFICATION Spec\nCONSTANTS\n${lines.join('\n')}\n`, 'x.cfg'), 'x.cfg');
}

describe('the shape of a cfg', () => {
  test('has blocks, volumes and clients in the order of their names', () => {
    const shape = shapeOf();
    expect(shape.blocks).toEqual([
      { name: 'd1', type: 'data', volume: 0 },
      { name: 'd2', type: 'data', volume: 0 },
      { name: 'e9', type: 'data', volume: 1 },
      { name: 'h2', type: 'volume', volume: 1 },
      { name: 'm1', type: 'meta', volume: 0 },
    ]);
    expect(shape.volumes).toEqual(['v1', 'v2']);
    expect(shape.clients).toEqual(['c1', 'c2']);
  });

  test('has the constants under the names of the vocabulary', () => {
    const { repairs, faults, acts, readAhead, undoLog, blockBytes, backlogBytesMax, modsMax } = shapeOf();
    expect({ repairs, faults, acts, readAhead, undoLog, backlogBlocks: backlogBytesMax / blockBytes, modsMax }).toEqual(
      {
        repairs: ['D2', 'D9'],
        faults: ['write'],
        acts: ['ioRead', 'release'],
        readAhead: [0, 1],
        undoLog: true,
        backlogBlocks: 2,
        modsMax: 1,
      },
    );
    expect(shapeOf({ AheadHeads: '{}', AheadTails: '{}' }).readAhead).toBeNull();
  });

  test.each([
    ['V1', 'v9', /V1 is not among Vols/],
    ['None', 'None', /None must be the model value none/],
    ['Vols', '{v1}', /OnV2 names blocks of V2/],
    ['MetaBufs', '{d1}', /DataBufs holds d1/],
    ['OnV2', '{d7}', /OnV2 holds d7, which is no block/],
    ['Acts', '{"ioRaed"}', /Acts holds "ioRaed", which is none of ioRead/],
    ['Repairs', '{"D1"}', /Repairs holds "D1"/],
    ['Faults', '{fire}', /Faults must be a set of strings/],
    ['AheadTails', '{m1}', /AheadTails is not the block that follows d1/],
    ['AheadTails', '{}', /not one pair or none/],
    ['UndoLog', '1', /UndoLog must be TRUE or FALSE/],
    ['BacklogMax', '-1', /BacklogMax must be a number from 0/],
    ['Clients', 'c1', /Clients must be a set/],
  ] as const)('is refused when %s is %s', (constant, value, message) => {
    expect(() => shapeOf({ [constant]: value })).toThrow(ConfigurationError);
    expect(() => shapeOf({ [constant]: value })).toThrow(message);
  });
});

describe('the cfg of a shape', () => {
  test.each([
    ['DATA', DATA_SHAPE],
    ['META with UNDO', META_UNDO_SHAPE],
    ['a volume header with META', VOLUME_META_SHAPE],
    ['two volumes', shapeOf()],
  ])('%s: gives the same shape again', (_, shape) => {
    const text = cfgText(shape, { invariants: ['LockedHasBuffer'] });
    expect(shapeFromCfg(readCfg(text, 'y.cfg'), 'y.cfg')).toEqual({
      ...shape,
      acts: ACTION_KINDS.filter((kind) => shape.acts.includes(kind)),
    });
  });
});

describe('a configuration by name', () => {
  test('that nobody knows is refused with the names there are', () => {
    expect(() => configuration('date')).toThrow(ConfigurationError);
    expect(() => configuration('date')).toThrow(/no configuration 'date'; choose one of data, meta, undo, .*large\./);
  });

  test('whose file is missing is refused with the file', () => {
    const directory = mkdtempSync(join(tmpdir(), 'configurations-'));
    try {
      expect(() => configuration('data', directory)).toThrow(/'data' has no file .*data\.cfg/);
      mkdirSync(join(directory, 'cfg'));
      writeFileSync(join(directory, 'cfg', 'data.cfg'), 'SPECIFICATION Spec\nCONSTANTS\n  Vols = {v1}\n  OnV2 = {}\n');
      expect(() => configuration('data', directory)).toThrow(/data\.cfg: V1 has no value/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test.each(CONFIGURATION_NAMES.map((name) => [name]))('%s makes a machine', (name) => {
    const { shape } = configuration(name);
    expect(createMachine(shape).actions.length).toBeGreaterThan(0);
  });

  test('the list of names and the cfg files are the same', () => {
    const files = readdirSync(join(TLA_DIR, 'cfg'))
      .filter((file) => file.endsWith('.cfg'))
      .map((file) => file.slice(0, -4));
    expect(CONFIGURATION_NAMES.filter((name) => !existsSync(join(TLA_DIR, 'cfg', `${name}.cfg`)))).toEqual([]);
    // Step properties, liveness and symmetry are checks of TLA+ alone.
    const { configs } = loadManifest(join(TLA_DIR, 'manifest.json'));
    const tlaOnly = configs.filter(({ expect: { graphHash } }) => graphHash === undefined).map(({ name }) => name);
    const known = [...CONFIGURATION_NAMES, ...DIRECT_CONFIGURATION_NAMES, ...tlaOnly];
    expect(files.filter((name) => !known.includes(name))).toEqual([]);
  });

  test('safe ones and the large one have every repair, the others all but their own', () => {
    for (const name of [...SAFE_CONFIGURATIONS, LARGE_CONFIGURATION]) {
      expect(configuration(name).shape.repairs, name).toEqual(REPAIR_IDS);
    }
    for (const [name, repair] of Object.entries(WITHOUT_REPAIR)) {
      expect(configuration(name).shape.repairs, name).toEqual(REPAIR_IDS.filter((id) => id !== repair));
    }
  });

  test('together the safe ones offer every action and every fault', () => {
    const shapes = SAFE_CONFIGURATIONS.map((name) => configuration(name).shape);
    const offered = new Set(shapes.flatMap((shape) => shape.acts));
    expect(ACTION_KINDS.filter((kind) => !offered.has(kind))).toEqual([]);
    expect(new Set(shapes.flatMap((shape) => shape.faults))).toEqual(new Set(['read', 'write', 'flush', 'undo']));
  });
});
