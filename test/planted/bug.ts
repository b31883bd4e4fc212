// What a planted bug is, and what became of it.
//
// A bug names where it comes from, what goes wrong in one sentence, the claim that must catch it, and the patches that
// plant it. Its claim is an id of the catalogue wherever one says what the bug breaks; the few other names are:
//
//   snapshot   production and model differ after a step, and no claim of the catalogue speaks about the difference
//   promises   a caller breaks a promise, and production does not say so
//   graph      the state graph of a voice is not that of the other voice
//   W1, P9     a client, or an operation on file data, waits for what can no longer happen (stuck states)
//   hang       a call does not return (../kit/within.ts)
//   device     a device does not keep what the shared suite says of every device
//   linearizability   what clients of files have read has no order (../loads/recorded-history.ts)

import type { DIRECT_SAFE } from '../kit/direct/configurations.ts';
import type { Shape } from '../../spec/buffer/snapshot.ts';
import type { SourcePatch } from './patch.ts';

/** What a bug is planted in. */
export type BugKind = 'production' | 'model' | 'tla' | 'device';
export const BUG_KINDS: readonly BugKind[] = ['production', 'model', 'tla', 'device'];

/** Names of claims that are not in the catalogue. */
export type OtherClaim = 'snapshot' | 'promises' | 'graph' | 'W1' | 'P9' | 'hang' | 'device' | 'linearizability';
export const OTHER_CLAIMS: readonly OtherClaim[] = [
  'snapshot', 'promises', 'graph', 'W1', 'P9', 'hang', 'device', 'linearizability',
]; // prettier-ignore

/** What every bug says of itself. */
interface AnyBug {
  readonly name: string;
  readonly kind: BugKind;
  /** Commit of DragonFly that repaired it, id of a defect, or `mutant` for one that every such cache could have. */
  readonly origin: string;
  /** What goes wrong, in one sentence. */
  readonly wrong: string;
  /** The claim that must catch it. */
  readonly claim: string;
  /** With claim `snapshot`: the field that must be among the first to differ, or `outcome`, `woken`, `thrown`. */
  readonly field?: string;
  readonly patches: readonly SourcePatch[];
}

/** A bug of the buffer cache, or of a device below it. */
export interface BufferBug extends AnyBug {
  readonly machine?: undefined;
  /** With claim `device`: the device that the shared suite is asked about. */
  readonly device?: 'FaultDevice' | 'MemoryDevice';
  /** Where it is hunted. */
  readonly scene: Shape;
}

/** A bug of file data that goes around the buffer cache. */
export interface DirectBug extends AnyBug {
  readonly machine: 'direct';
  /** Where a bug of model or specification is hunted; those of production are on drawn configurations. */
  readonly configuration?: (typeof DIRECT_SAFE)[number];
  /** No claim, no edge and no random run of the direct machine sees it, and the hunt holds that against them. */
  readonly onlyBy?: 'linearizability';
}

export type PlantedBug = BufferBug | DirectBug;

/** How the effort of a hunt is counted: random runs, explored or visited states, or cases of the device suite. */
export type EffortUnit = 'runs' | 'states' | 'cases';

/** What a hunt found first. */
export interface Catch {
  /** The claims that failed together at the first step or in the first state where any failed. */
  readonly claims: readonly string[];
  /** By comparison of snapshots: what differs, first things first. */
  readonly fields: readonly string[];
  /** The shrunk or shortest way there, and what was seen at its end; worked out when it is asked for. */
  readonly story: () => readonly string[];
}

/** A hunt's result: what it found, if anything, and how long it took. */
export interface Hunted {
  readonly found: Catch | undefined;
  readonly effort: number;
  readonly unit: EffortUnit;
}

/** What became of one planted bug. */
export interface BugReport {
  readonly name: string;
  readonly kind: BugKind;
  /** The claim that must catch it. */
  readonly claim: string;
  /** What caught it, or `nothing`. */
  readonly caughtBy: string;
  /** Claims that failed in the same step or state. */
  readonly also: readonly string[];
  readonly effort: number;
  readonly unit: EffortUnit;
  /** For production and device: the runs that comparison of snapshots needed, where a claim caught it without; 0 if it did not. */
  readonly comparedRuns?: number;
  /** Caught, by the claim that must catch it. */
  readonly ok: boolean;
}

/** Versions of bytes are no part of the model's states: only beside production can they be wrong, and there such a bug is hunted. */
export const isAboutVersions = ({ patches }: Pick<BufferBug, 'patches'>): boolean =>
  patches.every(({ file }) => file === 'model/buffer/contents.ts');
