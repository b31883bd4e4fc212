// Every public function, called as a program in JavaScript can call it: with values of other kinds, without values, with options
// that do not exist. Each call ends in a typed error that names the argument, changes nothing, and leaves nothing behind: the mount that it
// was made on does the same work afterwards, and closes.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ClockPolicy,
  DirectIo,
  FileDevice,
  formatDevice,
  formatVolumes,
  HammerIoCore,
  HammerIoError,
  InvalidArgument,
  MemoryVolumes,
  Mount,
  readWriteLog,
} from '../../../src/index.ts';

type Call = (...args: readonly unknown[]) => unknown;

const BYTES = 512;
const NOT_OBJECTS = [null, 1, 'text', true, () => undefined];
const NOT_NUMBERS = [null, '7', 7n, true, {}, [], Number.NaN, Symbol('seven')];
const NOT_COUNTS = [...NOT_NUMBERS, -1, 1.5, Infinity];
const NOT_SIGNALS = [null, 1, 'signal', {}, new AbortController()];
const NOT_TRUTH = [null, 0, 'true', {}];
const NOT_FUNCTIONS = [undefined, null, 1, 'text', {}];

/** `of` with each wrong value at a key. */
const keyed = (of: object, key: string, values: readonly unknown[]): readonly object[] =>
  values.map((value) => ({ ...of, [key]: value }));

/** What a call did: the error, or that it went well. */
async function outcome(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return 'it went well';
  } catch (error) {
    return error;
  }
}

async function expectRefused(calls: readonly (readonly [string, () => unknown])[]): Promise<void> {
  expect(calls.length).toBeGreaterThan(0);
  for (const [text, call] of calls) {
    const error = await outcome(call);
    if (!(error instanceof HammerIoError)) throw new Error(`${text} ended in ${String(error)}, no error of ours.`);
    expect(error.message, text).toMatch(/^\S.*[.?]$/);
  }
}

const shown = (value: unknown): string => inspect(value, { breakLength: Infinity });
const each = (name: string, values: readonly unknown[], call: (value: unknown) => unknown) =>
  values.map((value) => [`${name} with ${shown(value)}`, () => call(value)] as const);

let volumes: MemoryVolumes;
let mount: Mount;

beforeEach(async () => {
  volumes = new MemoryVolumes({ blocks: [16, 16], blockBytes: BYTES });
  await formatDevice(volumes);
  mount = await Mount.open({ device: volumes, cacheBytes: 8 * BYTES });
});

/** Nothing has changed, and all goes on. */
async function expectUnharmed(before: string): Promise<void> {
  expect(JSON.stringify(mount.statistics)).toBe(before);
  await mount.update(3, (bytes) => void bytes.fill(3), { volume: 1 });
  expect((await mount.read(3, { volume: 1 }))[0]).toBe(3);
  await mount.close();
}

const ABORT_OPTIONS = [...NOT_OBJECTS, ...keyed({}, 'signal', NOT_SIGNALS), { sginal: undefined }, { timeout: 5 }];
const PLACE_OPTIONS = [...NOT_OBJECTS, ...keyed({}, 'volume', NOT_COUNTS), { volume: 2 }, { volum: 1 }, { block: 1 }];
const READ_OPTIONS = [...PLACE_OPTIONS, ...keyed({}, 'signal', NOT_SIGNALS), ...keyed({}, 'type', [null, 1, 'volume', 'date']), { typ: 'meta' }]; // prettier-ignore
const GET_OPTIONS = [...READ_OPTIONS, ...keyed({}, 'fresh', NOT_TRUTH), { fresch: true }];
const BLOCKS = [undefined, ...NOT_COUNTS, 16];

describe('a mount', () => {
  test.each([
    ['get', 'get', BLOCKS, GET_OPTIONS],
    ['read', 'read', BLOCKS, [...READ_OPTIONS, { fresh: true }]],
    ['tryGet', 'tryGet', [undefined, null, '7', 7n, {}, Symbol('seven')], PLACE_OPTIONS.filter((one) => one !== PLACE_OPTIONS.at(-3))],
  ] as const)('%s', async (name, method, blocks, options) => {
    const before = JSON.stringify(mount.statistics);
    const call = mount[method].bind(mount) as Call;
    const bad = options.filter((one) => name !== 'tryGet' || !isQuietMiss(one));
    await expectRefused([...each(name, blocks, (block) => call(block)), ...each(`${name} of 3`, bad, (one) => call(3, one))]);
    await expectUnharmed(before);
  }); // prettier-ignore

  test('update', async () => {
    const before = JSON.stringify(mount.statistics);
    const call = mount.update.bind(mount) as Call;
    const change = (): never => {
      throw new Error('The function was called.');
    };
    await expectRefused([
      ...each('update', BLOCKS, (block) => call(block, change)),
      ...each('update of 3', NOT_FUNCTIONS, (one) => call(3, one)),
      ...each('update of 3 with options', GET_OPTIONS, (one) => call(3, change, one)),
    ]);
    await expectUnharmed(before);
  });

  test('header, lend, sync, close, openFile', async () => {
    const before = JSON.stringify(mount.statistics);
    const all = mount as unknown as Record<'header' | 'lend' | 'sync' | 'close' | 'openFile', Call>;
    const file = { space: [{ volume: 0, block: 1, blocks: 4 }] };
    const extents = [null, 5, 'extents', {}, [null], [{ ...file.space[0] }], [{ fileOffset: 0, volume: 0, block: 1, length: '5' }], [{ fileOffset: 0, volume: 0, block: 1, length: 5, crc: 2 ** 32 }]]; // prettier-ignore
    await expectRefused([
      ...each('header', [...NOT_COUNTS, 2], (one) => all.header(one)),
      ...each('lend', [undefined, ...NOT_COUNTS, 2 ** 40], (one) => all.lend(one)),
      ...each('lend with options', ABORT_OPTIONS, (one) => all.lend(BYTES, one)),
      ...each('sync', ABORT_OPTIONS, (one) => all.sync(one)),
      ...each('close', ABORT_OPTIONS, (one) => all.close(one)),
      ...each('openFile', [undefined, ...NOT_OBJECTS, {}, { ...file, spcae: [] }], (one) => all.openFile(one)),
      ...each('openFile', keyed(file, 'space', [null, 5, {}, [null], [{}], [{ volume: 0, block: 1 }], [{ volume: 0, block: 0, blocks: 2 }], [{ volume: 9, block: 1, blocks: 2 }]]), (one) => all.openFile(one)), // prettier-ignore
      ...each('openFile', keyed(file, 'extents', extents), (one) => all.openFile(one)),
      ...each('openFile', keyed(file, 'older', extents), (one) => all.openFile(one)),
      ...each('openFile', keyed(file, 'verify', NOT_TRUTH), (one) => all.openFile(one)),
      ...each('openFile', keyed(file, 'doubleBuffer', NOT_TRUTH), (one) => all.openFile(one)),
      ...each('openFile', keyed(file, 'extentBytes', [...NOT_COUNTS, 5, 2 ** 40]), (one) => all.openFile(one)),
    ]); // prettier-ignore
    await expectUnharmed(before);
  });

  test('the block that it gave', async () => {
    const block = await mount.get(3);
    const before = JSON.stringify(mount.statistics);
    const all = block as unknown as Record<'modify' | 'flush', Call>;
    await expectRefused([
      ...each('modify', NOT_FUNCTIONS, (one) => all.modify(one)),
      ...each('modify with options', ABORT_OPTIONS, (one) => all.modify(() => undefined, one)),
      ...each('flush', ABORT_OPTIONS, (one) => all.flush(one)),
    ]);
    expect(JSON.stringify(mount.statistics)).toBe(before);
    block.release();
    await mount.close();
  });

  test('the file that it opened', async () => {
    const file = await mount.openFile({ space: [{ volume: 0, block: 1, blocks: 8 }], extentBytes: BYTES });
    const before = JSON.stringify([mount.statistics, file.statistics, file.size]);
    const all = file as unknown as Record<'read' | 'readInto' | 'write', Call>;
    const bytes = new Uint8Array(10);
    const notBytes = [
      undefined,
      null,
      5,
      'text',
      [1, 2],
      {},
      new Uint16Array(2),
      new ArrayBuffer(4),
      new DataView(new ArrayBuffer(4)),
    ];
    await expectRefused([
      ...each('read at', [undefined, ...NOT_COUNTS], (one) => all.read(one, 5)),
      ...each('read of', [undefined, ...NOT_COUNTS], (one) => all.read(0, one)),
      ...each('read with options', ABORT_OPTIONS, (one) => all.read(0, 5, one)),
      ...each('readInto at', [undefined, ...NOT_COUNTS], (one) => all.readInto(one, bytes)),
      ...each('readInto', notBytes, (one) => all.readInto(0, one)),
      ...each('readInto with options', ABORT_OPTIONS, (one) => all.readInto(0, bytes, one)),
      ...each('write at', [undefined, ...NOT_COUNTS], (one) => all.write(one, bytes)),
      ...each('write', notBytes, (one) => all.write(0, one)),
      ...each('write with options', ABORT_OPTIONS, (one) => all.write(0, bytes, one)),
    ]); // prettier-ignore
    expect(JSON.stringify([mount.statistics, file.statistics, file.size])).toBe(before);
    await file.close();
    await mount.close();
  });
});

/** A number that no volume has: the hit path has nothing there, as with any block that is not cached. */
function isQuietMiss(options: unknown): boolean {
  const volume = (options as { readonly volume?: unknown } | null)?.volume;
  return typeof volume === 'number';
}

describe('what is opened and made', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'wrong-values-'))));
  afterEach(() => rmSync(directory, { recursive: true }));
  const at = (name: string): string => join(directory, name);
  const NOT_PATHS = [undefined, null, 5, '', 'a\0b', {}, ['a']];
  const expectNothingMade = (): void => expect(readdirSync(directory)).toEqual([]);

  test('Mount.open', async () => {
    const open = Mount.open.bind(Mount) as unknown as Call;
    const device = new MemoryVolumes({ blocks: [16], blockBytes: BYTES });
    await formatDevice(device);
    const good = { device };
    const misspelt = [{ cachebytes: 5 }, { typ: 'x' }, { volume: 0 }, { writeLog: at('log') }].map((one) => ({
      ...good,
      ...one,
    }));
    const wrong: readonly object[] = [
      ...['cacheBytes', 'fileBytes', 'lentBytes', 'slabOffset'].flatMap((key) => keyed(good, key, NOT_COUNTS)),
      ...keyed(good, 'dirtyBytesMax', [...NOT_NUMBERS, -1]),
      ...keyed(good, 'policy', [null, {}, 5, 'lru', () => undefined]),
      ...keyed(good, 'verify', NOT_TRUTH),
      ...keyed(good, 'instrument', NOT_FUNCTIONS.slice(1)),
      ...keyed(good, 'slab', [null, new ArrayBuffer(5), new Uint8Array(5)]),
      ...keyed({}, 'device', [undefined, ...NOT_OBJECTS, {}]),
      ...keyed({}, 'volumes', [undefined, ...NOT_OBJECTS, {}, at('a.vol'), [], [5], [null], [{}], [at('a.vol'), { path: 5 }], [{ path: at('a.vol'), create: true }], [{ path: at('a.vol'), readonly: true }]]), // prettier-ignore
      ...keyed({ volumes: [at('a.vol')] }, 'writeLog', NOT_PATHS.slice(1)),
      ...['blocks', 'direct', 'dsync', 'readOnly', 'watchPath'].flatMap((key) => keyed({ path: at('a.vol') }, key, [null, 'yes', {}]).map((volume) => ({ volumes: [volume] }))), // prettier-ignore
    ]; // prettier-ignore
    await expectRefused(each('Mount.open', [undefined, ...NOT_OBJECTS, {}, ...misspelt, ...wrong], (one) => open(one)));
    expectNothingMade();
    const error = await outcome(() => open({ ...good, cachebytes: 5 }));
    expect(String(error)).toContain('Did you mean `cacheBytes`?');
    await (await Mount.open(good)).close();
  });

  test('formatVolumes and formatDevice', async () => {
    const device = new MemoryVolumes({ blocks: [16], blockBytes: BYTES });
    const [formatAll, formatOne] = [formatVolumes, formatDevice] as unknown as [Call, Call];
    const good = [{ path: at('a.vol'), blocks: 4 }];
    const options = [
      ...NOT_OBJECTS,
      { overWrite: true },
      ...keyed({}, 'overwrite', NOT_TRUTH),
      ...keyed({}, 'setId', [null, 5, 'zz']),
    ];
    await expectRefused([
      ...each('formatVolumes', [undefined, ...NOT_OBJECTS, {}, [], [null], ['a.vol'], [{}], [{ path: at('a.vol'), block: 4 }]], (one) => formatAll(one)), // prettier-ignore
      ...each('formatVolumes', NOT_PATHS, (path) => formatAll([{ path, blocks: 4 }])),
      ...each('formatVolumes', NOT_COUNTS, (blocks) => formatAll([{ path: at('a.vol'), blocks }])),
      ...each('formatVolumes with', [...options, ...keyed({}, 'blockBytes', NOT_COUNTS)], (one) => formatAll(good, one)),
      ...each('formatDevice', [undefined, ...NOT_OBJECTS, {}], (one) => formatOne(one)),
      ...each('formatDevice with', [...options, { blockBytes: BYTES }], (one) => formatOne(device, one)),
    ]); // prettier-ignore
    expectNothingMade();
    expect(device.device.readDurable(0, 0).every((byte) => byte === 0)).toBe(true);
  });

  test('FileDevice.open, readWriteLog', async () => {
    const { slab } = FileDevice.alignedSlab(BYTES);
    const open = FileDevice.open.bind(FileDevice) as unknown as Call;
    const alignedSlab = FileDevice.alignedSlab.bind(FileDevice) as Call;
    const read = (path: unknown): unknown => [...readWriteLog(path as string)];
    const good = { volumes: [{ path: at('a.vol'), blocks: 4, create: true }], blockBytes: BYTES, slab };
    await expectRefused([
      ...each('FileDevice.open', [undefined, ...NOT_OBJECTS, {}, { ...good, blockbytes: 512 }], (one) => open(one)),
      ...each('FileDevice.open', keyed(good, 'volumes', [undefined, null, 'a.vol', ['a.vol'], [], [null]]), (one) => open(one)), // prettier-ignore
      ...each('FileDevice.open', keyed(good, 'blockBytes', [undefined, ...NOT_COUNTS]), (one) => open(one)),
      ...each('FileDevice.open', keyed(good, 'slab', [undefined, null, new ArrayBuffer(BYTES)]), (one) => open(one)),
      ...each('FileDevice.open', keyed(good, 'writeLog', NOT_PATHS.slice(1)), (one) => open(one)),
      ...each('alignedSlab', [undefined, ...NOT_COUNTS], (one) => alignedSlab(one)),
      ...each('readWriteLog', NOT_PATHS, read),
    ]); // prettier-ignore
    expectNothingMade();
  });

  test('HammerIoCore, DirectIo, MemoryVolumes, ClockPolicy', async () => {
    const core = { volumes: [{ name: 'v', blocks: 8 }], capacityBufs: 4, blockBytes: 64 };
    const direct = { core: new HammerIoCore(core), zones: [{ volume: 0, block: 0, blocks: 8 }] };
    const memory = { blocks: [8], blockBytes: 64 };
    const make = (what: unknown) => (one: unknown) => new (what as new (options: unknown) => unknown)(one);
    await expectRefused([
      ...each('HammerIoCore', [undefined, ...NOT_OBJECTS, {}, { ...core, capacitybufs: 4 }], make(HammerIoCore)),
      ...each('HammerIoCore', keyed(core, 'volumes', [null, [], {}, [null], ['v'], [{ name: 5, blocks: 8 }], [{ name: 'v' }], [{ name: 'v', blocks: '8' }], [{ name: 'v', blocks: 8, headerBlock: 8 }]]), make(HammerIoCore)), // prettier-ignore
      ...['capacityBufs', 'blockBytes', 'slabOffset'].flatMap((key) => each('HammerIoCore', keyed(core, key, NOT_COUNTS), make(HammerIoCore))),
      ...each('HammerIoCore', keyed(core, 'undoLog', NOT_TRUTH), make(HammerIoCore)),
      ...each('HammerIoCore', keyed(core, 'verify', NOT_TRUTH), make(HammerIoCore)),
      ...each('HammerIoCore', keyed(core, 'slab', [null, 5, new ArrayBuffer(5), new SharedArrayBuffer(8)]), make(HammerIoCore)),
      ...each('HammerIoCore', keyed(core, 'backlogBytesMax', [...NOT_NUMBERS, -1]), make(HammerIoCore)),
      ...each('DirectIo', [undefined, ...NOT_OBJECTS, {}, { ...direct, zone: [] }], make(DirectIo)),
      ...each('DirectIo', keyed(direct, 'core', [null, {}, 5]), make(DirectIo)),
      ...each('DirectIo', keyed(direct, 'zones', [null, {}, 5, [null], [{ volume: 0, block: 0 }]]), make(DirectIo)),
      ...each('DirectIo', keyed(direct, 'extentBytes', [...NOT_COUNTS, 5]), make(DirectIo)),
      ...['doubleBuffer', 'checksums', 'verify'].flatMap((key) => each('DirectIo', keyed(direct, key, NOT_TRUTH), make(DirectIo))),
      ...each('MemoryVolumes', [undefined, ...NOT_OBJECTS, {}, { ...memory, faults: 5 }], make(MemoryVolumes)),
      ...each('MemoryVolumes', keyed(memory, 'blocks', [null, 8, ['8'], [0]]), make(MemoryVolumes)),
      ...each('MemoryVolumes', keyed(memory, 'blockBytes', NOT_COUNTS), make(MemoryVolumes)),
      ...each('MemoryVolumes', keyed(memory, 'fault', [null, 5, {}]), make(MemoryVolumes)),
      ...each('ClockPolicy', [...NOT_OBJECTS, { dirtybytesmax: 5 }], make(ClockPolicy)),
      ...['clusterBlocksMax', 'looseMax'].flatMap((key) => each('ClockPolicy', keyed({}, key, NOT_COUNTS), make(ClockPolicy))),
    ]); // prettier-ignore
  });
});

test('the nearest known option is named, at any depth', async () => {
  const sentence = async (options: unknown): Promise<string> => String(await outcome(() => Mount.open(options as never)));
  expect(await sentence({ volumes: ['a'], cachebytes: 5 })).toMatch(/`cachebytes`\. Did you mean `cacheBytes`\?/);
  expect(await sentence({ volumes: [{ path: 'a', readonly: true }] })).toMatch(/`volumes\[0\]\.readonly`\. Did you mean `readOnly`\?/);
  expect(await sentence({ volumes: ['a'], quux: 5 })).toMatch(/`quux`\. It knows `cacheBytes`, .*`volumes`/);
  expect(await sentence({ volumes: ['a'], cacheBytes: '5' })).toMatch(/`cacheBytes` of Mount\.open to be a whole number from 1, but got the text "5"/);
  expect(await sentence({})).toMatch(/`volumes` to be given to Mount\.open/);
  expect(await outcome(() => mount.get(9, { volume: '0' } as never))).toBeInstanceOf(InvalidArgument);
}); // prettier-ignore
