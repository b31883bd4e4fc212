// A lock between processes on a regular file: a second file beside it, `<path>.lock`, that exists while the file is open. It
// tells who holds it, so that the lock of a process that died is recognised and taken over.
//
//   taken        by writing a file of our own and linking it to the lock's name: link(2) fails if the name exists, and the
//                name never stands for a file that is half written
//   dead         if its machine has been started again since, or the process is gone, is a zombie, or is another one that
//                got the number (start times differ)
//   unknown      if it comes from another machine, or from another pid namespace (a container), whose processes cannot be
//                seen from here; that counts as alive
//   taken over   under a second lock, `<path>.lock.takeover`: whoever gets it looks at the lock again, and only then removes
//                it. Without it, one could remove the lock that another has just taken over. A process that dies between the
//                two leaves the second lock behind; the error then names it, and a person removes it
//   shared       by those who only read: each has a file of its own, `<path>.lock.reader.<pid>.…`. Whoever writes takes the lock
//                first and looks for readers then, a reader makes its file first and looks for the lock then; so of two that
//                come together at least one sees the other
//   released     by unlinking, if it still says what we wrote: somebody may have removed it by hand, and another process
//                taken it. (Inode numbers would not tell: the next file gets the number of the one that was removed.)
//
// Hard links to the locked file are other names with other locks; within a process `volume-file.ts` notices them.

import { constants } from 'node:fs';
import { link, readdir, readFile, readlink, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { DeviceError, deviceErrorFrom } from './device-error.ts';

/** Who holds a lock. Where the system does not tell, a part is empty. */
export interface LockHolder {
  readonly pid: number;
  /** Which thread of the process, and which of the locks that it has taken. */
  readonly thread: number;
  readonly number: number;
  /** When the process was started, in the system's ticks since the machine was. */
  readonly started: string;
  /** Names this run of the machine. */
  readonly boot: string;
  readonly pidNamespace: string;
  readonly host: string;
}

type Life = 'alive' | 'dead' | 'unknown';

let lastNumber = 0;

export class LockFile {
  readonly #path: string;
  /** What we wrote. */
  readonly #text: string;

  private constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  /** Takes the lock of a file, `<file>.lock`. Throws DeviceError: EBUSY if it is held, or what the system says. */
  static async take(file: string): Promise<LockFile> {
    const path = `${file}.lock`;
    const own = await self(++lastNumber);
    const text = `${JSON.stringify(own)}\n`;
    const temporary = `${path}.${own.pid}.${own.thread}.${own.number}`;
    try {
      await writeNew(temporary, text);
      try {
        // The lock may be released between our link and our look; then there is nothing to look at, and we link again.
        while (!(await linked(temporary, path))) {
          const holder = await readHolder(path);
          if (holder === undefined) continue;
          const life = await lifeOf(holder, own);
          if (life !== 'dead') throw held(file, path, holder, life);
          if (await tookOver(file, path, temporary, own)) break;
        }
      } finally {
        await unlink(temporary);
      }
      const taken = new LockFile(path, text);
      const reader = await liveReader(path, own);
      if (reader === undefined) return taken;
      await taken.release();
      throw held(file, reader.path, reader.holder, reader.life);
    } catch (thrown) {
      throw deviceErrorFrom(thrown, { file, operation: 'lock', ...whatLockFailureMeans(thrown, path) });
    }
  }

  /** Shares the lock of a file with others who only read. Throws as `take`: EBUSY while somebody may write. */
  static async share(file: string): Promise<LockFile> {
    const lock = `${file}.lock`;
    const own = await self(++lastNumber);
    const text = `${JSON.stringify(own)}\n`;
    const path = `${lock}${READER}${own.pid}.${own.thread}.${own.number}`;
    try {
      await writeNew(path, text);
      const shared = new LockFile(path, text);
      const writer = await readHolder(lock);
      const life = writer === undefined ? 'dead' : await lifeOf(writer, own);
      if (writer === undefined || life === 'dead') return shared;
      await shared.release();
      throw held(file, lock, writer, life);
    } catch (thrown) {
      throw deviceErrorFrom(thrown, { file, operation: 'lock', ...whatLockFailureMeans(thrown, path) });
    }
  }

  /** Gives the lock back. A lock that is not ours any more, because somebody removed it by hand, is left alone. */
  async release(): Promise<void> {
    try {
      if ((await textIn(this.#path)) === this.#text) await unlink(this.#path);
    } catch (thrown) {
      if (!isCode(thrown, 'ENOENT')) throw deviceErrorFrom(thrown, { file: this.#path, operation: 'close' });
    }
  }
}

/** Between the name of a lock and who shares it. */
const READER = '.reader.';

/** Somebody who shares the lock and may be alive. What dead ones have left is removed. */
async function liveReader(
  lock: string,
  own: LockHolder,
): Promise<{ path: string; holder: LockHolder | 'malformed'; life: Life } | undefined> {
  const directory = dirname(lock);
  for (const name of await readdir(directory)) {
    if (!name.startsWith(`${basename(lock)}${READER}`)) continue;
    const path = join(directory, name);
    const holder = await readHolder(path);
    if (holder === undefined) continue;
    const life = await lifeOf(holder, own);
    if (life !== 'dead') return { path, holder, life };
    await unlink(path).catch(() => undefined); // Another who writes may have been quicker.
  }
  return undefined;
}

async function writeNew(path: string, text: string): Promise<void> {
  // What an earlier process of our number has left is removed, not rewritten: it may be a second name of a lock.
  await unlink(path).catch((thrown: unknown) => {
    if (!isCode(thrown, 'ENOENT')) throw thrown;
  });
  await writeFile(path, text, { flag: 'wx' });
}

/** Gives a file a second name; false if that name is taken. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (thrown) {
    if (isCode(thrown, 'EEXIST')) return false;
    throw thrown;
  }
}

/** Replaces the lock of a dead holder by ours; false if somebody else was quicker. */
async function tookOver(file: string, path: string, temporary: string, own: LockHolder): Promise<boolean> {
  const guard = `${path}.takeover`;
  if (!(await linked(temporary, guard))) {
    throw new DeviceError({
      file,
      operation: 'lock',
      code: 'EBUSY',
      seen: `its lock is being taken over from a process that died (${guard} exists)`,
      advice: `Try again; if nobody is at it, remove ${guard}.`,
    });
  }
  try {
    const holder = await readHolder(path);
    // Only who has the guard removes a lock that is not its own, so what is dead now is dead when it is removed.
    if (holder !== undefined && (await lifeOf(holder, own)) === 'dead') await unlink(path);
    return await linked(temporary, path);
  } finally {
    await unlink(guard);
  }
}

/** Who we are, taking our `number`th lock. */
async function self(number: number): Promise<LockHolder> {
  return {
    pid: process.pid,
    thread: threadId,
    number,
    started: (await processStat(process.pid))?.started ?? '',
    boot: (await textOf('/proc/sys/kernel/random/boot_id')).trim(),
    pidNamespace: await readlink('/proc/self/ns/pid').catch(() => ''),
    host: hostname(),
  };
}

/** The holder that a lock names; undefined if the lock has gone, and `malformed` without a pid if it says nothing. */
async function readHolder(path: string): Promise<LockHolder | 'malformed' | undefined> {
  try {
    const holder = JSON.parse(await textIn(path)) as Partial<LockHolder> | null;
    const words = [holder?.started, holder?.boot, holder?.pidNamespace, holder?.host];
    const isWhole = Number.isSafeInteger(holder?.pid) && words.every((word) => typeof word === 'string');
    return isWhole ? (holder as LockHolder) : 'malformed';
  } catch (thrown) {
    if (isCode(thrown, 'ENOENT')) return undefined;
    if (thrown instanceof SyntaxError) return 'malformed';
    throw thrown;
  }
}

async function lifeOf(holder: LockHolder | 'malformed', us: LockHolder): Promise<Life> {
  if (holder === 'malformed') return 'unknown';
  if (holder.boot !== us.boot) return holder.host === us.host ? 'dead' : 'unknown';
  if (holder.pidNamespace !== us.pidNamespace || (holder.boot === '' && holder.host !== us.host)) return 'unknown';
  if (!exists(holder.pid)) return 'dead';
  const stat = await processStat(holder.pid);
  if (stat === undefined || holder.started === '') return 'alive';
  return stat.started === holder.started && !stat.isZombie ? 'alive' : 'dead';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return !isCode(thrown, 'ESRCH');
  }
}

/** What /proc tells of a process; undefined where there is none. */
async function processStat(pid: number): Promise<{ started: string; isZombie: boolean } | undefined> {
  const text = await textOf(`/proc/${pid}/stat`);
  if (text === '') return undefined;
  // The second field, the name, is in parentheses and may hold anything. State is the first field behind it, start the 20th.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { started: fields[19] ?? '', isZombie: fields[0] === 'Z' || fields[0] === 'X' };
}

/** The text of a lock, without waiting should it be a pipe. */
const textIn = (path: string): Promise<string> =>
  readFile(path, { encoding: 'utf8', flag: constants.O_RDONLY | constants.O_NONBLOCK });
const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

const isCode = (thrown: unknown, code: string): boolean => (thrown as { code?: unknown } | null)?.code === code;

function held(file: string, path: string, holder: LockHolder | 'malformed', life: Life): DeviceError {
  if (holder === 'malformed') {
    return new DeviceError({
      file,
      operation: 'lock',
      code: 'EBUSY',
      seen: `its lock ${path} does not tell who holds it`,
      advice: `If nobody has the file open, remove ${path}.`,
    });
  }
  const isOurs = holder.pid === process.pid && life === 'alive';
  const where = life === 'alive' ? '' : ` on ${holder.host}, which cannot be seen from here`;
  return new DeviceError({
    file,
    operation: 'lock',
    code: 'EBUSY',
    seen: isOurs ? 'this process has it open already' : `process ${holder.pid}${where} has it open`,
    advice: isOurs
      ? 'Use the device that is open, or close it first.'
      : `Close it there${life === 'alive' ? '' : `, or remove ${path} if that process has ended`}.`,
  });
}

function whatLockFailureMeans(thrown: unknown, path: string): { advice?: string } {
  if (isCode(thrown, 'EACCES'))
    return { advice: `Give this user the right to create ${path}, which keeps others out.` };
  if (isCode(thrown, 'EPERM') || isCode(thrown, 'ENOTSUP') || isCode(thrown, 'EOPNOTSUPP'))
    return { advice: 'Keep the file on a filesystem that knows hard links, which its lock is made with.' };
  return {};
}
