// Bytes against versions. That the driver's bytes are right on every edge is shown by the conformance tests, and that wrong ones are
// caught, by planted bugs; here is what the words of the error say, and that a device of somebody else is not held to them.

import { expect, test } from 'vitest';
import { MemoryDevice } from '../../../src/index.ts';
import type { Action } from '../../../spec/buffer/vocabulary.ts';
import { ContentsBroken } from '../../kit/contents-watch.ts';
import { createCoreDriver } from '../../kit/core-driver.ts';
import { DATA_SHAPE } from '../../support/shapes.ts';

const READ: readonly Action[] = [
  { kind: 'ioRead', client: 0, io: 0, ahead: false },
  { kind: 'readDone', io: 0, error: false },
];

/** A medium on which somebody else has written. */
function written(volumes: number, blockBytes: number): MemoryDevice {
  const device = new MemoryDevice(volumes, blockBytes);
  for (let block = 0; block < 8; block++) device.format(0, block, new Uint8Array(blockBytes).fill(7));
  return device;
}

test('bytes that nobody has written are told with the claim, the block and both versions', () => {
  const driver = createCoreDriver(DATA_SHAPE);
  for (let block = 0; block < 8; block++) driver.device.format(0, block, new Uint8Array(DATA_SHAPE.blockBytes).fill(7));
  const play = (): void => READ.forEach((action) => driver.perform(action));
  expect(play).toThrow(new ContentsBroken('H23', 'the buffer of d1', 'version 0', `version 117901063`));
});

test('a block that is made of two is no version at all', () => {
  const driver = createCoreDriver(DATA_SHAPE);
  for (let block = 0; block < 8; block++) {
    const torn = new Uint8Array(DATA_SHAPE.blockBytes);
    torn[4] = 1;
    driver.device.format(0, block, torn);
  }
  expect(() => READ.forEach((action) => driver.perform(action))).toThrow('seen: no version at all');
});

test('a device that somebody brings may hold what it likes', () => {
  const driver = createCoreDriver(DATA_SHAPE, { makeDevice: written });
  expect(READ.map((action) => driver.perform(action).outcome)).toEqual(['io', 'done']);
});
