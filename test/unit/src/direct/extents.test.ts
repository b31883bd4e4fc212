// Extents of several blocks at random, with a plain record of bytes as oracle: what a client wrote last, and was told of, is what
// it reads, whatever was cached, committed, moved, freed and handed out again meanwhile. The bounded configurations have one
// block for each extent; here blocks of one extent arrive one by one, some cached, some dirty, some failing, and without room.

import { describe, expect, test } from 'vitest';
import type { DirectFile, Front, Handle, Ticket } from '../../../../src/index.ts';
import { CacheFull, NO_HANDLE, NO_TICKET } from '../../../../src/index.ts';
import { DirectStage, STAGE_BLOCK } from '../../../support/direct-core-stage.ts';
import type { Dice } from '../../../kit/random/dice.ts';
import { diceOf } from '../../../kit/random/dice.ts';

const BLOCKS = 40;
const CELL_BLOCKS = 4;
const CELL = CELL_BLOCKS * STAGE_BLOCK;
const CELLS = 3;
const EIO = { code: 'EIO' } as const;

class Program {
  readonly stage: DirectStage;
  readonly head: DirectFile;
  readonly snapshot: DirectFile;
  /** By cell: the data that was written and answered last, and the data that the snapshot keeps. */
  readonly newest: Uint8Array[] = [];
  readonly kept: Uint8Array[] = [];
  readonly heads: (Front | undefined)[] = [];
  readonly olds: (Front | undefined)[] = [];
  /** By cell: what the head's front is writing. */
  readonly writing: (Uint8Array | undefined)[] = [];
  readonly handles = new Map<number, Handle>();
  readonly counts = { reads: 0, writes: 0, errors: 0, full: 0, again: 0, moves: 0, reuses: 0 };
  #version = 0;
  readonly #dice: Dice;

  constructor(dice: Dice) {
    this.#dice = dice;
    this.stage = new DirectStage({
      blocks: [BLOCKS],
      capacityBufs: 6 + dice(10),
      doubleBuffer: dice(2) === 0,
      verify: dice(2) === 0,
    });
    this.stage.fault = ({ kind }) => (kind === 'read' && dice(12) === 0 ? EIO : undefined);
    const elements = Array.from({ length: CELLS }, (_, cell) => {
      const bytes = this.#newData();
      this.newest.push(bytes);
      this.kept.push(bytes);
      return { fileOffset: cell * CELL, volume: 0, block: cell * CELL_BLOCKS, length: bytes.length, bytes };
    });
    this.head = this.stage.file('head', elements);
    this.snapshot = this.stage.direct.openSnapshot(this.head, 'snapshot');
  }

  step(): void {
    const { stage } = this;
    const cell = this.#dice(CELLS);
    const acts = [
      () => this.#read(this.#front(this.heads, this.head, cell)),
      () => this.#read(this.#front(this.olds, this.snapshot, cell)),
      () => this.#write(cell),
      () => this.#write(cell),
      () => this.#commit(),
      () => this.#recycle(this.heads, cell),
      () => this.#recycle(this.olds, cell),
      () => this.#touch(this.#dice(BLOCKS)),
      () => this.#releaseAll(),
      () => this.#dropClean(),
      () => this.#move(),
      () => this.#reuse(),
      () => this.#resume(),
      () => this.#resume(),
      () => this.#completeOne(),
      () => this.#completeOne(),
      () => this.#completeOne(),
    ];
    acts[this.#dice(acts.length)]!();
    stage.pump();
    stage.submit();
    for (const front of stage.ended()) this.#ended(front);
  }

  /** Everything ends, and every cell is read once more. */
  finish(): void {
    const { stage } = this;
    stage.fault = () => undefined;
    do {
      stage.settle();
      this.#releaseAll();
      for (const front of stage.ended()) this.#ended(front);
      this.#dropClean();
    } while (this.#resume() || stage.device.pending().length > 0);
    for (let cell = 0; cell < CELLS; cell++) {
      for (const [fronts, file] of [
        [this.heads, this.head],
        [this.olds, this.snapshot],
      ] as const) {
        // prettier-ignore
        this.#recycle(fronts, cell);
        const front = this.#front(fronts, file, cell);
        this.#read(front);
        while (front.isInFlight) {
          stage.settle();
          this.#dropClean();
          if (front.runnable) this.#resume();
        }
        for (const ended of stage.ended()) this.#ended(ended);
        if (front.result !== 'done') throw new Error(`cell ${cell} of ${file.name} cannot be read at the end`);
      }
    }
  }

  // ── What clients do ──────────────────────────────────────────────────────────────────────────────────────────────────

  #front(fronts: (Front | undefined)[], file: DirectFile, cell: number): Front {
    // The head's fronts are whole cells, for they are written; those of the snapshot may be parts.
    const first = file.kind === 'head' ? 0 : this.#dice(CELL_BLOCKS);
    const blocks = file.kind === 'head' ? CELL_BLOCKS : 1 + this.#dice(CELL_BLOCKS - first);
    return (fronts[cell] ??= this.stage.direct.openFront(
      file,
      cell * CELL + first * STAGE_BLOCK,
      this.stage.memory(blocks),
    ));
  }

  #read(front: Front): void {
    if (front.at !== 'empty') return;
    this.counts.reads++;
    this.#call(front, () => this.stage.direct.strategyRead(front, this.#dice(3) === 0));
  }

  #write(cell: number): void {
    const front = this.#front(this.heads, this.head, cell);
    if (front.isInFlight) return;
    const place = this.stage.direct.findSpace(CELL_BLOCKS);
    if (place === undefined) return;
    // Never shorter than what is there, and sometimes one block, by way of the core.
    const there = (this.head.records.get(cell * CELL) ?? this.head.index.get(cell * CELL))!.length;
    const data = this.#newData(there);
    const small = data.length <= STAGE_BLOCK;
    const before = front.bytes.slice();
    front.bytes.set(data);
    this.writing[cell] = data;
    this.counts.writes++;
    if (this.#call(front, () => this.stage.direct.strategyWrite(front, place, data.length, small)) === undefined) {
      front.bytes.set(before);
      this.writing[cell] = undefined;
      return;
    }
  }

  /** Calls; what ends at once ends here. */
  #call(front: Front, call: () => string): string | undefined {
    try {
      const outcome = call();
      if (outcome === 'done' || outcome === 'error') this.#ended(front);
      if (outcome === 'again') this.counts.again++;
      return outcome;
    } catch (error) {
      if (!(error instanceof CacheFull)) throw error;
      this.counts.full++;
      return undefined;
    }
  }

  #resume(): boolean {
    const { direct } = this.stage;
    const next = direct.nextRunnable() ?? this.#starved();
    if (next === undefined) return false;
    if ('at' in next) this.#call(next, () => direct.resume(next));
    else direct.resume(next);
    return true;
  }

  /** A front that was handed out as runnable, and for which there was no room. */
  #starved(): Front | undefined {
    return [...this.heads, ...this.olds].find((front) => front?.runnable);
  }

  #recycle(fronts: (Front | undefined)[], cell: number): void {
    const front = fronts[cell];
    if (front === undefined || front.isInFlight) return;
    this.stage.direct.closeFront(front);
    fronts[cell] = undefined;
  }

  #ended(front: Front): void {
    const { cell, fileOffset, bytes, length } = front;
    const number = cell / CELL;
    const isHead = front.file === this.head;
    const data = isHead ? this.writing[number] : undefined;
    if (isHead) this.writing[number] = undefined;
    if (front.result === 'error') {
      this.counts.errors++;
      if (front.failure!.reason !== 'device') throw new Error(`cell ${number}: ${front.failure!.reason}`);
      return;
    }
    if (data !== undefined) this.newest[number] = data;
    const whole = (isHead ? this.newest : this.kept)[number]!;
    const expected = whole.subarray(fileOffset - cell, fileOffset - cell + bytes.length);
    if (length !== expected.length || Buffer.compare(bytes.subarray(0, length), expected) !== 0) {
      throw new Error(`cell ${number} of ${front.file.name} holds other bytes than were written last`);
    }
    if (data === undefined && bytes.subarray(length).some((byte) => byte !== 0))
      throw new Error('bytes behind the data');
  }

  // ── What the backend does ────────────────────────────────────────────────────────────────────────────────────────────

  #commit(): void {
    const { direct } = this.stage;
    for (const record of [...this.head.records.values()]) {
      if (record.backend || this.#dice(2) === 0) continue;
      direct.commitRecord(record);
    }
    for (const record of [...this.head.replaced]) direct.destroyRecord(record);
  }

  #reuse(): void {
    const { direct } = this.stage;
    direct.cycle();
    for (const freed of [...direct.delayed]) if (direct.reserveComplete(freed) === 'done') this.counts.reuses++;
  }

  #move(): void {
    const { direct } = this.stage;
    const element = this.head.index.get(this.#dice(CELLS) * CELL)!;
    const to = direct.findSpace(element.blocks);
    if (to === undefined) return;
    for (let b = element.block; b < element.block + element.blocks; b++) this.#touch(b);
    try {
      if (direct.relocate(element, to) === 'done') this.counts.moves++;
    } catch (error) {
      if (!(error instanceof CacheFull)) throw error;
      this.counts.full++;
    }
  }

  // ── What others do through the core ──────────────────────────────────────────────────────────────────────────────────

  #touch(block: number): void {
    if (this.handles.has(block)) return;
    try {
      const { handle, ticket } = this.stage.core.ioRead(0, block, 'data');
      if (handle !== NO_HANDLE) this.handles.set(block, handle);
      else this.#loads.set(ticket, block);
    } catch (error) {
      if (!(error instanceof CacheFull)) throw error;
    }
  }
  readonly #loads = new Map<Ticket, number>();

  #releaseAll(): void {
    for (const ticket of this.stage.woken.splice(0)) this.#resumeLoad(ticket);
    for (const handle of this.handles.values()) this.stage.core.release(handle);
    this.handles.clear();
  }

  #resumeLoad(ticket: Ticket): void {
    const { core, woken } = this.stage;
    const block = this.#loads.get(ticket)!;
    try {
      const { handle, ticket: again } = core.resume(ticket);
      this.#loads.delete(ticket);
      if (again !== NO_TICKET) this.#loads.set(again, block);
      else if (handle !== NO_HANDLE) core.release(handle);
    } catch (error) {
      if (!(error instanceof CacheFull)) throw error;
      woken.push(ticket);
    }
  }

  /** The kernel takes clean buffers that nobody holds, and writes dirty ones. */
  #dropClean(): void {
    const { core } = this.stage;
    for (const io of [...core.view.volumes[0]!.ios]) {
      if (io.bp === undefined || !io.isUnreferenced || !io.released || io.running) continue;
      if (io.modified) core.writeBack(0, io.block);
      else if (!io.locked) core.recycle(0, io.block);
    }
    core.cleanLoose();
  }

  #completeOne(): void {
    this.stage.pump();
    this.stage.submit();
    const pending = this.stage.device.pending();
    if (pending.length > 0) this.stage.complete(pending[this.#dice(pending.length)]!);
  }

  #newData(least = 1): Uint8Array {
    const length =
      this.#dice(3) === 0 ? Math.max(least, 1 + this.#dice(STAGE_BLOCK)) : least + this.#dice(CELL - least + 1);
    const version = ++this.#version;
    return Uint8Array.from({ length }, (_, i) => 1 + ((31 * version + 7 * i) % 255));
  }
}

function run(seed: number, steps: number, inBetween: (program: Program) => void = () => undefined): Program {
  const program = new Program(diceOf(seed));
  for (let i = 0; i < steps; i++) {
    if (i === steps / 2) inBetween(program);
    program.step();
  }
  program.finish();
  return program;
}

describe('extents of several blocks', () => {
  test('are read as they were written last, in 100 programs of 400 steps', () => {
    const sum = { reads: 0, writes: 0, errors: 0, full: 0, again: 0, moves: 0, reuses: 0 };
    for (let seed = 1; seed <= 100; seed++) {
      let program: Program;
      try {
        program = run(seed, 400);
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
      }
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += program.counts[key];
    }
    for (const count of Object.values(sum)) expect(count).toBeGreaterThan(20);
  });

  test('are seen to differ when a byte of each element has changed on the medium', () => {
    const changeMedium = ({ stage, head, snapshot }: Program): void => {
      for (const element of [...head.index.values(), ...snapshot.index.values()]) {
        const bytes = stage.device.read(0, element.block);
        bytes[0]! ^= 0xff;
        stage.device.format(0, element.block, bytes);
        stage.core.ioInval(0, element.block);
      }
    };
    let caught = 0;
    for (let seed = 1; seed <= 10; seed++) {
      try {
        run(seed, 400, changeMedium);
      } catch (error) {
        if (!/other bytes than were written last|checksum/.test((error as Error).message)) throw error;
        caught++;
      }
    }
    expect(caught).toBeGreaterThan(5);
  });
});
