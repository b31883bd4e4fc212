// The table of layers (test/check/layers.ts) is kept: nobody imports what the table does not let him, no folder is its own
// neighbour's neighbour, and files import each other in circles within the rooms of the table only, and only types.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LAYERS, PAST_THE_ENTRIES, ROOMS, type Layer, type Room } from '../check/layers.ts';
import { filesIn, importsOf, ROOT, sourceOf, targetOf, type Import } from '../support/import-scan.ts';

const FOLDERS = ['spec', 'model', 'src', 'test/kit'] as const;

/** What users install with the package. */
const DEPENDENCIES = Object.keys(
  (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies?: object }).dependencies ?? {},
);

/** Two files, and whether the first needs the second when it runs. */
interface Edge {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const FILES = FOLDERS.flatMap((folder) => filesIn(folder, ['.ts']));
const EDGES: readonly Edge[] = FILES.flatMap((from) =>
  importsOf(from, sourceOf(from)).map(({ specifier, typeOnly }) => ({ from, to: targetOf(from, specifier), typeOnly })),
);

const isWithin = (file: string, path: string): boolean => file === path || file.startsWith(`${path}/`);

/** The layer with the longest path that fits. */
function layerOf(file: string): Layer | undefined {
  const fitting = LAYERS.flatMap((layer) => layer.paths.map((path) => ({ layer, path })));
  return fitting.filter(({ path }) => isWithin(file, path)).sort((a, b) => b.path.length - a.path.length)[0]?.layer;
}

/** A sentence when the import is not allowed. */
function breach({ from, to, typeOnly }: Edge): string | undefined {
  const layer = layerOf(from)!;
  const target = layerOf(to);
  if (target === undefined ? allowsPackage(layer, to) : allowsLayer(layer, target, typeOnly)) return undefined;
  const where = target === undefined ? to : `${to} (${target.name})`;
  return `${from} (${layer.name}) must not import ${typeOnly ? 'types' : 'code'} of ${where}`;
}

function allowsLayer(layer: Layer, target: Layer, typeOnly: boolean): boolean {
  if (target === layer || layer.imports.includes(target.name)) return true;
  return typeOnly && (layer.types ?? []).includes(target.name);
}

function allowsPackage({ packages = [] }: Layer, name: string): boolean {
  return packages.includes(name) || (packages.includes('dependencies') && DEPENDENCIES.includes(name));
}

/** From a node to all that it reaches over the edges, and how: to each of these the one before it. */
function reached(from: string, edges: readonly Edge[]): Map<string, string> {
  const next = new Map<string, string[]>();
  for (const edge of edges) next.set(edge.from, [...(next.get(edge.from) ?? []), edge.to]);
  const before = new Map<string, string>();
  const queue = [from];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    for (const to of next.get(node) ?? []) {
      if (before.has(to)) continue;
      before.set(to, node);
      queue.push(to);
    }
  }
  return before;
}

/** A way that leads from a node back to it. */
function circleAt(node: string, edges: readonly Edge[]): readonly string[] {
  const before = reached(node, edges);
  if (!before.has(node)) return [];
  const way = [node];
  do way.unshift(before.get(way[0]!)!);
  while (way[0] !== node);
  return way;
}

/** The same files, those for which `nameOf` has a name as one. */
function folded(edges: readonly Edge[], nameOf: (file: string) => string | undefined): Edge[] {
  const as = (file: string): string => nameOf(file) ?? file;
  return edges.map((edge) => ({ ...edge, from: as(edge.from), to: as(edge.to) })).filter(({ from, to }) => from !== to);
}

const roomOf = (file: string, rooms: readonly Room[] = ROOMS): string | undefined =>
  rooms.find(({ paths }) => paths.some((path) => isWithin(file, path)))?.name;

/** Circles that lead out of a folder and back into it; a room that it has files in is a part of it. */
function folderCircles(edges: readonly Edge[], rooms = ROOMS): string[] {
  const folders = new Set(edges.map(({ from }) => dirname(from)).filter((folder) => folder.includes('/')));
  return [...folders].sort().flatMap((folder) => {
    const inside = edges.filter(({ from }) => isWithin(from, folder));
    const shared = new Set(inside.map(({ from }) => roomOf(from, rooms)));
    const nameOf = (file: string): string | undefined => {
      const room = roomOf(file, rooms);
      return isWithin(file, folder) || (room !== undefined && shared.has(room)) ? folder : room;
    };
    const way = circleAt(folder, folded(edges, nameOf));
    return way.length === 0 ? [] : [way.join(' → ')];
  });
}

/** Files that import each other in a circle, outside of the rooms. */
function fileCircles(edges: readonly Edge[], rooms = ROOMS): string[] {
  return ways(
    edges.filter(({ from, to }) => roomOf(from, rooms) === undefined || roomOf(from, rooms) !== roomOf(to, rooms)),
  );
}

/** A way for each circle, told from the first of its nodes; none for nodes that an earlier way has told. */
function ways(edges: readonly Edge[]): string[] {
  const told = new Set<string>();
  return [...new Set(edges.map(({ from }) => from))].flatMap((file) => {
    if (told.has(file)) return [];
    const way = circleAt(file, edges);
    for (const one of way) told.add(one);
    return way.length === 0 ? [] : [way.join(' → ')];
  });
}

describe('the layers', () => {
  test('every file imports only what its layer may', () => {
    expect(FILES.filter((file) => layerOf(file) === undefined)).toEqual([]);
    const isException = ({ from, to }: Edge): boolean => PAST_THE_ENTRIES[to]?.includes(from) ?? false;
    expect(EDGES.flatMap((edge) => (isException(edge) ? [] : (breach(edge) ?? [])))).toEqual([]);
  });

  test('every exception of the kit is still needed', () => {
    const needed = new Set(EDGES.filter((edge) => breach(edge) !== undefined).map(({ from, to }) => `${from} → ${to}`));
    const named = Object.entries(PAST_THE_ENTRIES).flatMap(([to, all]) => all.map((from) => `${from} → ${to}`));
    expect(named.filter((one) => !needed.has(one))).toEqual([]);
  });

  test('every layer that is named is one, and what one may import makes no circle', () => {
    const names = new Set(LAYERS.map(({ name }) => name));
    const allowed = LAYERS.flatMap(({ name, imports, types = [] }) =>
      [...imports, ...types].map((to) => ({ from: name, to, typeOnly: false })),
    );
    expect(allowed.filter(({ to }) => !names.has(to))).toEqual([]);
    expect(ways(allowed)).toEqual([]);
  });

  test('no path leads out of a folder and back into it', () => {
    expect(folderCircles(EDGES)).toEqual([]);
  });

  test('files import each other in circles in the rooms only', () => {
    expect(fileCircles(EDGES)).toEqual([]);
  });

  test('and only types: nothing that runs needs itself', () => {
    expect(ways(EDGES.filter(({ typeOnly }) => !typeOnly))).toEqual([]);
  });

  test('every room is needed', () => {
    const isNeeded = (room: Room): boolean => {
      const others = ROOMS.filter((one) => one !== room);
      return fileCircles(EDGES, others).length > 0 || folderCircles(EDGES, others).length > 0;
    };
    expect(ROOMS.filter((room) => !isNeeded(room)).map(({ name }) => name)).toEqual([]);
  });
});

describe('the table is seen to fail', () => {
  const edgesOf = (file: string, text: string): Edge[] =>
    importsOf(file, text).map(({ specifier, typeOnly }: Import) => ({
      from: file,
      to: targetOf(file, specifier),
      typeOnly,
    }));
  const of = (folder: string, text: string): (string | undefined)[] =>
    edgesOf(`${folder}/part/x.ts`, text).map((edge) => breach(edge));

  test.each([
    ['spec', `import { readFileSync } from 'node:fs';`],
    ['spec', `import type { Machine } from '../../model/buffer/machine.ts';`],
    ['model', `import type { HammerIo } from '../../src/core/records/hammer-io.ts';`],
    ['model', `export { Lists } from '../../src/core/records/dirty-lists.ts';`],
    ['model', `const fs = await import('node:fs');`],
    ['model', `import fc from 'fast-check';`],
    ['model/buffer', `import { match } from 'ts-pattern';`],
    ['src/core', `import { ACTIONS } from '../../../spec/buffer/vocabulary.ts';`],
    ['src/core', `import { type Action, ACTIONS } from '../../../spec/buffer/vocabulary.ts';`],
    ['src/core', `type M = import('../../../model/buffer/machine.ts').Machine;`],
    ['src/core', `import type { CachePolicy } from '../../policy/cache-policy.ts';`],
    ['src/core', `import type { MountDevice } from '../../devices/mount-device.ts';`],
    ['src/core', `import { issueWrite } from '../actions/write.ts';`],
    ['src/core/records', `import { issueWrite } from '../../actions/write.ts';`],
    ['src/policy', `import type { HammerIo } from '../../core/records/hammer-io.ts';`],
    ['src/mount', `import type { MountState } from '../../core/core-state.ts';`],
    ['src/core/actions', `import type { HammerIoCore } from '../../hammer-io-core.ts';`],
    ['src/policy', `import { HammerIoCore } from '../../core/hammer-io-core.ts';`],
    ['src/policy', `import type { HammerIo } from '../../core/records/hammer-io.ts';`],
    ['src/devices', `import type { HammerIoCore } from '../../core/hammer-io-core.ts';`],
    ['src/direct', `import type { Room } from '../../mount/room.ts';`],
    ['src/mount', `import { test } from 'vitest';`],
    ['src/mount', `const kit = require('../../../test/kit/edges.ts');`],
    ['src/mount', `const secret = await import(name);`],
    ['test/kit', `import { MountState } from '../../../src/core/core-state.ts';`],
    ['test/kit', `import { stage } from '../../support/mount-stage.ts';`],
  ] as const)('%s may not: %s', (folder, text) => {
    expect(of(folder, text)).toEqual([expect.stringContaining('must not import')]);
  });

  test.each([
    ['spec', `import type { Shape } from './snapshot.ts';`],
    ['model', `import { match } from '../ts-pattern.ts';`],
    ['model', `import { labelOf } from '../../spec/buffer/vocabulary.ts';`],
    ['src/core', `import { crc32 } from 'node:zlib';`],
    ['src/mount', `import type { Outcome } from '../../../spec/buffer/vocabulary.ts';`],
    ['src/mount', `import { type Outcome, type Action } from '../../../spec/buffer/vocabulary.ts';`],
    ['test/kit', `import { HammerIoCore } from '../../../src/index.ts';`],
  ] as const)('%s may: %s', (folder, text) => {
    expect(of(folder, text)).toEqual([undefined]);
  });

  test('a circle of folders', () => {
    const planted: Edge = { from: 'src/direct/space.ts', to: 'src/mount/room.ts', typeOnly: true };
    expect(folderCircles([...EDGES, planted])).toEqual([expect.stringMatching(/^src\/mount → .* → src\/mount$/)]);
  });

  test('a circle of files, and one that runs within a room', () => {
    const planted: Edge = { from: 'src/core/errors.ts', to: 'src/core/hammer-io-core.ts', typeOnly: true };
    expect(fileCircles([...EDGES, planted])).not.toEqual([]);
    const running: Edge = { from: 'src/core/records/tickets.ts', to: 'src/core/core-state.ts', typeOnly: false };
    expect(fileCircles([...EDGES, running])).toEqual([]);
    expect(ways([...EDGES, running].filter(({ typeOnly }) => !typeOnly))).not.toEqual([]);
  });
});
