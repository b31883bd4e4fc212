// The examples are what people copy from, so they are run: each ends well and says what it is there to show.

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What it prints, line by line. Fails if it does not end with 0, or says anything on stderr. */
async function run(example: string): Promise<string[]> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', `examples/${example}`], {
    cwd: ROOT,
    timeout: 50_000,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

const EXAMPLES: Readonly<Record<string, readonly RegExp[]>> = {
  'write-sync-reopen.ts': [
    /^written 102 blocks, 2 device flushes$/,
    /^read back 100 of 100 records, found through block 9$/,
  ],
  'failing-volume.ts': [
    /^first sync: durable$/,
    /^event: MemoryFault: write of block 20 of worn was promised to succeed; seen: EIO/,
    /^second sync: SyncFailed$/,
    /^modifying: ReadOnlyError$/,
    /^reading: block 10 holds 1, block 20 holds 2$/,
    /^lost: data block 20 of worn, failed$/,
    /^lost: meta block 30 of worn, notWritten$/,
  ],
  'large-file.ts': [
    /^written: 4194304 bytes, 16 direct writes, extents 10 \+ 6$/,
    /^read back: the same, 16 checksums$/,
    /^beginning: 0,31,62,/,
    /^reading: FileReadFailed at byte 2621440, block 1 of worn$/,
    /^event: criticalError$/,
    /^writing: FileWriteFailed on worn$/,
    /^committing: ReadOnlyError$/,
    /^as committed: the same$/,
    /^closing: WritesLost$/,
  ],
  'own-policy.ts': [
    /^FifoPolicy passes 15 cases$/,
    /^50 buffers, 500 of 500 blocks right$/,
    /^[1-9]\d+ buffers given up, [1-9]\d+ blocks written for room, 0 refusals$/,
  ],
  'small-cache.ts': [
    /^100 buffers for 2000 blocks: 6400 looked at, [1-9]\d+ hits, [1-9]\d+ misses$/,
    /^[1-9]\d+ evictions, [1-9]\d+ blocks written, \d+ waits for a buffer$/,
    /^after reopening 2000 of 2000 blocks hold what was put last$/,
  ],
};

describe.concurrent('an example', () => {
  for (const [example, lines] of Object.entries(EXAMPLES)) {
    test(`${example} ends well and shows what it promises`, async () => {
      const printed = await run(example);
      expect(printed).toHaveLength(lines.length);
      lines.forEach((line, i) => expect(printed[i]).toMatch(line));
    });
  }

  test('cannot be there without being run', () => {
    expect(readdirSync(`${ROOT}/examples`).sort()).toEqual(Object.keys(EXAMPLES).sort());
  });
});
