// hammer-io-kit, production: a block-buffer cache after DragonFly's HAMMER filesystem. Mount is for programs; HammerIoCore and
// DirectIo, on which it stands, are for those who bring a scheduler of their own. What a mount asks of others, a policy
// (CachePolicy) and a device (MountDevice), comes along and may be a program's own.
//
// Mount is what a program uses: volumes in files or on block devices, blocks by number, promises.
//
//   await formatVolumes([{ path: 'a.vol', blocks: 1024 }]);
//   const mount = await Mount.open({ volumes: ['a.vol'] });
//   await mount.update(7, (bytes) => { bytes[0] = 1; });    // cached and dirty
//   await mount.sync();                                     // durable
//   await mount.close();
//
// HammerIoCore is the state machine underneath, for those who bring a scheduler of their own: every call is one atomic step,
// waiting is an outcome with a ticket, and I/O happens outside.
//
//   const core = new HammerIoCore({ volumes: [{ name: 'v1', blocks: 1024 }], capacityBufs: 64 });
//   const { ticket } = core.ioRead(0, 7, 'data');           // `io`: a read is in the outbox
//   core.drainRequests((request) => { … });                 // give it to a device
//   core.readDone(request.id, 'ok');                        // later, from outside: the request's views are filled
//   const { handle } = core.resume(core.nextRunnable());    // `done`: the buffer is held
//   core.ioModify(handle); core.bytes(handle)[0] = 1; core.change(handle); core.ioModifyDone(handle);
//   core.ioFlush(handle);                                   // a write is in the outbox
//   core.release(handle);                                   // the handle is stale from here on
//
// DirectIo stands beside a core and moves file data around it, straight between the caller's memory and the medium.
//
//   const direct = new DirectIo({ core, zones: [{ volume: 0, block: 0, blocks: 1024 }] });
//   const front = direct.openFront(direct.openFile('f'), 0, memory);    // a buffer of a file, in memory of the device
//   const place = direct.findSpace(4);
//   direct.strategyWrite(front, place);                                 // `io`: a write is in its outbox
//   direct.drainRequests((request) => { … });
//   direct.writeDone(request.id, 'ok');                                 // the front is valid, its record supersedes the index
//   direct.commitRecord(place);                                         // and now it stands in the index
//
// A write is on the device when writeDone has come, and durable when an ioFlushSync that came later has answered `done`.

// Mounts.
export * from './mount/index.ts';
export { MemoryFault, MemoryVolumes } from './devices/memory-volumes.ts';
export type { FaultPlan, MemoryVolumesOptions } from './devices/memory-volumes.ts';
export { ClockPolicy } from './policy/clock-policy.ts';
export type { ClockPolicyOptions } from './policy/clock-policy.ts';
export type { CachePolicy, CachePolicyStatistics, RoomVerdict } from './policy/cache-policy.ts';
export { dirtyBytes, hasBacklog, isPullable, useOf } from './policy/buf-use.ts';
export type { BufUse } from './policy/buf-use.ts';
export { SequentialReads } from './policy/sequential-reads.ts';
export * from './devices/file/index.ts';

// Direct I/O.
export * from './direct/index.ts';

// The core.
export { HammerIoCore } from './core/hammer-io-core.ts';
export type { CoreOptions, VolumeOptions } from './core/options.ts';
export type { Answer } from './core/answer.ts';
export { NO_HANDLE, NO_TICKET } from './core/ids.ts';
export type { Handle, Ticket } from './core/ids.ts';
export type {
  BlocksView,
  BufView,
  CoreView,
  HandleView,
  IoView,
  ReadableBytes,
  TicketView,
  VolumeView,
} from './core/view.ts';
export type { TicketKind } from './core/actions/resume.ts';
export type {
  Device,
  DeviceRequest,
  FlushRequest,
  ReadRequest,
  Request,
  Result,
  UndoRequest,
  WriteRequest,
} from './core/device.ts';
export { MemoryDevice } from './devices/memory-device.ts';
export type { Completion, CompletionSink, Fault } from './devices/memory-device.ts';
export { hasValidCrc } from './core/block-crc.ts';
export {
  BrokenPromise,
  BytesChanged,
  CacheFull,
  DIRECT_PROMISES,
  HammerIoError,
  ImpossibleInput,
  InvalidArgument,
  PROMISES,
  Reentered,
} from './core/errors.ts';
export type { DirectPromiseName, PromiseName } from './core/errors.ts';
