// Goals about what becomes of a buffer.

import type { Goal } from '../claim.ts';
import { absent, client, example, heldDirty, loading, loose, passiveClean, passiveDirty, writing } from './example.ts';
import { hasUser, isConcerned, isLockedDirtyType } from '../reading.ts';
import type { IoSnapshot, Snapshot } from './snapshot.ts';

/** Some io satisfies the test. */
function someIo(test: (io: IoSnapshot, s: Snapshot, index: number) => boolean): Goal['reached'] {
  return (s) => {
    for (let b = 0; b < s.ios.length; b++) if (test(s.ios[b]!, s, b)) return true;
    return false;
  };
}

/** A running io and another on its volume. */
function runningNeighbour(s: Snapshot, b: number): boolean {
  for (let o = 0; o < s.ios.length; o++) {
    if (o !== b && s.ios[o]!.running && s.ios[o]!.volume === s.ios[b]!.volume) return true;
  }
  return false;
}

export const BUFFER_GOALS: readonly Goal[] = [
  {
    id: 'G18',
    statement: 'The kernel was refused a clean buffer that is in use.',
    reached: someIo((io, of, b) => io.locked && io.released && !io.modified && !io.running && hasUser(of, b)),
    example: example({ ios: [passiveClean('data', { locked: true })], clients: [client('hold', 0)] }),
  },
  {
    id: 'G19',
    statement: 'The kernel was refused a write and the buffer is still dirty in its hands.',
    reached: someIo((io) => io.locked && io.delwri && io.released),
    example: example({ ios: [passiveDirty('data', { locked: true })], clients: [client('hold', 0)] }),
  },
  {
    id: 'G20',
    statement: 'A locked buffer without references is being written: its completion will let it go.',
    reached: someIo((io) => io.locked && io.running && io.refs === 0 && io.interlockOwner < 0),
    example: example({ ios: [writing('data', { locked: true })] }),
  },
  {
    id: 'G21',
    statement: 'A completion has let a buffer go: the structure is loose, its bytes stay in the device cache.',
    reached: someIo((io) => io.modRoot === 'loose' && io.residue === 'cached'),
    example: example({ ios: [loose('data', { residue: 'cached' })] }),
  },
  {
    id: 'G22',
    statement: 'The kernel has taken a buffer with its bytes: the structure is loose and nothing is cached.',
    reached: someIo((io) => io.modRoot === 'loose' && io.residue === 'none'),
    example: example({ ios: [loose('data')] }),
  },
  {
    id: 'G23',
    statement: 'An UNDO buffer is being written for the last time and will be dropped.',
    reached: someIo((io) => io.type === 'undo' && io.running && io.reclaim),
    example: example({ ios: [writing('undo', { reclaim: true, locked: true })] }),
  },
  {
    id: 'G24',
    statement: 'A buffer that was to be dropped is in use again, its drop refused.',
    reached: someIo((io) => io.reclaim && !io.running && io.refs > 0),
    example: example({ ios: [passiveClean('undo', { reclaim: true, locked: true })], clients: [client('hold', 0)] }),
  },
  {
    id: 'G25',
    statement: 'A held dirty buffer is still marked for delayed write.',
    reached: someIo((io) => io.delwri && !io.released),
    example: example({ ios: [heldDirty('data', { delwri: true })], clients: [client('hold', 0, { mods: 1 })] }),
  },
  {
    id: 'G26',
    statement: 'A pinned buffer is referenced again.',
    reached: someIo((io, of, b) => io.ioerror && hasUser(of, b)),
    example: example({ ios: [passiveClean('data', { ioerror: true })], clients: [client('hold', 0)] }),
  },
  {
    id: 'G27',
    statement: 'Only the pin references a buffer.',
    reached: someIo((io) => io.ioerror && io.refs === 1),
    example: example({ ios: [passiveClean('data', { ioerror: true })] }),
  },
  {
    id: 'G28',
    statement: 'Pending CRC work keeps a buffer that no client has a handle on.',
    reached: someIo((io, of, b) => io.gencrc && !isConcerned(of, b)),
    example: example({ ios: [heldDirty('meta', { gencrc: true, check: false })] }),
  },
  {
    id: 'G29',
    statement: 'Dirty META or a dirty volume header is held without being referenced.',
    reached: someIo((io) => io.modified && isLockedDirtyType(io.type) && io.refs === 0),
    example: example({ ios: [heldDirty('meta')] }),
  },
  {
    id: 'G30',
    statement: 'A read-ahead is in flight for a block that has no buffer.',
    reached: someIo((io) => io.residue === 'ahead'),
    example: example({ ios: [loading('data'), absent('data', { residue: 'ahead' })], clients: [client('load', 0)] }),
  },
  {
    id: 'G31',
    statement: 'The device cache holds the bytes of a block that has no structure.',
    reached: someIo((io) => !io.exists && io.residue === 'cached'),
    example: example({ ios: [absent('data', { residue: 'cached' })] }),
  },
  {
    id: 'G32',
    statement: 'Only its buffers reference a volume header.',
    reached: someIo((io, of, b) => io.type === 'volume' && io.refs > 0 && !io.ioerror && !isConcerned(of, b)),
    example: example({ ios: [passiveClean('volume', { check: false }), heldDirty('meta')] }),
  },
  {
    id: 'G33',
    statement: 'Two buffers of one volume are being written at once, one of them unreferenced.',
    reached: someIo((io, of, b) => io.running && io.refs === 0 && runningNeighbour(of, b)),
    example: example({ ios: [writing('data'), writing('undo')], clients: [client('hold', 1)] }),
  },
  {
    id: 'G34',
    statement: 'A volume has failed for good and every caller knows of it.',
    reached: (s) => {
      for (let c = 0; c < s.clients.length; c++) if (s.clients[c]!.at === 'flushFailed') return false;
      for (let v = 0; v < s.volumes.length; v++) if (s.volumes[v]!.flush === 'failed') return true;
      return false;
    },
    example: example({
      ios: [passiveClean('data')],
      volumes: [{ flush: 'failed', volatile: 'exposed' }, {}],
      mount: { criticalError: true },
    }),
  },
];
