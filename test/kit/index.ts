// The kit for owners of a buffer cache: everything with which an implementation can be held against the model.
//
//   in this process     implement `Driver`, then `executeEdges`, `breakPromises`, `conform`
//   in another process  write an adapter (PROTOCOL.md), then `npm run conform`, or `createStdioDriver`
//   afterwards          record a run (TRACE.md), then `checkTrace`
//
// What stands here is meant to be used from outside; everything else in this folder may change without notice.

// Shapes and configurations.
export type { Shape, Snapshot } from '../../spec/buffer/snapshot.ts';
export type { Action, ActionKind, Outcome, StepStats } from '../../spec/buffer/vocabulary.ts';
export {
  configuration,
  CONFIGURATION_NAMES,
  ConfigurationError,
  SAFE_CONFIGURATIONS,
  type Configuration,
} from './configurations.ts';
export { createMachine, explore, type Exploration, type Machine } from '../../model/index.ts';

// Drivers.
export {
  blankSnapshot,
  compareSnapshots,
  diffSnapshots,
  NotOffered,
  type Driver,
  type MutableSnapshot,
  type StepResult,
} from './driver.ts';
export { createCoreDriver, type CoreDriver, type CoreDriverOptions } from './core-driver.ts';
export { sameSnapshot, snapshotDifferences, type SnapshotDifference } from './snapshot-difference.ts';

// Checks.
export { executeEdges, type EdgeMismatch, type EdgeReport } from './edges.ts';
export { breakPromises, type PromiseMismatch, type PromiseReport } from './promises.ts';
export { conform, replay } from './random/conform.ts';
export type { ConformOptions, ConformReport, CoverageReport, Players, ReplayReport } from './random/conform.ts';
export type { ConformFailure } from './random/failure.ts';
export type { Comparison, ModelView } from './random/stage.ts';

// The direct machine: file data around the cache. `DirectDriver` is to it what `Driver` is to the buffer machine.
export {
  createDirectMachine,
  exploreDirect,
  type DirectExploration,
  type DirectMachine,
} from '../../model/direct/index.ts';
export { blankDirectSnapshot } from '../../model/direct/index.ts';
export { breakDirectPromises, executeDirectEdges } from './direct/checks.ts';
export {
  DIRECT_CONFIGURATION_NAMES,
  DIRECT_LARGE,
  DIRECT_SAFE,
  directConfiguration,
  type DirectConfiguration,
} from './direct/configurations.ts';
export { EndedTwice, type DirectAnswer, type DirectDriver, type MutableDirectSnapshot } from './direct/driver.ts';
export { directConform, directReplay } from './direct/random.ts';
export type {
  DirectConformOptions,
  DirectConformReport,
  DirectFailure,
  DirectPlayers,
  DirectReplayReport,
} from './direct/random.ts';

// Devices.
export {
  deviceCases,
  deviceSuite,
  type DeviceCase,
  type DeviceSizes,
  type DeviceSubject,
  type DeviceSupport,
  type RegisterTest,
  type SuiteDevice,
} from './device-suite.ts';
export { FaultDevice, type Damage, type VolatileWrite } from './fault-device.ts';
export type { InjectedFault } from './injected-fault.ts';
export type { Sectors, Survivors } from './medium.ts';
export { everyPowerLoss } from './power-loss.ts';

// Cache policies.
export {
  cachePolicyCases,
  cachePolicySuite,
  type CachePolicyCase,
  type CachePolicySubject,
  type PolicySizes,
} from './cache-policy-suite.ts';

// Traces.
export { checkTrace, type TraceAccepted, type TraceRejected, type TraceVerdict } from './trace/check-trace.ts';
export { checkTraceFile, traceFile, type FileSink } from './trace/trace-file.ts';
export { recordCore, type RecordCoreOptions, type RecordedBlock, type RecordedCore } from './trace/record-core.ts';
export { recordDriver, type RecordingDriver } from './trace/record-driver.ts';
export { runTraceCommand, type TraceAnswer } from './trace/trace-command.ts';
export type { BlockPlace } from './trace/core-observation.ts';
export { TRACE_LIMITS, TRACE_VERSION, TraceError, type TraceHeader } from './trace/trace-format.ts';
export type { LineSink, RecordOptions } from './trace/trace-writer.ts';

// Live claims: every claim of the catalogue, asked of the core of a running program.
export { ClaimBroken, liveClaims, type LiveClaims, type LiveClaimsOptions } from './live-claims.ts';

// Foreign implementations.
export { conformForeign, type ForeignOptions, type ForeignReport, type NamedShape } from './foreign/conform-foreign.ts';
export { PROTOCOL_VERSION, type Hello } from './foreign/protocol.ts';
export { serveDriver, type Served } from './foreign/serve-driver.ts';
export {
  AdapterFault, createStdioDriver, ForeignBrokenPromise, ForeignFailure, ShapeRefused, StdioAdapter, StdioDriver,
  type AdapterOptions,
} from './foreign/stdio-driver.ts'; // prettier-ignore
