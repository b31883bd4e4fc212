// Mount: volumes opened together, their blocks cached, modified and written back. The promise façade over HammerIoCore.
//
//   const mount = await Mount.open({ volumes: ['a.vol', 'b.vol'] });
//   const block = await mount.get(7, { volume: 1 });          // held: its buffer stays
//   await block.modify((bytes) => { bytes[0] = 1; });         // dirty
//   block.release();
//   await mount.sync();                                       // durable
//   await mount.close();
//
// A mount reaches buffers only through the core, so everything that is proved of the core holds here; `instrument` lets a
// program put a recorder or a checker between the two. It adds what the core leaves open: waiting, replacement, the order of
// writing out, checksums of META at arrival, and errors that name the block.
//
// Guarantees. What `sync` has resolved for is durable, also after power loss, on devices that keep their promises. Blocks are
// written whole, at the place where they are read. Not crash-atomic yet: power loss between two syncs may leave any of the
// writes since the first behind and any away, and a write in flight torn. `sync` writes META when the DATA that was dirty when its
// round began is durable; what is modified meanwhile may come with its META first, as with `flush` of a META block. A torn META
// block is found by its checksum.

import { EventEmitter } from 'node:events';
import { checkFunction, checkPlaceGiven, shown } from '../core/check-shape.ts';
import { InvalidArgument } from '../core/errors.ts';
import { NO_HANDLE, NO_TICKET, type Handle } from '../core/ids.ts';
import type { Change } from './block.ts';
import { Block } from './block.ts';
import type { BlockOptions, GetOptions } from './call-options.ts';
import { ABORT, GET, PLACE, READ } from './call-options.ts';
import type { Engine } from './engine.ts';
import { assemble } from './engine.ts';
import { BlocksHeld, MountClosed, ReadFailed } from './errors.ts';
import type { MountEvents } from './events.ts';
import { MountFile } from './file/file.ts';
import type { FileOptions } from './file/opening.ts';
import type { BlockType, Got, Wish } from './get.ts';
import type { LentMemory } from './file/lent-memory.ts';
import type { MountOptions, MountParts } from './volumes/open.ts';
import { openParts } from './volumes/open.ts';
import type { MountStatistics } from './statistics.ts';
import { statisticsOf } from './statistics.ts';
import type { Passage } from './room.ts';
import { readHeader } from './volumes/header.ts';
import type { AbortOptions } from './waits.ts';
import { unlessAborted } from './waits.ts';

/** A volume of a mount. */
export interface VolumeInfo {
  /** Its path, or what its device calls it. */
  readonly name: string;
  /** Valid block numbers are 1 to blocks - 1; block 0 is the header. */
  readonly blocks: number;
}

const NOWHERE: BlockOptions = {};

/**
 * Volumes opened together, their blocks cached, modified and written back. What `sync` has resolved for is durable; it is not
 * crash-atomic yet: power loss between two syncs may leave any of the writes since the first behind and any away.
 */
export class Mount extends EventEmitter<MountEvents> {
  /** Bytes of a block. In META four of them are the layer's. */
  readonly blockBytes: number;
  /** By number. */
  readonly volumes: readonly VolumeInfo[];
  readonly #engine: Engine;
  readonly #headers: Block[] = [];
  readonly #headerHandles: Handle[] = [];
  /** The close that is under way or done. */
  #closing: Promise<void> | undefined;

  private constructor(parts: MountParts) {
    super();
    const { headers, names } = parts;
    this.blockBytes = headers[0]!.blockBytes;
    this.volumes = headers.map(({ blocks }, volume) => ({ name: names[volume]!, blocks }));
    this.#engine = assemble(parts, this);
  }

  /**
   * Opens volumes, or mounts a device that is open already.
   *
   * Rejects with NotAVolume, UnsupportedFormat, CorruptHeader, WrongSize or WrongSet when the volumes are not what they should
   * be, DeviceError when a file cannot be opened or read, InvalidArgument when an option makes no sense. Nothing stays open
   * then, except a device that was given.
   */
  static async open(options: MountOptions): Promise<Mount> {
    const parts = await openParts(options);
    try {
      const mount = new Mount(parts);
      await mount.#holdHeaders();
      return mount;
    } catch (thrown) {
      await parts.abandon();
      throw thrown;
    }
  }

  // ── Blocks ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * The hit path: the block if it is cached, held until its `release`, or undefined, and then nothing has happened. Does not
   * look at the type. @throws MountClosed, MountBroken
   */
  tryGet(block: number, options: BlockOptions = NOWHERE): Block | undefined {
    if (options !== NOWHERE) PLACE.check(options, 'tryGet');
    return this.#tryGet(block, options.volume ?? 0);
  }

  #tryGet(block: number, volume: number): Block | undefined {
    const { core, counters, faults, lifecycle, releases, ofBlocks } = this.#engine;
    lifecycle.promiseUsable();
    if (typeof block !== 'number' || typeof volume !== 'number') checkPlaceGiven(block, volume);
    const handle = core.tryGet(volume, block);
    if (handle === NO_HANDLE) return undefined;
    if (faults.isCorrupt(volume, block)) {
      releases.release(handle);
      return undefined;
    }
    counters.hits++;
    lifecycle.uses++;
    return new Block(ofBlocks, handle, volume, block);
  }

  /**
   * Gets a block, reading it if it is not cached, and holds it until its `release`.
   *
   * META is checked against its checksum when it is read, and is written by `sync` and `flush` only. With `fresh` a block comes
   * as zeros without a read, whatever it held, and is dirty. As long as it is cached a block has one type; `fresh` may give it
   * another one while it is not in use.
   *
   * When no buffer is free the call waits for writes that are under way. When every buffer is held by the program, or pinned by
   * a failed write, it rejects with CacheFull at once: waiting could be for ever, for the program may be waiting for just this
   * call before it releases anything. Hold fewer blocks at a time, or give the cache more bytes.
   *
   * Rejects with ReadFailed, CorruptBlock (META), CacheFull, ReadOnlyError (`fresh`), InvalidArgument (no such block, or it is
   * cached as another type), MountClosed, MountBroken, or the signal's reason.
   */
  get(block: number, options: GetOptions = NOWHERE): Promise<Block> {
    return this.#get(block, options);
  }

  /** Copies the bytes of a block: get and release in one. Waits rather than rejecting with CacheFull where that is safe. */
  async read(block: number, options: Omit<GetOptions, 'fresh'> = NOWHERE): Promise<Uint8Array> {
    if (options !== NOWHERE) READ.check(options, 'read');
    const passage = this.#engine.room.passage();
    try {
      const held = await this.#get(block, { ...options, fresh: false }, passage);
      const copy = (held.bytes as Uint8Array).slice();
      held.release();
      return copy;
    } finally {
      passage.end();
    }
  }

  /**
   * Changes a block: get, modify and release in one. Rejects as these do. A `change` that returns a promise holds the block
   * until that settles, so it must not wait for other blocks without end.
   */
  async update<T>(block: number, change: Change<T>, options: GetOptions = NOWHERE): Promise<T> {
    checkFunction(change, 'a function that changes the bytes, as the second argument of update');
    if (options !== NOWHERE) GET.check(options, 'update');
    const passage = this.#engine.room.passage();
    try {
      this.#promiseChangeable();
      const held = await this.#get(block, options, passage);
      passage.begin();
      try {
        return await held.modifyPassing(change, options.signal, passage);
      } finally {
        held.release();
      }
    } finally {
      passage.end();
    }
  }

  /**
   * The header of a volume. It belongs to the mount and need not be released. Its bytes are the application's area; the fixed
   * part and the checksum are kept up by the mount, within the same modification.
   * @throws InvalidArgument when there is no such volume.
   */
  header(volume = 0): Block {
    this.#engine.lifecycle.promiseUsable();
    const header = typeof volume === 'number' ? this.#headers[volume] : undefined;
    if (header !== undefined) return header;
    const promised = `a volume number below ${this.#headers.length}`;
    throw new InvalidArgument(promised, shown(volume), 'Volumes are numbered from 0.');
  }

  /**
   * Opens a file: data of any size that goes around the cache into space that belongs to it alone, found again by the list of
   * extents that its `commit` answers. Rejects with InvalidArgument for extents or space that make no sense, MountClosed, or
   * MountBroken.
   */
  openFile(options: FileOptions): Promise<MountFile> {
    return MountFile.open(this.#engine.ofFiles, options);
  }

  /**
   * Lends memory for at least so many bytes, in whole blocks: files read into it and write from it without copying. Waits until
   * the program has given back enough of the `lentBytes` of the mount; so whoever holds some should not wait for more.
   *
   * Rejects with InvalidArgument for more than there is, MountClosed, MountBroken, or the signal's reason.
   */
  async lend(bytes: number, patience: AbortOptions = {}): Promise<LentMemory> {
    ABORT.check(patience, 'lend');
    patience.signal?.throwIfAborted();
    this.#engine.lifecycle.promiseUsable();
    return this.#engine.loans.lend(bytes, patience);
  }

  // ── The whole ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Makes durable everything that was modified before the call. Waits for modifications that are open.
   *
   * In order: DATA and UNDO, device flush, headers and META, device flush. Durable when it resolves; NOT crash-atomic: power
   * loss before that leaves any part of what was to be written behind. Calls that come while a sync runs share the next one.
   *
   * Rejects with SyncFailed when a write or a device flush fails (its cause says which), ReadOnlyError after that, MountClosed,
   * MountBroken, or the signal's reason, while the sync itself goes on for others.
   */
  async sync(options: AbortOptions = {}): Promise<void> {
    ABORT.check(options, 'sync');
    const { signal } = options;
    signal?.throwIfAborted();
    this.#engine.lifecycle.promiseUsable();
    await unlessAborted(this.#engine.syncing.sync(), signal);
  }

  /**
   * Syncs, gives everything back, and closes the devices. From the call on, every other call ends with MountClosed; calling it
   * again answers the same.
   *
   * Rejects with BlocksHeld while the program holds blocks or is getting some, or with the signal's reason while it still syncs:
   * then the mount stays open. Rejects with WritesLost when not everything got onto the volumes, or with the device's error when
   * that could not be closed: then the mount is closed all the same.
   */
  close(options: AbortOptions = {}): Promise<void> {
    this.#closing ??= this.#close(options).catch((thrown: unknown) => {
      if (this.#engine.lifecycle.phase !== 'closed') this.#closing = undefined;
      throw thrown;
    });
    return this.#closing;
  }

  /** For `await using`: closes the mount. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A write or device flush has failed, or the volumes were opened readOnly. */
  get isReadOnly(): boolean {
    return this.#engine.faults.isReadOnly;
  }

  /** What has been done since open, and what is under way. */
  get statistics(): MountStatistics {
    const { core, counters, policy, lifecycle } = this.#engine;
    return statisticsOf(core, counters, policy, lifecycle.uses);
  }

  // ── How ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

  async #holdHeaders(): Promise<void> {
    const { core, waits, faults, turns, ofBlocks } = this.#engine;
    const answers = this.volumes.map((_, volume) => core.ioRead(volume, 0, 'volume'));
    const ended = answers.map((answer) => waits.until(answer, 'load'));
    turns.take();
    for (const [volume, { handle }] of (await Promise.all(ended)).entries()) {
      if (handle === NO_HANDLE) throw new ReadFailed(faults.place(volume, 0), faults.takeReadError(volume, 0));
      readHeader(core.contents(handle) as Uint8Array, this.volumes[volume]!.name);
      this.#headerHandles.push(handle);
      this.#headers.push(new Block(ofBlocks, handle, volume, 0, true));
    }
  }

  async #get(number: number, options: GetOptions, passage?: Passage): Promise<Block> {
    if (options !== NOWHERE) GET.check(options, 'get');
    const { volume = 0, type = 'data', fresh = false, signal } = options;
    const { counters, lifecycle, gets, ofBlocks } = this.#engine;
    signal?.throwIfAborted();
    if (fresh) {
      this.#promiseChangeable();
      if (this.#engine.room.isTooDirty()) await this.#untilCleaner(signal);
    } else {
      const hit = this.#tryGet(number, volume);
      if (hit !== undefined) return ofType(hit, type);
    }
    if (!fresh) counters.misses++;
    lifecycle.uses++;
    try {
      const wish: Wish = { volume, block: number, type, how: fresh ? 'new' : 'read', passage };
      if (gets.isOtherType(wish)) await gets.forgetOtherType(wish, signal);
      const got = await gets.get(wish, signal);
      if (fresh) await this.#zero(got, volume, number, signal);
      return new Block(ofBlocks, got.handle, volume, number, false, fresh);
    } catch (thrown) {
      lifecycle.uses--;
      // What makes no sense has missed nothing.
      if (!fresh && thrown instanceof InvalidArgument) counters.misses--;
      throw thrown;
    }
  }

  async #untilCleaner(signal: AbortSignal | undefined): Promise<void> {
    await this.#engine.room.untilCleaner(signal);
    this.#promiseChangeable();
  }

  #promiseChangeable(): void {
    this.#engine.lifecycle.promiseUsable();
    this.#engine.faults.promiseWritable();
  }

  /** What comes fresh is zeros, and in META is to get a checksum when it is written. */
  async #zero(
    { handle, isZeroed }: Got,
    volume: number,
    block: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { core, faults, gets, modifying, releases, turns } = this.#engine;
    if (isZeroed && modifying.typeOf(handle) !== 'meta') return;
    try {
      const opening = modifying.begin(handle);
      if (opening.ticket !== NO_TICKET) await modifying.untilOpen(handle, opening, signal, undefined);
      if (!isZeroed) core.bytes(handle).fill(0);
      faults.clearCorrupt(volume, block);
      modifying.end(handle);
    } catch (thrown) {
      if (faults.isCorrupt(volume, block)) gets.dropCorrupt(handle, volume, block);
      else releases.release(handle);
      turns.take();
      throw thrown;
    }
  }

  async #close(options: AbortOptions): Promise<void> {
    ABORT.check(options, 'close');
    const { signal } = options;
    const { device, lifecycle, closing, loans } = this.#engine;
    signal?.throwIfAborted();
    if (lifecycle.uses > 0) throw new BlocksHeld(lifecycle.uses, closing.blocksInUse());
    lifecycle.phase = 'closing';
    try {
      await unlessAborted(this.#writeOut(), signal);
    } catch (thrown) {
      lifecycle.phase = 'open';
      throw thrown;
    }
    lifecycle.phase = 'closed';
    loans.failAll(new MountClosed());
    const lost = closing.losses();
    let failure: unknown = lifecycle.broken;
    try {
      if (failure === undefined) closing.unloadAll(this.#headerHandles);
      await device.close();
    } catch (thrown) {
      failure ??= thrown;
    }
    const error = (lost ?? failure) as Error | undefined;
    this.emit('closed', error);
    if (error !== undefined) throw error;
  }

  /** Everything is written that can be, and nothing is under way any more. What was not written is found by looking. */
  async #writeOut(): Promise<void> {
    const { faults, syncing, turns } = this.#engine;
    await syncing.idle();
    if (!faults.isReadOnly) await syncing.sync().catch(() => undefined);
    await turns.quiet();
    // After a failed write nothing is written any more, but what was written before can still be made durable.
    await syncing.flush().catch(() => undefined);
  }
}

function ofType(block: Block, type: BlockType): Block {
  const seen = block.type;
  if (seen === type) return block;
  block.release();
  const advice =
    seen === 'volume' ? 'Block 0 is the header: use header().' : 'A block has one type as long as it is cached.';
  throw new InvalidArgument(`the type ${seen}`, `${type} for block ${block.block} of volume ${block.volume}`, advice);
}
