// What must be gone when a process ends, however it ends: temporary directories, children. Everything registered here is undone
// when the process exits, also after Ctrl-C where a command turns signals into an exit (see run-as-command.ts). A worker thread
// is ended without a word; what it makes belongs below a directory of its owner.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const cleanups = new Set<() => void>();
let isListening = false;

/** Calls `cleanup` when the process exits; it must be synchronous. The returned function takes that back. */
export function atEnd(cleanup: () => void): () => void {
  if (!isListening) process.on('exit', cleanUp);
  isListening = true;
  cleanups.add(cleanup);
  return () => void cleanups.delete(cleanup);
}

function cleanUp(): void {
  for (const cleanup of cleanups) {
    try {
      cleanup();
    } catch {
      // The others still have their turn.
    }
  }
}

/** A directory that is gone when the process ends, or earlier by `remove`. */
export interface TemporaryDirectory {
  readonly path: string;
  readonly remove: () => void;
}

/** Makes a directory in the system's place for temporary files, called `hammer-io-kit-<purpose>-` and some letters. */
export function temporaryDirectory(purpose: string): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), `hammer-io-kit-${purpose}-`));
  const removeNow = (): void => rmSync(path, { recursive: true, force: true });
  const forget = atEnd(removeNow);
  const remove = (): void => {
    forget();
    removeNow();
  };
  return { path, remove };
}
