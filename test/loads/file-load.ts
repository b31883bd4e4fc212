// A load on file data, judged by what its clients saw alone. Several clients read and write ranges of a file, and read a snapshot
// of it, while everything else that may happen to file data happens around them: requests end in a drawn order and fail as drawn,
// records are committed and destroyed, elements move, blocks are freed and used again, fronts forget, and somebody reads, reads
// ahead, writes back and drops blocks of the device cache. Cells have several blocks and files several cells, which the direct
// machine does not have; so this sees what the machine cannot.
//
// In the end all work is brought to rest, and everything is read three times: as it is, from the medium after all caches were
// dropped, and after all freed blocks are free. The finding is one of
//
//   not linearizable     the recorded history has no order, or a register is torn
//   unexplained failure  an operation fails though no fault was drawn, or for its checksum, though nothing damages bytes
//   standstill           work that does not come to rest
//   thrown               DirectIo or the core throws
//
// A run is a function of its seed and length, which its token holds.

import { crc32 } from 'node:zlib';
import { DirectIo, HammerIoCore, MemoryDevice, NO_HANDLE, NO_TICKET } from '../../src/index.ts';
import type {
  Answer,
  DeviceRequest,
  DirectFile,
  Extent,
  Front,
  Handle,
  Place,
  Request,
  Ticket,
} from '../../src/index.ts';
import type { IoView } from '../../src/core/view.ts';
import { diceOf, type Dice } from '../kit/random/dice.ts';
import { FileClients } from './file-clients.ts';
import { loadTokenOf } from './load-token.ts';
import { RecordedHistory } from './recorded-history.ts';

const BLOCK_BYTES = 32;
const REGISTER_BYTES = BLOCK_BYTES / 4;
const VOLUME_BLOCKS = 24;
/** Steps of a run. */
export const LOAD_STEPS = 300;
/** Rounds after which work that does not come to rest stands still. */
const REST_ROUNDS = 2000;

export interface LoadFinding {
  readonly kind: 'not linearizable' | 'unexplained failure' | 'standstill' | 'thrown';
  readonly summary: string;
  readonly story: readonly string[];
  /** Repeats the run. */
  readonly token: string;
}

export interface LoadReport {
  readonly seed: number;
  /** Recorded operations: parts of ranges. */
  readonly operations: number;
  /** Of these, failed. */
  readonly failures: number;
  /** How often a move, a commit and a reuse of blocks came about. */
  readonly met: Readonly<Record<'relocated' | 'committed' | 'freed' | 'reused', number>>;
  readonly finding?: LoadFinding;
}

/** One run. */
export function runFileLoad(seed: number, steps = LOAD_STEPS): LoadReport {
  return new FileLoad(seed, steps).run();
}

class FileLoad {
  readonly #seed: number;
  readonly #steps: number;
  readonly #dice: Dice;
  readonly #core: HammerIoCore;
  readonly #direct: DirectIo;
  readonly #device: MemoryDevice;
  readonly #files: DirectFile[] = [];
  readonly #clients: FileClients;
  readonly #history: RecordedHistory;
  readonly #volumes: number;
  readonly #cells: number;
  readonly #extentBytes: number;
  /** Of 400 reads and of 400 writes, so many fail. A failed write ends all writing, a failed read nothing but itself. */
  readonly #faults: { readonly read: number; readonly write: number };
  readonly #runnable: (Front | Extent)[] = [];
  /** Blocks that became free again; not all of them still are. */
  readonly #freed: (Place & { readonly blocks: number })[] = [];
  readonly #held: Handle[] = [];
  readonly #acts: readonly (() => void)[];
  readonly #met = { relocated: 0, committed: 0, freed: 0, reused: 0 };
  /** Tickets of those who wait for a block, and whether they will hold it. */
  readonly #waited = new Map<Ticket, boolean>();
  #hasFailed = false;
  #failures = 0;
  #unexplained: string | undefined;

  constructor(seed: number, steps: number) {
    const dice = (this.#dice = diceOf(seed));
    [this.#seed, this.#steps] = [seed, steps];
    this.#volumes = 1 + dice(2);
    this.#cells = 1 + dice(3);
    const blocks = 1 + dice(4);
    this.#extentBytes = blocks * BLOCK_BYTES;
    this.#faults = { read: [0, 0, 1, 8, 60][dice(5)]!, write: [0, 0, 0, 1, 8][dice(5)]! };
    const count = this.#volumes * VOLUME_BLOCKS;
    this.#core = new HammerIoCore({
      volumes: Array.from({ length: this.#volumes }, (_, i) => ({ name: `v${i}`, blocks: VOLUME_BLOCKS })),
      capacityBufs: 2 * count, // What was read ahead and purged keeps its buffer until the device is done.
      blockBytes: BLOCK_BYTES,
      verify: true,
    });
    this.#device = new MemoryDevice(this.#volumes, BLOCK_BYTES);
    const zones = Array.from({ length: this.#volumes }, (_, volume) => ({ volume, block: 0, blocks: VOLUME_BLOCKS }));
    const extentBytes = this.#extentBytes;
    const options = { zones, extentBytes, doubleBuffer: dice(3) === 0, verify: dice(4) !== 0 };
    this.#direct = new DirectIo({ core: this.#core, ...options });
    this.#history = new RecordedHistory(2, this.#cells * extentBytes, REGISTER_BYTES);
    this.#openFiles(blocks);
    const site = {
      ...{ direct: this.#direct, files: this.#files, history: this.#history, dice },
      ...{ blockBytes: BLOCK_BYTES, extentBytes },
      findSpace: (count: number): Place | undefined => this.#findSpace(count),
      failed: (_: unknown, reason: string): void => this.#failed(reason),
    };
    this.#clients = new FileClients(site, 2 + dice(3), this.#cells);
    this.#acts = this.#drawActs();
  }

  /** A file with holes, shorter and whole cells, and a snapshot of it. */
  #openFiles(blocks: number): void {
    const dice = this.#dice;
    const elements = [];
    for (let i = 0; i < this.#cells; i++) {
      if (dice(4) === 0) continue;
      const fileOffset = i * this.#extentBytes;
      const length = dice(2) === 0 ? this.#extentBytes : REGISTER_BYTES * (1 + dice(4 * blocks));
      const bytes = this.#history.initial(0, fileOffset, length);
      this.#history.initial(1, fileOffset, length, 0);
      const [volume, block] = [dice(this.#volumes), i * blocks];
      for (let at = 0; at < length; at += BLOCK_BYTES) {
        const whole = new Uint8Array(BLOCK_BYTES);
        whole.set(bytes.subarray(at, at + BLOCK_BYTES));
        this.#device.format(volume, block + at / BLOCK_BYTES, whole);
      }
      elements.push({ fileOffset, volume, block, length, crc: crc32(bytes) });
    }
    const head = this.#direct.openFile('file', elements);
    this.#files.push(head, this.#direct.openSnapshot(head, 'snapshot'));
  }

  run(): LoadReport {
    const finding = this.#play();
    const { operations } = this.#history;
    const report = { seed: this.#seed, operations, failures: this.#failures, met: this.#met };
    return finding === undefined ? report : { ...report, finding };
  }

  #play(): LoadFinding | undefined {
    try {
      for (let i = 0; i < this.#steps; i++) {
        this.#acts[this.#dice(this.#acts.length)]!();
        this.#pump();
      }
      if (!this.#rest() || !this.#readThrice()) return this.#finding('standstill', 'Work does not come to rest.', []);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return this.#finding('thrown', `${error.name}: ${error.message}`, (error.stack ?? '').split('\n').slice(1, 4));
    }
    const anomaly = this.#history.anomaly();
    if (anomaly !== undefined)
      return this.#finding('not linearizable', `On ${anomaly.register}: ${anomaly.summary}`, anomaly.operations);
    if (this.#unexplained === undefined) return undefined;
    return this.#finding('unexplained failure', `An operation has failed (${this.#unexplained}) without a fault.`, []);
  }

  #finding(kind: LoadFinding['kind'], summary: string, story: readonly string[]): LoadFinding {
    return { kind, summary, story, token: loadTokenOf({ seed: this.#seed, steps: this.#steps }) };
  }

  #failed(reason: string): void {
    this.#failures++;
    if (reason === 'checksum' || !this.#hasFailed) this.#unexplained ??= reason;
  }

  // ── What may happen ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** Each act as often as it weighs in this run. */
  #drawActs(): readonly (() => void)[] {
    const weights: readonly (readonly [() => void, readonly number[]])[] = [
      [() => this.#beginOperation(), [1, 2, 4]],
      [() => this.#complete(), [2, 4, 8]],
      [() => this.#resume(), [2, 4]],
      [() => this.#nudge(), [1, 2]],
      [() => this.#commit(), [0, 2, 4]],
      [() => this.#destroy(), [1, 2, 4]],
      [() => this.#free(), [2, 4, 8]],
      [() => this.#relocate(), [0, 4, 8]],
      [() => this.#forget(), [1, 4, 8]],
      [() => this.#readDevice(), [0, 1, 4]],
      [() => this.#release(), [2, 4]],
      [() => this.#writeBack(), [1, 2, 4]],
      [() => this.#drop(), [0, 1, 4]],
    ];
    return weights.flatMap(([act, of]) => Array.from({ length: of[this.#dice(of.length)]! }, () => act));
  }

  #drawn<Item>(items: Iterable<Item>): Item | undefined {
    const all = [...items];
    return all.length === 0 ? undefined : all[this.#dice(all.length)];
  }

  #beginOperation(): void {
    const dice = this.#dice;
    const client = this.#drawn(this.#clients.idle());
    if (client === undefined) return;
    const registers = (this.#cells * this.#extentBytes) / REGISTER_BYTES;
    const from = dice(registers);
    const length = 1 + dice(Math.min(registers - from, [1, 4, 8, registers][dice(4)]!));
    const file = dice(6) === 0 ? 1 : 0;
    const kind = file === 0 && dice(2) === 0 ? 'write' : 'read';
    this.#clients.begin(client, kind, file, from * REGISTER_BYTES, length * REGISTER_BYTES);
  }

  #complete(request = this.#drawn(this.#device.pending()), canFail = true): void {
    if (request === undefined) return;
    const fails = canFail && request.kind !== 'flush' && this.#dice(400) < this.#faults[request.kind];
    this.#hasFailed ||= fails;
    this.#end(request, fails);
  }

  #end({ id, kind }: DeviceRequest, fails: boolean): void {
    const { result, bytes } = this.#device.complete(id, fails ? { code: 'EIO' } : undefined);
    if (this.#direct.owns(id)) {
      if (kind === 'read') this.#direct.readDone(id, result, bytes);
      else this.#direct.writeDone(id, result);
    } else if (kind === 'read') this.#core.readDone(id, result, bytes);
    else if (kind === 'write') this.#core.writeDone(id, result);
    else this.#core.flushDone(id, result);
  }

  #resume(): void {
    if (this.#runnable.length === 0) return;
    const [waiting] = this.#runnable.splice(this.#dice(this.#runnable.length), 1);
    if (!waiting!.runnable) return;
    const outcome = this.#direct.resume(waiting!);
    if ('answered' in waiting! && (outcome === 'done' || outcome === 'error')) this.#clients.ended(waiting);
  }

  #nudge(): void {
    this.#clients.nudge(this.#drawn(this.#clients.cells)!);
  }

  #commit(record = this.#drawn(this.#files[0]!.records.values())): void {
    if (record === undefined || record.backend) return;
    if (this.#direct.commitRecord(record) === 'done') this.#met.committed++;
  }

  #destroy(record = this.#drawn(this.#files[0]!.replaced)): void {
    if (record !== undefined && !record.io && !record.backend) this.#direct.destroyRecord(record);
  }

  #free(): void {
    if (this.#dice(3) !== 0) this.#direct.cycle();
    const freed = this.#drawn(this.#direct.delayed);
    if (freed === undefined || this.#direct.reserveComplete(freed) !== 'done') return;
    this.#met.freed++;
    this.#freed.push(freed);
  }

  /** What became free last is mostly used first: somebody may still believe in what stood there. */
  #findSpace(blocks: number): Place | undefined {
    const { space } = this.#direct.state;
    while (this.#freed.length > 0 && this.#dice(8) !== 0) {
      const freed = this.#freed.pop()!;
      if (freed.blocks < blocks || !space.isFree(freed, blocks)) continue;
      this.#met.reused++;
      return freed;
    }
    return this.#direct.findSpace(blocks);
  }

  /** Its blocks must be in the device cache; what is not is asked for, for another time. */
  #relocate(): void {
    const element = this.#drawn(this.#drawn(this.#files)!.index.values());
    if (element === undefined) return;
    const { volume, block, blocks } = element;
    const to = this.#findSpace(blocks);
    if (to === undefined) return;
    if (this.#direct.relocate(element, to) === 'done') this.#met.relocated++;
    else for (let b = block; b < block + blocks; b++) this.#get(volume, b, false);
  }

  /** A front forgets, or learns where its data stands. */
  #forget(): void {
    const cell = this.#drawn(this.#clients.cells)!;
    if (cell.front === undefined || cell.front.isInFlight) return;
    if (this.#dice(2) === 0) this.#direct.bmap(cell.front);
    else this.#direct.recycleFront(cell.front);
  }

  #readDevice(): void {
    this.#get(this.#dice(this.#volumes), this.#dice(VOLUME_BLOCKS), true, this.#dice(2) === 0);
  }

  /** Somebody gets a block of the device cache, and holds it for a while or not; the next block may come along. */
  #get(volume: number, block: number, isHeld: boolean, isAhead = false): void {
    this.#got(this.#core.ioRead(volume, block, 'data', isAhead), isHeld);
  }

  #got({ handle, ticket }: Answer, isHeld: boolean): void {
    if (ticket !== NO_TICKET) this.#waited.set(ticket, isHeld);
    if (handle === NO_HANDLE) return;
    if (isHeld) this.#held.push(handle);
    else this.#core.release(handle);
  }

  #release(): void {
    if (this.#held.length === 0) return;
    const [handle] = this.#held.splice(this.#dice(this.#held.length), 1);
    this.#core.release(handle!);
  }

  #writeBack(): void {
    const io = this.#drawn(this.#buffers());
    if (io !== undefined) this.#writeBackOne(io);
  }

  #drop(): void {
    const io = this.#drawn(this.#buffers());
    if (io !== undefined) this.#dropOne(io);
  }

  #buffers(): IoView[] {
    return this.#core.view.volumes.flatMap(({ ios }) => [...ios]);
  }

  #writeBackOne({ bp, released, running, volume, block }: IoView): void {
    if (bp?.delwri && released && !running) this.#core.writeBack(volume.number, block);
  }

  #dropOne({ bp, released, running, locked, volume, block }: IoView): void {
    if (bp !== undefined && !bp.delwri && released && !running && !locked) this.#core.recycle(volume.number, block);
  }

  // ── Behind each act ──────────────────────────────────────────────────────────────────────────────────────────────────

  readonly #submit = (request: Request): void => {
    if (request.kind === 'undo') throw new Error('Nobody asked for a request of undo.');
    this.#device.submit(request);
  };

  /** Passes everything on until nothing is left to be passed on. */
  #pump(): void {
    for (let moved = true; moved;) {
      moved = false;
      for (let t = this.#core.nextRunnable(); t !== NO_TICKET; t = this.#core.nextRunnable()) {
        moved = true;
        if (this.#direct.resumeCore(t)) continue;
        const isHeld = this.#waited.get(t) ?? false;
        this.#waited.delete(t);
        this.#got(this.#core.resume(t), isHeld);
      }
      for (let next = this.#direct.nextRunnable(); next !== undefined; next = this.#direct.nextRunnable())
        this.#runnable.push(next);
      for (let front = this.#direct.nextEnded(); front !== undefined; front = this.#direct.nextEnded()) {
        moved = true;
        this.#clients.ended(front);
      }
    }
    this.#core.drainRequests(this.#submit);
    this.#direct.drainRequests(this.#submit);
  }

  /** Lets all that is under way end, without a further fault; false if it does not. */
  #rest(): boolean {
    for (let round = 0; round < REST_ROUNDS; round++) {
      while (this.#held.length > 0) this.#release();
      for (const cell of this.#clients.cells) this.#clients.nudge(cell);
      while (this.#runnable.length > 0) this.#resume();
      this.#pump();
      const [request] = this.#device.pending();
      if (request !== undefined) this.#complete(request, false);
      this.#pump();
      const isOver = this.#clients.cells.every(({ queue }) => queue.length === 0);
      if (isOver && request === undefined && this.#held.length + this.#runnable.length + this.#waited.size === 0)
        return true;
    }
    return false;
  }

  #readThrice(): boolean {
    return (
      this.#readAll() &&
      this.#dropEverything() &&
      this.#readAll() &&
      this.#freeEverything() &&
      this.#dropEverything() &&
      this.#readAll()
    );
  }

  #readAll(): boolean {
    for (const file of [0, 1]) {
      const [client] = this.#clients.idle();
      this.#clients.begin(client!, 'read', file, 0, this.#cells * this.#extentBytes);
      if (!this.#rest()) return false;
    }
    return true;
  }

  /** Everything dirty is written, fronts forget, and blocks that may be dropped are. */
  #dropEverything(): boolean {
    for (const io of this.#buffers()) this.#writeBackOne(io);
    if (!this.#rest()) return false;
    for (const { front } of this.#clients.cells) if (front !== undefined) this.#direct.recycleFront(front);
    for (const io of this.#buffers()) this.#dropOne(io);
    this.#core.view.volumes.forEach(({ residue }, volume) => {
      for (let block = 0; block < VOLUME_BLOCKS; block++) if (residue.has(block)) this.#core.ioInval(volume, block);
    });
    this.#pump();
    return true;
  }

  #freeEverything(): boolean {
    for (const record of [...this.#files[0]!.records.values()]) this.#commit(record);
    for (const record of [...this.#files[0]!.replaced]) this.#destroy(record);
    for (let i = 0; i < 2; i++) this.#direct.cycle();
    for (const freed of [...this.#direct.delayed]) this.#direct.reserveComplete(freed);
    return this.#rest();
  }
}
