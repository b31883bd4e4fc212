// Volumes: what the layer believes about the volatile cache of a device, against the truth.

import type { Invariant } from '../claim.ts';
import { client, example } from './example.ts';

export const I48: Invariant = {
  form: 'state',
  status: 'checked',
  id: 'I48',
  tla: 'FlushMarkTellsTruth',
  statement:
    'On a clean volume every completed write is on stable storage; while a flush is in flight and nothing has completed since, that flush covers them all.',
  why: 'A barrier skips clean volumes. A completed write that no mark tells of may vanish with power after the header that depends on it was written.',
  original: [
    { line: 748, what: 'the layer’s own writes mark the volume, after issue' },
    { line: 1353, to: 1362, what: 'writes that the kernel starts do not' },
    { line: 1735, what: 'direct writes do, after issue' },
    { line: 1970, what: 'the mark is cleared when the flush is issued' },
    { line: 1986, what: 'and the result of the flush is not looked at' },
  ],
  repairs: ['D2', 'D4'],
  refutation: {
    statementRefuted:
      'Unless the volume is marked as holding unflushed writes, every completed write is on stable storage.',
    trace: ['A ioNew d → done', 'A ioFlush d → done', 'device writeDone d → done', 'B ioFlushSync → wait'],
  },
  applies(s) {
    for (let v = 0; v < s.volumes.length; v++) if (s.volumes[v]!.volatile !== 'none') return true;
    return false;
  },
  holds(s) {
    for (let v = 0; v < s.volumes.length; v++) {
      const { flush, volatile } = s.volumes[v]!;
      if (flush === 'clean' && volatile !== 'none') return false;
      if (flush === 'flushing' && volatile === 'exposed') return false;
      if (volatile === 'covered' && flush !== 'flushing' && flush !== 'flushingDirty') return false;
    }
    return true;
  },
  violation: example({
    ios: [{ type: 'data' }],
    clients: [client('idle')],
    volumes: [{ flush: 'clean', volatile: 'exposed' }],
  }),
};

export const VOLUME_INVARIANTS: readonly Invariant[] = [I48];
