// Bytes of production against versions of the model, after every step: what a buffer holds, what the device cache keeps, what
// an UNDO record and a write carry when they leave the core and as long as they are under way, and what reaches the medium.
//
// The driver stamps a version near the beginning and at the end of a block when it changes one; between them a block is zeros. So
// a version is read off bytes, and a block made of two is none. The first four bytes are the CRC of META.

import { Contents } from '../../model/index.ts';
import type { Shape } from '../../spec/buffer/snapshot.ts';
import type { Action } from '../../spec/buffer/vocabulary.ts';
import {
  hasValidCrc,
  type HammerIoCore,
  type ReadableBytes,
  type UndoRequest,
  type WriteRequest,
} from '../../src/index.ts';
import type { BlockPlace } from './trace/core-observation.ts';

/** The claims that speak of bytes: the first four by number, that bytes change only under an open modification, and the CRC of META. */
type ContentsClaim = 'H20' | 'H21' | 'H22' | 'H23' | 'I14' | 'I30';

/** Bytes are not what they must be. */
export class ContentsBroken extends Error {
  override readonly name = 'ContentsBroken';
  /** The claim of the catalogue that does not hold. */
  readonly claim: ContentsClaim;

  constructor(claim: ContentsClaim, what: string, expected: string, seen: string) {
    super(`Claim ${claim} does not hold: ${what} must hold ${expected}; seen: ${seen}.`);
    this.claim = claim;
  }
}

/** An UNDO record that has left the core, and the version that it must hold. */
interface KeptRecord {
  readonly bytes: Uint8Array;
  readonly io: number;
  readonly version: number;
}

export class ContentsWatch {
  readonly #shape: Shape;
  readonly #places: readonly BlockPlace[];
  readonly #contents: Contents;
  /** Of each client: the block that it got last, whether by ioNew, and the UNDO record that it asked for last. */
  readonly #io: number[];
  readonly #isNew: boolean[];
  readonly #records: (KeptRecord | undefined)[];
  /** Of each block: the bytes of the write in flight. */
  readonly #writes: (Uint8Array | undefined)[];
  #core!: HammerIoCore;

  constructor(shape: Shape, places: readonly BlockPlace[]) {
    this.#shape = shape;
    this.#places = places;
    this.#contents = new Contents(shape.blocks.length);
    this.#io = shape.clients.map(() => -1);
    this.#isNew = shape.clients.map(() => false);
    this.#records = shape.clients.map(() => undefined);
    this.#writes = shape.blocks.map(() => undefined);
  }

  reset(core: HammerIoCore): void {
    this.#core = core;
    this.#contents.reset();
    this.#records.fill(undefined);
    this.#writes.fill(undefined);
  }

  /** Changes the bytes of the client's buffer into a version of their own. */
  change(client: number, bytes: Uint8Array): void {
    stamp(bytes, this.#contents.changed(this.#io[client]!));
  }

  /** Production has made a step; what it asks for is not submitted yet. @throws ContentsBroken */
  follow(action: Action): void {
    if (action.kind === 'ioRead' || action.kind === 'ioNew') {
      this.#io[action.client] = action.io;
      this.#isNew[action.client] = action.kind === 'ioNew';
    }
    for (let b = 0; b < this.#places.length; b++) this.#followBlock(b, action);
    for (let c = 0; c < this.#records.length; c++) {
      const record = this.#records[c];
      if (record !== undefined) this.#mustBe('H20', 'the UNDO record', record.io, record.version, record.bytes);
    }
  }

  #followBlock(b: number, action: Action): void {
    const { buffer, cached } = this.#contents;
    const { volume: v, block } = this.#places[b]!;
    const volume = this.#core.view.volumes[v]!;
    const bytes = volume.ios.get(block)?.bp?.bytes;
    const residue = volume.residue.get(block);
    const kept = residue?.arrived === true ? residue.bytes : undefined;
    let claim: ContentsClaim = 'I14';
    if (bytes === undefined && buffer[b] !== undefined) this.#contents.detached(b, kept !== undefined);
    if (bytes !== undefined && buffer[b] === undefined) claim = this.#attach(b, action);
    if (kept === undefined) this.#contents.purged(b);
    else if (cached[b] === undefined) this.#contents.readAhead(b);
    if (bytes !== undefined) this.#mustBe(claim, 'the buffer', b, buffer[b]!, bytes);
    if (kept !== undefined) this.#mustBe('H23', 'the device cache', b, cached[b]!, kept);
  }

  /** A buffer has come; the claim that says what must stand in it. */
  #attach(b: number, action: Action): ContentsClaim {
    if (action.kind === 'readDone') {
      this.#contents.loaded(b);
      return 'H23';
    }
    if ('client' in action && this.#isNew[action.client]!) {
      this.#contents.madeNew(b);
      return 'H22';
    }
    this.#contents.takenFromCache(b);
    return 'H23';
  }

  /** An UNDO record leaves the core. `client` asked for it. @throws ContentsBroken */
  undoAsked(client: number, { before }: UndoRequest): void {
    const io = this.#io[client]!;
    const version = this.#contents.buffer[io]!;
    this.#records[client] = { bytes: before, io, version };
    this.#mustBe('H20', 'the UNDO record', io, version, before);
  }

  /** A write leaves the core. @throws ContentsBroken */
  writeIssued({ volume, block, bytes }: WriteRequest): void {
    const b = this.#places.findIndex((place) => place.volume === volume && place.block === block);
    this.#contents.issued(b);
    this.#writes[b] = bytes;
    this.#mustCarry(b);
  }

  /** The device has ended the write, the core does not know yet; `read` is what the medium holds now. @throws ContentsBroken */
  writeEnded(b: number, error: boolean, read: (volume: number, block: number) => Uint8Array): void {
    this.#mustCarry(b);
    this.#writes[b] = undefined;
    this.#contents.written(b, error);
    const { volume, block } = this.#places[b]!;
    this.#mustBe('H21', 'the medium after the write', b, this.#contents.medium[b]!, read(volume, block));
  }

  #mustCarry(b: number): void {
    const bytes = this.#writes[b]!;
    const version = this.#contents.writing[b]!;
    this.#mustBe('H21', 'the write', b, version, bytes);
    if (this.#shape.blocks[b]!.type === 'meta' && version > 0 && !hasValidCrc(bytes))
      throw new ContentsBroken('I30', `the write of ${this.#shape.blocks[b]!.name}`, 'its CRC', 'another one');
  }

  #mustBe(claim: ContentsClaim, what: string, b: number, version: number, bytes: ReadableBytes): void {
    const seen = versionIn(bytes);
    if (seen === version) return;
    const told = seen === TORN ? 'no version at all' : `version ${seen}`;
    throw new ContentsBroken(claim, `${what} of ${this.#shape.blocks[b]!.name}`, `version ${version}`, told);
  }
}

/** Behind the CRC of META. */
const FIRST = 4;
const TORN = -1;

function stamp(bytes: Uint8Array, version: number): void {
  for (let i = 0; i < 4; i++) bytes[FIRST + i] = bytes[bytes.length - 4 + i] = version >>> (8 * i);
}

function versionIn(bytes: ReadableBytes): number {
  const last = bytes.length - 4;
  const version = wordAt(bytes, FIRST);
  return wordAt(bytes, last) === version ? version : TORN;
}

const wordAt = (bytes: ReadableBytes, at: number): number =>
  (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
