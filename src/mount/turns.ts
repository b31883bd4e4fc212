// Turns. Everything that happens in a mount goes the same way: enter the core, then take a *turn*, which lets those go on who
// can and hands the requests that have come about to the device in one synchronous stretch, so that the device can make one batch
// of them.
//
//   turn:  who waits for tickets, open files, who waits for room, until none of them moves ──▶ requests ──▶ events are told
//
// Nothing in a turn runs code of the program: promises are settled, and their reactions run after it; events are told at its end.
// Where the core throws, no caller is there to hear it, and the mount is broken. Who takes part is said by join: so this file knows
// none of them, and each of them may ask for a turn.

import type { DeviceRequest, Request } from '../core/device.ts';
import type { HammerIoCore } from '../core/hammer-io-core.ts';
import type { MountDevice } from '../devices/mount-device.ts';
import type { News } from './events.ts';
import type { Lifecycle } from './lifecycle.ts';

/** Who takes part in turns. */
export interface Participant {
  /** Nothing waits here, and nothing is being done for somebody. */
  readonly isIdle: boolean;
  /** Goes on with what can; answers whether anything has, so that all are asked again. */
  goOn(): boolean;
}

/** One who issues requests beside those of the core. */
export interface Source {
  /** Once, when a turn begins: what can only be found out by trying. */
  tryAgain(): void;
  /** Hands its requests out. */
  drainRequests(visit: (request: DeviceRequest) => void): void;
}

export class Turns {
  readonly #core: HammerIoCore;
  readonly #device: MountDevice;
  readonly #lifecycle: Lifecycle;
  readonly #news: News;
  readonly #sources: Source[] = [];
  readonly #participants: Participant[] = [];
  readonly #whenQuiet: (() => void)[] = [];
  readonly #submit = (request: Request): void => this.#device.submit(request as DeviceRequest);
  #isTurning = false;

  constructor(core: HammerIoCore, device: MountDevice, lifecycle: Lifecycle, news: News) {
    this.#core = core;
    this.#device = device;
    this.#lifecycle = lifecycle;
    this.#news = news;
  }

  /** These take part from now on, asked in this order. */
  join(...participants: readonly Participant[]): void {
    this.#participants.push(...participants);
  }

  /** The requests of these leave after those of the core. */
  serve(...sources: readonly Source[]): void {
    this.#sources.push(...sources);
  }

  /** Does all that can be done now. To be called after each entry into the core from outside; within a turn it does nothing. */
  take(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    try {
      if (this.#lifecycle.broken === undefined) this.#turn();
    } catch (error) {
      this.#lifecycle.break(error);
    } finally {
      this.#isTurning = false;
    }
    if (this.#whenQuiet.length > 0 && this.#isQuiet()) for (const resolve of this.#whenQuiet.splice(0)) resolve();
    this.#news.tell();
  }

  #turn(): void {
    for (const source of this.#sources) source.tryAgain();
    while (this.#hasMoved());
    this.#core.drainRequests(this.#submit);
    for (const source of this.#sources) source.drainRequests(this.#submit);
  }

  #hasMoved(): boolean {
    for (const participant of this.#participants) if (participant.goOn()) return true;
    return false;
  }

  /** Resolves when nothing waits and nothing is in flight: for close. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenQuiet.push(resolve);
      this.take();
    });
  }

  #isQuiet(): boolean {
    if (this.#lifecycle.broken !== undefined) return true;
    const { ioRunningSpace, runningReadBytes } = this.#core.view;
    return ioRunningSpace === 0 && runningReadBytes === 0 && this.#participants.every(({ isIdle }) => isIdle);
  }
}
