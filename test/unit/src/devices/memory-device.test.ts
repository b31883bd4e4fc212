// The device in memory: completions in any order, and an exact memory of what power loss would take.

import { describe, expect, test } from 'vitest';
import { MemoryDevice } from '../../../../src/index.ts';

const filled = (value: number): Uint8Array => new Uint8Array(8).fill(value);

/** Submits requests under ids of their own. */
function deviceWith(): { device: MemoryDevice; write: (block: number, value: number) => number; flush: () => number } {
  const device = new MemoryDevice(2, 8);
  let id = 0;
  return {
    device,
    write: (block, value) => {
      device.submit({ kind: 'write', id: ++id, volume: 0, block, bytes: filled(value) });
      return id;
    },
    flush: () => {
      device.submit({ kind: 'flush', id: ++id, volume: 0 });
      return id;
    },
  };
}

describe('what is volatile', () => {
  test('a write is nowhere before it completes, volatile after, and durable by a flush submitted later', () => {
    const { device, write, flush } = deviceWith();
    const id = write(3, 1);
    expect([device.volatileState(0), device.read(0, 3)]).toEqual(['none', filled(0)]);
    device.complete(id);
    expect([device.volatileState(0), device.read(0, 3), device.readDurable(0, 3)]).toEqual([
      'exposed',
      filled(1),
      filled(0),
    ]);
    const sync = flush();
    expect(device.volatileState(0)).toBe('covered');
    device.complete(sync);
    expect([device.volatileState(0), device.readDurable(0, 3)]).toEqual(['none', filled(1)]);
    expect(device.volatileState(1)).toBe('none');
  });

  test('a write that completes after the flush was submitted is not covered by it', () => {
    const { device, write, flush } = deviceWith();
    const [early, late] = [write(3, 1), write(3, 2)];
    device.complete(early);
    const sync = flush();
    device.complete(late);
    expect(device.volatileState(0)).toBe('exposed');
    device.complete(sync);
    expect([device.volatileState(0), device.readDurable(0, 3), device.read(0, 3)]).toEqual([
      'exposed',
      filled(1),
      filled(2),
    ]);
  });

  test('a failed flush covers nothing', () => {
    const { device, write, flush } = deviceWith();
    device.complete(write(3, 1));
    device.complete(flush(), { code: 'EIO' });
    expect([device.volatileState(0), device.readDurable(0, 3)]).toEqual(['exposed', filled(0)]);
  });

  test('a failed write leaves what had arrived of it, and cannot be vouched for', () => {
    const { device, write } = deviceWith();
    device.complete(write(3, 1), { code: 'EIO', arrivedBytes: 2 });
    expect([device.volatileState(0), [...device.read(0, 3)]]).toEqual(['exposed', [1, 1, 0, 0, 0, 0, 0, 0]]);
  });
});

test('what is written is what stood in the buffer when the request was submitted', () => {
  const device = new MemoryDevice(1, 8);
  const bytes = filled(1);
  device.submit({ kind: 'write', id: 1, volume: 0, block: 0, bytes });
  bytes.fill(2);
  device.complete(1);
  expect(device.read(0, 0)).toEqual(filled(1));
});

test('a read of two blocks brings both, newest first; a failed one brings nothing', () => {
  const device = new MemoryDevice(1, 8);
  device.format(0, 1, filled(5));
  device.submit({ kind: 'read', id: 1, volume: 0, block: 0, blocks: 2, into: [] });
  device.submit({ kind: 'read', id: 2, volume: 0, block: 0, blocks: 1, into: [] });
  expect(device.pending().map((request) => request.id)).toEqual([1, 2]);
  expect(device.complete(2, { code: 'EIO' })).toMatchObject({ result: 'error', bytes: undefined });
  expect([...device.complete(1).bytes!]).toEqual([...filled(0), ...filled(5)]);
});

test('requests end once', () => {
  const { device, flush } = deviceWith();
  const id = flush();
  device.complete(id);
  expect(() => device.complete(id)).toThrow('ImpossibleInput');
  expect(() => device.read(2, 0)).toThrow('InvalidArgument');
});
