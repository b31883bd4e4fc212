// Patches of source text: applied exactly once or not at all, and a patched copy beside the real modules.

import { describe, expect, test } from 'vitest';
import { createCoreDriver } from '../../kit/core-driver.ts';
import { blankSnapshot, type Driver } from '../../kit/driver.ts';
import { loadPatched, PatchError, patchLines, patchText } from '../../planted/patch.ts';
import { shrink } from '../../kit/shrink.ts';
import { shapeOf } from '../../support/shape-of.ts';
import type { Shape } from '../../../spec/buffer/snapshot.ts';

const NO_SPACE = { file: 'src/core/actions/write.ts', find: '  m.ioRunningSpace += m.blockBytes;\n', replace: '' };

interface CoreDriverModule {
  createCoreDriver(shape: Shape): Driver;
}

/** ioRunningSpace after one write was issued. */
function spaceAfterWrite(driver: Driver, shape: Shape): number {
  driver.perform({ kind: 'ioNew', client: 0, io: 0 });
  driver.perform({ kind: 'ioFlush', client: 0, reclaim: false });
  const snapshot = blankSnapshot(shape);
  driver.snapshot(snapshot);
  return snapshot.mount.ioRunningSpace;
}

describe('a patch', () => {
  test('replaces a text that stands there exactly once, and only in its own file', () => {
    const patches = [
      { file: 'a.ts', find: 'cat', replace: 'dog, $& and $1' },
      { file: 'b.ts', find: 'cat', replace: 'cow' },
    ];
    expect(patchText('pets', 'a.ts', 'a cat sits', patches)).toBe('a dog, $& and $1 sits');
  });

  test.each([
    ['is absent', 'a dog sits', '0 times'],
    ['stands there twice', 'a cat and a cat', '2 times'],
  ])('whose text %s is an error that names bug and file', (_, text, times) => {
    const apply = (): string => patchText('pets', 'a.ts', text, [{ file: 'a.ts', find: 'cat', replace: 'dog' }]);
    expect(apply).toThrow(PatchError);
    expect(apply).toThrow(new RegExp(`'pets' cannot be planted in a\\.ts: its text "cat" stands there ${times}`));
  });

  test('is shown as the lines that change, with their place', () => {
    const [place, ...lines] = patchLines(NO_SPACE);
    expect(place).toMatch(/^src\/core\/actions\/write\.ts:\d+$/);
    expect(lines).toEqual(['-   m.ioRunningSpace += m.blockBytes;']);
  });
});

describe('loadPatched', () => {
  test('gives a copy with the bug in it and leaves the real modules alone', async () => {
    const shape = shapeOf();
    const patched = await loadPatched<CoreDriverModule>('test/kit/core-driver.ts', [NO_SPACE], 'no-space');
    expect(spaceAfterWrite(patched.createCoreDriver(shape), shape)).toBe(0);
    expect(spaceAfterWrite(createCoreDriver(shape), shape)).toBe(shape.blockBytes);
  });

  test.each([
    [
      'text',
      { ...NO_SPACE, find: 'no such text' },
      /'lost' cannot be planted in src\/core\/actions\/write\.ts: its text "no such text"/,
    ],
    ['file', { ...NO_SPACE, file: 'src/none.ts' }, /src\/none\.ts: .*does not load that file/],
    [
      'loading',
      { ...NO_SPACE, file: 'model/direct/backend.ts' },
      /model\/direct\/backend\.ts: test\/kit\/core-driver\.ts does not load/,
    ],
  ])('refuses a patch without its %s', async (_, patch, message) => {
    await expect(loadPatched('test/kit/core-driver.ts', [patch], 'lost')).rejects.toThrow(PatchError);
    await expect(loadPatched('test/kit/core-driver.ts', [patch], 'lost')).rejects.toThrow(message);
  });
});

describe('shrink', () => {
  test('leaves what cannot be left out, in order', () => {
    const items = Array.from({ length: 100 }, (_, i) => i);
    const needs = [3, 41, 42, 97];
    let trials = 0;
    const shrunk = shrink(items, (some) => {
      trials++;
      return needs.every((need) => some.includes(need));
    });
    expect(shrunk).toEqual(needs);
    expect(trials).toBeLessThan(200);
  });

  test('of a list that fails whatever is left is empty', () => {
    expect(shrink([1, 2, 3], () => true)).toEqual([]);
  });
});
