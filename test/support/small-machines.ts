// The machines that mutants are judged on: each a corner of the state space, small enough that all of its edges are taken in
// a fraction of a second, and together they reach every rule, every answer and every fault. What each of them must look like
// stands in `goldens.json`; the model is held against that, and production against the model.

import type { ActionKind } from '../../spec/buffer/vocabulary.ts';
import { REPAIR_IDS, type RepairId, type Shape } from '../../spec/buffer/snapshot.ts';
import { block, shapeOf } from './shape-of.ts';

const GET: readonly ActionKind[] = ['ioRead', 'readDone', 'resumeGet', 'release', 'resumeRelease'];
const CHANGE: readonly ActionKind[] = ['ioModify', 'resumeModify', 'ioModifyDone', 'change'];
const WRITE: readonly ActionKind[] = ['ioFlush', 'writeDone', 'ioWait', 'resumeWait'];
const INTERLOCK: readonly ActionKind[] = ['ioWriteInterlock', 'resumeInterlock', 'ioDoneInterlock'];
const KERNEL: readonly ActionKind[] = ['recycle', 'writeBack', 'clusterPull', 'cleanLoose', 'ioInval'];
const PIN: readonly ActionKind[] = ['ioClearError', 'ioClearErrorNoassert'];
const SYNC: readonly ActionKind[] = ['ioFlushSync', 'flushDone', 'resumeFlushSync', 'ioFlushMark'];
const HOOKS: readonly ActionKind[] = ['ioStart', 'ioFsync', 'ioSync', 'ioMovedeps', 'ioCheckread', 'ioCountdeps'];

const BYTES = 64;

function machine(parts: Partial<Shape>): Shape {
  return shapeOf({ blockBytes: BYTES, clients: ['A'], undoLog: false, ...parts });
}

/** Small machines by name, the cheapest and most telling first. */
export const SMALL_MACHINES: Readonly<Record<string, Shape>> = {
  'one client, DATA': machine({
    acts: [...GET, ...CHANGE, ...WRITE, ...KERNEL, ...PIN, 'ioNew', 'unload', 'delBuffer', 'lowMemoryRelease'],
    faults: ['read', 'write'],
  }),
  'one client, META and its UNDO record': machine({
    blocks: [block('m', 'meta')],
    acts: [
      ...GET,
      ...CHANGE,
      ...WRITE,
      ...INTERLOCK,
      ...PIN,
      'modifyBuffer',
      'undoLaid',
      'recycle',
      'writeBack',
      'clusterPull',
      'delBuffer',
      'lowMemoryRelease',
      'unload',
      'cancel',
    ],
    faults: ['write', 'undo'],
    undoLog: true,
    modsMax: 2,
  }),
  'one client, UNDO': machine({
    blocks: [block('u', 'undo')],
    acts: [...GET, ...CHANGE, ...WRITE, ...KERNEL, ...HOOKS, 'ioClearError', 'ioNotmeta', 'ioAdvance'],
    faults: ['write'],
  }),
  'one client, a header and META': machine({
    blocks: [block('h', 'volume'), block('m', 'meta')],
    acts: [
      ...GET,
      'ioNew',
      'modifyVolume',
      'modifyBuffer',
      'undoLaid',
      'ioModifyDone',
      'change',
      'ioFlush',
      'writeDone',
      'unload',
      'ioClearErrorNoassert',
      'recycle',
      'delBuffer',
    ],
    faults: ['read', 'undo'],
    undoLog: true,
  }),
  'a header whose write fails': machine({
    blocks: [block('h', 'volume')],
    acts: [...GET, ...PIN, ...INTERLOCK, 'modifyVolume', 'ioModifyDone', 'ioFlush', 'writeDone', 'unload'],
    faults: ['write'],
  }),
  'DATA beside UNDO': machine({
    blocks: [block('d', 'data'), block('u', 'undo')],
    acts: ['ioNew', 'release', 'ioFlush', 'writeDone', 'clusterPull'],
  }),
  'two headers': machine({
    blocks: [block('g', 'volume', 1), block('h', 'volume', 0), block('d', 'data', 1)],
    volumes: ['v', 'w'],
    acts: ['ioRead', 'readDone', 'resumeGet', 'release', 'unload'],
  }),
  'a sync of three volumes': machine({
    volumes: ['v', 'w', 'x'],
    acts: SYNC,
  }),
  'three clients wait for a load': machine({
    clients: ['A', 'B', 'C'],
    acts: ['ioRead', 'readDone', 'resumeGet', 'cancel'],
    faults: ['read'],
  }),
  'three clients wait to modify': machine({
    clients: ['A', 'B', 'C'],
    acts: [
      'ioNew',
      'ioModify',
      'ioModifyDone',
      'resumeModify',
      'ioWriteInterlock',
      'resumeInterlock',
      'ioDoneInterlock',
      'cancel',
    ],
    modsMax: 2,
  }),
  'three clients wait for a write': machine({
    clients: ['A', 'B', 'C'],
    acts: ['ioNew', 'ioFlush', 'writeDone', 'ioWait', 'resumeWait', 'cancel'],
  }),
  'a header and its DATA': machine({
    blocks: [block('h', 'volume'), block('d', 'data')],
    clients: ['A', 'B'],
    acts: ['ioRead', 'readDone', 'resumeGet', 'release'],
    faults: ['read'],
  }),
  'two clients queue for DATA': machine({
    clients: ['A', 'B'],
    acts: [...GET, 'ioNew', 'ioFlush', 'writeDone', 'delBuffer', 'unload', 'cancel'],
    faults: ['read'],
  }),
  'two clients modify DATA': machine({
    clients: ['A', 'B'],
    acts: ['ioNew', 'release', 'resumeRelease', ...CHANGE, ...INTERLOCK, ...WRITE, 'cancel'],
  }),
  'two clients, the kernel and DATA': machine({
    clients: ['A', 'B'],
    acts: [
      'ioNew',
      'ioRead',
      'readDone',
      'resumeGet',
      'release',
      ...KERNEL,
      'ioModify',
      'ioModifyDone',
      'resumeModify',
      'writeDone',
    ],
    faults: ['write'],
  }),
  'read-ahead': machine({
    blocks: [block('d', 'data'), block('e', 'data')],
    acts: [...GET, 'recycle', 'ioInval', 'ioNew', 'cleanLoose'],
    readAhead: [0, 1],
    faults: ['read'],
  }),
  barriers: machine({
    blocks: [block('d', 'data'), block('e', 'data')],
    clients: ['A', 'B'],
    acts: [
      'ioNew',
      'ioFlush',
      'release',
      'writeDone',
      'ioWaitAll',
      'resumeWaitAll',
      'ioLimitBacklog',
      'resumeBacklog',
      'cancel',
    ],
    backlogBytesMax: 0,
  }),
  'syncs of two volumes': machine({
    blocks: [block('d', 'data', 0), block('e', 'data', 1)],
    volumes: ['v', 'w'],
    clients: ['A', 'B'],
    acts: [...SYNC, 'cancel'],
    faults: ['flush'],
  }),
  'a write and a sync': machine({
    clients: ['A', 'B'],
    acts: ['ioNew', 'ioFlush', 'writeDone', ...SYNC],
    faults: ['flush', 'write'],
  }),
  'the kernel gathers a cluster': machine({
    blocks: [block('d', 'data', 0), block('e', 'undo', 0), block('f', 'data', 1)],
    volumes: ['v', 'w'],
    acts: ['ioNew', 'release', 'writeBack', 'clusterPull'],
  }),
};

/** A machine that shows what one repair is for. Only the model can leave a repair out. */
export const UNREPAIRED: Readonly<Record<RepairId, Shape>> = {
  D2: without('D2', { acts: ['ioNew', 'release', 'writeBack', 'ioFlush', 'writeDone', ...SYNC] }),
  D4: without('D4', { clients: ['A', 'B'], acts: ['ioFlushMark', ...SYNC], faults: ['flush'] }),
  D9: without('D9', {
    blocks: [block('m', 'meta')],
    acts: ['ioNew', 'modifyBuffer', 'undoLaid', 'ioModify', 'ioModifyDone'],
    faults: ['undo'],
    undoLog: true,
    modsMax: 2,
  }),
  D11: without('D11', { acts: ['ioNew', 'release', 'ioRead', 'writeBack', 'writeDone'] }),
  D30: without('D30', {
    blocks: [block('u', 'undo')],
    acts: ['ioNew', 'ioRead', ...CHANGE, ...WRITE, 'release', 'resumeRelease', 'delBuffer', 'readDone', 'resumeGet'],
    faults: ['read'],
  }),
  D35: without('D35', { clients: ['A', 'B'], acts: ['ioNew', ...CHANGE, ...INTERLOCK] }),
  D39: without('D39', {
    acts: ['ioNew', 'ioFlush', 'writeDone', 'release', 'resumeRelease', 'unload', 'delBuffer'],
    faults: ['write'],
  }),
};

function without(repair: RepairId, parts: Partial<Shape>): Shape {
  return machine({ repairs: REPAIR_IDS.filter((id) => id !== repair), ...parts });
}
