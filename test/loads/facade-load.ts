// A load on MountFile, judged by what its clients saw alone. Two to four clients read and write ranges of one file through a
// mount, often without waiting for their last call; others commit, sync, read blocks of the file through the cache, and give up
// calls that are queued or running. The device ends requests in a drawn order, and some of them with errors. Between its phases
// a run commits, closes the file and opens it anew from the committed extents, as long as no write has failed. In the end
// everything is read twice: as it is, and from the file opened anew.
//
// Ranges begin and end at any byte. For that the file is laid out in strides: each has one register of the history, the same
// distance into it, and filling around, which a range may begin or end in. What stands in the filling is a fixed byte or zeros.
// The finding is one of
//
//   not linearizable     the recorded history has no order, or a register is torn
//   out of order         calls on one cell went in another order than that in which they were made
//   foreign bytes        a read gave bytes that nobody can have written there, or left some of them unfilled
//   memory touched       a call that was over changed the memory that it was given
//   unexplained failure  a call failed with an error that nothing that was drawn explains
//   standstill           work that does not come to rest
//
// All calls are kept in the order in which they were made. MountFile promises that calls on one cell go in that order, which is
// more than linearizability: so each is also taken for one moment of a second history. There, a read says nothing of what is
// behind its end, because where the file ends is looked up when the call is made, not when its turn has come.
//
// Half of the calls use memory that the mount has lent; some give it back while they run, and what is lent anew is spoilt at once.
// Memory of a write is spoilt as soon as the call is over, even if its signal ended it. A call that fails may have happened, now
// or later, or not. Everything runs in microtasks: a run is a function of its seed.

import type { DeviceRequest } from '../../src/core/device.ts';
import type { Element } from '../../src/index.ts';
import { Mount, type FileOptions, type LentMemory, type MountFile } from '../../src/mount/index.ts';
import { BLOCK_BYTES, DrivenVolumes, formatted } from '../support/mount-stage.ts';
import { diceOf, type Dice } from '../kit/random/dice.ts';
import { RecordedHistory, type HistoryAnomaly, type Recorded } from './recorded-history.ts';

const VOLUME_BLOCKS = 64;
const STRIDE_BYTES = 64;
const REGISTER_BYTES = 8;
const [FILLING, UNFILLED, SPOILT] = [0xa5, 0xee, 0xdd];
const [PHASES, ACTS] = [3, 9];
/** Pieces of memory that the mount lends, and what sets their draws apart from the others. */
const [LOANS, LENDING_SEEDS] = [3, 1_000_000];
/** Rounds of the device after which work that has not ended stands still. */
const ROUNDS = 20_000;

/** What the load uses of a file. */
export type LoadedFile = Pick<MountFile, 'readInto' | 'write' | 'commit' | 'close'>;

export interface FacadeFinding {
  readonly kind:
    'not linearizable' | 'out of order' | 'foreign bytes' | 'memory touched' | 'unexplained failure' | 'standstill';
  readonly summary: string;
  /** The calls, as they ended. */
  readonly story: readonly string[];
}

export interface FacadeReport {
  readonly seed: number;
  /** Calls of clients that read or write. */
  readonly operations: number;
  /** How often what came about: calls by their end, such as `write` and `write: NoSpace`, and `reopen`, `spanning`, `part`. */
  readonly met: Readonly<Record<string, number>>;
  readonly finding?: FacadeFinding;
}

/** One run. `wrap` puts something between the load and the file: a test plants violations with it. */
export function runFacadeLoad(
  seed: number,
  wrap: (file: LoadedFile, extentBytes: number) => LoadedFile = (file) => file,
): Promise<FacadeReport> {
  return new FacadeLoad(seed, wrap).run();
}

/** Bytes of the file, and the registers that lie in them. */
interface Range {
  readonly from: number;
  readonly end: number;
  readonly first: number;
  readonly registers: number;
}

interface Call {
  readonly recorded: Recorded;
  /** What was read, up to the end of the file; of a write: nothing. */
  result: Uint8Array | 'ok' | 'error';
}

class FacadeLoad {
  readonly #seed: number;
  readonly #wrap: (file: LoadedFile, extentBytes: number) => LoadedFile;
  readonly #dice: Dice;
  /** Whether and how memory of the mount is used: draws of their own, which leave the others as they are. */
  readonly #lending: Dice;
  /** Memory of the mount that no call uses. */
  readonly #lent: LentMemory[] = [];
  readonly #clients: number;
  readonly #extentBytes: number;
  readonly #bytes: number;
  /** Where in its stride each register stands. */
  readonly #gap: number;
  readonly #options: FileOptions;
  readonly #faulty: ReadonlyMap<DeviceRequest['kind'], number>;
  readonly #history: RecordedHistory;
  readonly #calls: Call[] = [];
  /** Memory of reads that were given up, and must stay as it was left. */
  readonly #left: Uint8Array[] = [];
  readonly #met: Record<string, number> = {};
  readonly #story: string[] = [];
  readonly #failed = new Set<DeviceRequest['kind']>();
  #finding: FacadeFinding | undefined;
  #mount!: Mount;
  #device!: DrivenVolumes;
  #file!: LoadedFile;

  constructor(seed: number, wrap: (file: LoadedFile, extentBytes: number) => LoadedFile) {
    const dice = (this.#dice = diceOf(seed));
    [this.#seed, this.#wrap] = [seed, wrap];
    this.#lending = diceOf(seed + LENDING_SEEDS);
    this.#clients = 2 + dice(3);
    const [blocks, cells] = [1 + dice(3), 1 + dice(3)];
    this.#extentBytes = blocks * BLOCK_BYTES;
    this.#bytes = cells * this.#extentBytes;
    this.#gap = dice(STRIDE_BYTES - REGISTER_BYTES + 1);
    const room = blocks * cells * (3 + dice(4));
    const space = [0, 1].map((volume) => ({ volume, block: 8, blocks: room }));
    const how = { verify: dice(2) === 0, doubleBuffer: dice(2) === 0 };
    this.#options = { space, extentBytes: this.#extentBytes, ...how };
    const [reads, writes] = [dice(3) === 0 ? 8 : 0, dice(4) === 0 ? 30 : 0];
    this.#faulty = new Map([['read', reads], ['write', writes]]); // prettier-ignore
    this.#history = this.#newHistory();
  }

  async run(): Promise<FacadeReport> {
    const dice = this.#dice;
    const fileBytes = this.#extentBytes * (1 + dice(4));
    const cacheBytes = (5 + dice(20)) * BLOCK_BYTES;
    const device = (this.#device = new DrivenVolumes(await formatted([VOLUME_BLOCKS, VOLUME_BLOCKS])));
    device.isAutomatic = true;
    const lentBytes = LOANS * this.#loanBytes;
    this.#mount = await Mount.open({ device, cacheBytes, fileBytes, lentBytes, verify: true });
    for (let i = 0; i < LOANS; i++) this.#lent.push(await this.#mount.lend(this.#loanBytes));
    device.isAutomatic = dice(4) === 0;
    await this.#drive(this.#whole());
    this.#judge();
    const [seed, met, operations] = [this.#seed, this.#met, this.#calls.length];
    return { seed, operations, met, ...(this.#finding !== undefined && { finding: this.#finding }) };
  }

  /** Ends requests in a drawn order, some at a time, until a promise has settled. */
  async #drive(promise: Promise<void>): Promise<void> {
    const [dice, device] = [this.#dice, this.#device];
    const state = { isSettled: false };
    const settled = (): void => void (state.isSettled = true);
    promise.then(settled, settled);
    for (let rounds = 0; !state.isSettled; rounds++) {
      if (rounds > ROUNDS) {
        this.#find('standstill', `Nothing goes on any more, with ${device.pending.length} requests pending.`);
        return;
      }
      await ticks(1 + dice(8));
      const ending = device.pending.filter(() => dice(3) > 0);
      ending.sort((a, b) => (dice(2) === 0 ? a.id - b.id : b.id - a.id));
      device.endThese(ending, ({ kind }) => {
        const oneIn = this.#faulty.get(kind) ?? 0;
        if (oneIn === 0 || dice(oneIn) > 0) return undefined;
        this.#failed.add(kind);
        return { code: 'EIO', arrivedBytes: dice(BLOCK_BYTES) };
      });
    }
    await promise;
  }

  // ── What happens ─────────────────────────────────────────────────────────────────────────────────────────────────────

  async #whole(): Promise<void> {
    await this.#open([]);
    for (let phase = 0; phase < PHASES && this.#finding === undefined; phase++) {
      await Promise.all(Array.from({ length: this.#clients }, (_, client) => this.#client(client)));
      await this.#readAll();
      await this.#reopen();
    }
    await this.#readAll();
    await this.#attempt('close', async () => {
      await this.#file.close();
      await this.#mount.close();
    });
  }

  async #open(extents: readonly Element[]): Promise<void> {
    this.#file = this.#wrap(await this.#mount.openFile({ ...this.#options, extents }), this.#extentBytes);
  }

  /**
   * Commits while a write is under way, which the list must have, and closes while a read is. Where a write has failed, what was
   * not committed would be lost.
   */
  async #reopen(): Promise<void> {
    if (this.#failed.has('write')) return;
    const underWay = [this.#write(0, this.#drawRange(), undefined)];
    await this.#attempt('reopen', async () => {
      const extents = await this.#file.commit();
      if (this.#dice(2) === 0) await this.#mount.sync();
      underWay.push(this.#read(1, this.#drawRange(), undefined));
      await this.#file.close();
      await this.#open(extents);
    });
    await Promise.all(underWay);
  }

  async #client(client: number): Promise<void> {
    const dice = this.#dice;
    const notAwaited: Promise<unknown>[] = [];
    for (let i = 0; i < ACTS; i++) {
      const call = this.#act(client);
      if (dice(3) === 0) notAwaited.push(call);
      else await call;
      if (dice(3) === 0) await ticks(1 + dice(20));
    }
    await Promise.all(notAwaited);
  }

  #act(client: number): Promise<unknown> {
    const dice = this.#dice;
    const kind = dice(16);
    if (kind === 0) return this.#attempt('commit', () => this.#file.commit());
    if (kind === 1) return this.#attempt('sync', () => this.#mount.sync());
    if (kind === 2) {
      const [volume, block] = [dice(2), 8 + dice(VOLUME_BLOCKS - 8)];
      return this.#attempt('look', () => this.#mount.read(block, { volume }));
    }
    const signal = dice(5) === 0 ? this.#abortSoon() : undefined;
    return kind < 9 ? this.#read(client, this.#drawRange(), signal) : this.#write(client, this.#drawRange(), signal);
  }

  #readAll(): Promise<void> {
    return this.#read(0, { from: 0, end: this.#bytes, first: 0, registers: this.#bytes / STRIDE_BYTES }, undefined);
  }

  async #read(client: number, range: Range, signal: AbortSignal | undefined): Promise<void> {
    const call = this.#begin(client, 'read', range);
    const { bytes: into, loan } = this.#memoryFor(range);
    into.fill(UNFILLED);
    const isOver = await this.#attempt(
      'read',
      async () => {
        const filled = await this.#file.readInto(range.from, into, { signal });
        call.result = this.#gathered(range, into, filled);
        this.#history.answer(call.recorded, whole(call.result, range.registers));
      },
      signal,
    );
    if (!isOver) this.#history.answer(call.recorded, 'error');
    if (loan !== undefined) this.#giveBack(loan);
    else if (!isOver) this.#left.push(into.fill(SPOILT));
  }

  async #write(client: number, range: Range, signal: AbortSignal | undefined): Promise<void> {
    const call = this.#begin(client, 'write', range);
    const { bytes, loan } = this.#memoryFor(range);
    bytes.fill(FILLING);
    this.#eachRegister(range, (at, i) => bytes.set(call.recorded.bytes.subarray(i, i + REGISTER_BYTES), at));
    const write = (): Promise<void> => {
      const written = this.#file.write(range.from, bytes, { signal });
      if (loan !== undefined && this.#lending(3) === 0) loan.giveBack();
      return written;
    };
    const isOver = await this.#attempt('write', write, signal);
    call.result = isOver ? 'ok' : 'error';
    this.#history.answer(call.recorded, call.result);
    if (loan === undefined) bytes.fill(SPOILT);
    else this.#giveBack(loan);
  }

  // ── Memory of the mount ──────────────────────────────────────────────────────────────────────────────────────────────

  get #loanBytes(): number {
    return this.#bytes + BLOCK_BYTES;
  }

  /** Memory for a range: its own, or some that the mount has lent, as far into a block as the range, or from any byte on. */
  #memoryFor({ from, end }: Range): { bytes: Uint8Array; loan?: LentMemory } {
    const lending = this.#lending;
    const loan = lending(2) === 0 ? this.#lent.pop() : undefined;
    if (loan === undefined) return { bytes: new Uint8Array(end - from) };
    this.#count('lent');
    const at = lending(4) === 0 ? lending(BLOCK_BYTES) : from % BLOCK_BYTES;
    return { bytes: loan.bytes.subarray(at, at + end - from), loan };
  }

  /** A call has ended. Whoever gets the memory spoils it at once: if the call were still at it, that would be seen. */
  #giveBack(loan: LentMemory): void {
    loan.giveBack();
    const lent = this.#mount.lend(this.#loanBytes);
    lent.then((next) => this.#lent.push(next) && next.bytes.fill(SPOILT), () => undefined); // prettier-ignore
  }

  #begin(client: number, kind: 'read' | 'write', { from, end, first, registers }: Range): Call {
    if (Math.floor((end - 1) / this.#extentBytes) > Math.floor(from / this.#extentBytes)) this.#count('spanning');
    if (from % this.#extentBytes !== 0 || end % this.#extentBytes !== 0) this.#count('part');
    const recorded = this.#history.begin(client, kind, 0, first * REGISTER_BYTES, registers * REGISTER_BYTES);
    const call: Call = { recorded, result: 'error' };
    this.#calls.push(call);
    return call;
  }

  /** Whole cells, or from any byte before a register to any byte behind another one. */
  #drawRange(): Range {
    const dice = this.#dice;
    const unit = dice(3) === 0 ? this.#extentBytes : STRIDE_BYTES;
    const units = this.#bytes / unit;
    const first = dice(units);
    const most = dice(3) === 0 ? units - first : Math.min(units - first, 1 + Math.floor(this.#extentBytes / unit / 2));
    let [from, end] = [first * unit, (first + 1 + dice(most)) * unit];
    const register = { first: from / STRIDE_BYTES, registers: (end - from) / STRIDE_BYTES };
    if (unit === STRIDE_BYTES) {
      const filling = STRIDE_BYTES - REGISTER_BYTES;
      from = Math.max(0, from + this.#gap - dice(filling + 1));
      end = Math.min(this.#bytes, end - filling + this.#gap + dice(filling + 1));
    }
    return { from, end, ...register };
  }

  #abortSoon(): AbortSignal {
    const giving = new AbortController();
    void ticks(this.#dice(60)).then(() => giving.abort());
    return giving.signal;
  }

  // ── What may be ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Does something that may fail as was drawn; answers whether it has not. */
  async #attempt(name: string, act: () => Promise<unknown>, signal?: AbortSignal): Promise<boolean> {
    let end = name;
    try {
      await act();
    } catch (thrown) {
      const error = thrown as Error;
      end = `${name}: ${error.name}`;
      if (!this.#isExplained(error.name, signal)) this.#find('unexplained failure', `${name}: ${error.stack}`);
    }
    this.#count(end);
    this.#story.push(end);
    return end === name;
  }

  #isExplained(name: string, signal: AbortSignal | undefined): boolean {
    const afterWrite = ['FileWriteFailed', 'ReadOnlyError', 'SyncFailed', 'WritesLost', 'FileReadFailed', 'ReadFailed'];
    if (name === 'AbortError') return signal?.aborted === true;
    if (name === 'NoSpace' || name === 'CacheFull') return true;
    if (this.#failed.has('write') && afterWrite.includes(name)) return true;
    // A write of less than a block begins with a read of the block.
    return this.#failed.has('read') && ['FileReadFailed', 'FileWriteFailed', 'ReadFailed'].includes(name);
  }

  /** The registers of what was read that lie before the end of the file wholly. */
  #gathered(range: Range, into: Uint8Array, filled: number): Uint8Array {
    const bytes = new Uint8Array(range.registers * REGISTER_BYTES);
    let known = 0;
    const rest = into.slice(0, filled);
    this.#eachRegister(range, (at, i) => {
      bytes.set(rest.subarray(at, at + REGISTER_BYTES), i);
      if (at + REGISTER_BYTES <= filled) known = i + REGISTER_BYTES;
      rest.fill(0, at, at + REGISTER_BYTES);
    });
    const foreign = rest.findIndex((byte) => byte !== 0 && byte !== FILLING);
    if (foreign >= 0) this.#find('foreign bytes', `A read gave ${rest[foreign]} at byte ${range.from + foreign}.`);
    return bytes.subarray(0, known);
  }

  #eachRegister({ from, first, registers }: Range, visit: (at: number, i: number) => void): void {
    for (let i = 0; i < registers; i++) visit((first + i) * STRIDE_BYTES + this.#gap - from, i * REGISTER_BYTES);
  }

  #judge(): void {
    if (this.#finding?.kind === 'standstill') return;
    const earlier = this.#finding;
    if (earlier?.kind === 'unexplained failure') this.#finding = undefined; // A history says more.
    if (this.#left.some((into) => into.some((byte) => byte !== SPOILT)))
      this.#find('memory touched', 'A read that was given up has filled its memory afterwards.');
    const anomaly = this.#history.anomaly();
    if (anomaly !== undefined) this.#find('not linearizable', textOf(anomaly));
    const inOrder = this.#inOrderOfCalls().anomaly();
    if (inOrder !== undefined) this.#find('out of order', textOf(inOrder));
    this.#finding ??= earlier;
  }

  /** The history in which each call happens in the moment in which it was made. */
  #inOrderOfCalls(): RecordedHistory {
    const history = this.#newHistory();
    for (const { recorded, result } of this.#calls) {
      const { client, kind, offset, length } = recorded;
      const known = result instanceof Uint8Array ? result.length : length;
      history.answer(history.begin(client, kind, 0, offset, known), result);
    }
    return history;
  }

  #newHistory(): RecordedHistory {
    return new RecordedHistory(1, (this.#bytes / STRIDE_BYTES) * REGISTER_BYTES, REGISTER_BYTES);
  }

  #find(kind: FacadeFinding['kind'], summary: string): void {
    this.#finding ??= { kind, summary: `seed ${this.#seed}: ${summary}`, story: this.#story };
  }

  #count(what: string): void {
    this.#met[what] = (this.#met[what] ?? 0) + 1;
  }
}

/** Lets the others run for so many microtasks. */
export async function ticks(n: number): Promise<void> {
  for (let i = 0; i < n; i++) await Promise.resolve();
}

/** Behind the end of the file are zeros. */
function whole(known: Uint8Array, registers: number): Uint8Array {
  const bytes = new Uint8Array(registers * REGISTER_BYTES);
  bytes.set(known);
  return bytes;
}

const textOf = ({ register, summary, operations }: HistoryAnomaly): string =>
  [`${register} of the registers: ${summary}`, ...operations].join('\n');
