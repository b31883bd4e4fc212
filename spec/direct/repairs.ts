// Repairs of the direct machine: where the original is wrong, or says nothing, and production does otherwise.
//
// As in ../repairs.ts model and TLA+ can leave one out, and then the claim named here fails in the configuration named here.
// D40 and D41 are ours: both came out of the claims, not out of reading.

import type { DirectRepair } from './claim.ts';

/** Every repair, with the claim that fails without it and the configuration that shows it. */
export const DIRECT_REPAIRS: readonly DirectRepair[] = [
  {
    id: 'D5',
    title: 'A read of a record purges before it trusts the device cache',
    original: [
      { line: 1733, what: 'from here on reads find the record' },
      { line: 1867, to: 1873, what: 'but what the device cache holds of its space is purged only before the commit' },
    ],
    originalDoes:
      'Makes the record of a direct write visible at once, and purges the aliases of its space when the record is committed. In between a read that goes through the record reads through the device cache, and finds what lay there before.',
    weDo: 'A read that goes through a record with the mark purges first; while an alias is in use it is answered again and changes nothing.',
    stateAfterError:
      'There is no error: the front stays empty, the record keeps its mark, and the read may be tried again.',
    claim: 'I45',
    configuration: 'direct-without-D5',
  },
  {
    id: 'D6',
    title: 'A read through the device cache is one step from the look-up to the request',
    original: [
      { line: 1517, to: 1537, what: 'dirty aliases, translation and volume' },
      { line: 1553, to: 1554, what: 'then the request' },
    ],
    originalDoes:
      'Where the site was learnt in advance, calls the indirect read without the lock of the file system: between the translation and the request data may move, and its old space may be handed out and written.',
    weDo: 'Translation and request are one step; a read that had to wait for the write of an alias looks again from the beginning.',
    stateAfterError: 'There is no error.',
    claim: 'I45',
    configuration: 'direct-without-D6',
  },
  {
    id: 'D7',
    title: 'A translation that failed ends the write',
    original: [
      { line: 1696, what: 'the translation sets the error' },
      { line: 1698, what: 'getting the volume overwrites it' },
    ],
    originalDoes:
      'Overwrites the error of the translation by the success of getting the volume. The offset of a failed translation is 0, so the data goes to the first block of the first volume.',
    weDo: 'The first error ends the write.',
    stateAfterError:
      'The write is answered error, the front is given up, and the space stays free: no record was made, nothing was written.',
    claim: 'H14',
    configuration: 'direct-without-D7',
  },
  {
    id: 'D8',
    title: 'Only a volume that was got is released',
    original: [
      { line: 1472, what: 'direct read' },
      { line: 1556, what: 'indirect read' },
      { line: 1737, what: 'direct write' },
    ],
    originalDoes: 'Releases the volume also where getting it failed, through a null pointer.',
    weDo: 'What was not got is not released; the operation ends with an error.',
    stateAfterError: 'The operation is answered error, and the front is given up.',
    claim: 'I47',
    configuration: 'direct-without-D8',
  },
  {
    id: 'D12',
    title: 'A purge that was refused is tried again',
    original: [{ line: 1869, to: 1872, what: 'the answer of the purge is dropped, and the mark cleared' }],
    originalDoes:
      'Ignores that an alias is in use and could not be purged, and commits the record: the index then names space of which the device cache holds something else.',
    weDo: 'The record stays as it is, with its mark, and the commit or the destruction is answered again.',
    stateAfterError: 'There is no error: the backend has let go of the record, and may take it once more.',
    claim: 'H15',
    configuration: 'direct-without-D12',
  },
  {
    id: 'D13',
    title: 'The checksum is that of the record',
    original: [
      { line: 1612, what: 'it is computed over the whole device buffer' },
      { line: 1616, what: 'which may be larger than what was asked for' },
    ],
    originalDoes:
      'Compares the checksum of the record with one over the whole device buffer. A record that is shorter, or a buffer that is larger, makes good bytes an error.',
    weDo: 'Computes it over exactly the bytes of the record.',
    stateAfterError: 'Bytes that are wrong are answered error, and the front is given up; the alias stays for others.',
    claim: 'I49',
    configuration: 'direct-without-D13',
  },
  {
    id: 'D14',
    title: 'Fronts forget a site in the step that moves it',
    original: [
      { line: 1909, to: 1911, what: 'the fronts of all snapshots are asked to forget' },
      { line: 1935, to: 1938, what: 'those that know the site now, and are not in flight' },
    ],
    originalDoes:
      'Lets the fronts forget before the data moves. A read that looked the site up before the move stores it after, and the front knows a site that is handed out two cycles later.',
    weDo: 'The move makes every front forget, of every snapshot, in flight or not.',
    stateAfterError: 'There is no error: the next read looks the site up.',
    claim: 'H16',
    configuration: 'direct-without-D14',
  },
  {
    id: 'D40',
    title: 'What a failed write left behind is not read',
    original: [
      { line: 1806, to: 1813, what: 'the buffer is thrown away, and the mount is told' },
      { line: 1817, to: 1825, what: 'the record is left as after success' },
    ],
    originalDoes:
      'Throws the buffer of a failed write away and leaves its record visible. The next read follows the record to space of which nobody knows what it holds. In the same way a direct read goes to the medium although the write of the alias has failed, and the good bytes are only in memory. (Found by us.)',
    weDo: 'A record whose write failed answers its reads with an error. Where the write of an alias failed, reads take the bytes from the device cache.',
    stateAfterError:
      'The mount is in critical error; the file cannot be read where the write failed, and what was there before it is superseded, for the writer may have been partly successful.',
    claim: 'I45',
    configuration: 'direct-without-D40',
  },
  {
    id: 'D41',
    title: 'Space is not handed out while a read of it is in flight',
    original: [
      { line: 1470, what: 'a direct read leaves no trace but the busy buffer of the file' },
      { line: 1863, to: 1865, what: 'the reservation removes aliases, and knows nothing of reads' },
    ],
    originalDoes:
      'Relies on two cycles being longer than any read. A direct read that was issued before its data moved, and that takes longer, returns what the next owner of the space writes. (Found by us.)',
    weDo: 'The reservation is not completed while a read from the space is in flight; it is answered again.',
    stateAfterError: 'There is no error: the space stays in delay until the read has ended.',
    claim: 'I39',
    configuration: 'direct-without-D41',
  },
];
