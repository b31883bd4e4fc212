// Every assertion of the original (KKASSERT and panic), with what became of it here.
//
// An assertion about the caller is a promise; one about the layer itself is a claim; one that the synchronous core cannot
// violate is said to be so; those of parts that are not built wait for them.

import type { DirectPromiseName } from './direct/promises.ts';
import type { PromiseName } from './buffer/promises.ts';

/** Where an assertion of the original has gone to. */
export type AssertionHome =
  | { readonly promise: PromiseName | DirectPromiseName }
  | { readonly claim: string }
  | { readonly unreachable: string }
  | { readonly notBuilt: string };

/** One assertion of the original and what stands for it here. */
export interface OriginalAssertion {
  readonly line: number;
  readonly kind: 'KKASSERT' | 'panic';
  /** What it asserts (or, for a panic, what has happened), in our words. */
  readonly asserts: string;
  readonly homes: readonly AssertionHome[];
}

const claim = (id: string): AssertionHome => ({ claim: id });
const promise = (name: PromiseName | DirectPromiseName): AssertionHome => ({ promise: name });
const unreachable = (why: string): AssertionHome => ({ unreachable: why });
const assertion = (line: number, asserts: string, ...homes: readonly AssertionHome[]): OriginalAssertion => {
  return { line, kind: 'KKASSERT', asserts, homes };
};
const panic = (line: number, asserts: string, ...homes: readonly AssertionHome[]): OriginalAssertion => {
  return { line, kind: 'panic', asserts, homes };
};

const ONE_STEP = unreachable('one call is one step: nothing can come between taking the buffer and the test');
const NO_DUMMY = unreachable('placemarkers are entries of the run list, not ios: no io has that type');
const ONE_ZONE = unreachable(
  'an element is named by volume and block: there are no zones, and what cannot be translated is an error outcome',
);
const TRANSACTIONS: AssertionHome = { notBuilt: 'transactions and their shared lock belong to the flusher' };
const WHOLE_BLOCK = unreachable('a handle shows the bytes of its own block, so a range cannot start outside it');

/** Every assertion of the original. */
export const ORIGINAL_ASSERTIONS: readonly OriginalAssertion[] = [
  assertion(127, 'the buffer to detach is in the kernel’s hands', claim('I11')),
  assertion(128, 'and clean', claim('I11')),
  assertion(129, 'and names this io as its owner', claim('I8')),
  panic(155, 'a placemarker was to be detached', NO_DUMMY),
  assertion(243, 'somebody else references the buffer whose pin was dropped', promise('HandleOpen'), claim('H10')),
  assertion(365, 'a loaded buffer had no owner', claim('I8')),
  assertion(370, 'a loaded io is clean', claim('H11')),
  assertion(371, 'and not being written', claim('I3')),
  assertion(372, 'and nobody waits for a write of it', claim('H7')),
  assertion(402, 'a new buffer had no owner', claim('I8')),
  assertion(407, 'and its io is not being written', claim('I3')),
  assertion(480, 'one reference is left', unreachable('compiled out in the original')),
  assertion(487, 'a buffer without an io is not locked', claim('I19')),
  assertion(679, 'a dirty io has its buffer', claim('H11')),
  assertion(680, 'nobody is modifying it', promise('NotBeingModified'), claim('I15')),
  assertion(698, 'the buffer is still in the kernel’s hands after it was taken', ONE_STEP),
  assertion(699, 'and still the same', ONE_STEP),
  assertion(785, 'the io to modify is referenced and has its buffer', promise('HandleOpen'), claim('H7')),
  assertion(812, 'there is a modification to close', promise('ModificationOpen'), claim('I13')),
  assertion(847, 'the interlock is held', promise('InterlockOwned'), claim('I13')),
  assertion(865, 'the transaction shares the lock that keeps the flusher out', TRANSACTIONS),
  assertion(870, 'the changed range starts inside the header', WHOLE_BLOCK),
  assertion(887, 'the transaction shares the lock that keeps the flusher out', TRANSACTIONS),
  assertion(892, 'the changed range starts inside the buffer', WHOLE_BLOCK),
  assertion(944, 'a modified io stands on a list', claim('I1')),
  assertion(977, 'a node that needs its CRC has its bytes', claim('I29'), claim('I10')),
  assertion(985, 'the caller still has its reference after the CRC work', claim('H10')),
  assertion(1000, 'a structure to destroy is clean', claim('I12')),
  assertion(1004, 'and stands on no list but the loose list', claim('I1')),
  assertion(1018, 'an io that becomes dirty stands on no list', claim('I28')),
  panic(1038, 'a placemarker became dirty', NO_DUMMY),
  panic(1042, 'an io stood on its dirty list already', claim('I1')),
  assertion(1084, 'at completion the buffer is in the kernel’s hands', claim('I3')),
  assertion(1129, 'the running bytes do not fall below zero', claim('I23')),
  assertion(1192, 'a buffer that the kernel wants is neither locked nor being written', claim('I20')),
  assertion(1217, 'a loose io has no buffer', claim('I2')),
  assertion(1218, 'and stood on no list', claim('I1')),
  panic(1222, 'it stood on the loose list already', claim('I1')),
  panic(1303, 'the kernel wants to write META or a volume header', claim('I18'), claim('I7')),
  assertion(
    1347,
    'only DATA is being modified when the kernel may write it',
    unreachable('the kernel may write only what nobody references, and a modification has a reference (I16, I13)'),
  ),
  assertion(1353, 'a dirty buffer that the kernel may write is not being written', claim('I5')),
  assertion(1421, 'a direct read is of the large-data zone', ONE_ZONE),
  assertion(1440, 'and resolves to a raw offset', ONE_ZONE),
  assertion(1508, 'an indirect read is of the large-data zone', ONE_ZONE),
  assertion(1527, 'and resolves to a raw offset', ONE_ZONE),
  assertion(
    1616,
    'the device buffer covers the request',
    claim('I49'),
    unreachable('all blocks have one size, and a buffer is that of one block (I9)'),
  ),
  assertion(1681, 'a direct write is not to a B-tree zone', promise('SpaceReserved'), ONE_ZONE),
  assertion(1682, 'and is a write', promise('Writable')),
  assertion(1704, 'of whole buffers', unreachable('the space of a record is counted in blocks')),
  assertion(1744, 'or within one', unreachable('a small write that is longer than a block is refused as an argument')),
  assertion(1799, 'its completion knows the record', claim('H14'), claim('I44')),
  assertion(1816, 'which is in flight', claim('I42')),
  assertion(1868, 'a record whose aliases are to be purged has a place', promise('RecordLive'), claim('H14')),
  assertion(
    1927,
    'a relocated file block is a multiple of the buffer size',
    unreachable('the space of an element is counted in blocks'),
  ),
];
