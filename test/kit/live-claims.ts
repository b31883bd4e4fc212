// The debug option of a program that uses a core: every invariant and every property of the catalogue is asked of the live core
// after each call that is a step of the vocabulary. The first one that does not hold ends the call with an error that names it.
//
//   const mount = await Mount.open({ volumes, instrument: (core) => liveClaims(core).core });
//
// Nothing is announced beforehand: blocks are learned as they are got, and the oldest forgotten ones stay known. What a call
// that throws must not do is watched too: "nothing has changed" is part of the contract of every error. After a finding every
// further step ends with it, because nobody vouches for the state of the core any more.
//
// It costs some microseconds for each block that was ever got, each time: for finding defects, not for production.

import { INVARIANTS, PROPERTIES } from '../../spec/index.ts';
import type { IoType, Shape, Volatile } from '../../spec/buffer/snapshot.ts';
import { REPAIR_IDS } from '../../spec/buffer/snapshot.ts';
import { ACTION_KINDS, type Action, type Outcome } from '../../spec/buffer/vocabulary.ts';
import { NO_HANDLE, NO_TICKET, type Answer, type Handle, type HammerIoCore } from '../../src/index.ts';
import { blankSnapshot, type MutableSnapshot } from './driver.ts';
import { ClaimWatch } from './random/claim-watch.ts';
import { sameSnapshot, snapshotDifferences } from './snapshot-difference.ts';
import { actionText, stepText } from './story.ts';
import { CoreCalls } from './trace/core-calls.ts';
import { CoreObservation, type BlockPlace } from './trace/core-observation.ts';
import { Roles } from './trace/roles.ts';

/** A claim of the catalogue does not hold on the live core. */
export class ClaimBroken extends Error {
  override readonly name = 'ClaimBroken';
  /** Ids of the claims; `errors` for the contract of errors, which is no entry of the catalogue. */
  readonly claims: readonly string[];

  constructor(claims: readonly string[], step: string, changes: readonly string[]) {
    const told = claims.map((id) => `${id}: ${statementOf(id)}`).join(' ');
    const changed = changes.length === 0 ? '' : ` It changed ${changes.join(', ')}.`;
    super(
      `ClaimBroken: promised was ${told} Seen: it does not hold after ${step}.${changed} Report it with this text.`,
    );
    this.claims = claims;
  }
}

const ERRORS_CHANGE_NOTHING = 'errors';

function statementOf(id: string): string {
  if (id === ERRORS_CHANGE_NOTHING) return 'A call that throws has changed nothing.';
  return [...INVARIANTS, ...PROPERTIES].find((claim) => claim.id === id)?.statement ?? 'no claim of the catalogue';
}

/** How a core is watched. */
export interface LiveClaimsOptions {
  /** Most handles and tickets at a time. Default 64. */
  readonly clients?: number;
  /** What the device of a volume would lose with its power, if it can tell at every moment (MemoryDevice.volatileState). */
  readonly volatileOf?: (volume: number) => Volatile;
}

/** A core under watch, and what was seen of it. */
export interface LiveClaims {
  /** Use this instead of the core. */
  readonly core: HammerIoCore;
  /** Steps that were watched. */
  readonly steps: number;
  /** In how many steps, and in how many sampled states, each claim said something. */
  applied(): Readonly<Record<string, number>>;
}

/** Watches a core that nobody has used yet. */
export function liveClaims(core: HammerIoCore, options: LiveClaimsOptions = {}): LiveClaims {
  const watcher = new Watcher(core, options);
  return {
    core: watcher.stand(),
    get steps() {
      return watcher.steps;
    },
    applied: () => watcher.watch.applied(),
  };
}

interface KnownBlock extends BlockPlace {
  type: IoType;
}

type Method = (...args: readonly unknown[]) => unknown;

class Watcher {
  readonly watch = new ClaimWatch(REPAIR_IDS);
  steps = 0;
  readonly #core: HammerIoCore;
  readonly #options: LiveClaimsOptions;
  readonly #roles: Roles;
  readonly #clients: readonly string[];
  readonly #known: KnownBlock[] = [];
  /** Made anew whenever a block is learned. */
  #shape!: Shape;
  #view!: CoreObservation;
  #calls!: CoreCalls;
  #before!: MutableSnapshot;
  #after!: MutableSnapshot;
  /** The first finding. From then on every step ends with it: what comes later is only its consequence. */
  #finding: ClaimBroken | undefined;

  constructor(core: HammerIoCore, options: LiveClaimsOptions) {
    this.#core = core;
    this.#options = options;
    const { clients = 64 } = options;
    this.#roles = new Roles(clients);
    this.#clients = Array.from({ length: clients }, (_, c) => `c${c + 1}`);
    this.#rebuild();
  }

  stand(): HammerIoCore {
    const methods = new Map<string | symbol, Method>();
    return new Proxy(this.#core, {
      get: (core, name) => {
        const found: unknown = Reflect.get(core, name, core);
        if (typeof found !== 'function') return found;
        let method = methods.get(name);
        if (method === undefined) methods.set(name, (method = this.#method(core, name as string, found as Method)));
        return method;
      },
    });
  }

  #method(core: HammerIoCore, name: string, method: Method): Method {
    const bound: Method = (...args) => Reflect.apply(method, core, args);
    if (name === 'tryGet') return (...args) => this.#tryGet(bound, args);
    if (name === 'tryRelease') return (...args) => this.#tryRelease(bound, args);
    if (this.#calls.tellerOf(name) === undefined) return bound;
    return (...args) => this.#step(this.#tell(name, args), () => bound(...args) as Answer);
  }

  /** A hit is an ioRead that answers `done`; otherwise nothing may have happened. */
  #tryGet(method: Method, [volume, block]: readonly unknown[]): unknown {
    if (this.#view.indexAt(volume as number, block as number) === undefined) return method(volume, block);
    let handle = NO_HANDLE;
    const action = this.#calls.tellerOf('ioRead')!([volume, block]);
    this.#step(action, () => {
      handle = method(volume, block) as Handle;
      return handle === NO_HANDLE ? undefined : { ...DONE, handle };
    });
    return handle;
  }

  /** The end of a hit is a release that answers `done`. */
  #tryRelease(method: Method, args: readonly unknown[]): unknown {
    let isDone = false;
    this.#step(this.#calls.tellerOf('release')!(args), () => {
      isDone = method(...args) as boolean;
      return isDone ? DONE : undefined;
    });
    return isDone;
  }

  /** Read-ahead need not be announced here, unlike in a trace. */
  #tell(name: string, args: readonly unknown[]): Action | undefined {
    if (name === 'ioRead' || name === 'ioNew') {
      const [volume, block, type, ahead] = args as [number, number, IoType, boolean | undefined];
      this.#learn(volume, block, type);
      if (name === 'ioRead' && ahead === true) {
        this.#learn(volume, block + 1, undefined);
        const action = this.#calls.tellerOf(name)!([volume, block, type, false]);
        return action && ({ ...action, ahead: true } as Action);
      }
    }
    return this.#calls.tellerOf(name)!(args);
  }

  /** A block, and its type, which may change while no structure exists. */
  #learn(volume: number, block: number, type: IoType | undefined): void {
    const { volumes } = this.#core.view;
    if (!Number.isSafeInteger(block) || !(block >= 0 && block < (volumes[volume]?.blocks ?? 0))) return;
    const known = this.#known.find((one) => one.volume === volume && one.block === block);
    if (known === undefined) this.#known.push({ volume, block, type: type ?? 'data' });
    else if (type === undefined || known.type === type || volumes[volume]!.ios.has(block)) return;
    else known.type = type;
    this.#rebuild();
  }

  #rebuild(): void {
    const { view } = this.#core;
    // The order of the lists (hammer_io.c L69-85): by block, then by volume.
    this.#known.sort((a, b) => a.block - b.block || a.volume - b.volume);
    this.#shape = {
      blocks: this.#known.map(({ volume, block, type }) => ({ name: `${type}${volume}/${block}`, type, volume })),
      volumes: view.volumes.map(({ name }) => name),
      clients: this.#clients,
      repairs: REPAIR_IDS,
      faults: ['read', 'write', 'flush', 'undo'],
      acts: ACTION_KINDS,
      readAhead: null,
      undoLog: view.undoLog,
      blockBytes: view.blockBytes,
      backlogBytesMax: view.backlogBytesMax,
      modsMax: Infinity,
    };
    this.#view = new CoreObservation(this.#core, this.#known, this.#roles, this.#options.volatileOf);
    this.#calls = new CoreCalls(this.#core, this.#shape, this.#view, this.#roles);
    this.#before = blankSnapshot(this.#shape);
    this.#after = blankSnapshot(this.#shape);
    this.#view.snapshot(this.#before);
  }

  /** Makes the call and asks the claims. Without an action (a stale handle or ticket) the call is nobody's and must throw. */
  #step(action: Action | undefined, call: () => Answer | undefined): Answer | undefined {
    if (this.#finding !== undefined) throw this.#finding;
    let answer: Answer | undefined;
    try {
      answer = call();
    } catch (error) {
      this.#promiseNothingChanged(action);
      throw error;
    }
    if (answer === undefined || action === undefined) {
      this.#promiseNothingChanged(action);
      return answer;
    }
    if ('client' in action) this.#roles.note(action, answer, this.#core);
    this.#ask(action, answer.outcome);
    return answer;
  }

  #ask(action: Action, outcome: Outcome): void {
    const [before, after] = [this.#before, this.#after];
    this.#view.snapshot(after);
    this.steps++;
    const broken = [
      ...(this.watch.brokenBy(after, this.#shape.blockBytes) ?? []),
      ...(this.watch.brokenByStep(before, { action, outcome }, after) ?? []),
    ];
    if (broken.length > 0) throw this.#broken(broken, stepText(this.#shape, action, outcome, before));
    this.#before = after;
    this.#after = before;
  }

  #promiseNothingChanged(action: Action | undefined): void {
    this.#view.snapshot(this.#after);
    if (sameSnapshot(this.#before, this.#after)) return;
    const step = action === undefined ? 'a call with a stale number' : actionText(this.#shape, action, this.#before);
    throw this.#broken([ERRORS_CHANGE_NOTHING], step);
  }

  #broken(claims: readonly string[], step: string): ClaimBroken {
    const changes = snapshotDifferences(this.#shape, this.#before, this.#after).map(
      ({ path, expected, seen }) => `${path} from ${expected} to ${seen}`,
    );
    this.#finding = new ClaimBroken(claims, step, changes);
    return this.#finding;
  }
}

const DONE: Answer = { outcome: 'done', handle: NO_HANDLE, ticket: NO_TICKET, diskRead: 0, diskWrite: 0 };
