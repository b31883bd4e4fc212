// Memory that O_DIRECT accepts. The device itself reads and writes it, so its address must be a multiple of what the device
// can address: 4 bytes to 4096. A SharedArrayBuffer promises no alignment (V8 takes it from calloc, which gives 16 bytes),
// and JavaScript cannot see an address. The memory of WebAssembly is a SharedArrayBuffer too when it is shared, and every
// engine maps it by whole pages of the system, since it is protected and grown by pages; so its first byte is aligned to
// 4096 at least. Probing an offset with a real O_DIRECT read would answer for one filesystem only: tmpfs takes any address.

import { shown } from '../../core/check-shape.ts';
import { InvalidArgument } from '../../core/errors.ts';

/** The one part of WebAssembly that is used here. It is in every engine, but in no type library without the browser's. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    Memory: new (size: { initial: number; maximum: number; shared: true }) => { readonly buffer: SharedArrayBuffer };
  };
};

/** Bytes of a page of WebAssembly, and the most pages a memory can have: 4 GiB. */
const PAGE_BYTES = 65_536;
const PAGES_MAX = 65_536;

/** A slab of at least `bytes` bytes, and where in it aligned memory begins. Throws InvalidArgument beyond 4 GiB. */
export function alignedSlab(bytes: number): { slab: SharedArrayBuffer; offset: number } {
  if (!Number.isSafeInteger(bytes) || bytes <= 0 || bytes > PAGES_MAX * PAGE_BYTES)
    throw new InvalidArgument('an aligned slab of 1 byte to 4 GiB', shown(bytes), 'Choose fewer or smaller buffers.');
  const pages = Math.ceil(bytes / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  return { slab: memory.buffer, offset: 0 };
}
