// Files, as far as direct I/O needs them: a head, which is written, and snapshots of it, which are not.
//
// The index stands for the media tree: which element holds which part of the file, ordered by file offset. Records supersede
// it until they are committed. Offsets lie on a grid: each cell of `extentBytes` bytes has at most one element, one live record
// and one front, and a write replaces a cell as a whole, as the original's buffers do (64 KiB from the first MiB on, 16 KiB below).

import type { FrontKind } from '../../spec/direct/snapshot.ts';
import type { ExtentRecord } from './extents.ts';
import type { FrontRecord } from './fronts.ts';
import type { OrderedMap } from '../core/records/ordered-map.ts';
import { orderedMap } from '../core/records/ordered-map.ts';

export class FileRecord {
  /** Which DirectIo it is a file of: an identity, to be compared. */
  readonly owner: symbol;
  /** For messages. */
  readonly name: string;
  readonly kind: FrontKind;
  /** Of a snapshot, the file that it is one of; of a head, itself. */
  readonly head: FileRecord;
  /** By cell: the elements. */
  readonly index: OrderedMap<ExtentRecord>;
  /** By cell: the live records. */
  readonly records = orderedMap<ExtentRecord>();
  /** Records that were replaced and are to be destroyed, oldest first. */
  readonly replaced = new Set<ExtentRecord>();
  /** By cell: the buffers. */
  readonly fronts = new Map<number, FrontRecord>();
  /** Of a head. */
  readonly snapshots: FileRecord[] = [];

  constructor(owner: symbol, name: string, head?: FileRecord) {
    this.owner = owner;
    this.name = name;
    this.kind = head === undefined ? 'head' : 'snapshot';
    this.head = head ?? this;
    this.index = head === undefined ? orderedMap() : head.index.clone();
  }

  /** The head and its snapshots: all whose fronts may know an element of this file. */
  *family(): Generator<FileRecord> {
    yield this.head;
    yield* this.head.snapshots;
  }
}

/** A file or a snapshot of one. To be read: only DirectIo changes it. */
export type DirectFile = Readonly<FileRecord>;
