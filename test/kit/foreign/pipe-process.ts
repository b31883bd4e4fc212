// Another process that answers lines with lines, asked synchronously: the checks of this kit are loops of a million steps, and
// a promise per step would cost more than the step.
//
// Requests and answers go through two named pipes, which are opened blocking, handed to the child as its stdin and stdout, and
// unlinked at once. A question is one write and, mostly, one read. Since this thread is blocked meanwhile, a worker watches the
// clock and kills the process group when an answer takes too long; the end of file then ends the read. The command runs under
// a shell, which leaves its exit status in a file before the pipes close. Beside it a guard waits for the end of a pipe that only
// this process holds, however it may end, Ctrl-C and SIGKILL included: then the group and its files are gone. Needs a POSIX
// system (`sh`, `mkfifo`).

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** Longest line that is accepted as an answer. */
export const ANSWER_BYTES_MAX = 1 << 20;

const PIECE_BYTES = 1 << 16;
const NEWLINE = 10;

/** Why there is no answer. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly reason: 'dead' | 'slow' | 'endless';
  /** The last lines that the process wrote to its stderr. */
  readonly stderr: readonly string[];

  constructor(reason: NoAnswer['reason'], sentence: string, stderr: readonly string[]) {
    super(sentence);
    this.reason = reason;
    this.stderr = stderr;
  }
}

interface Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
}

/** An unlinked named pipe with both ends open and blocking. */
function openPipe(path: string): Pipe {
  execFileSync('mkfifo', [path]);
  // Opening one end alone would wait for the other; whoever opens both waits for nobody.
  const both = openSync(path, constants.O_RDWR);
  const readEnd = openSync(path, constants.O_RDONLY);
  const writeEnd = openSync(path, constants.O_WRONLY);
  closeSync(both);
  unlinkSync(path);
  return { readEnd, writeEnd };
}

export class PipeProcess {
  readonly timeoutSeconds: number;
  readonly #directory: string;
  readonly #child: ChildProcess;
  /** Ours of the pipe at whose end the guard waits. */
  readonly #guarded: Socket;
  readonly #requests: number;
  readonly #answers: number;
  readonly #words = new Int32Array(new SharedArrayBuffer(12));
  readonly #watchdog: Worker;
  readonly #piece = Buffer.allocUnsafe(PIECE_BYTES);
  /** What was read behind the latest answer. */
  #rest: Buffer = Buffer.alloc(0);
  #closed = false;
  readonly #atExit = (): void => this.#kill();

  constructor(command: string, timeoutSeconds: number) {
    this.timeoutSeconds = timeoutSeconds;
    this.#directory = mkdtempSync(join(tmpdir(), 'hammer-io-kit-adapter-'));
    const [requests, answers] = ['requests', 'answers'].map((name) => openPipe(join(this.#directory, name))) as [
      Pipe,
      Pipe,
    ];
    const errors = openSync(this.#stderrFile, 'w');
    const guard = '( cat <&3; rm -rf "$HAMMER_IO_KIT_FILES"; kill -9 -$$ ) >/dev/null 2>&1 &';
    this.#child = spawn('/bin/sh', ['-c', `${guard} ( ${command}\n) 3<&-; echo $? >"$HAMMER_IO_KIT_FILES/status"`], {
      stdio: [requests.readEnd, answers.writeEnd, errors, 'pipe'],
      detached: true, // A group of its own, so that all of it can be killed.
      env: { ...process.env, HAMMER_IO_KIT_FILES: this.#directory },
    });
    this.#guarded = this.#child.stdio[3] as Socket;
    this.#guarded.unref();
    this.#child.on('error', () => undefined); // No shell: the first question will find nobody.
    this.#child.unref();
    for (const descriptor of [requests.readEnd, answers.writeEnd, errors]) closeSync(descriptor);
    this.#requests = requests.writeEnd;
    this.#answers = answers.readEnd;
    this.#watchdog = new Worker(new URL('./watchdog.mjs', import.meta.url), {
      workerData: { words: this.#words, group: this.#child.pid ?? 0, timeoutMs: timeoutSeconds * 1000 },
      execArgv: [],
    });
    this.#watchdog.on('error', () => undefined);
    this.#watchdog.unref();
    process.on('exit', this.#atExit);
  }

  get #stderrFile(): string {
    return join(this.#directory, 'stderr');
  }

  get #statusFile(): string {
    return join(this.#directory, 'status');
  }

  /** Sends a line and waits for a line. @throws NoAnswer */
  ask(line: string): string {
    Atomics.add(this.#words, 0, 1);
    this.#send(`${line}\n`);
    const answer = this.#readLine();
    Atomics.add(this.#words, 0, 1);
    return answer;
  }

  /** Closes the pipes, waits for the process to end, and kills it when it does not. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    process.off('exit', this.#atExit);
    closeSync(this.#requests);
    if (Atomics.load(this.#words, 2) === 0) {
      if (Atomics.load(this.#words, 0) % 2 === 0) Atomics.add(this.#words, 0, 1);
      while (readSync(this.#answers, this.#piece) > 0); // Up to its end, or to the end that the watchdog makes.
    }
    closeSync(this.#answers);
    Atomics.store(this.#words, 1, 1);
    Atomics.notify(this.#words, 1);
    this.#guarded.destroy();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #send(text: string): void {
    let bytes: Uint8Array = Buffer.from(text);
    try {
      while (bytes.length > 0) bytes = bytes.subarray(writeSync(this.#requests, bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
      // It is dead, but may have answered before; reading tells.
    }
  }

  #readLine(): string {
    const piece = this.#piece;
    let end = this.#rest.indexOf(NEWLINE);
    while (end < 0) {
      if (this.#rest.length > ANSWER_BYTES_MAX) throw this.#noAnswer('endless');
      const bytes = readSync(this.#answers, piece);
      if (bytes === 0) throw this.#noAnswer(Atomics.load(this.#words, 2) === 1 ? 'slow' : 'dead');
      const isWhole = this.#rest.length === 0 && piece[bytes - 1] === NEWLINE && piece.indexOf(NEWLINE) === bytes - 1;
      if (isWhole) return piece.toString('utf8', 0, bytes - 1);
      const before = this.#rest.length;
      this.#rest = Buffer.concat([this.#rest, piece.subarray(0, bytes)]);
      end = this.#rest.indexOf(NEWLINE, before);
    }
    const line = this.#rest.toString('utf8', 0, end);
    this.#rest = this.#rest.subarray(end + 1);
    return line;
  }

  #noAnswer(reason: NoAnswer['reason']): NoAnswer {
    const stderr = this.#stderrLines();
    switch (reason) {
      case 'slow':
        return new NoAnswer(reason, `gave no answer within ${this.timeoutSeconds} seconds and was killed`, stderr);
      case 'endless':
        return new NoAnswer(reason, `gave an answer longer than ${ANSWER_BYTES_MAX} bytes without a line end`, stderr);
      case 'dead':
        return new NoAnswer(reason, `ended ${this.#statusText()} without an answer`, stderr);
    }
  }

  #statusText(): string {
    const status = Number(this.#textOf(this.#statusFile).trim() || NaN);
    if (Number.isNaN(status)) return 'its output';
    return status > 128 ? `by signal ${status - 128}` : `with exit code ${status}`;
  }

  #stderrLines(): string[] {
    return this.#textOf(this.#stderrFile).trimEnd().split('\n').filter(Boolean).slice(-STDERR_LINES);
  }

  #textOf(file: string): string {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return '';
    }
  }

  #kill(): void {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
}

/** Lines of stderr that a report repeats. */
const STDERR_LINES = 5;
