// Who may import whom: one table, which test/integration/layers.test.ts holds and ARCHITECTURE.md shows.
//
// A file belongs to the layer with the longest path that fits. It may import its own layer and those that the layer names; `types`
// are layers of which it may name types only, so that nothing of them runs.

export interface Layer {
  readonly name: string;
  /** Folders, or single files. */
  readonly paths: readonly string[];
  readonly imports: readonly string[];
  readonly types?: readonly string[];
  /** Packages; `node:` stands for all modules of Node, `dependencies` for those that package.json lists for users. */
  readonly packages?: readonly string[];
  /** What it is, in a few words. */
  readonly is: string;
}

export const LAYERS: readonly Layer[] = [
  { name: 'spec', paths: ['spec'], imports: [], is: 'what must hold' },
  {
    name: 'packages of the model',
    paths: ['model/ts-pattern.ts', 'model/missing-package.ts'],
    imports: [],
    packages: ['node:', 'ts-pattern'],
    is: 'what its users install: looked for in one place',
  },
  { name: 'model', paths: ['model'], imports: ['spec', 'packages of the model'], is: 'the reference model' },
  {
    name: 'core terms',
    paths: ['ids', 'view', 'answer', 'errors', 'device', 'options', 'check-shape', 'block-crc'].map(
      (file) => `src/core/${file}.ts`,
    ),
    imports: [],
    types: ['spec'],
    packages: ['node:', 'dependencies'],
    is: 'what others know of the core: its numbers, its view, its options, answers and errors, and what it asks of devices',
  },
  {
    name: 'core records',
    paths: ['src/core'],
    imports: ['core terms'],
    types: ['spec'],
    packages: ['node:', 'dependencies'],
    is: 'what the core keeps',
  },
  {
    name: 'core actions',
    paths: ['src/core/actions'],
    imports: ['core terms', 'core records'],
    types: ['spec'],
    packages: ['node:'],
    is: 'what happens to the records',
  },
  {
    name: 'core',
    paths: ['src/core/hammer-io-core.ts'],
    imports: ['core terms', 'core records', 'core actions'],
    types: ['spec'],
    is: 'the door: one method for each input',
  },
  {
    name: 'policy',
    paths: ['src/policy'],
    imports: ['core terms'],
    types: ['spec', 'core'],
    is: 'what is written and given up when',
  },
  {
    name: 'devices',
    paths: ['src/devices'],
    imports: ['core terms'],
    types: ['spec'],
    packages: ['node:'],
    is: 'files, block devices, memory',
  },
  {
    name: 'direct',
    paths: ['src/direct'],
    imports: ['core terms', 'core records'],
    types: ['spec', 'core'],
    packages: ['node:', 'dependencies'],
    is: 'file data around the cache',
  },
  {
    name: 'mount',
    paths: ['src/mount'],
    imports: ['core', 'core terms', 'policy', 'devices', 'direct'],
    types: ['spec'],
    packages: ['node:'],
    is: 'volumes, promises, errors for programs',
  },
  {
    name: 'entry of src',
    paths: ['src/index.ts'],
    imports: ['core', 'core terms', 'policy', 'devices', 'direct', 'mount'],
    types: ['core actions'],
    is: 'what users import',
  },
  {
    name: 'entries of the model',
    paths: ['model/index.ts', 'model/direct/index.ts'],
    imports: ['model', 'packages of the model', 'spec'],
    is: 'what users import',
  },
  {
    name: 'kit',
    paths: ['test/kit'],
    imports: ['spec', 'entries of the model', 'entry of src'],
    packages: ['node:', 'fast-check'],
    is: 'what users check a cache of their own with',
  },
];

/** Files, and the folders that they lie in, that may import each other in circles; of types only. */
export interface Room {
  readonly name: string;
  readonly paths: readonly string[];
}

export const ROOMS: readonly Room[] = [
  {
    name: 'the records of the core, which point at each other',
    paths: ['src/core/records', 'src/core/core-state.ts'],
  },
  {
    name: 'the records of direct I/O: a file, its extents, its fronts',
    paths: ['src/direct/files.ts', 'src/direct/extents.ts', 'src/direct/fronts.ts'],
  },
  { name: 'a claim, and the snapshots that it speaks of', paths: ['spec/buffer', 'spec/claim.ts', 'spec/reading.ts'] },
  { name: 'the kit', paths: ['test/kit'] },
];

/** Where the kit still goes past the entries: what it imports, and who does. They are to become fewer; one that is not needed fails. */
export const PAST_THE_ENTRIES: Readonly<Record<string, readonly string[]>> = {
  'model/buffer/explore.ts': [
    'test/kit/buffer-language.ts',
    'test/kit/edges.ts',
    'test/kit/promises.ts',
    'test/kit/random/coverage.ts',
    'test/kit/random/failure.ts',
    'test/kit/search-tree.ts',
  ],
  'model/buffer/machine.ts': [
    'test/kit/random/chooser.ts',
    'test/kit/random/conform.ts',
    'test/kit/random/failure.ts',
    'test/kit/random/stage.ts',
  ],
  'model/buffer/snapshot.ts': [
    'test/kit/driver.ts',
    'test/kit/foreign/shadow.ts',
    'test/kit/random/coverage.ts',
    'test/kit/random/failure.ts',
    'test/kit/random/stage.ts',
    'test/kit/trace/check-trace.ts',
  ],
  'model/buffer/state.ts': [
    'test/kit/random/chooser.ts',
    'test/kit/random/conform.ts',
    'test/kit/random/stage.ts',
    'test/kit/trace/state-change.ts',
  ],
  'src/core/actions/resume.ts': ['test/kit/trace/core-calls.ts'],
  'src/core/errors.ts': ['test/kit/foreign/protocol.ts'],
};
