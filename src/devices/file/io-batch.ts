// How a batch of jobs is carried out, in the thread that does nothing else: reads, then writes, then flushes, but for those that
// need no work any more.
//
// Reads go first because somebody waits for each of them, while writes are waited for together. Reads and writes are sorted
// by volume and block, and neighbours are moved by one system call: on flush that is worth 2.6 times. Sorting is stable, so
// of two writes that begin at a block the one submitted last counts; of writes that overlap otherwise, while both are pending, any
// may. When a transfer of several blocks fails, nothing is known about the single blocks, so it is repeated block by block and
// each job gets a verdict of its own.
//
// Flushes go last, one fdatasync for each volume however many asked for it. That covers more than a flush must cover, which
// is the writes that had completed before it was submitted; those were carried out in an earlier batch, or this would not
// know of their completion. A failed fdatasync is remembered for good: Linux may drop the pages that it could not write, and
// a later one would succeed without them.
//
// A flush ahead is carried out between the writes and the flushes. The next flush of the volume is answered by it, without a
// system call, unless something was written in between; so it is answered before the writes that have come with it, which it
// need not cover. A program that makes a batch durable and changes the next one meanwhile waits for one fdatasync a batch.
//
// A file that has lost its name or its end takes writes and flushes as if nothing were (see path-guard.ts). Its length is looked at
// before writes, because they would grow it again with holes, and its path after fdatasync. The first such finding stays, like
// a failed fdatasync: no later flush may say that all is well.
//
// With a write log, each write is appended before it is issued, its failure after it, and a flush when it has succeeded. A
// write that cannot be logged is not issued, a flush that cannot be logged has not succeeded: a log with gaps proves nothing.

import type { IoCounters } from './io-counters.ts';
import { FLUSH, FLUSH_AHEAD, READ, WRITE, type Job } from './job.ts';
import { lookAtLength, lookAtPath, type PathGuard } from './path-guard.ts';
import type { Syscalls } from './syscalls.ts';
import { END_OF_FILE, OK, Transfer } from './transfer.ts';
import type { WriteLog } from './write-log.ts';

/** What one readv or writev takes (IOV_MAX of Linux). */
const VIEWS_MAX = 1024;
/** Reads that are settled together: the owner works on them while the next ones are read, and is called seldom enough. */
const READS_PER_PIECE = 32;
/** Of reads and of writes: so many bytes are settled at once, and moved by one call, so that the owner can send more in time. */
const BYTES_PER_PIECE = 4 * 1024 * 1024;

export interface IoBatchOptions {
  /** File descriptor of each volume. */
  readonly files: readonly number[];
  /** Of each volume whose path and length are watched. Default: none. */
  readonly guards?: readonly (PathGuard | undefined)[];
  readonly blockBytes: number;
  readonly syscalls: Syscalls;
  readonly counters: IoCounters;
  readonly log?: WriteLog | undefined;
}

/** Moves the views of a run; answers a verdict. */
type Move = (fd: number, views: readonly Uint8Array[], position: number) => number;

export class IoBatch {
  readonly #files: readonly number[];
  readonly #guards: readonly (PathGuard | undefined)[];
  readonly #syscalls: Syscalls;
  readonly #blockBytes: number;
  readonly #counters: IoCounters;
  readonly #log: WriteLog | undefined;
  readonly #transfer: Transfer;
  readonly #read: Move;
  readonly #write: Move;
  /** Per volume: the verdict of its first flush that failed, and where its file ends if that was why. */
  readonly #flushVerdicts: number[];
  readonly #ends: number[];
  /** Volumes that were flushed ahead, and not written to since. */
  readonly #flushedAhead = new Set<number>();

  constructor({ files, guards = [], blockBytes, syscalls, counters, log }: IoBatchOptions) {
    this.#files = files;
    this.#guards = guards;
    this.#syscalls = syscalls;
    this.#blockBytes = blockBytes;
    this.#counters = counters;
    this.#log = log;
    this.#transfer = new Transfer(syscalls, counters);
    this.#read = (fd, views, position) => this.#transfer.read(fd, views, position);
    this.#write = (fd, views, position) => this.#transfer.write(fd, views, position);
    this.#flushVerdicts = files.map(() => OK);
    this.#ends = files.map(() => 0);
  }

  /** Carries out all jobs. `settled` is told of reads and writes piece by piece, of flushes when all have verdicts. */
  run(jobs: readonly Job[], settled: (jobs: readonly Job[]) => void): void {
    this.#counters.add('batches');
    const flushes = jobs.filter(({ kind }) => kind === FLUSH);
    if (flushes.length > 0) this.#counters.add('flushes', flushes.length);
    const isAnswered = ({ volume }: Job): boolean => this.#flushedAhead.has(volume);
    const answered = flushes.filter(isAnswered);
    const unanswered = flushes.filter((flush) => !isAnswered(flush));
    this.#flushAll(answered, settled);
    const reads = jobs.filter(({ kind }) => kind === READ);
    if (reads.length > 0) {
      this.#counters.add('reads', reads.length);
      this.#inPieces(reads, READS_PER_PIECE, (run) => this.#carryOut(run, this.#read), settled);
    }
    const writes = jobs.filter(({ kind }) => kind === WRITE);
    if (writes.length > 0) {
      this.#counters.add('writes', writes.length);
      for (const volume of volumesOf(writes)) this.#lookAtLength(volume);
      this.#inPieces(writes, Infinity, (run) => this.#writeRun(run), settled);
    }
    const aheads = jobs.filter(({ kind }) => kind === FLUSH_AHEAD);
    if (aheads.length > 0) {
      for (const volume of volumesOf(aheads)) this.#flushAhead(volume);
      settled(aheads);
    }
    this.#flushAll(unanswered, settled);
  }

  #flushAll(flushes: readonly Job[], settled: (jobs: readonly Job[]) => void): void {
    if (flushes.length === 0) return;
    for (const volume of volumesOf(flushes)) this.#flush(flushes, volume);
    settled(flushes);
  }

  /** Carries out jobs run by run, and settles them when there are `most` of them, or bytes enough. */
  #inPieces(
    jobs: Job[],
    most: number,
    carryOut: (run: readonly Job[]) => void,
    settled: (jobs: readonly Job[]) => void,
  ): void {
    let piece: Job[] = [];
    let bytes = 0;
    for (const run of this.#runsOf(jobs)) {
      carryOut(run);
      piece.push(...run);
      for (const job of run) bytes += bytesOf(job);
      if (piece.length < most && bytes < BYTES_PER_PIECE) continue;
      settled(piece);
      piece = [];
      bytes = 0;
    }
    if (piece.length > 0) settled(piece);
  }

  /** Jobs by volume and block, cut where the next one is no neighbour or a system call would be too long. */
  #runsOf(jobs: Job[]): Job[][] {
    jobs.sort((a, b) => a.volume - b.volume || a.block - b.block);
    const runs: Job[][] = [];
    let run: Job[] = [];
    let views = 0;
    let bytes = 0;
    let before: Job | undefined;
    for (const job of jobs) {
      const isNeighbour =
        job.volume === before?.volume && job.block === before.block + bytesOf(before) / this.#blockBytes;
      if (!isNeighbour || views + job.views.length > VIEWS_MAX || bytes >= BYTES_PER_PIECE) {
        run = [];
        views = 0;
        bytes = 0;
        runs.push(run);
      }
      run.push(job);
      views += job.views.length;
      bytes += bytesOf(job);
      before = job;
    }
    return runs;
  }

  #writeRun(run: readonly Job[]): void {
    const { volume } = run[0]!;
    this.#flushedAhead.delete(volume);
    if (this.#flushVerdicts[volume] === END_OF_FILE) {
      for (const job of run) job.failed(END_OF_FILE, this.#ends[volume]!);
      return;
    }
    const log = this.#log;
    if (log === undefined) {
      this.#carryOut(run, this.#write);
      return;
    }
    const verdict = log.appendWrites(run);
    if (verdict !== OK) {
      for (const job of run) job.failed(verdict, log.end, true);
      return;
    }
    this.#carryOut(run, this.#write);
    // Should this be the append that fails, the log refuses every later one, and the job has failed anyway.
    for (const job of run) if (job.verdict !== OK) log.appendFailure(job);
  }

  /** Moves a run at once, or else block by block. */
  #carryOut(run: readonly Job[], move: Move): void {
    if (run.length === 1) {
      this.#alone(run[0]!, move);
      return;
    }
    const { volume, block } = run[0]!;
    const views = run.flatMap((job) => job.views);
    if (move(this.#files[volume]!, views, block * this.#blockBytes) === OK) return;
    this.#counters.add('splits');
    for (const job of run) this.#alone(job, move);
  }

  #alone(job: Job, move: Move): void {
    const verdict = move(this.#files[job.volume]!, job.views, job.block * this.#blockBytes);
    if (verdict !== OK) job.failed(verdict, this.#transfer.failedAt);
  }

  #flush(flushes: readonly Job[], volume: number): void {
    let verdict = this.#flushedAhead.delete(volume) ? OK : this.#sync(volume);
    let inLog = false;
    if (verdict === OK && this.#log !== undefined) {
      verdict = this.#log.appendFlush(volume);
      inLog = verdict !== OK;
    }
    if (verdict === OK) return;
    const at = inLog ? this.#log!.end : this.#ends[volume]!;
    for (const flush of flushes) if (flush.volume === volume) flush.failed(verdict, at, inLog);
  }

  /** Not logged: what a log says is durable is what the owner may rely on, and the owner has not been told. */
  #flushAhead(volume: number): void {
    if (this.#sync(volume) === OK) this.#flushedAhead.add(volume);
  }

  /** fdatasync, unless one has failed, and a look at the file. Answers a verdict. */
  #sync(volume: number): number {
    if (this.#flushVerdicts[volume] === OK) {
      this.#flushVerdicts[volume] = this.#transfer.sync(this.#files[volume]!);
      this.#lookAtLength(volume);
      this.#lookAtPath(volume);
    }
    return this.#flushVerdicts[volume]!;
  }

  /** Has the file lost its end? Then nothing is written to it any more, and no flush succeeds. */
  #lookAtLength(volume: number): void {
    const guard = this.#guards[volume];
    if (guard === undefined || this.#flushVerdicts[volume] !== OK) return;
    const { verdict, size } = lookAtLength(guard, this.#files[volume]!, this.#syscalls);
    this.#flushVerdicts[volume] = verdict;
    this.#ends[volume] = size;
  }

  /** Has the file lost its name? */
  #lookAtPath(volume: number): void {
    const guard = this.#guards[volume];
    if (guard !== undefined && this.#flushVerdicts[volume] === OK)
      this.#flushVerdicts[volume] = lookAtPath(guard, this.#syscalls);
  }
}

/** All views of a job are of one length; each may be of several blocks. */
function bytesOf({ views }: Job): number {
  return views.length * views[0]!.length;
}

function volumesOf(jobs: readonly Job[]): ReadonlySet<number> {
  return new Set(jobs.map(({ volume }) => volume));
}
