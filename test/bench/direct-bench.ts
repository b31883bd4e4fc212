// Large file ranges: 1 MiB at a time, through the façade and with fs.writeSync, fs.readSync, on files of one size in one
// directory, written in full before. Both go round the file: the façade because it never writes in place, fs so that it meets
// the same pages. Both move the bytes between a file and as much memory of the program: what the façade has lent it, and in a
// variant memory of its own, which the façade must copy. The façade has sixteen calls under way, as its users would; fs, being
// synchronous, one.
//
// Writes are measured without making them durable, on both sides: a pass is committed while the next one is written. And with
// it, after each pass: commit and sync here, one fdatasyncSync there. Reads find the page cache hot. What verification costs is
// a variant too.

import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../support/at-end.ts';
import type { Element, MountFile } from '../../src/index.ts';
import { formatVolumes, Mount } from '../../src/index.ts';
import type { Figure } from './bench.ts';
import { WorkNotDone } from './cache-load.ts';
import { measureInRounds, median } from './rounds.ts';

const MIB = 1024 * 1024;
const BLOCK_BYTES = 16384;
const GOAL = 0.8;
/** Calls of the façade under way. */
const DEPTH = 16;
/** Of the space of the façade's file: so its extents lie at multiples of their length, as the writes of fs do. */
const FIRST_BLOCK = MIB / BLOCK_BYTES;
/** Passes of one side in a round: the system needs some tenths of a second to give two busy threads a processor each. */
const PASSES = 32;

export interface DirectBench {
  readonly rounds: number;
  readonly note: (line: string) => void;
  /** MiB of a pass; the files are five times as large. Default 64. */
  readonly passMib?: number;
}

/** A side of the comparison; each call moves one pass. */
interface Side {
  readonly name: string;
  write(): Promise<void> | void;
  writeDurably(): Promise<void> | void;
  read(): Promise<void> | void;
  /** Resolves when all that has begun is over. */
  idle(): Promise<void> | void;
  /** Outside of what is measured: or the system would write the pages of one side back in the time of another. */
  makeDurable(): Promise<void> | void;
  close(): Promise<void> | void;
}

export async function directBench({ rounds, note, passMib = 64 }: DirectBench): Promise<Figure[]> {
  const { path: directory, remove } = temporaryDirectory('bench');
  const sides: Side[] = [];
  try {
    const fs = new PlainFile(join(directory, 'plain'), passMib);
    sides.push(fs);
    for (const variant of VARIANTS) {
      const path = join(directory, `${sides.length}.vol`);
      sides.push(await FacadeFile.open(path, variant, passMib));
    }
    const figures: Figure[] = [];
    for (const job of ['write', 'writeDurably', 'read'] as const) {
      for (const side of sides) await mibPerSecond(passMib, side, job); // All is compiled, and every page has been touched.
      const variants = sides.map((side) => ({ name: side.name, run: () => mibPerSecond(passMib, side, job) }));
      const seen = await measureInRounds(variants, rounds, (round, name, figure) =>
        note(`direct ${job}, round ${round}: ${name} ${Math.round(figure)} MiB/s`),
      );
      figures.push(...figuresOf(job, fs.name, seen));
    }
    return figures;
  } finally {
    for (const side of sides) await side.close();
    remove();
  }
}

function figuresOf(job: string, base: string, seen: ReadonlyMap<string, readonly number[]>): Figure[] {
  const what = `direct ${job === 'writeDurably' ? 'write, durable' : job}, 1 MiB`;
  const figures: Figure[] = [];
  for (const [name, rounds] of seen) {
    figures.push({ what: `${what}: ${name}`, median: median(rounds), unit: 'MiB/s', rounds });
  }
  for (const [name, rounds] of seen) {
    if (name === base) continue;
    const ratios = rounds.map((figure, i) => figure / seen.get(base)![i]!);
    const goal = name === 'façade' ? { goal: `>= ${GOAL}` } : {};
    figures.push({
      what: `${what}: ${name} against ${base}`,
      median: median(ratios),
      unit: 'x',
      rounds: ratios,
      ...goal,
    });
  }
  return figures;
}

async function mibPerSecond(mib: number, side: Side, job: 'write' | 'writeDurably' | 'read'): Promise<number> {
  const from = performance.now();
  for (let pass = 0; pass < PASSES; pass++) await side[job]();
  await side.idle();
  const passed = performance.now() - from;
  await side.makeDurable();
  return (PASSES * mib) / (passed / 1000);
}

class PlainFile implements Side {
  readonly name = 'fs';
  readonly #fd: number;
  readonly #mib: number;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(path: string, mib: number) {
    this.#fd = openSync(path, 'w+');
    this.#mib = mib;
    this.#bytes = new Uint8Array(mib * MIB).fill(1);
    for (let i = 0; i < 5 * mib; i++) writeSync(this.#fd, this.#bytes, 0, MIB, i * MIB);
    fdatasyncSync(this.#fd);
  }

  write(): void {
    this.#bytes[0]!++;
    for (let i = 0; i < this.#mib; i++) writeSync(this.#fd, this.#bytes, i * MIB, MIB, this.#next() * MIB);
  }

  writeDurably(): void {
    this.write();
    fdatasyncSync(this.#fd);
  }

  read(): void {
    const base = Math.max(0, this.#at - this.#mib);
    for (let i = 0; i < this.#mib; i++) {
      const read = readSync(this.#fd, this.#bytes, i * MIB, MIB, (base + i) * MIB);
      if (read !== MIB) throw new WorkNotDone(`fs was to read ${MIB} bytes and has read ${read}.`);
    }
  }

  idle(): void {
    // Its calls end when their work does.
  }

  makeDurable(): void {
    fdatasyncSync(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #next(): number {
    const next = this.#at;
    this.#at = (next + 1) % (5 * this.#mib);
    return next;
  }
}

interface Variant {
  readonly name: string;
  /** Memory of the program is its own, and not the mount's. */
  readonly copies: boolean;
  readonly verify: boolean;
}

const VARIANTS: readonly Variant[] = [
  { name: 'façade', copies: false, verify: false },
  { name: 'façade, copying', copies: true, verify: false },
  { name: 'façade, verified', copies: false, verify: true },
];

class FacadeFile implements Side {
  readonly name: string;
  readonly #mount: Mount;
  readonly #file: MountFile;
  readonly #mib: number;
  readonly #bytes: Uint8Array;
  #stamp = 1;
  #committed: Promise<readonly Element[]> = Promise.resolve([]);

  private constructor(name: string, mount: Mount, file: MountFile, bytes: Uint8Array) {
    this.name = name;
    this.#mount = mount;
    this.#file = file;
    this.#mib = bytes.length / MIB;
    this.#bytes = bytes.fill(1);
  }

  static async open(path: string, { name, copies, verify }: Variant, mib: number): Promise<FacadeFile> {
    const blocks = (5 * mib * MIB) / BLOCK_BYTES;
    await formatVolumes([{ path, blocks: FIRST_BLOCK + blocks }]);
    const fd = openSync(path, 'r+');
    for (let i = 0; i < 5 * mib; i++) writeSync(fd, new Uint8Array(MIB), 0, MIB, i * MIB + FIRST_BLOCK * BLOCK_BYTES);
    fdatasyncSync(fd);
    closeSync(fd);
    const mount = await Mount.open({ volumes: [path], lentBytes: mib * MIB });
    const space = [{ volume: 0, block: FIRST_BLOCK, blocks }];
    const file = await mount.openFile({ space, verify, extentBytes: MIB });
    const bytes = copies ? new Uint8Array(mib * MIB) : (await mount.lend(mib * MIB)).bytes;
    return new FacadeFile(name, mount, file, bytes);
  }

  /** A pass supersedes the one before; commits make the space of the last but two free again. */
  async write(): Promise<void> {
    this.#stamp = (this.#stamp + 1) & 255;
    for (let i = 0; i < this.#mib; i++) this.#bytes[i * MIB] = this.#stamp;
    await this.#pass((offset, buffer) => this.#file.write(offset, buffer));
    await this.#committed;
    this.#committed = this.#file.commit();
  }

  async writeDurably(): Promise<void> {
    await this.write();
    await this.#committed;
    await this.#mount.sync();
  }

  async read(): Promise<void> {
    await this.#pass(async (offset, buffer) => {
      buffer[0] = this.#stamp + 1;
      const read = await this.#file.readInto(offset, buffer);
      if (read === MIB && buffer[0] === this.#stamp) return;
      throw new WorkNotDone(
        `The façade was to read 1 MiB with stamp ${this.#stamp}; seen: ${read} bytes, ${buffer[0]}.`,
      );
    });
  }

  async #pass(call: (offset: number, buffer: Uint8Array) => Promise<unknown>): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let i = next++; i < this.#mib; i = next++) {
        await call(i * MIB, this.#bytes.subarray(i * MIB, (i + 1) * MIB));
      }
    };
    await Promise.all(Array.from({ length: DEPTH }, worker));
  }

  async idle(): Promise<void> {
    await this.#committed;
  }

  makeDurable(): Promise<void> {
    return this.#mount.sync();
  }

  async close(): Promise<void> {
    if ((await this.#committed).length === 0) throw new WorkNotDone('The façade has committed nothing.');
    await this.#mount.close();
  }
}
