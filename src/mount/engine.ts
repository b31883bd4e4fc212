// The moving parts of a mount, put together: the only place where they are built, each from what it needs and no more.
//
//   lifecycle    may the mount be used, and what uses it           news         what is to be told
//   turns        who can go on does, requests leave                releases     handles given back, chances for room
//   waits        tickets, and what goes on when they end           files        open files: requests and tickets of their own
//   faults       what has failed                                   readsAhead   who waits for a block ahead
//   syncing      writing out what is dirty, relief                 room         who waits for a buffer, or for less to be dirty
//   gets, modifying, closing                                       completions  what the device answers
//
// Who keeps somebody waiting joins the turns, and hears of it if the mount breaks; nobody else is told anything afterwards.

import type { EventEmitter } from 'node:events';
import type { HammerIoCore } from '../core/hammer-io-core.ts';
import type { MountDevice } from '../devices/mount-device.ts';
import type { CachePolicy } from '../policy/cache-policy.ts';
import type { BlockParts } from './block.ts';
import { Closing } from './closing.ts';
import { Completions } from './completions.ts';
import type { MountEvents } from './events.ts';
import { News } from './events.ts';
import { Faults } from './faults.ts';
import type { Loans } from './file/lent-memory.ts';
import type { FileMemory } from './file/memory.ts';
import type { FileParts } from './file/parts.ts';
import { Files } from './file/work.ts';
import { Gets } from './get.ts';
import { Lifecycle } from './lifecycle.ts';
import { Modifying } from './modifying.ts';
import { ReadsAhead } from './reads-ahead.ts';
import { Releases } from './releases.ts';
import { Room } from './room.ts';
import type { Counters } from './statistics.ts';
import { newCounters } from './statistics.ts';
import { Syncing } from './syncing.ts';
import { Turns } from './turns.ts';
import { Waits } from './waits.ts';

/** What is there before. */
export interface EngineOptions {
  readonly core: HammerIoCore;
  readonly device: MountDevice;
  /** What messages call the volumes. */
  readonly names: readonly string[];
  readonly policy: CachePolicy;
  readonly dirtyBytesHard: number;
  /** The volumes were opened so that they cannot be written. */
  readonly openedReadOnly: boolean;
  /** For data of files on its way. */
  readonly fileMemory: FileMemory;
  /** Memory that the program has borrowed. */
  readonly loans: Loans;
}

/** What a mount works with. */
export interface Engine {
  readonly core: HammerIoCore;
  readonly device: MountDevice;
  readonly policy: CachePolicy;
  readonly counters: Counters;
  readonly lifecycle: Lifecycle;
  readonly turns: Turns;
  readonly releases: Releases;
  readonly waits: Waits;
  readonly faults: Faults;
  readonly readsAhead: ReadsAhead;
  readonly room: Room;
  readonly gets: Gets;
  readonly modifying: Modifying;
  readonly syncing: Syncing;
  readonly closing: Closing;
  readonly loans: Loans;
  /** For each block that the program holds. */
  readonly ofBlocks: BlockParts;
  /** For each open file. */
  readonly ofFiles: FileParts;
}

/** Puts the parts together and listens to the device. `emitter`: through which the program is told. */
export function assemble(options: EngineOptions, emitter: EventEmitter<MountEvents>): Engine {
  const { core, device, names, policy, dirtyBytesHard, openedReadOnly, fileMemory, loans } = options;
  const counters = newCounters();
  const lifecycle = new Lifecycle();
  const news = new News(emitter);
  const turns = new Turns(core, device, lifecycle, news);
  const releases = new Releases(core, lifecycle);
  const faults = new Faults(names, openedReadOnly);
  const readsAhead = new ReadsAhead();
  const files = new Files();
  const waits = new Waits(core, counters, turns, files);
  const syncing = new Syncing({ core, device, counters, faults, lifecycle, releases, turns, waits });
  const room = new Room({ core, policy, counters, dirtyBytesHard, releases, relief: syncing, turns });
  const gets = new Gets({ core, policy, counters, faults, readsAhead, releases, room, turns, waits });
  const modifying = new Modifying({ core, policy, faults, lifecycle, releases, turns, waits });
  const closing = new Closing({ core, faults, lifecycle, releases, turns });
  const completions = new Completions({
    core,
    counters,
    faults,
    files,
    lifecycle,
    news,
    readsAhead,
    releases,
    turns,
  });
  turns.join(waits, files, room);
  turns.serve(files);
  lifecycle.concern(waits, room, readsAhead, files, fileMemory, loans);
  device.onCompletions = (batch) => completions.ended(batch);
  const ofBlocks: BlockParts = { core, policy, faults, lifecycle, modifying, releases, room, turns };
  const ofFiles: FileParts = { core, policy, faults, files, lifecycle, loans, fileMemory, room, turns };
  return {
    core,
    device,
    policy,
    counters,
    lifecycle,
    turns,
    releases,
    waits,
    faults,
    readsAhead,
    room,
    gets,
    modifying,
    syncing,
    closing,
    loans,
    ofBlocks,
    ofFiles,
  };
}
