// A load for a mount that is a function of its seed: programs that read, modify, hold, sync and give up, many at a time, and an
// oracle that knows what every block must hold at every moment.
//
// The oracle keeps a number per block, and raises it in the same synchronous step in which a modification writes it into the
// bytes. So whoever looks at a held block must see the oracle's number at once, whatever else is under way; and what a sync has
// promised can be compared with what the medium has made durable.

import type { Block, BlockType, Mount } from '../../src/mount/index.ts';
import type { Dice } from '../kit/random/dice.ts';

/** A block of the load. */
export interface LoadBlock {
  readonly volume: number;
  readonly block: number;
  readonly type: BlockType;
  /** The number that it must hold. */
  value: number;
}

/** Which block, as what. */
const optionsOf = ({ volume, type }: LoadBlock): { volume: number; type: BlockType } => ({ volume, type });

/** Something that must not be: thrown by the load. */
export class LoadFinding extends Error {
  override readonly name = 'LoadFinding';
}

export interface LoadOptions {
  readonly mount: Mount;
  readonly dice: Dice;
  readonly blocks: readonly LoadBlock[];
  /** Lets the others run for a moment. */
  readonly pause: () => Promise<void>;
  /** Names of errors that a program may meet. */
  readonly allowed: readonly string[];
  /** What the medium has made durable, if that can be told. */
  readonly durable?: (volume: number, block: number) => Uint8Array;
}

/** What happened, by word: `update`, `update: AbortError`, … */
export type LoadCounts = Map<string, number>;

/** A block that holds a number: in its first four bytes behind the layer's, and at its end, so that a torn one is noticed. */
export function holds(bytes: Uint8Array): number | 'torn' {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = view.getUint32(0, true);
  return view.getUint32(bytes.length - 4, true) === value ? value : 'torn';
}

function put(bytes: Uint8Array, value: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint32(0, value, true);
  view.setUint32(bytes.length - 4, value, true);
}

/** Runs programs side by side, each of so many actions. */
export async function runLoad(options: LoadOptions, programs: number, actions: number): Promise<LoadCounts> {
  const load = new Load(options);
  await Promise.all(Array.from({ length: programs }, () => load.program(actions)));
  return load.counts;
}

class Load {
  readonly counts: LoadCounts = new Map();
  readonly #o: LoadOptions;

  constructor(options: LoadOptions) {
    this.#o = options;
  }

  async program(actions: number): Promise<void> {
    for (let i = 0; i < actions; i++) {
      const [name, act] = this.#draw();
      const signal = this.#o.dice(6) === 0 ? this.#abortSoon() : undefined;
      try {
        await act(signal);
        this.#count(name);
      } catch (error) {
        const kind = (error as Error).name;
        if (error instanceof LoadFinding || !this.#o.allowed.includes(kind)) throw error;
        this.#count(`${name}: ${kind}`);
      }
      if (this.#o.dice(3) === 0) await this.#o.pause();
    }
  }

  #draw(): [string, (signal: AbortSignal | undefined) => Promise<void>] {
    const { dice, blocks } = this.#o;
    const one = blocks[dice(blocks.length)]!;
    switch (dice(12)) {
      case 0:
      case 1:
      case 2:
        return ['update', (signal) => this.#update(one, signal)];
      case 3:
        return ['slow update', (signal) => this.#slowUpdate(one, signal)];
      case 4:
        return ['hold', (signal) => this.#hold(one, signal)];
      case 5:
        return ['flush', (signal) => this.#flush(one, signal)];
      case 6:
        return ['sync', (signal) => this.#sync(signal)];
      case 7:
        return ['tryGet', () => this.#tryGet(one)];
      default:
        return ['read', (signal) => this.#read(one, signal)];
    }
  }

  /** A change that was rejected for its signal has not been made; one that was made counts whatever the call says. */
  async #update(one: LoadBlock, signal: AbortSignal | undefined): Promise<void> {
    const before = one.value;
    const state = { isMade: false };
    const change = (bytes: Uint8Array): void => {
      state.isMade = this.#change(one, bytes);
    };
    try {
      await this.#o.mount.update(one.block, change, { ...optionsOf(one), signal });
    } catch (error) {
      if (state.isMade) throw new LoadFinding(`${where(one)} was changed, and the call says ${String(error)}`);
      throw error;
    }
    if (!state.isMade) throw new LoadFinding(`${where(one)} still holds ${before}, and the call says it was changed`);
  }

  async #slowUpdate(one: LoadBlock, signal: AbortSignal | undefined): Promise<void> {
    const change = async (bytes: Uint8Array): Promise<void> => {
      this.#change(one, bytes);
      await this.#o.pause();
      this.#change(one, bytes);
      this.#compare(one, bytes);
    };
    await this.#o.mount.update(one.block, change, { ...optionsOf(one), signal });
  }

  async #hold(one: LoadBlock, signal: AbortSignal | undefined): Promise<void> {
    const held = await this.#o.mount.get(one.block, { ...optionsOf(one), signal });
    try {
      this.#look(one, held);
      await this.#o.pause();
      this.#look(one, held);
      await held.modify((bytes) => this.#change(one, bytes), { signal });
      this.#look(one, held);
    } finally {
      held.release();
    }
  }

  async #flush(one: LoadBlock, signal: AbortSignal | undefined): Promise<void> {
    const held = await this.#o.mount.get(one.block, { ...optionsOf(one), signal });
    try {
      await held.modify((bytes) => this.#change(one, bytes), { signal });
      await held.flush({ signal });
    } finally {
      held.release();
    }
  }

  async #sync(signal: AbortSignal | undefined): Promise<void> {
    const { mount, blocks, durable } = this.#o;
    const before = blocks.map(({ value }) => value);
    await mount.sync({ signal });
    if (durable === undefined) return;
    blocks.forEach((one, i) => {
      const skipped = one.type === 'meta' ? 4 : 0;
      const bytes = durable(one.volume, one.block).subarray(skipped);
      const seen = holds(bytes);
      if (seen !== 'torn' && seen >= before[i]! && seen <= one.value) return;
      throw new LoadFinding(`${where(one)} held ${before[i]!} when the sync began, and ${seen} is durable`);
    });
  }

  async #read(one: LoadBlock, signal: AbortSignal | undefined): Promise<void> {
    const before = one.value;
    const seen = holds(await this.#o.mount.read(one.block, { ...optionsOf(one), signal }));
    if (seen !== 'torn' && seen >= before && seen <= one.value) return;
    throw new LoadFinding(`${where(one)} held ${before} to ${one.value}, and ${seen} was read`);
  }

  #tryGet(one: LoadBlock): Promise<void> {
    const hit = this.#o.mount.tryGet(one.block, { volume: one.volume });
    if (hit === undefined) return Promise.resolve();
    this.#look(one, hit);
    hit.release();
    return Promise.resolve();
  }

  #change(one: LoadBlock, bytes: Uint8Array): true {
    this.#compare(one, bytes);
    put(bytes, ++one.value);
    return true;
  }

  #look(one: LoadBlock, held: Block): void {
    this.#compare(one, held.bytes as Uint8Array);
  }

  #compare(one: LoadBlock, bytes: Uint8Array): void {
    const seen = holds(bytes);
    if (seen !== one.value) throw new LoadFinding(`${where(one)} must hold ${one.value}, and ${seen} is seen`);
  }

  #abortSoon(): AbortSignal {
    const giving = new AbortController();
    void (async () => {
      for (let left = this.#o.dice(4); left > 0; left--) await this.#o.pause();
      giving.abort();
    })();
    return giving.signal;
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

const where = ({ volume, block, type }: LoadBlock): string => `${type} block ${block} of volume ${volume}`;
