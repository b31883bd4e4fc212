// The options of calls: of a mount, of its blocks and of its files.

import { CallShape, oneOf, SIGNAL, TRUTH, whole } from '../core/check-shape.ts';
import type { BlockOptions, GetOptions } from './mount.ts';
import type { AbortOptions } from './waits.ts';

const volume = { kind: whole(0), test: (value: unknown) => typeof value === 'number' };
const type = { kind: oneOf('data', 'meta', 'undo'), test: (value: unknown) => value === 'data' || value === 'meta' || value === 'undo' }; // prettier-ignore
const fresh = { kind: TRUTH, test: (value: unknown) => typeof value === 'boolean' };
const signal = { kind: SIGNAL, test: (value: unknown) => value instanceof AbortSignal };

export const PLACE = new CallShape<BlockOptions>({ volume });
export const GET = new CallShape<GetOptions>({ volume, type, fresh, signal });
export const READ = new CallShape<Omit<GetOptions, 'fresh'>>({ volume, type, signal });
export const ABORT = new CallShape<AbortOptions>({ signal });
