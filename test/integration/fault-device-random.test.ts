// The fault device against a disk that is too plain to be wrong: after every step of any sequence of writes, reads, flushes,
// completions in any order, faults and power losses, each sector holds what the plain disk says, as read, as durable, and as
// it should be. And every way in which power loss can leave a few unflushed writes is found, no more and no less.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Completion } from '../../src/index.ts';
import { PlainDisk, type PlainWrite } from '../support/plain-disk.ts';
import { FaultDevice } from '../kit/fault-device.ts';
import type { InjectedFault } from '../kit/injected-fault.ts';
import { SECTOR_BYTES, type Sectors, type Survivors } from '../kit/medium.ts';
import { everyPowerLoss } from '../kit/power-loss.ts';

const SECTORS = 2;
const BYTES = SECTORS * SECTOR_BYTES;
const BLOCKS = 3;
const ALL = [0, 1];

/** Blocks that say in every byte which write they came from; ids stay below 256. */
const CONTENTS = Array.from({ length: 256 }, (_, id) => Buffer.alloc(BYTES, id));
const contentsOf = (id: number): Uint8Array => CONTENTS[id]!;

/** The write that a sector came from, or -1 if it is no sector of one write. */
function originOf(block: Uint8Array, sector: number): number {
  const from = sector * SECTOR_BYTES;
  const origin = block[from]!;
  return CONTENTS[origin]!.compare(block, from, from + SECTOR_BYTES, 0, SECTOR_BYTES) === 0 ? origin : -1;
}

const FATES = ['well', 'lost', 'torn', 'tornError', 'EIO', 'arrived', 'short'] as const;

interface Op {
  readonly what: 'write' | 'read' | 'flush' | 'complete' | 'power';
  readonly block: number;
  /** Which pending request completes, modulo what there is. */
  readonly pick: number;
  readonly fate: (typeof FATES)[number];
  /** Sectors that arrive of a torn write; of a power loss, which sectors survive. */
  readonly mask: number;
}

const op: fc.Arbitrary<Op> = fc.record({
  what: fc.constantFrom('write', 'write', 'write', 'read', 'flush', 'complete', 'complete', 'complete', 'power'),
  block: fc.nat(BLOCKS - 1),
  pick: fc.nat(5),
  fate: fc.constantFrom('well', 'well', 'well', ...FATES),
  mask: fc.oneof(fc.constantFrom(0, 0xffff), fc.nat(0xffff)),
});
const program = fc.array(op, { minLength: 1, maxLength: 60, size: 'max' });

const chosen = (mask: number): number[] => ALL.filter((sector) => (mask & (1 << sector)) !== 0);

class Run {
  readonly #device: FaultDevice;
  /** What is there, and what should be there. */
  readonly #actual = new PlainDisk();
  readonly #promised = new PlainDisk();
  /** Writes and flushes under way: how many writes had completed at submission. */
  readonly #underWay = new Map<number, { readonly block: number; readonly at: number }>();
  readonly met = new Map<string, number>();
  #lastId = 0;

  constructor(device: FaultDevice) {
    this.#device = device;
  }

  perform(one: Op): void {
    if (one.what === 'power') this.#losePower(one.mask);
    else if (one.what === 'complete') this.#complete(one);
    else this.#submit(one.what, one.block);
    this.#compare();
  }

  #count(what: string): void {
    this.met.set(what, (this.met.get(what) ?? 0) + 1);
  }

  #submit(kind: 'write' | 'read' | 'flush', block: number): void {
    const id = ++this.#lastId;
    this.#underWay.set(id, { block, at: this.#actual.completed });
    if (kind === 'write') this.#device.submit({ kind, id, volume: 0, block, bytes: contentsOf(id) });
    else if (kind === 'read') this.#device.submit({ kind, id, volume: 0, block, blocks: 1, into: [] });
    else this.#device.submit({ kind, id, volume: 0 });
  }

  #complete({ pick, fate, mask }: Op): void {
    const pending = this.#device.pending();
    if (pending.length === 0) return;
    const { id, kind } = pending[pick % pending.length]!;
    const { block, at } = this.#underWay.get(id)!;
    this.#underWay.delete(id);
    if (kind === 'write') this.#completeWrite(id, block, fate, mask);
    else if (kind === 'flush') this.#completeFlush(id, at, fate);
    else this.#completeRead(id, block, fate);
  }

  #completeWrite(id: number, block: number, fate: Op['fate'], mask: number): void {
    this.#count(`${fate} write`);
    const fault: InjectedFault | undefined = {
      well: undefined,
      lost: { code: 'lost' } as const,
      torn: { code: 'torn', sectors: chosen(mask), result: 'ok' } as const,
      tornError: { code: 'torn', sectors: chosen(mask), result: 'error' } as const,
      EIO: { code: 'EIO' } as const,
      arrived: { code: 'EIO', arrivedBytes: SECTOR_BYTES } as const,
      short: { code: 'short', bytes: SECTOR_BYTES + 1 } as const,
    }[fate];
    const arrived = {
      well: ALL,
      lost: [],
      torn: chosen(mask),
      tornError: chosen(mask),
      EIO: [],
      arrived: [0],
      short: [0],
    };
    const isOk = ['well', 'lost', 'torn'].includes(fate);
    must(this.#device.complete(id, fault).result === (isOk ? 'ok' : 'error'), `write ${id} ended otherwise than told`);
    this.#actual.write({ id, block, sectors: arrived[fate] });
    this.#promised.write({ id, block, sectors: isOk ? ALL : [] });
  }

  #completeFlush(id: number, at: number, fate: Op['fate']): void {
    const fault = fate === 'lost' ? 'lost' : fate === 'well' ? undefined : 'EIO';
    this.#count(`${fault ?? 'well'} flush`);
    const { result } = this.#device.complete(id, fault && { code: fault });
    must(result === (fault === 'EIO' ? 'error' : 'ok'), `flush ${id} ended otherwise than told`);
    if (fault === undefined) this.#actual.flush(at);
    if (fault !== 'EIO') this.#promised.flush(at);
  }

  #completeRead(id: number, block: number, fate: Op['fate']): void {
    if (fate === 'EIO')
      must(this.#device.complete(id, { code: 'EIO' }).bytes === undefined, 'a failed read gave bytes');
    else
      must(
        this.#holds(this.#device.complete(id).bytes!, (s) => this.#actual.read(block, s)),
        `read ${id} is wrong`,
      );
  }

  #losePower(mask: number): void {
    this.#count('power loss');
    const pending: PlainWrite[] = this.#device
      .pending()
      .flatMap((request) => (request.kind === 'write' ? [{ id: request.id, block: request.block, sectors: ALL }] : []));
    const survives = (id: number, sector: number): boolean => (mask & (1 << ((id * SECTORS + sector) % 16))) !== 0;
    const possible = this.#sectors((block, sector) => this.#actual.possible(block, sector, pending));
    const survivors = new Map<number, Sectors>();
    for (const { id } of this.#device.volatileWrites())
      survivors.set(
        id,
        ALL.filter((s) => survives(id, s)),
      );
    this.#device.losePower(survivors);
    for (const disk of [this.#actual, this.#promised])
      disk.losePower(pending, ({ id }, sector) => survives(id, sector));
    this.#underWay.clear();
    must(
      this.#sectors((block, sector) => originOf(this.#device.readDurable(0, block), sector)).every((origin, i) =>
        possible[i]!.includes(origin),
      ),
      'power loss left what nobody could have written there',
    );
  }

  #compare(): void {
    const device = this.#device;
    for (let block = 0; block < BLOCKS; block++) {
      must(
        this.#holds(device.read(0, block), (s) => this.#actual.read(block, s)),
        `block ${block} as read`,
      );
      must(
        this.#holds(device.readDurable(0, block), (s) => this.#actual.durable(block, s)),
        `block ${block} durable`,
      );
      const { pristine } = device;
      must(
        this.#holds(pristine.read(0, block), (s) => this.#promised.read(block, s)),
        `block ${block} as promised`,
      );
      must(
        this.#holds(pristine.readDurable(0, block), (s) => this.#promised.durable(block, s)),
        `block ${block} as promised to be durable`,
      );
    }
    must(device.volatileState(0) === this.#volatile(), 'what is volatile');
  }

  #volatile(): string {
    if (this.#promised.unflushed.length === 0) return 'none';
    const covers = this.#device
      .pending()
      .some(({ id, kind }) => kind === 'flush' && this.#underWay.get(id)!.at === this.#promised.completed);
    return covers ? 'covered' : 'exposed';
  }

  #holds(contents: Uint8Array, origin: (sector: number) => number): boolean {
    return ALL.every((sector) => originOf(contents, sector) === origin(sector));
  }

  #sectors<T>(of: (block: number, sector: number) => T): T[] {
    return Array.from({ length: BLOCKS * SECTORS }, (_, i) => of(Math.floor(i / SECTORS), i % SECTORS));
  }
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`The fault device and the plain disk differ: ${what}.`);
}

const SEED = 20_251_122;

function check(makeDevice: () => FaultDevice, met = new Map<string, number>()) {
  const property = fc.property(program, (ops) => {
    const run = new Run(makeDevice());
    for (const one of ops) run.perform(one);
    for (const [what, times] of run.met) met.set(what, (met.get(what) ?? 0) + times);
  });
  return fc.check(property, { seed: SEED, numRuns: 400 });
}

describe('against a plain disk', () => {
  test('every sector is what it must be, after any sequence of requests, faults and power losses', () => {
    const met = new Map<string, number>();
    const { counterexample, errorInstance } = check(() => new FaultDevice(1, BYTES), met);
    expect([counterexample, errorInstance]).toEqual([null, null]);
    const seldom = [...FATES.map((fate) => `${fate} write`), 'well flush', 'lost flush', 'EIO flush', 'power loss'];
    expect(seldom.filter((what) => (met.get(what) ?? 0) < 50)).toEqual([]);
  });

  test.each<[string, () => FaultDevice]>([
    [
      'loses more than it was told to',
      () =>
        new (class extends FaultDevice {
          override losePower(): void {
            super.losePower();
          }
        })(1, BYTES),
    ],
    [
      'stores a torn write whole',
      () =>
        new (class extends FaultDevice {
          override complete(id: number, fault?: InjectedFault): Completion {
            return super.complete(id, fault?.code === 'torn' && fault.result === 'ok' ? undefined : fault);
          }
        })(1, BYTES),
    ],
    [
      'flushes too much',
      () =>
        new (class extends FaultDevice {
          override complete(id: number, fault?: InjectedFault): Completion {
            const flush = this.pending().find((request) => request.id === id && request.kind === 'flush');
            if (flush !== undefined) super.submit(flush);
            return super.complete(id, fault);
          }
        })(1, BYTES),
    ],
  ])('a device that %s is found, in a few steps', (_, makeDevice) => {
    const { failed, counterexample } = check(makeDevice);
    expect(failed).toBe(true);
    expect(counterexample![0].length).toBeLessThan(8);
  });
});

describe('every power loss', () => {
  /** Writes 1 and 2 to block 0, the second torn; 3 to block 1; 4 to block 1 again and still pending; 5 to block 2, flushed. */
  function story(): { device: FaultDevice; disk: PlainDisk; pending: PlainWrite[] } {
    const device = new FaultDevice(1, BYTES);
    const disk = new PlainDisk();
    const submit = (id: number, block: number): void =>
      device.submit({ kind: 'write', id, volume: 0, block, bytes: contentsOf(id) });
    submit(5, 2);
    device.complete(5);
    device.submit({ kind: 'flush', id: 6, volume: 0 });
    device.complete(6);
    disk.write({ id: 5, block: 2, sectors: ALL });
    disk.flush(1);
    for (const [id, block, sectors] of [
      [1, 0, ALL],
      [2, 0, [1]],
      [3, 1, ALL],
    ] as const) {
      submit(id, block);
      device.complete(id, { code: 'torn', sectors, result: 'ok' });
      disk.write({ id, block, sectors });
    }
    submit(4, 1);
    return { device, disk, pending: [{ id: 4, block: 1, sectors: ALL }] };
  }

  const leftBy = (survivors: Survivors): string => {
    const { device } = story();
    device.losePower(survivors);
    return [0, 1, 2].flatMap((block) => ALL.map((s) => originOf(device.readDurable(0, block), s))).join(' ');
  };

  test('leaves each sector any version since the last flush, in every combination, and nothing else', () => {
    const { device, disk, pending } = story();
    const writes = device.volatileWrites();
    expect(writes.map(({ id, completed }) => `${id} ${completed}`)).toEqual(['1 true', '2 true', '3 true', '4 false']);
    const choices = [...everyPowerLoss(writes, device.sectorsPerBlock)];
    expect(choices).toHaveLength(2 ** 8);

    const possible = [0, 1, 2].flatMap((block) => ALL.map((sector) => disk.possible(block, sector, pending)));
    const expected = possible.reduce<string[]>(
      (lines, origins) => lines.flatMap((line) => origins.map((origin) => `${line} ${origin}`.trim())),
      [''],
    );
    expect(possible.map((origins) => origins.length)).toEqual([2, 3, 3, 3, 1, 1]);
    expect([...new Set(choices.map(leftBy))].sort()).toEqual([...expected].sort());
  });

  test('begins with nothing and ends with everything', () => {
    const choices = [...everyPowerLoss(story().device.volatileWrites(), SECTORS)];
    expect([leftBy(choices[0]!), leftBy(choices.at(-1)!)]).toEqual(['0 0 0 0 5 5', '1 2 4 4 5 5']);
  });

  test('is not tried for more than can be tried', () => {
    const { device } = story();
    expect(() => [
      ...everyPowerLoss([...device.volatileWrites(), ...device.volatileWrites(), ...device.volatileWrites()], 2),
    ]).toThrow('2^24 ways');
  });
});
