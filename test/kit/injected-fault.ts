// What a test may ask of the fault device for one completion: plain data, so that a run is repeated by repeating it.
//
//   code    on                  what happens                                                       the core is told
//   EIO     read, write, flush  nothing, or of a write the first `arrivedBytes`; `sticky`: from    error
//                               now on also all requests of this kind for the block (a flush:
//                               the volume)
//   lost    write, flush        nothing                                                            ok
//   torn    write               these sectors arrive                                               `result`
//   stale   read                contents from before the last `versionsBack` changes are given     ok
//   flip    read                one bit of what is given is wrong                                  ok
//           write               one bit of what arrives is wrong                                   ok
//   short   read                only `bytes` bytes are given                                       ok, with these bytes
//           write               only the first `bytes` bytes arrive                                error
//   gone    read, write, flush  nothing, now and from now on                                       error
//
// Delay and reordering need no word here: the test completes what it wants, when it wants. A request never completed is one
// that the test never completes. Bits that rot between two requests are `FaultDevice.flipAtRest`, power loss is `losePower`.

import type { DeviceRequest, Fault, Result } from '../../src/index.ts';
import { SECTOR_BYTES } from './medium.ts';

/** How a request on a FaultDevice goes wrong. */
export type InjectedFault =
  | (Fault & { readonly sticky?: boolean })
  | { readonly code: 'lost' }
  | { readonly code: 'torn'; readonly sectors: readonly number[]; readonly result: Result }
  | { readonly code: 'stale'; readonly versionsBack: number }
  | { readonly code: 'flip'; readonly bit: number }
  | { readonly code: 'short'; readonly bytes: number }
  | { readonly code: 'gone' };

const ON: Readonly<Record<InjectedFault['code'], readonly DeviceRequest['kind'][]>> = {
  EIO: ['read', 'write', 'flush'],
  lost: ['write', 'flush'],
  torn: ['write'],
  stale: ['read'],
  flip: ['read', 'write'],
  short: ['read', 'write'],
  gone: ['read', 'write', 'flush'],
};

/** A fault that this request cannot have: a mistake of the test, found before anything happens. */
export class ImpossibleFault extends Error {
  override readonly name = 'ImpossibleFault';

  constructor(fault: string, expected: string, got: string) {
    super(`The fault ${fault} needs ${expected}, but got ${got}. Correct the fault, or complete another request.`);
  }
}

/** Throws ImpossibleFault unless the request can have the fault. */
export function checkFault(request: DeviceRequest, fault: InjectedFault, blockBytes: number): void {
  const { code } = fault;
  if (!ON[code].includes(request.kind)) throw new ImpossibleFault(code, `a ${ON[code].join(' or a ')}`, request.kind);
  const asked = request.kind === 'read' ? request.blocks * blockBytes : blockBytes;
  const within = (value: number, end: number, what: string): void => {
    if (Number.isSafeInteger(value) && value >= 0 && value < end) return;
    throw new ImpossibleFault(code, `${what} from 0 to ${end - 1}`, String(value));
  };
  if (code === 'flip') within(fault.bit, asked * 8, 'a bit');
  if (code === 'short') within(fault.bytes, asked, 'a number of bytes');
  if (code === 'torn') for (const sector of fault.sectors) within(sector, blockBytes / SECTOR_BYTES, 'a sector');
  if (code === 'EIO') within(fault.arrivedBytes ?? 0, blockBytes + 1, 'a number of bytes');
}

/** The sectors that the first `bytes` bytes of a block fill; a sector that is not full has not arrived. */
export function leadingSectors(bytes: number): readonly number[] {
  return Array.from({ length: Math.floor(bytes / SECTOR_BYTES) }, (_, sector) => sector);
}
