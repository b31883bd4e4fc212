// Files that are deleted, replaced or cut short under a device or a mount, and paths that are no files: whoever relies on the
// bytes is told, and nothing waits for ever.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DeviceError, FileDevice, readWriteLog } from '../../../../../src/devices/file/index.ts';
import { formatVolumes, Mount } from '../../../../../src/mount/index.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'strayed-'))));
afterEach(() => rmSync(directory, { recursive: true }));
const at = (name: string): string => join(directory, name);

const BLOCK_BYTES = 512;

async function mounted(path = at('a.vol'), watchPath?: boolean): Promise<Mount> {
  await formatVolumes([{ path: at('a.vol'), blocks: 16 }], { blockBytes: BLOCK_BYTES });
  return Mount.open({
    volumes: [{ path, ...(watchPath !== undefined && { watchPath }) }],
    cacheBytes: 8 * BLOCK_BYTES,
  });
}

const change = (mount: Mount, block = 3): Promise<unknown> => mount.update(block, (bytes) => void bytes.fill(7));
const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'it resolved',
    (error: unknown) => error,
  );
/** The error and all of its causes, as text. */
function wholeText(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return String(error) + (cause === undefined ? '' : `\n${wholeText(cause)}`);
}

describe.each([
  ['deleted', 'REMOVED', () => unlinkSync(at('a.vol'))],
  ['moved away', 'REMOVED', () => renameSync(at('a.vol'), at('elsewhere'))],
  [
    'replaced by rename',
    'REPLACED',
    () => {
      writeFileSync(at('new'), 'x'.repeat(16 * 512));
      renameSync(at('new'), at('a.vol'));
    },
  ],
] as const)('a volume that is %s', (_, code, change_) => {
  test('fails sync and close, and its bytes can be saved', async () => {
    const mount = await mounted();
    await change(mount);
    change_();
    const failed = wholeText(await rejection(mount.sync()));
    expect(failed).toContain(code);
    const closing = wholeText(await rejection(mount.close()));
    expect(closing).toContain(code);
    const [saved] = /\/proc\/\d+\/fd\/\d+/.exec(failed) ?? [];
    expect(readFileSync(saved!).subarray(3 * BLOCK_BYTES, 4 * BLOCK_BYTES)).toEqual(Buffer.alloc(BLOCK_BYTES, 7));
  });

  test('fails close also if nothing was left to write', async () => {
    const mount = await mounted();
    await change(mount);
    await mount.sync();
    change_();
    const error = await rejection(mount.close());
    expect(error).toBeInstanceOf(DeviceError);
    expect(error).toMatchObject({ code, operation: 'close', file: at('a.vol') });
  });

  test('is the program’s affair if it says so', async () => {
    const mount = await mounted(at('a.vol'), false);
    await change(mount);
    change_();
    await mount.close();
  });
});

test('a volume in a directory that is moved has lost its path, and a link that is turned leads elsewhere', async () => {
  const mount = await mounted();
  await mount.close();
  mkdirSync(at('in'));
  renameSync(at('a.vol'), at('in/a.vol'));
  symlinkSync(at('in/a.vol'), at('link'));
  const linked = await Mount.open({ volumes: [at('link')], cacheBytes: 8 * BLOCK_BYTES });
  await change(linked);
  unlinkSync(at('link'));
  symlinkSync(at('in'), at('link'));
  expect(wholeText(await rejection(linked.sync()))).toContain('REPLACED');
  await rejection(linked.close());
  const inside = await Mount.open({ volumes: [at('in/a.vol')], cacheBytes: 8 * BLOCK_BYTES });
  await change(inside);
  renameSync(at('in'), at('out'));
  expect(wholeText(await rejection(inside.sync()))).toContain('REMOVED');
  await rejection(inside.close());
});

test('a volume that is cut short is not grown again with holes', async () => {
  const mount = await mounted();
  await change(mount, 3);
  await mount.sync();
  const block = await mount.get(15);
  truncateSync(at('a.vol'), 2 * BLOCK_BYTES);
  await block.modify((bytes) => void bytes.fill(9));
  block.release();
  const error = wholeText(await rejection(mount.sync()));
  expect(error).toContain(`the file ends at byte ${2 * BLOCK_BYTES}`);
  expect(statSync(at('a.vol')).size).toBe(2 * BLOCK_BYTES);
  await rejection(mount.close());
});

test('two mounts that only read have one volume, and one that writes waits until both have gone', async () => {
  await (await mounted()).close();
  const reading = (): Promise<Mount> => Mount.open({ volumes: [{ path: at('a.vol'), readOnly: true }], cacheBytes: 8 * BLOCK_BYTES }); // prettier-ignore
  const writing = (): Promise<Mount> => Mount.open({ volumes: [at('a.vol')], cacheBytes: 8 * BLOCK_BYTES });
  const mounts = [await reading(), await reading()];
  expect(await rejection(writing())).toMatchObject({ code: 'EBUSY', operation: 'lock' });
  await mounts[0]!.close();
  expect(await rejection(writing())).toMatchObject({ code: 'EBUSY', operation: 'lock' });
  await mounts[1]!.close();
  const alone = await writing();
  expect(await rejection(reading())).toMatchObject({ code: 'EBUSY', operation: 'lock' });
  await alone.close();
  await (await reading()).close();
});

test('a volume that is only read may go: nobody relies on its path', async () => {
  await (await mounted()).close();
  const mount = await Mount.open({ volumes: [{ path: at('a.vol'), readOnly: true }], cacheBytes: 8 * BLOCK_BYTES });
  unlinkSync(at('a.vol'));
  await mount.close();
});

describe('a pipe where a file should be', () => {
  beforeEach(() => void execFileSync('mkfifo', [at('pipe')]));

  test.each([
    ['Mount.open', () => Mount.open({ volumes: [at('pipe')] })],
    ['formatVolumes', () => formatVolumes([{ path: at('pipe') }])],
    ['FileDevice.open', () => FileDevice.open({ volumes: [{ path: at('pipe') }], blockBytes: 512, slab: FileDevice.alignedSlab(512).slab })], // prettier-ignore
  ] as const)('%s refuses it at once', async (_, open) => {
    const error = await rejection(open());
    expect(error).toBeInstanceOf(DeviceError);
    expect(error).toMatchObject({ code: 'ENOTSUP', operation: 'open', file: at('pipe') });
  });

  test('is no write log', () => {
    expect(() => [...readWriteLog(at('pipe'))]).toThrow(/MALFORMED/);
  });

  test('is no lock that could be read', async () => {
    const mount = await mounted();
    await mount.close();
    execFileSync('mkfifo', [at('a.vol.lock')]);
    const error = await rejection(Mount.open({ volumes: [at('a.vol')] }));
    expect(error).toMatchObject({ operation: 'lock' });
  });
});
