// What a command means now: the first action from its slot and positions on that can happen in the model's state.
//
// Trying is performing: the model leaves its state untouched when an action cannot happen, so the first that can has
// happened. An exact command means its one action or nothing. A kind that cannot happen for anybody is tried once per command, and a client in the wrong place is not asked.

import { ACTION_KINDS, type Action, type Outcome } from '../../../spec/buffer/vocabulary.ts';
import type { ClientAt, Shape } from '../../../spec/buffer/snapshot.ts';
import type { Machine } from '../../../model/buffer/machine.ts';
import { PLACES } from '../../../model/buffer/state.ts';
import type { Command, Program } from './program.ts';
import { FAULT_OF, FAULTS_IN_16, levelOfFault, SLOT_COUNT, WHEEL } from './wheel.ts';

/** The concrete actions of one kind by client, by block or volume, and by flag; -1 where there is none. */
interface KindTable {
  readonly byClient: boolean;
  readonly clients: number;
  readonly places: number;
  readonly indices: Int16Array;
}

/** From which flag on a command sets a flag that is no fault. */
const FLAG_SET = 8;
/** No flag is as large as that: the fault is left out. */
const NEVER = 16;

export class Chooser {
  readonly #machine: Machine;
  readonly #tables: readonly (KindTable | undefined)[];
  /** Kinds imaginable for a client by place. */
  readonly #imaginable: ReadonlyMap<ClientAt, Uint8Array>;
  readonly #flagFrom = new Uint8Array(ACTION_KINDS.length);
  readonly #tried = new Int32Array(ACTION_KINDS.length);
  #swarm: Program['swarm'] = [];
  #commands = 0;
  /** Outcome of the action that `perform` answered with. */
  outcome: Outcome = 'done';

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#tables = ACTION_KINDS.map((_, kind) => tableOf(machine, kind));
    this.#imaginable = new Map(PLACES.map((at) => [at, imaginableAt(machine, at)]));
  }

  /** Commands of this program follow. */
  begin({ swarm }: Program): void {
    this.#swarm = swarm;
    ACTION_KINDS.forEach((kind, k) => {
      const fault = FAULT_OF[kind];
      this.#flagFrom[k] = fault === undefined ? FLAG_SET : NEVER - FAULTS_IN_16[levelOfFault(swarm, fault)]!;
    });
  }

  /** Performs on the model's state what the command means there; the index of the action, or -1 when nothing can happen. */
  perform(command: Command): number {
    if (command.exact) return this.#performExactly(command);
    const stamp = ++this.#commands;
    for (let i = 0; i < SLOT_COUNT; i++) {
      const slot = (command.slot + i) % SLOT_COUNT;
      const kind = WHEEL.kinds[slot]!;
      if (this.#swarm[kind]! < WHEEL.opens[slot]! || this.#tried[kind] === stamp) continue;
      this.#tried[kind] = stamp;
      const index = this.#tryKind(kind, command);
      if (index >= 0) return index;
    }
    return -1;
  }

  #performExactly({ slot, client, place, flag }: Command): number {
    const kind = WHEEL.kinds[slot]!;
    const table = this.#tables[kind];
    const isLeftOut = this.#swarm[kind] === 0 || (flag > 0 && this.#flagFrom[kind] === NEVER);
    if (table === undefined || isLeftOut) return -1;
    const { clients, places, indices } = table;
    const index = indices[((client % clients) * places + (place % places)) * 2 + Number(flag > 0)]!;
    const outcome = index < 0 ? undefined : this.#machine.perform(index);
    if (outcome === undefined) return -1;
    this.outcome = outcome;
    return index;
  }

  #tryKind(kind: number, command: Command): number {
    const table = this.#tables[kind];
    if (table === undefined) return -1;
    const { byClient, clients, places, indices } = table;
    const flagged = command.flag >= this.#flagFrom[kind]!;
    for (let i = 0; i < clients; i++) {
      const c = (command.client + i) % clients;
      if (byClient && this.#imaginable.get(this.#machine.state.clients[c]!.at)![kind] === 0) continue;
      for (let j = 0; j < places; j++) {
        const at = (c * places + ((command.place + j) % places)) * 2;
        if (flagged && this.#tryAction(indices[at + 1]!)) return indices[at + 1]!;
        if (this.#tryAction(indices[at]!)) return indices[at]!;
      }
    }
    return -1;
  }

  #tryAction(index: number): boolean {
    if (index < 0) return false;
    const outcome = this.#machine.performCandidate(index);
    if (outcome === undefined) return false;
    this.outcome = outcome;
    return true;
  }
}

/** The command that means this action and no other. */
export function exactCommand(action: Action): Command {
  return {
    slot: WHEEL.kinds.indexOf(ACTION_KINDS.indexOf(action.kind)),
    client: 'client' in action ? action.client : 0,
    place: 'io' in action ? action.io : 'volume' in action ? action.volume : 0,
    flag: isFlagged(action) ? 15 : 0,
    exact: true,
  };
}

function tableOf({ actions, shape }: Machine, kind: number): KindTable | undefined {
  const name = ACTION_KINDS[kind]!;
  const first = actions.find((action) => action.kind === name);
  if (first === undefined) return undefined;
  const byClient = 'client' in first;
  const clients = byClient ? shape.clients.length : 1;
  const places = placesOf(shape, first);
  const indices = new Int16Array(clients * places * 2).fill(-1);
  actions.forEach((action, index) => {
    if (action.kind !== name) return;
    const c = 'client' in action ? action.client : 0;
    const p = 'io' in action ? action.io : 'volume' in action ? action.volume : 0;
    indices[(c * places + p) * 2 + Number(isFlagged(action))] = index;
  });
  return { byClient, clients, places, indices };
}

function placesOf(shape: Shape, action: object): number {
  if ('io' in action) return shape.blocks.length;
  return 'volume' in action ? shape.volumes.length : 1;
}

function isFlagged(action: object): boolean {
  return Object.values(action).includes(true);
}

function imaginableAt(machine: Machine, at: ClientAt): Uint8Array {
  const kinds = new Uint8Array(ACTION_KINDS.length);
  for (const index of machine.candidates(0, at)) kinds[ACTION_KINDS.indexOf(machine.actions[index]!.kind)] = 1;
  return kinds;
}
