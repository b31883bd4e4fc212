// The ground of the cache benches: files in a directory of their own, the contenders open on them, and all of it gone at the end.

import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { temporaryDirectory } from '../support/at-end.ts';
import type { Contender } from './cache-contender.ts';
import { CoreOnFile } from './cache-core.ts';
import { BLOCKS } from './cache-load.ts';
import { MountOnFile } from './cache-mount.ts';
import { LmdbTree, SqliteTable, type Peers } from './cache-peers.ts';
import { makeBlockFile, RawFile } from './cache-raw-file.ts';

export interface CacheBench {
  readonly rounds: number;
  readonly note: (line: string) => void;
  readonly peers: Peers;
  /** Shall SQLite and LMDB take part, where they are installed? */
  readonly withPeers: boolean;
  /** Slices of a round. Default: as many as the bench finds right. */
  readonly slices?: number;
  /** Blocks of each file, 1,024 or more. Default: 256 MiB. */
  readonly blocks?: number;
  /** Blocks that each cache has room for. Default 1,024. */
  readonly cacheBlocks?: number;
}

/** Blocks that a cache has room for. */
export const CACHE_BLOCKS = 1024;

/** Calls `use` with all contenders, fs first, each with a cache that is empty. */
export async function withContenders<T>(
  { peers, withPeers, blocks = BLOCKS, cacheBlocks = CACHE_BLOCKS }: CacheBench,
  use: (contenders: readonly [RawFile, CoreOnFile, MountOnFile, ...Contender[]]) => Promise<T>,
): Promise<T> {
  const { path: directory, remove } = temporaryDirectory('bench');
  const open: Contender[] = [];
  const opened = <C extends Contender>(contender: C): C => {
    open.push(contender);
    return contender;
  };
  try {
    const [plain, volume] = [join(directory, 'blocks'), join(directory, 'volume')];
    makeBlockFile(plain, blocks);
    makeBlockFile(volume, blocks);
    const fs = opened(new RawFile(plain));
    const core = opened(await CoreOnFile.open(plain, cacheBlocks));
    const mount = opened(await MountOnFile.open(volume, cacheBlocks));
    const ground = { directory, blocks, cacheBlocks };
    const others: Contender[] = [];
    if (withPeers && peers.Sqlite !== undefined) others.push(opened(new SqliteTable(peers.Sqlite, ground)));
    if (withPeers && peers.openLmdb !== undefined) others.push(opened(new LmdbTree(peers.openLmdb, ground)));
    return await use([fs, core, mount, ...others]);
  } finally {
    for (const contender of open) await contender.close();
    remove();
  }
}

const TMPFS = 0x01021994;

/** Where the files are, for those who read the figures. */
export function groundFacts(): string {
  const isMemory = statfsSync(tmpdir()).type === TMPFS;
  const warning = isMemory ? ', which is memory, where flushing costs nothing: choose another TMPDIR' : '';
  return `Files of the cache benches in ${tmpdir()}${warning}.`;
}
