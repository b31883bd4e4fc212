// Traces in files: read line by line in constant memory, written in large pieces. A file is as untrusted as any text: its
// size and the length of its lines are limited before anything is parsed.

import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { checkTrace, type TraceVerdict } from './check-trace.ts';
import { TRACE_LIMITS, TraceError } from './trace-format.ts';
import type { LineSink } from './trace-writer.ts';

const PIECE_BYTES = 1 << 18;
const NEWLINE = 10;

/** Checks a trace file. @throws TraceError when it is none, or cannot be read. */
export function checkTraceFile(file: string): TraceVerdict {
  return checkTrace(linesOfFile(file));
}

/** The lines of a file without their ends. A last line without an end counts. */
export function* linesOfFile(file: string): Generator<string> {
  const descriptor = openToRead(file);
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    let rest: Buffer[] = [];
    let [restBytes, line] = [0, 0];
    for (let bytes = readSync(descriptor, piece); bytes > 0; bytes = readSync(descriptor, piece)) {
      let start = 0;
      for (let end = piece.indexOf(NEWLINE); end >= 0 && end < bytes; end = piece.indexOf(NEWLINE, start)) {
        line++;
        if (restBytes === 0) yield piece.toString('utf8', start, end);
        else yield Buffer.concat([...rest, piece.subarray(start, end)]).toString('utf8');
        rest = [];
        restBytes = 0;
        start = end + 1;
      }
      if (start < bytes) rest.push(Buffer.from(piece.subarray(start, bytes)));
      restBytes += bytes - start;
      if (restBytes > LINE_BYTES_MAX)
        throw new TraceError(`it is longer than ${TRACE_LIMITS.lineChars} characters`, line + 1);
    }
    if (restBytes > 0) yield Buffer.concat(rest).toString('utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** A character takes at most four bytes. */
const LINE_BYTES_MAX = 4 * TRACE_LIMITS.lineChars;

function openToRead(file: string): number {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    throw new TraceError(`${file} cannot be opened (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  const about = fstatSync(descriptor);
  const wrong = about.isDirectory()
    ? `${file} is a directory`
    : about.size > TRACE_LIMITS.fileBytes
      ? `${file} has ${about.size} bytes, more than ${TRACE_LIMITS.fileBytes}`
      : undefined;
  if (wrong === undefined) return descriptor;
  closeSync(descriptor);
  throw new TraceError(wrong);
}

/** A sink that writes to a new file. `close` writes what is left; call it after the recorder's own `close`. */
export interface FileSink {
  readonly sink: LineSink;
  /** Writes what is left and closes the file. */
  close(): void;
}

/** A file that lines are written to; an old one is replaced. Throws as `fs.openSync` does. */
export function traceFile(file: string): FileSink {
  const descriptor = openSync(file, 'w');
  let lines: string[] = [];
  let chars = 0;
  const flush = (): void => {
    let bytes: Uint8Array = Buffer.from(lines.join(''));
    while (bytes.length > 0) bytes = bytes.subarray(writeSync(descriptor, bytes));
    lines = [];
    chars = 0;
  };
  return {
    sink(line) {
      lines.push(line, '\n');
      chars += line.length + 1;
      if (chars >= PIECE_BYTES) flush();
    },
    close() {
      flush();
      closeSync(descriptor);
    },
  };
}
