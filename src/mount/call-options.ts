// The options of calls: of a mount, of its blocks and of its files.

import { CallShape, oneOf, SIGNAL, TRUTH, whole } from '../core/check-shape.ts';
import type { BlockType } from './get.ts';
import type { AbortOptions } from './waits.ts';

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

const volume = { kind: whole(0), test: (value: unknown) => typeof value === 'number' };
const type = { kind: oneOf('data', 'meta', 'undo'), test: (value: unknown) => value === 'data' || value === 'meta' || value === 'undo' }; // prettier-ignore
const fresh = { kind: TRUTH, test: (value: unknown) => typeof value === 'boolean' };
const signal = { kind: SIGNAL, test: (value: unknown) => value instanceof AbortSignal };

export const PLACE = new CallShape<BlockOptions>({ volume });
export const GET = new CallShape<GetOptions>({ volume, type, fresh, signal });
export const READ = new CallShape<Omit<GetOptions, 'fresh'>>({ volume, type, signal });
export const ABORT = new CallShape<AbortOptions>({ signal });
