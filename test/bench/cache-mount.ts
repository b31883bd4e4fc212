// The mount on a volume: the same work with promises, as most programs would do it. IN_FLIGHT reads are under way at a time.

import { formatVolumes } from '../../src/mount/volumes/format.ts';
import { Mount } from '../../src/mount/mount.ts';
import type { Contender } from './cache-contender.ts';
import { BLOCK_BYTES, expectBlock, WorkNotDone, writeStamp } from './cache-load.ts';
import { stampInFile } from './cache-raw-file.ts';

const IN_FLIGHT = 64;

export class MountOnFile implements Contender {
  readonly name = 'Mount';
  readonly #path: string;
  readonly #mount: Mount;

  private constructor(path: string, mount: Mount) {
    this.#path = path;
    this.#mount = mount;
  }

  /** On a file of makeBlockFile; its block 0 becomes the header. */
  static async open(path: string, cacheBlocks: number): Promise<MountOnFile> {
    await formatVolumes([{ path }], { blockBytes: BLOCK_BYTES, overwrite: true });
    return new MountOnFile(
      path,
      await Mount.open({ volumes: [path], cacheBytes: (cacheBlocks + 1) * BLOCK_BYTES }), // One is the header's.
    );
  }

  hits(keys: Int32Array, times: number): void {
    const mount = this.#mount;
    const mask = keys.length - 1;
    for (let i = 0; i < times; i++) {
      const held = mount.tryGet(keys[i & mask]!);
      if (held === undefined) throw new WorkNotDone(`Block ${keys[i & mask]!} is not resident in the mount.`);
      held.release();
    }
  }

  async read(blocks: Int32Array): Promise<void> {
    let begun = 0;
    const lane = async (): Promise<void> => {
      while (begun < blocks.length) {
        const block = blocks[begun++]!;
        const held = await this.#mount.get(block);
        expectBlock(held.bytes, block, this.name);
        held.release();
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  }

  async write(blocks: Int32Array, stamp: number): Promise<void> {
    await Promise.all(Array.from(blocks, (block) => this.#mount.update(block, (bytes) => writeStamp(bytes, stamp))));
    await this.#mount.sync();
  }

  deviceFlushes(): number {
    return this.#mount.statistics.deviceFlushes;
  }

  stampOnMedium(block: number): number {
    return stampInFile(this.#path, block);
  }

  close(): Promise<void> {
    return this.#mount.close();
  }
}
