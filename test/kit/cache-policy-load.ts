// A program with four times as many blocks as buffers, drawn from dice: it gets, changes and releases blocks, lets the policy
// make room, does what its answers say, and knows from a plain map what every block must hold. Completions come when the dice
// say so, in any order.

import assert from 'node:assert/strict';
import type { IoType } from '../../spec/buffer/snapshot.ts';
import { NO_HANDLE, NO_TICKET, type Answer, type Handle, type RoomVerdict, type Ticket } from '../../src/index.ts';
import { BLOCKS, POLICY_SIZES, type PolicyBench } from './cache-policy-bench.ts';
import type { Dice } from './random/dice.ts';

interface Place {
  readonly volume: number;
  readonly block: number;
  readonly type: IoType;
}

/** On the first volume DATA, UNDO and META in turn; on the second META behind the header. */
const PLACES: readonly Place[] = [
  ...Array.from({ length: BLOCKS }, (_, block): Place => {
    const types = ['data', 'data', 'undo', 'data', 'meta'] as const;
    return { volume: 0, block, type: types[block % types.length]! };
  }),
  ...Array.from({ length: 4 }, (_, block): Place => ({ volume: 1, block, type: block === 0 ? 'volume' : 'meta' })),
];

/** Times to ask again for the same room: a policy needs no more than a completion for each buffer, on two turns. */
const PATIENCE = 2 * POLICY_SIZES.capacityBufs + 1;
const HOLDERS = 3;

export class PolicyLoad {
  readonly answers: Record<RoomVerdict, number> = { room: 0, writing: 0, flush: 0, full: 0 };
  readonly #bench: PolicyBench;
  readonly #dice: Dice;
  readonly #held: { readonly handle: Handle; readonly place: Place }[] = [];
  readonly #loading = new Map<Ticket, Place>();
  readonly #values = new Map<Place, number>();
  #value = 0;
  #next = 0;

  constructor(bench: PolicyBench, dice: Dice) {
    this.#bench = bench;
    this.#dice = dice;
  }

  run(steps: number): void {
    for (let i = 0; i < steps; i++) {
      const what = this.#dice(10);
      if (what < 4) this.#getSome();
      else if (what < 6) this.#releaseOne();
      else if (what < 8) this.#changeOne();
      else if (what < 9) this.#completeOne();
      else this.#bench.writeBehind();
      this.#bench.submit();
      this.#resume();
    }
  }

  /** Releases and writes everything, and compares the device with the map. */
  settle(): void {
    const { core, device } = this.#bench;
    while (this.#loading.size > 0) this.#completeOne();
    while (this.#held.length > 0) this.#releaseOne();
    this.#bench.sync();
    for (const list of ['data', 'undo'] as const) {
      const places: Place[] = [];
      core.view.lists.forEach(list, ({ volume, block }) => places.push(placeOf(volume.number, block)));
      for (const { volume, block } of places) core.writeBack(volume, block);
    }
    this.#bench.complete();
    for (const place of PLACES) this.#check(place, device.read(place.volume, place.block));
  }

  #getSome(): void {
    if (this.#held.length + this.#loading.size >= HOLDERS) return;
    this.#next = this.#dice(3) === 0 ? (this.#next + 1) % PLACES.length : this.#dice(PLACES.length);
    const place = PLACES[this.#next]!;
    const { volume, block, type } = place;
    if (volume === 1 && block > 0 && !this.#held.some((held) => held.place.type === 'volume')) return;
    const { core, policy } = this.#bench;
    const hit = core.tryGet(volume, block);
    if (hit !== NO_HANDLE) {
      this.#hold(hit, place);
      return;
    }
    const ahead = policy.wantsAhead(volume, block);
    if (this.#hasRoom(ahead ? 2 : 1)) this.#note(core.ioRead(volume, block, type, ahead), place);
  }

  /** Does what the answers say until there is room, or none to be had. */
  #hasRoom(bufs: number): boolean {
    for (let left = PATIENCE; left > 0; left--) {
      const verdict = this.#bench.room(bufs);
      this.answers[verdict]++;
      if (verdict === 'room') return true;
      if (verdict === 'full') return false;
      if (verdict === 'flush') this.#bench.sync();
      this.#completeOne();
    }
    assert.fail(`After ${PATIENCE} completions there is still no room for ${bufs}.`);
  }

  #note(answer: Answer, place: Place): void {
    if (answer.ticket !== NO_TICKET) this.#loading.set(answer.ticket, place);
    else this.#hold(answer.handle, place);
  }

  #hold(handle: Handle, place: Place): void {
    this.#held.push({ handle, place });
    this.#check(place, this.#bench.core.contents(handle));
  }

  #releaseOne(): void {
    const [held] = this.#held.splice(this.#dice(Math.max(this.#held.length, 1)), 1);
    if (held !== undefined) this.#bench.core.release(held.handle);
  }

  /** A block that is being written is left alone: to change it would be to wait. */
  #changeOne(): void {
    const held = this.#held[this.#dice(Math.max(this.#held.length, 1))];
    if (held === undefined) return;
    const { volume, block } = held.place;
    if (this.#bench.core.view.volumes[volume]!.ios.get(block)!.running) return;
    this.#bench.change(held.handle, ++this.#value & 255);
    this.#values.set(held.place, this.#value & 255);
  }

  #completeOne(): void {
    const { core, device } = this.#bench;
    this.#bench.submit();
    const pending = device.pending();
    if (pending.length > 0) device.deliver(pending[this.#dice(pending.length)]!.id, core);
    this.#resume();
  }

  #resume(): void {
    const { core } = this.#bench;
    for (let ticket = core.nextRunnable(); ticket !== NO_TICKET; ticket = core.nextRunnable()) {
      const place = this.#loading.get(ticket)!;
      this.#loading.delete(ticket);
      this.#note(core.resume(ticket), place);
    }
  }

  #check(place: Place, bytes: { readonly [at: number]: number; readonly length: number }): void {
    const { volume, block, type } = place;
    const expected = this.#values.get(place) ?? 0;
    const seen = [bytes[4], bytes[bytes.length - 1]];
    assert.deepEqual(seen, [expected, expected], `${type} block ${block} of volume ${volume} has other contents`);
  }
}

function placeOf(volume: number, block: number): Place {
  return PLACES.find((place) => place.volume === volume && place.block === block)!;
}
