// Whether a policy's answer to a question for room is right, found out by trying. Everything that a policy may do is done
// to every block, asked for or refused, until nothing changes any more; the core is of no use afterwards, so it is that of
// a second run which was stopped at the same question.

import { ImpossibleInput, InvalidArgument } from '../../src/index.ts';
import type { RoomVerdict } from '../../src/policy/cache-policy.ts';
import { CacheLoad, flushAll, placesOf, submit, type LoadOptions } from './cache-policy-load.ts';

/** What is wrong with the answer to question `number` (from 1) of the load that `make` describes; undefined if it is right. */
export function wrongAnswer(
  make: () => LoadOptions,
  number: number,
  room: RoomVerdict,
  bufs: number,
): string | undefined {
  const before = freeIn(make, number, 'nothing');
  if (room === 'room') return before >= bufs ? undefined : `room for ${bufs}, but ${before} buffers are free`;
  if (before >= bufs) return `${room}, but ${before} buffers are free`;
  const byPolicy = freeIn(make, number, 'policy');
  if (room === 'writing') return byPolicy > before ? undefined : 'writing, but no completion frees a buffer';
  if (byPolicy >= bufs) return `${room}, but ${byPolicy} buffers can be freed, of ${bufs} wanted`;
  const bySync = freeIn(make, number, 'sync');
  if (room === 'flush') return bySync > byPolicy ? undefined : 'flush, but a sync frees no buffer';
  return bySync < bufs ? undefined : `full, but a sync frees ${bySync} buffers`;
}

/** Free buffers at a question for room, once nothing, everything a policy may do, or a sync beside that, has been tried. */
function freeIn(make: () => LoadOptions, number: number, by: 'nothing' | 'policy' | 'sync'): number {
  const options = make();
  const load = stoppedAt(options, number);
  const { core } = load;
  if (by === 'nothing') return core.view.slab.freeBufs;
  for (let free = -1; free !== core.view.slab.freeBufs;) {
    free = core.view.slab.freeBufs;
    if (by === 'sync') for (const list of ['meta', 'volu', 'data', 'undo'] as const) flushAll(core, list);
    tryEverything(load, options.blocks);
    tryEverything(load, options.blocks); // What the first round wrote is clean now.
  }
  return core.view.slab.freeBufs;
}

/** A run of the load as far as the answer to a question for room. */
function stoppedAt(options: LoadOptions, number: number): CacheLoad {
  let asked = 0;
  const load = new CacheLoad({
    ...options,
    onRoom: () => {
      if (++asked === number) throw STOP;
    },
  });
  try {
    while (true) load.step();
  } catch (stop) {
    if (stop !== STOP) throw stop;
    return load;
  }
}

const STOP = new Error('the run was to end here');

function tryEverything({ core, device }: CacheLoad, blocks: number): void {
  for (const { volume, block } of placesOf(blocks)) {
    for (const action of ['clusterPull', 'writeBack', 'recycle', 'ioInval'] as const) {
      try {
        core[action](volume, block);
      } catch (error) {
        if (!(error instanceof ImpossibleInput || error instanceof InvalidArgument)) throw error;
      }
    }
  }
  core.cleanLoose();
  submit(core, device);
  for (const { id } of device.pending()) device.deliver(id, core);
}
