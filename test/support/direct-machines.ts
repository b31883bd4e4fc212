// Small machines of file data, large enough together to reach every label, and their explorations, each made once in a run of
// the suite, whichever test asks first.

import { createDirectMachine, exploreDirect, type DirectExploration } from '../../model/direct/index.ts';
import type { DirectShape } from '../../spec/direct/index.ts';
import { directShapeOf, UNSAFE_DIRECT_SHAPES } from './direct-shapes.ts';

const words = (text: string): string[] => text.split(' ');
const READS = words('strategyRead directReadDone');
const WRITES = words('strategyWrite directWriteDone');
const BACKEND = words('commitRecord resumeCommit destroyRecord resumeWrite');
const SPACE = words('cycle reserveComplete');
const HELD = words('deviceRead deviceReadDone deviceRelease');
const DAEMON = words('deviceWriteBack deviceWriteDone');
const FAULTS = ['read', 'write', 'deviceRead', 'deviceWrite'] as const;

/** With every repair. */
const WHOLE: Readonly<Record<string, DirectShape>> = {
  'one write, read back': directShapeOf({
    writesMax: 1,
    acts: [...READS, ...WRITES, ...HELD, ...words('commitRecord resumeCommit recycleFront piecewise')],
  }),
  'a record that is replaced': directShapeOf({ sites: 3, acts: [...WRITES, ...BACKEND] }),
  'a record that is replaced, and whose alias is in use': directShapeOf({
    sites: 3,
    acts: [...WRITES, ...words('destroyRecord cycle deviceRead')],
  }),
  'freed space that is written again': directShapeOf({
    snapshots: 1,
    sites: 3,
    writesMax: 3,
    acts: [...WRITES, ...SPACE, 'commitRecord'],
  }),
  'small writes that wait for the backend': directShapeOf({
    sites: 3,
    acts: [...WRITES, ...words('small commitRecord resumeCommit resumeWrite deviceReadDone deviceRecycle')],
  }),
  'small writes': directShapeOf({
    sites: 3,
    acts: [...words('strategyWrite small commitRecord destroyRecord deviceReadDone deviceRecycle'), ...DAEMON],
  }),
  'small writes beside one who holds': directShapeOf({
    writesMax: 1,
    acts: [...HELD, ...READS, ...DAEMON, ...words('strategyWrite small commitRecord resumeRead recycleFront')],
  }),
  'verified reads of a short record': directShapeOf({
    snapshots: 1,
    sites: 1,
    doubleBuffer: true,
    verify: true,
    short: true,
    faults: ['deviceRead'],
    acts: [...words('strategyRead bmap recycleFront piecewise'), ...HELD],
  }),
  'reads through the device cache': directShapeOf({
    doubleBuffer: true,
    writesMax: 0,
    acts: [...words('strategyRead bmap relocate resumeRead recycleFront'), ...SPACE, ...HELD, ...DAEMON],
  }),
  'data that moves under two readers': directShapeOf({
    snapshots: 1,
    writesMax: 0,
    acts: [...READS, ...SPACE, ...words('bmap deviceRead deviceReadDone relocate deviceRelease')],
  }),
  'a snapshot that keeps what was replaced': directShapeOf({
    snapshots: 1,
    writesMax: 1,
    acts: [...READS, ...WRITES, ...SPACE, ...words('bmap commitRecord recycleFront')],
  }),
  'direct reads and writes that fail': directShapeOf({
    sites: 3,
    faults: FAULTS,
    acts: [...READS, ...WRITES, ...words('recycleFront commitRecord resumeCommit resumeWrite cycle')],
  }),
  'writes of the device cache that fail': directShapeOf({
    faults: FAULTS,
    writesMax: 1,
    acts: [...READS, ...DAEMON, ...words('strategyWrite small deviceReadDone resumeRead recycleFront commitRecord')],
  }),
  'data that moved and was not written': directShapeOf({
    faults: ['deviceWrite'],
    writesMax: 0,
    acts: [...READS, ...DAEMON, ...words('deviceReadDone deviceRead deviceRelease relocate')],
  }),
  'places that cannot be reached': directShapeOf({
    heads: 2,
    sites: 5,
    trouble: { 1: 'missing', 2: 'lookup', 3: 'beyond' },
    writesMax: 1,
    acts: [...READS, ...WRITES, ...words('small piecewise recycleFront bmap deviceRead deviceReadDone')],
  }),
  'two files': directShapeOf({
    heads: 2,
    sites: 3,
    faults: ['write'],
    acts: [...READS, ...WRITES, ...words('commitRecord resumeCommit')],
  }),
};

/** By name, or by the id of the repair that is left out. */
export const DIRECT_MACHINES: Readonly<Record<string, DirectShape>> = { ...WHOLE, ...UNSAFE_DIRECT_SHAPES };

/** Those that production can be held against. */
export const WHOLE_DIRECT_MACHINES: readonly string[] = Object.keys(WHOLE);

/** Above the largest machine: a mutant may have infinitely many states. */
export const DIRECT_STATES_MAX = 750;

const made = new Map<string, DirectExploration>();

/** The exploration of that machine with its graph, or of its first states. */
export function directExplorationOf(name: string, maxStates = DIRECT_STATES_MAX): DirectExploration {
  const key = `${name} ${maxStates}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const exploration = exploreDirect(createDirectMachine(DIRECT_MACHINES[name]!), { graph: true, maxStates });
  made.set(key, exploration);
  return exploration;
}
