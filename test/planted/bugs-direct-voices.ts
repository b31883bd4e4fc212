// Bugs of the reference model and of the specification of direct I/O: a reading that is wrong must break a claim of the
// catalogue, leave somebody waiting for ever, or differ from the other voices.

import type { DirectBug } from './bug.ts';

const machine = 'direct';

export const DIRECT_VOICE_BUGS: readonly DirectBug[] = [
  {
    name: 'direct-model-record-stays-live',
    kind: 'model',
    machine,
    origin: 'mutant: the replaced record is not deleted (hammer_ip_replace_bulk)',
    wrong: 'A write leaves the record that it replaces visible.',
    claim: 'H18',
    configuration: 'direct-two',
    patches: [
      {
        file: 'model/direct/writing.ts',
        find: '    s.sites[superseded]!.live = false; // deleted, and to be destroyed\n',
        replace: '',
      },
    ],
  },
  {
    name: 'direct-model-space-free-at-once',
    kind: 'model',
    machine,
    origin: 'mutant: readers are not asked (D41)',
    wrong: 'Space that was freed is handed out under a read that is on its way.',
    claim: 'I39',
    configuration: 'direct-relocate',
    patches: [
      { file: 'model/direct/backend.ts', find: "  if (isRead && s.repaired('D41')) return 'again';\n", replace: '' },
    ],
  },
  {
    name: 'direct-model-dirty-alias-is-passed-by',
    kind: 'model',
    machine,
    origin: 'mutant: no sync before a direct read (1430)',
    wrong: 'A direct read does not wait for the dirty alias, and gives what the medium had before.',
    claim: 'I45',
    configuration: 'direct-relocate',
    patches: [{ file: 'model/direct/reading.ts', find: '  if (isUnwritten(site)) {', replace: '  if (false) {' }],
  },
  {
    name: 'direct-model-age-survives-write',
    kind: 'model',
    machine,
    origin: 'mutant: B_AGE stays',
    wrong: 'A front that is written keeps the mark of age of what it held before.',
    claim: 'graph',
    configuration: 'direct-small',
    patches: [
      { file: 'model/direct/writing.ts', find: '  f.aged = false;\n  f.how = large', replace: '  f.how = large' },
    ],
  },
  {
    name: 'direct-tla-record-stays-live',
    kind: 'tla',
    machine,
    origin: 'mutant: the replaced record is not deleted (hammer_ip_replace_bulk)',
    wrong: 'A write leaves the record that it replaces visible.',
    claim: 'H18',
    configuration: 'direct-two',
    patches: [
      {
        file: 'tla/DirectWrite.tla',
        find: '             THEN [site[ws] EXCEPT !.live = FALSE]',
        replace: '             THEN [site[ws] EXCEPT !.live = TRUE]',
      },
    ],
  },
  {
    name: 'direct-tla-place-outlives-move',
    kind: 'tla',
    machine,
    origin: 'D14',
    wrong: 'Data moves, and fronts that have learnt its place do not forget it.',
    claim: 'H16',
    configuration: 'direct-relocate',
    patches: [
      {
        file: 'tla/DirectBackend.tla',
        find: `IF "D14" \\in Repairs THEN FrontsWithout(s) ELSE front`,
        replace: 'front',
      },
    ],
  },
  {
    name: 'direct-tla-failed-commit-waits-on',
    kind: 'tla',
    machine,
    origin: '6a6e350f6a',
    wrong: 'A backend that waits for a direct write is not told when that has failed.',
    claim: 'graph',
    configuration: 'direct-two',
    patches: [
      {
        file: 'tla/DirectBackend.tla',
        find: '    /\\ "resumeCommit" \\in Acts\n    /\\ \\E s \\in Sites :\n         /\\ IsAwaited(site[s])\n         /\\ crit \\/ site[s].failed\n',
        replace:
          '    /\\ "resumeCommit" \\in Acts\n    /\\ \\E s \\in Sites :\n         /\\ IsAwaited(site[s])\n         /\\ crit /\\ ~site[s].failed\n',
      },
    ],
  },
  {
    name: 'direct-model-missing-volume-is-released',
    kind: 'model',
    machine,
    origin: 'D8',
    wrong: 'A read that cannot get its volume releases it all the same.',
    claim: 'I47',
    configuration: 'direct-trouble',
    patches: [
      {
        file: 'model/direct/reading.ts',
        find: "path !== 'piecewise' && !s.repaired('D8')",
        replace: "path !== 'piecewise'",
      },
    ],
  },
  {
    name: 'direct-model-backend-never-lets-go',
    kind: 'model',
    machine,
    origin: 'mutant: INTERLOCK_BE stays after an error (1849)',
    wrong: 'The backend that waited for a direct write which fails keeps its record for ever.',
    claim: 'P9',
    configuration: 'direct-two',
    patches: [
      {
        file: 'model/direct/backend.ts',
        find: "    site.backend = false;\n    site.wait = false;\n    return 'error';",
        replace: "    site.wait = false;\n    return 'error';",
      },
    ],
  },
  {
    name: 'direct-tla-checksum-of-the-buffer',
    kind: 'tla',
    machine,
    origin: 'D13',
    wrong: 'The checksum of a record is compared with that of the whole buffer.',
    claim: 'I49',
    configuration: 'direct-double',
    patches: [
      {
        file: 'tla/DirectState.tla',
        find: `(Short /\\ "D13" \\notin Repairs)`,
        replace: 'Short',
      },
    ],
  },
];
