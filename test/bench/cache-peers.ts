// The peers: lru-cache, better-sqlite3 and lmdb, from a package of their own in `peers/`, so that nobody has to install or build
// them who does not measure. Whatever of them is not there is left out, and said to be.
//
// SQLite and LMDB do more than we do: a transaction of theirs is atomic, and they find rows by any key. They are set up to be
// as fast as they can be while a transaction is durable when it returns: SQLite with a write-ahead log and synchronous = FULL,
// LMDB without overlapping syncs. Both get as much memory as the others; LMDB's is the page cache, by its nature.

import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Contender, Ground } from './cache-contender.ts';
import { blockBuffers, expectBlock, renumberBlock, stampOf, WorkNotDone } from './cache-load.ts';

/** The part of each package that is used, for its types are not installed either. */
export interface LruCache {
  get(key: number): object | undefined;
  set(key: number, value: object): unknown;
}
interface Statement {
  get(id: number): { readonly bytes: Buffer } | undefined;
  run(bytes: Uint8Array, id: number): unknown;
}
interface SqliteDatabase {
  pragma(text: string): unknown;
  exec(text: string): unknown;
  prepare(text: string): Statement;
  transaction<A extends readonly unknown[]>(work: (...args: A) => void): (...args: A) => void;
  close(): unknown;
}
type OpenSqlite = new (path: string, options?: { readonly readonly: boolean }) => SqliteDatabase;
interface LmdbDatabase {
  getBinaryFast(key: number): Uint8Array | undefined;
  put(key: number, value: Uint8Array): unknown;
  transactionSync(work: () => void): unknown;
  close(): Promise<void>;
}
type OpenLmdb = (options: Readonly<Record<string, unknown>>) => LmdbDatabase;

export interface Peers {
  readonly LRUCache?: new (options: { readonly max: number }) => LruCache;
  readonly Sqlite?: OpenSqlite;
  readonly openLmdb?: OpenLmdb;
  /** Names of those that could not be loaded. */
  readonly missing: readonly string[];
}

const PEERS_PACKAGE = new URL('./peers/package.json', import.meta.url);

/** Those that are installed; `from` is the package.json beside whose node_modules they are looked for. */
export function loadPeers(from: URL = PEERS_PACKAGE): Peers {
  const require = createRequire(from);
  const missing: string[] = [];
  const load = (name: string): unknown => {
    try {
      // By its place, or an older one that somebody else has installed further up would be found.
      return require(`./node_modules/${name}`);
    } catch {
      missing.push(name);
      return undefined;
    }
  };
  const lru = load('lru-cache') as { LRUCache: NonNullable<Peers['LRUCache']> } | undefined;
  const Sqlite = load('better-sqlite3') as OpenSqlite | undefined;
  const lmdb = load('lmdb') as { open: OpenLmdb } | undefined;
  return {
    ...(lru !== undefined && { LRUCache: lru.LRUCache }),
    ...(Sqlite !== undefined && { Sqlite }),
    ...(lmdb !== undefined && { openLmdb: lmdb.open }),
    missing,
  };
}

/** Says that rows are missing and how to get them; undefined if none is. */
export function notMeasured(missing: readonly string[]): string | undefined {
  if (missing.length === 0) return undefined;
  return (
    `Not measured, because not installed: ${missing.join(', ')}, and ratios against them ` +
    '(npm ci --prefix test/bench/peers installs them).'
  );
}

/** SQLite: a table of blobs by rowid. */
export class SqliteTable implements Contender {
  readonly name = 'better-sqlite3';
  readonly #Sqlite: OpenSqlite;
  readonly #path: string;
  readonly #database: SqliteDatabase;
  readonly #select: Statement;
  readonly #write: (blocks: Int32Array, stamp: number) => void;

  constructor(Sqlite: OpenSqlite, { directory, blocks, cacheBlocks }: Ground) {
    this.#Sqlite = Sqlite;
    this.#path = join(directory, 'peer.sqlite');
    fillSqlite(Sqlite, this.#path, blocks);
    const database = new Sqlite(this.#path);
    this.#database = database;
    database.pragma('journal_mode = wal');
    database.pragma('synchronous = full');
    // A block of 16 KiB and its row do not fit into one page of 16 KiB, so each takes two.
    database.pragma(`cache_size = ${2 * cacheBlocks}`);
    this.#select = database.prepare('select bytes from blocks where id = ?');
    const update = database.prepare('update blocks set bytes = ? where id = ?');
    const bytes = blockBuffers(1)[0]!;
    this.#write = database.transaction((these: Int32Array, stamp: number) => {
      for (const block of these) {
        renumberBlock(bytes, block, stamp);
        update.run(bytes, block);
      }
    });
  }

  hits(keys: Int32Array, times: number): void {
    for (let i = 0; i < times; i++) {
      const block = keys[i & (keys.length - 1)]!;
      if (this.#select.get(block) === undefined) throw new WorkNotDone(`SQLite has no block ${block}.`);
    }
  }

  read(blocks: Int32Array): void {
    for (const block of blocks) expectBlock(this.#select.get(block)!.bytes, block, this.name);
  }

  write(blocks: Int32Array, stamp: number): void {
    this.#write(blocks, stamp);
  }

  stampOnMedium(block: number): number {
    const database = new this.#Sqlite(this.#path, { readonly: true });
    try {
      return stampOf(database.prepare('select bytes from blocks where id = ?').get(block)!.bytes);
    } finally {
      database.close();
    }
  }

  close(): void {
    this.#database.close();
  }
}

/** Makes the table, durable at the end, and not before. */
function fillSqlite(Sqlite: OpenSqlite, path: string, blocks: number): void {
  const database = new Sqlite(path);
  database.pragma('page_size = 16384');
  database.pragma('journal_mode = off');
  database.pragma('synchronous = off');
  database.exec('create table blocks (id integer primary key, bytes blob)');
  const insert = database.prepare('insert into blocks (bytes, id) values (?, ?)');
  const bytes = blockBuffers(1)[0]!;
  database.transaction(() => {
    for (let block = 1; block <= blocks; block++) {
      renumberBlock(bytes, block, 0);
      insert.run(bytes, block);
    }
  })();
  database.close();
  const fd = openSync(path, 'r+');
  fdatasyncSync(fd);
  closeSync(fd);
}

/** LMDB: blobs by number. */
export class LmdbTree implements Contender {
  readonly name = 'lmdb';
  readonly #database: LmdbDatabase;
  /** Values are copied at the end of a transaction, so each needs memory of its own. */
  readonly #buffers = blockBuffers(256);

  constructor(openLmdb: OpenLmdb, { directory, blocks }: Ground) {
    this.#database = openLmdb({
      path: join(directory, 'peer.lmdb'),
      encoding: 'binary',
      keyEncoding: 'uint32',
      // By default a transaction returns before it is durable.
      overlappingSync: false,
    });
    const most = this.#buffers.length;
    for (let first = 1; first <= blocks; first += most) {
      this.write(
        Int32Array.from({ length: Math.min(most, blocks + 1 - first) }, (_, i) => first + i),
        0,
      );
    }
  }

  hits(keys: Int32Array, times: number): void {
    for (let i = 0; i < times; i++) this.#get(keys[i & (keys.length - 1)]!);
  }

  read(blocks: Int32Array): void {
    for (const block of blocks) expectBlock(this.#get(block), block, this.name);
  }

  write(blocks: Int32Array, stamp: number): void {
    this.#database.transactionSync(() => {
      for (const [i, block] of blocks.entries()) {
        const bytes = this.#buffers[i]!;
        renumberBlock(bytes, block, stamp);
        this.#database.put(block, bytes);
      }
    });
  }

  stampOnMedium(block: number): number {
    return stampOf(this.#get(block));
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  #get(block: number): Uint8Array {
    const bytes = this.#database.getBinaryFast(block);
    if (bytes === undefined) throw new WorkNotDone(`LMDB has no block ${block}.`);
    return bytes;
  }
}
