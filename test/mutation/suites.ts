// Which tests judge which files. Each suite is a run of Stryker of its own: only its files are instrumented, so that the rest of
// the code runs at full speed, and a mutant that nobody notices costs only the tests that could have noticed it.
//
// The tests of a suite stand in the order in which they are run: Stryker stops at the first that fails, so what is cheap and
// kills much comes first. Some are ordinary tests of the project that are quick enough to serve here as they are.

export interface Suite {
  readonly name: string;
  readonly mutates: (file: string) => boolean;
  readonly tests: readonly string[];
  /** Its tests leave nothing under way: see kept-threads.ts. */
  readonly keepsThread: boolean;
  /** Milliseconds after which a test that waits has waited in vain; the slowest takes a tenth of it. */
  readonly patience?: number;
}

const SHORT = 1500;

const made = (...names: string[]): string[] => names.map((name) => `test/mutation/${name}.mutants.ts`);
const ordinary = (...names: string[]): string[] => names.map((name) => `test/unit/${name}.test.ts`);

/**
 * Tests that compare with what was recorded from the code under test. What they notice has changed, and nobody but the reviewer of
 * the record has said which of both is right; so what they kill is told apart. They come behind the other tests of their suites,
 * because Stryker names the first test that fails: what another test notices too counts as its kill.
 */
const GOLDENS = made('model', 'claims', 'direct-model', 'direct-claims');

export function isGolden(test: string): boolean {
  return GOLDENS.includes(test);
}

const inside = (folder: string) => (file: string) => file.startsWith(folder);

/** The first that names a file judges it, so what goes around the cache stands before what it goes around. */
export const SUITES: readonly Suite[] = [
  {
    name: 'direct-model',
    mutates: inside('model/direct/'),
    tests: [...ordinary('model/direct/explore'), ...made('direct-model', 'direct-loading')],
    keepsThread: true,
  },
  {
    name: 'direct-claims',
    mutates: inside('spec/direct/'),
    tests: [...made('direct-claims', 'direct-loading')],
    keepsThread: true,
  },
  {
    name: 'direct',
    mutates: inside('src/direct/'),
    tests: [
      ...ordinary('src/direct/messages'),
      ...ordinary('src/direct/stories'),
      ...ordinary('src/direct/refusals', 'src/direct/direct-io', 'src/direct/sharing'),
      ...made('direct-walks'),
      ...ordinary('src/direct/extents'),
      ...made('direct-loading'),
    ],
    keepsThread: true,
  },
  {
    name: 'mount-file',
    mutates: inside('src/mount/file/'),
    tests: [
      ...ordinary('src/mount/file/memory', 'src/mount/file/work', 'src/mount/file/opening'),
      ...ordinary('src/mount/file/cells', 'src/mount/file/calls'),
      ...ordinary('src/mount/file/messages', 'src/wrong-values'),
      ...made('loading'),
    ],
    keepsThread: true,
    patience: SHORT,
  },
  {
    name: 'model',
    mutates: inside('model/'),
    tests: [
      ...ordinary('model/buffer/decide', 'model/buffer/sight-sharing', 'model/explorer/search'),
      // The goldens before the walks, which take a hundred times as long: what both notice counts as the goldens'.
      ...made('model', 'walks', 'loading'),
    ],
    keepsThread: true,
  },
  { name: 'claims', mutates: inside('spec/'), tests: [...made('claims', 'loading')], keepsThread: true },
  {
    name: 'mount',
    mutates: inside('src/mount/'),
    tests: [
      // The parts before the whole: where a part is broken, a mount waits in vain.
      ...ordinary('src/mount/errors', 'src/mount/room', 'src/mount/engine', 'src/mount/memory-and-faults'),
      ...ordinary('src/mount/volumes/header', 'src/mount/mount-calls'),
      ...ordinary(
        'src/mount/messages',
        'src/mount/faults',
        'src/mount/waits',
        'src/mount/mount',
        'src/mount/volumes/format',
      ),
      ...ordinary('src/mount/volumes/open', 'src/wrong-values'),
      ...made('loading'),
    ],
    keepsThread: false,
    patience: SHORT,
  },
  {
    name: 'file-device',
    mutates: inside('src/devices/file/'),
    tests: [
      ...ordinary('src/devices/file/messages'),
      ...ordinary(
        'src/devices/file/device-error',
        'src/devices/file/io-thread',
        'src/devices/file/file-device-owner',
        'src/devices/file/lock-file-steps',
      ),
      ...ordinary(
        'src/devices/file/io-worker-start',
        'src/devices/file/volume-file-steps',
        'src/devices/file/write-log-format',
      ),
      ...ordinary(
        'src/devices/file/io-batch',
        'src/devices/file/path-guard',
        'src/devices/file/flush-ahead',
        'src/devices/file/write-log',
        'src/wrong-values',
      ),
      ...made('loading'),
    ],
    keepsThread: true,
    patience: SHORT,
  },
  {
    name: 'cache-policy',
    mutates: inside('src/policy/'),
    tests: [
      ...ordinary('src/policy/messages'),
      ...ordinary('src/policy/clock-policy-limits'),
      ...ordinary('src/policy/clock-policy', 'src/policy/clock-policy-writes', 'src/wrong-values'),
      ...made('loading'),
    ],
    keepsThread: true,
  },
  {
    name: 'core',
    mutates: inside('src/'),
    tests: [
      ...ordinary('src/core/messages'),
      ...ordinary('src/core/parts', 'src/core/hammer-io-core'),
      ...ordinary('src/core/stories', 'src/core/errors', 'src/devices/memory-device', 'src/core/records/block-table'),
      ...made('machines', 'loading'),
    ],
    keepsThread: true,
  },
];

/**
 * Tests in these files that take a hundred milliseconds or more, because they make very many system calls: left out. Those that start
 * threads or write files stand in `*.slow.test.ts`, which no suite names. What they alone could notice counts as survived.
 */
export const SLOW_TESTS: readonly string[] = [
  'a run whose records do not fit into one system call',
  'cut anywhere, it gives its whole records and says that the rest is torn',
  'however often altogether, as long as bytes move in between',
];

/** The suite that judges a mutated file: the first that names it. */
export function suiteOf(file: string): Suite {
  const suite = SUITES.find(({ mutates }) => mutates(file));
  if (suite === undefined) throw new RangeError(`No mutation suite judges ${file}; name one in suites.ts.`);
  return suite;
}

export function suiteNamed(name: string): Suite {
  const suite = SUITES.find((one) => one.name === name);
  if (suite === undefined) throw new RangeError(`There is no mutation suite ${name}.`);
  return suite;
}

/** The variable of the environment by which a run tells vitest its suite. */
export const SUITE_VARIABLE = 'MUTATION_SUITE';
