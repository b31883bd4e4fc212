// How long each phase took the last time, so that a run can say how long it will take. Kept in node_modules/.cache, where nothing is
// lost that cannot be learnt again: a file that cannot be read or written is no reason to fail.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PHASE_IDS, type PhaseId } from './result.ts';

/** Seconds of whole runs of phases. */
export type Durations = Partial<Record<PhaseId, number>>;

const FILE = fileURLToPath(new URL('../../node_modules/.cache/hammer-io-kit/durations.json', import.meta.url));

export function readDurations(file = FILE): Durations {
  try {
    const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof json !== 'object' || json === null) return {};
    const known = PHASE_IDS.map((id) => [id, (json as Readonly<Record<string, unknown>>)[id]] as const);
    return Object.fromEntries(known.filter(([, seconds]) => typeof seconds === 'number' && seconds >= 0));
  } catch {
    return {};
  }
}

export function writeDurations(durations: Durations, file = FILE): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(durations)}\n`);
  } catch {
    // The next run knows less, and that is all.
  }
}

/** Behind the title of a phase that has not ended; nothing for what is over in a moment, or was never timed. */
export function estimateText(seconds: number | undefined): string {
  if (seconds === undefined || seconds < 2) return '';
  return seconds < 90 ? ` (about ${Math.round(seconds)} s)` : ` (about ${Math.round(seconds / 60)} min)`;
}
