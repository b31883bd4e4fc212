// The four subtle decisions of the layer as truth tables: what a last release does with its buffer, what a failed write
// leaves behind, whether the kernel may take a buffer, whether it may write one.
//
// The tables are written with ts-pattern, so that the compiler counts the rows. The explorer asks millions of times, so
// each table is evaluated once for every combination of its inputs (`tabulate`) and looked up from then on.

import { match } from '../ts-pattern.ts';

/** Inputs of one decision: named booleans. */
type Facts = Readonly<Record<string, boolean>>;

/** Evaluates `decide` for all combinations of `names` and returns a lookup that takes them as bits, first name lowest. */
export function tabulate<F extends Facts, R>(
  names: readonly (keyof F & string)[],
  decide: (facts: F) => R,
): (bits: number) => R {
  const rows = Array.from({ length: 1 << names.length }, (_, bits) =>
    decide(Object.fromEntries(names.map((name, i) => [name, (bits & (1 << i)) !== 0])) as F),
  );
  return (bits) => rows[bits]!;
}

/** What a last reference finds (original 517-656). */
export type ReleaseFacts = {
  /** The caller wants the buffer gone (unload). */
  readonly flush: boolean;
  /** The kernel asked for the buffer meanwhile (B_LOCKED). */
  readonly locked: boolean;
  readonly reclaim: boolean;
  readonly waitdep: boolean;
  /** DATA or UNDO: the kernel may write it. */
  readonly pure: boolean;
  readonly modified: boolean;
  readonly released: boolean;
  readonly running: boolean;
};

/**
 * The next thing a release does. After `write` it asks again: the buffer is clean and running by then.
 * - `write`: issue the write. `wait`: until the write in flight is over. `detach`: cut the buffer off and give it back.
 * - `delayWrite`: give it to the kernel dirty. `giveBack`: give it to the kernel clean. `keep`: leave everything as it is.
 */
export type ReleaseStep = 'write' | 'wait' | 'detach' | 'delayWrite' | 'giveBack' | 'keep';

export function decideRelease(facts: ReleaseFacts): ReleaseStep {
  return (
    match<ReleaseFacts, ReleaseStep>(facts)
      .with({ modified: true, flush: true }, () => 'write')
      .with({ modified: true, locked: true, pure: true }, () => 'write')
      .with({ waitdep: true, running: true }, () => 'wait')
      .with({ modified: false, running: false, flush: true }, () => 'detach')
      .with({ modified: false, running: false, reclaim: true }, () => 'detach')
      // META and VOLUME are written by the flusher only, so they stay held; a dirty passive buffer is the kernel's already.
      .with({ modified: true, pure: false }, () => 'keep')
      .with({ modified: true, released: true }, () => 'keep')
      .with({ modified: true, released: false }, () => 'delayWrite')
      .with({ released: false, locked: true }, () => 'detach')
      .with({ released: false, locked: false, reclaim: true }, () => 'detach')
      .with({ released: false, locked: false, reclaim: false }, () => 'giveBack')
      // Passive and clean: a write in flight finishes the work at its completion.
      .with({ released: true, running: true }, () => 'keep')
      .with({ released: true, running: false, locked: true }, () => 'detach')
      .with({ released: true, running: false, locked: false }, () => 'keep')
      .exhaustive()
  );
}

export const releaseStep = tabulate<ReleaseFacts, ReleaseStep>(
  ['flush', 'locked', 'reclaim', 'waitdep', 'pure', 'modified', 'released', 'running'],
  decideRelease,
);

/** What a completed write finds (original 1103-1124). */
export type CompleteFacts = {
  readonly error: boolean;
  readonly undo: boolean;
  /** An earlier failure holds a reference already. */
  readonly pinned: boolean;
};

/** `fine`; `drop`: the UNDO buffer failed and may be thrown away; `pin`: keep the only good copy by a reference; `pinned`: it is kept already. */
export type CompleteStep = 'fine' | 'drop' | 'pin' | 'pinned';

export function decideComplete(facts: CompleteFacts): CompleteStep {
  return match<CompleteFacts, CompleteStep>(facts)
    .with({ error: false }, () => 'fine')
    .with({ error: true, undo: true }, () => 'drop')
    .with({ error: true, undo: false, pinned: false }, () => 'pin')
    .with({ error: true, undo: false, pinned: true }, () => 'pinned')
    .exhaustive();
}

export const completeStep = tabulate<CompleteFacts, CompleteStep>(['error', 'undo', 'pinned'], decideComplete);

/** What the kernel's wish to take or write a buffer finds (original 1193-1225, 1300-1348). */
export type KernelFacts = {
  /** Nobody references the io and nobody owns its interlock (the reference word is zero). */
  readonly unused: boolean;
  readonly modified: boolean;
};

/** `detach`: the buffer goes and the structure is loose. `lock`: not now; B_LOCKED makes the layer give it back later. */
export type DeallocateStep = 'detach' | 'lock';

export function decideDeallocate(facts: KernelFacts): DeallocateStep {
  return (
    match<KernelFacts, DeallocateStep>(facts)
      .with({ unused: false }, () => 'lock')
      // A modified buffer is held or delayed, and neither is offered for deallocation: the row is kept for the original's sake.
      .with({ unused: true, modified: true }, () => 'lock')
      .with({ unused: true, modified: false }, () => 'detach')
      .exhaustive()
  );
}

export const deallocateStep = tabulate<KernelFacts, DeallocateStep>(['unused', 'modified'], decideDeallocate);

/** `write`: the buffer is clean from now on and its write is issued. `lock`: as above. */
export type CheckwriteStep = 'write' | 'lock';

export function decideCheckwrite(facts: KernelFacts): CheckwriteStep {
  return (
    match<KernelFacts, CheckwriteStep>(facts)
      .with({ unused: false }, () => 'lock')
      .with({ unused: true, modified: true }, () => 'write')
      // Delayed but clean cannot be reached; the original would write the buffer once more.
      .with({ unused: true, modified: false }, () => 'write')
      .exhaustive()
  );
}

export const checkwriteStep = tabulate<KernelFacts, CheckwriteStep>(['unused', 'modified'], decideCheckwrite);
