// A core on stage for stories about a cache policy: blocks come and go clean or dirty, and one sees who has a buffer and what
// is being written.

import type { IoType } from '../../spec/buffer/snapshot.ts';
import type { HammerIo } from '../../src/core/records/hammer-io.ts';
import { CoreStage } from '../support/core-stage.ts';

export class PolicyStage extends CoreStage {
  /** Gets blocks and releases them, clean. */
  visit(...blocks: readonly number[]): void {
    for (const block of blocks) this.core.release(this.get(block));
  }

  /** Gets blocks, changes and releases them. */
  dirty(blocks: readonly number[], type: IoType = 'data', volume = 0): void {
    for (const block of blocks) {
      const handle = this.get(block, type, volume);
      this.write(handle, block);
      this.core.release(handle);
    }
  }

  /** Which blocks have a buffer. Asking does not use it. */
  resident(volume = 0): number[] {
    const { ios } = this.core.view.volumes[volume]!;
    return [...ios].flatMap(({ block, bp }) => (bp === undefined ? [] : [block])).sort((a, b) => a - b);
  }

  /** The structure of a block, to look at its reference bit or to take it away. */
  io(block: number): HammerIo {
    const io = this.core.state.volumes[0]!.ios.get(block);
    if (io === undefined) throw new Error(`The story expects a structure for block ${block}.`);
    return io;
  }

  /** Hands what the core asked for to the device; answers the blocks to be written, in order. */
  written(): number[] {
    return this.submit().flatMap((request) => (request.kind === 'write' ? [request.block] : []));
  }
}
