// Direct I/O, as programs see it.

export { DirectIo } from './direct-io.ts';
export { DirectFailure } from './direct-failure.ts';
export type { DirectOptions } from './direct-options.ts';
export type { Element, Extent, Place } from './extents.ts';
export type { DirectFile } from './files.ts';
export type { Failure, FailureReason, Front } from './fronts.ts';
export type { DataZone } from './translation.ts';
