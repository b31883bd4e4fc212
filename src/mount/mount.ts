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
import { NO_HANDLE, NO_TICKET } from '../core/answer.ts';
import { InvalidArgument } from '../core/errors.ts';
import type { Handle } from '../core/records/handles.ts';
import type { Change, AbortOptions } from './block.ts';
import { Block } from './block.ts';
import { lossesOf, unloadAll } from './closing.ts';
import { Engine } from './engine.ts';
import { BlocksHeld, MountClosed, ReadFailed } from './errors.ts';
import type { DeviceFault } from './faults.ts';
import { MountFile } from './file/file.ts';
import type { FileOptions } from './file/opening.ts';
import type { BlockType, Got, Wish } from './get.ts';
import { dropCorrupt, forgetOtherType, getBlock } from './get.ts';
import type { LentMemory } from './file/lent-memory.ts';
import { beginModification, endModification, typeOf, untilOpen } from './modifying.ts';
import type { MountOptions, MountParts } from './volumes/open.ts';
import { openParts } from './volumes/open.ts';
import type { MountStatistics } from './statistics.ts';
import type { Passage } from './room.ts';
import { Syncing } from './syncing.ts';
import { readHeader } from './volumes/header.ts';
import { onAbort } from './waits.ts';

/** Which block is meant. */
export interface BlockOptions {
  /** Number of the volume, by its position in the options of open. Default 0. */
  readonly volume?: number | undefined;
}

/** Which block, as what, and for how long to wait. */
export interface GetOptions extends BlockOptions, AbortOptions {
  /** What the block holds. Default 'data'. */
  readonly type?: BlockType | undefined;
  /** The old contents do not matter: the block comes as zeros and dirty, without a read. Default false. */
  readonly fresh?: boolean | undefined;
}

/** What a mount tells beyond answers, as events of an EventEmitter. A listener must not throw. */
export interface MountEvents {
  /** A device could not fulfil a request. The call that waits for it rejects too. */
  deviceError: [fault: DeviceFault];
  /** The first write or device flush has failed: the mount is read-only from now on. */
  criticalError: [error: Error];
  /** The mount is closed; with an error if not everything got onto the volumes. */
  closed: [error: Error | undefined];
}

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
  readonly #syncing: Syncing;
  readonly #headers: Block[] = [];
  readonly #headerHandles: Handle[] = [];
  /** The close that is under way or done. */
  #closing: Promise<void> | undefined;

  private constructor(parts: MountParts) {
    super();
    const { headers, names } = parts;
    this.blockBytes = headers[0]!.blockBytes;
    this.volumes = headers.map(({ blocks }, volume) => ({ name: names[volume]!, blocks }));
    const engine = new Engine({ ...parts, relieve: () => this.#syncing.relieve() });
    engine.tell = {
      deviceError: (fault) => void this.emit('deviceError', fault),
      criticalError: (error) => void this.emit('criticalError', error),
    };
    this.#engine = engine;
    this.#syncing = new Syncing(engine);
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
  tryGet(block: number, { volume = 0 }: BlockOptions = NOWHERE): Block | undefined {
    const engine = this.#engine;
    engine.promiseUsable();
    const handle = engine.core.tryGet(volume, block);
    if (handle === NO_HANDLE) return undefined;
    if (engine.faults.isCorrupt(volume, block)) {
      engine.release(handle);
      return undefined;
    }
    engine.counters.hits++;
    engine.uses++;
    return new Block(engine, handle, volume, block);
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
    const passage = this.#engine.room.passage();
    try {
      this.#engine.promiseUsable();
      this.#engine.faults.promiseWritable();
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
    this.#engine.promiseUsable();
    const header = this.#headers[volume];
    if (header !== undefined) return header;
    const promised = `a volume number below ${this.#headers.length}`;
    throw new InvalidArgument(promised, String(volume), 'Volumes are numbered from 0.');
  }

  /**
   * Opens a file: data of any size that goes around the cache into space that belongs to it alone, found again by the list of
   * extents that its `commit` answers. Rejects with InvalidArgument for extents or space that make no sense, MountClosed, or
   * MountBroken.
   */
  openFile(options: FileOptions): Promise<MountFile> {
    return MountFile.open(this.#engine, options);
  }

  /**
   * Lends memory for at least so many bytes, in whole blocks: files read into it and write from it without copying. Waits until
   * the program has given back enough of the `lentBytes` of the mount; so whoever holds some should not wait for more.
   *
   * Rejects with InvalidArgument for more than there is, MountClosed, MountBroken, or the signal's reason.
   */
  async lend(bytes: number, patience: AbortOptions = {}): Promise<LentMemory> {
    patience.signal?.throwIfAborted();
    this.#engine.promiseUsable();
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
  async sync({ signal }: AbortOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    this.#engine.promiseUsable();
    await listening(this.#syncing.sync(), signal);
  }

  /**
   * Syncs, gives everything back, and closes the devices. From the call on, every other call ends with MountClosed; calling it
   * again answers the same.
   *
   * Rejects with BlocksHeld while the program holds blocks or is getting some, or with the signal's reason while it still syncs:
   * then the mount stays open. Rejects with WritesLost when not everything got onto the volumes, or with the device's error when
   * that could not be closed: then the mount is closed all the same.
   */
  close({ signal }: AbortOptions = {}): Promise<void> {
    this.#closing ??= this.#close(signal).catch((thrown: unknown) => {
      if (this.#engine.phase !== 'closed') this.#closing = undefined;
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
    return this.#engine.statistics();
  }

  // ── How ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

  async #holdHeaders(): Promise<void> {
    const { core, waits, faults } = this.#engine;
    const answers = this.volumes.map((_, volume) => core.ioRead(volume, 0, 'volume'));
    const ended = answers.map((answer) => waits.until(answer, 'load'));
    this.#engine.turn();
    for (const [volume, { handle }] of (await Promise.all(ended)).entries()) {
      if (handle === NO_HANDLE) throw new ReadFailed(faults.place(volume, 0), faults.takeReadError(volume, 0));
      readHeader(core.contents(handle) as Uint8Array, this.volumes[volume]!.name);
      this.#headerHandles.push(handle);
      this.#headers.push(new Block(this.#engine, handle, volume, 0, true));
    }
  }

  async #get(
    number: number,
    { volume = 0, type = 'data', fresh = false, signal }: GetOptions,
    passage?: Passage,
  ): Promise<Block> {
    const engine = this.#engine;
    signal?.throwIfAborted();
    if (fresh) {
      engine.promiseUsable();
      engine.faults.promiseWritable();
      if (engine.room.isTooDirty()) await this.#untilCleaner(signal);
    } else {
      const hit = this.tryGet(number, { volume });
      if (hit !== undefined) return ofType(hit, type);
    }
    if (!fresh) engine.counters.misses++;
    engine.uses++;
    try {
      const wish: Wish = { volume, block: number, type, how: fresh ? 'new' : 'read', passage };
      if (isOtherType(engine, wish)) await forgetOtherType(engine, wish, signal);
      const got = await getBlock(engine, wish, signal);
      if (fresh) await this.#zero(got, volume, number, signal);
      return new Block(engine, got.handle, volume, number, false, fresh);
    } catch (thrown) {
      engine.uses--;
      throw thrown;
    }
  }

  async #untilCleaner(signal: AbortSignal | undefined): Promise<void> {
    const engine = this.#engine;
    await engine.room.untilCleaner(signal);
    engine.promiseUsable();
    engine.faults.promiseWritable();
  }

  /** What comes fresh is zeros, and in META is to get a checksum when it is written. */
  async #zero(
    { handle, isZeroed }: Got,
    volume: number,
    block: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const engine = this.#engine;
    if (isZeroed && typeOf(engine, handle) !== 'meta') return;
    try {
      const opening = beginModification(engine, handle);
      if (opening.ticket !== NO_TICKET) await untilOpen(engine, handle, opening, signal, undefined);
      if (!isZeroed) engine.core.bytes(handle).fill(0);
      engine.faults.clearCorrupt(volume, block);
      endModification(engine, handle);
    } catch (thrown) {
      if (engine.faults.isCorrupt(volume, block)) dropCorrupt(engine, handle, volume, block);
      else engine.release(handle);
      engine.turn();
      throw thrown;
    }
  }

  async #close(signal: AbortSignal | undefined): Promise<void> {
    const engine = this.#engine;
    signal?.throwIfAborted();
    if (engine.uses > 0) throw new BlocksHeld(engine.uses, engine.blocksInUse());
    engine.phase = 'closing';
    try {
      await listening(this.#writeOut(), signal);
    } catch (thrown) {
      engine.phase = 'open';
      throw thrown;
    }
    engine.phase = 'closed';
    engine.loans.failAll(new MountClosed());
    const lost = lossesOf(engine);
    let failure: unknown = engine.broken;
    try {
      if (failure === undefined) unloadAll(engine, this.#headerHandles);
      await engine.device.close();
    } catch (thrown) {
      failure ??= thrown;
    }
    const error = (lost ?? failure) as Error | undefined;
    this.emit('closed', error);
    if (error !== undefined) throw error;
  }

  /** Everything is written that can be, and nothing is under way any more. What was not written is found by looking. */
  async #writeOut(): Promise<void> {
    await this.#syncing.idle();
    if (!this.#engine.faults.isReadOnly) await this.#syncing.sync().catch(() => undefined);
    await this.#engine.quiet();
    // After a failed write nothing is written any more, but what was written before can still be made durable.
    await this.#syncing.flush().catch(() => undefined);
  }
}

function isOtherType({ core }: Engine, { volume, block, type }: Wish): boolean {
  const io = core.state.volumes[volume]?.ios.get(block);
  return io !== undefined && io.type !== type;
}

function ofType(block: Block, type: BlockType): Block {
  const seen = block.type;
  if (seen === type) return block;
  block.release();
  const advice =
    seen === 'volume' ? 'Block 0 is the header: use header().' : 'A block has one type as long as it is cached.';
  throw new InvalidArgument(`the type ${seen}`, `${type} for block ${block.block} of volume ${block.volume}`, advice);
}

/** As the promise, but rejects when the signal fires first; the promise goes on. */
function listening(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = onAbort(signal, reject);
    promise.finally(stop).then(resolve, reject);
  });
}
