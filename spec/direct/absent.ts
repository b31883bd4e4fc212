// What the original has, or was suspected of, that the direct machine does not have: each with the reason.

import type { OriginalRef } from '../claim.ts';

/** Something that is not there, and why. */
export interface DirectAbsence {
  /** Number of the defect, name of the function, or label of the answer. */
  readonly name: string;
  readonly original: readonly OriginalRef[];
  readonly what: string;
  readonly why: string;
}

/** What is not there, with the reason. */
export const DIRECT_ABSENT: readonly DirectAbsence[] = [
  {
    name: 'D10',
    original: [
      { line: 952, what: 'modified goes' },
      { line: 1354, what: 'running comes, a few lines of another function later' },
      { line: 1430, what: 'a read asks for either of them, under another token' },
    ],
    what: 'A read that looks while a dirty buffer is handed to its write finds it neither modified nor running, and overtakes the write.',
    why: 'Dirty to writing is one step here: no state lies between them, and a read looks in a step of its own. In production both flags change in one synchronous call, which nothing enters. Where threads share the flags, one lock has to cover both changes and the look.',
  },
  {
    name: 'hammer_io_direct_read_complete',
    original: [
      { line: 1459, to: 1468, what: 'the only place that would install it is disabled' },
      { line: 1625, to: 1655, what: 'and so is the function' },
    ],
    what: 'The checksum of a direct read, compared when it completes.',
    why: 'The kernel may have replaced pages of the buffer that are not wanted by one page of rubbish, over which the checksum is computed: good reads would be called broken. Reads through the device cache are verified.',
  },
  {
    name: 'aliases of several kinds',
    original: [
      { line: 1553, to: 1554, what: 'a block may lie in the device’s own cache without a buffer of the layer' },
      { line: 1691, to: 1694, what: 'or in a buffer of the layer' },
    ],
    what: 'The device’s own cache of a block (read ahead, or left when the layer gave its buffer up) apart from a buffer of the layer, and bare pages of the device beside them.',
    why: 'They are one alias here. A load finds either, a purge destroys either, only a buffer of the layer is ever dirty, and whoever wants another’s copy makes it a buffer of the layer first. Production tells the two kinds apart, and the random runs of files read ahead so that both are met; bare pages it does not have, for its device cache is the slab.',
  },
  {
    name: 'the flush of a direct write',
    original: [{ line: 1735, what: 'the volume is marked for a flush' }],
    what: 'That a direct write is durable only when its volume has been flushed.',
    why: 'It is the mark that every write leaves (I48, H8), and no step here looks at it. Production sets it at the completion (D2), which tests hold for both outcomes.',
  },
  {
    name: 'snapshots that come and go',
    original: [{ line: 1909, to: 1911, what: 'all snapshots of the file that are in memory' }],
    what: 'Taking a snapshot in the middle of a run, and deleting one.',
    why: 'A snapshot here is there from the beginning. What taking one adds is another holder of elements that already have one; deletion is a step of pruning, which is outside this layer.',
  },
  {
    name: 'bytes that the medium has damaged',
    original: [{ line: 1610, to: 1614, what: 'the checksum differs' }],
    what: 'A verified read that ends with an error for a good reason.',
    why: 'The device here loses requests and does not damage bytes, and the other way to wrong bytes, a stale alias, is what H15 excludes. Tests of production damage the medium.',
  },
  {
    name: 'ResumeReadError',
    original: [{ line: 1429, to: 1430, what: 'a read that has waited for the write of an alias looks again' }],
    what: 'A read that looks again, and ends with an error.',
    why: 'Its site could be reached when it looked first, and data moves only to sites that can be; a record that failed cannot have come, for only the busy front writes its file; and what is verified after a move is the element (H15) over exactly its bytes (I49). Without repair D13 it happens.',
  },
];
