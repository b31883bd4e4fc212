// Bugs after which a call does not come back: whoever makes it would wait for the verdict for ever.

import type { BufferBug } from './bug.ts';
import { ONE_DATA } from './scenes.ts';

const RETRY = '  m.tickets.sleep(ticket);\n  setWanted(io, true);\n';

export const HANG_BUGS: readonly BufferBug[] = [
  {
    name: 'queued-get-looks-again-at-once',
    kind: 'production',
    origin: 'mutant: busy wait',
    wrong: 'A get that is woken while another one loads looks again and again instead of going back to sleep.',
    claim: 'hang',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/get.ts',
        find: RETRY,
        replace: `  while (isLoadLocked(io)) setWanted(io, true);\n${RETRY}`,
      },
    ],
  },
  {
    name: 'flush-waits-inside-the-call',
    kind: 'production',
    origin: 'mutant: wait in a call',
    wrong: 'A flush waits inside the call until its write is over, so nobody can ever say that it is.',
    claim: 'hang',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/write.ts',
        find: '  issueWrite(m, io, reclaim);\n  return DONE;',
        replace:
          '  issueWrite(m, io, reclaim);\n  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);\n  return DONE;',
      },
    ],
  },
];
