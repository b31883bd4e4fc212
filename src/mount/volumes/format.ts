// Making volumes: a header on each of them. Nothing else is written; blocks hold what they held before, zeros in a new file.
//
//   await formatVolumes([{ path: 'a.vol', blocks: 1024 }, { path: 'b.vol', blocks: 4096 }]);
//
// Volumes that are formatted together are a set and can only be mounted together, in the same order. A volume that has a header
// already is refused unless the caller says `overwrite`; all are looked at before the first is written.

import { randomUUID } from 'node:crypto';
import { checkShape, having, listOf, optional, PATH, shape, TEXT, TRUTH, whole } from '../../core/check-shape.ts';
import { InvalidArgument } from '../../core/errors.ts';
import { DeviceError } from '../../devices/file/device-error.ts';
import { readFirstBytes } from '../../devices/file/find-file.ts';
import { FileDevice } from '../../devices/file/index.ts';
import type { MountDevice } from '../../devices/mount-device.ts';
import { RawBlocks } from './raw-blocks.ts';
import { FIRST_BYTES, hasMagic, isBlockBytes, VolumeError, writeHeader } from './header.ts';

/** A file or block device that is to become a volume. */
export interface NewVolume {
  /** A regular file, which is made if there is none, or a block device. */
  readonly path: string;
  /** Blocks, the header included. May be left out for what exists: then as many as there are. */
  readonly blocks?: number;
}

/** How volumes are formatted. */
export interface FormatOptions {
  /** Format also what is a volume already; its blocks are lost. Default false. */
  readonly overwrite?: boolean;
  /**
   * Id of the set, 32 hexadecimal digits; give it where a run must be repeatable to the byte. Default: drawn at random. It only
   * tells sets apart and decides nothing else.
   */
  readonly setId?: string;
}

/** The same for files and block devices. */
export interface FormatVolumesOptions extends FormatOptions {
  /** Bytes of a block: a power of two from 512 to 1 MiB. Default 16384. */
  readonly blockBytes?: number;
}

const NEW_VOLUMES = listOf(shape<NewVolume>({ path: PATH, blocks: optional(whole(1)) }));
const FORMAT_ENTRIES = { overwrite: optional(TRUTH), setId: optional(TEXT) };
const FORMAT_SHAPE = shape<FormatOptions>(FORMAT_ENTRIES);
const FORMAT_VOLUMES_SHAPE = shape<FormatVolumesOptions>({ ...FORMAT_ENTRIES, blockBytes: optional(whole(1)) });
const DEVICE = having('a MountDevice that is open', 'submit', 'close');

/** What is to be formatted is a volume already. */
export class VolumeExists extends VolumeError {
  override readonly name = 'VolumeExists';

  constructor(volume: string) {
    super(volume, `${volume} is a volume already. Give \`overwrite\` if its contents may be lost, or another path.`);
  }
}

/**
 * Formats files or block devices as one set; durable when it resolves. Rejects with VolumeExists, DeviceError, or
 * InvalidArgument; no header is then written, unless it was the writing that failed.
 */
export async function formatVolumes(volumes: readonly NewVolume[], options: FormatVolumesOptions = {}): Promise<void> {
  checkShape(NEW_VOLUMES, volumes, 'the volumes of formatVolumes');
  checkShape(FORMAT_VOLUMES_SHAPE, options, 'formatVolumes');
  const { blockBytes = 16384, overwrite = false } = options;
  checkBlockBytes(blockBytes);
  checkSetId(options.setId);
  const isThere = await Promise.all(volumes.map(({ path }) => look(path, overwrite)));
  const { slab, offset } = FileDevice.alignedSlab(blockBytes);
  const device = await FileDevice.open({
    volumes: volumes.map((volume, i) => ({ ...volume, create: !isThere[i] })),
    blockBytes,
    slab,
  });
  try {
    const names = volumes.map(({ path }) => path);
    await formatWith(device, names, new Uint8Array(slab, offset, blockBytes), options);
  } finally {
    await device.close();
  }
}

/** The same for a device that is open and not in use; it stays open. For one that takes any memory. */
export async function formatDevice(device: MountDevice, options: FormatOptions = {}): Promise<void> {
  checkShape(DEVICE, device, 'the device of formatDevice');
  checkShape(FORMAT_SHAPE, options, 'formatDevice');
  checkBlockBytes(device.blockBytes);
  checkSetId(options.setId);
  const memory = new Uint8Array(new SharedArrayBuffer(device.blockBytes));
  await formatWith(device, namesOf(device), memory, options);
}

/** What messages call the volumes of a device. */
export function namesOf(device: MountDevice): readonly string[] {
  return device.names ?? device.blocks.map((_, volume) => `volume${volume}`);
}

async function formatWith(
  device: MountDevice,
  names: readonly string[],
  memory: Uint8Array,
  { overwrite = false, setId = randomUUID().replaceAll('-', '') }: FormatOptions,
): Promise<void> {
  const raw = new RawBlocks(device, memory);
  for (const [volume, name] of names.entries()) {
    if (overwrite) break;
    await raw.read(volume, 0);
    if (hasMagic(memory)) throw new VolumeExists(name);
  }
  const { blockBytes, blocks } = device;
  for (const number of names.keys()) {
    memory.fill(0);
    writeHeader(memory, { number, volumes: names.length, blockBytes, blocks: blocks[number]!, setId, generation: 0 });
    await raw.write(number, 0);
  }
  for (const volume of names.keys()) await raw.flush(volume);
}

/** Is there a file or device already? Before anything is made, so that refusing one leaves none behind. */
async function look(path: string, overwrite: boolean): Promise<boolean> {
  try {
    const first = await readFirstBytes(path, FIRST_BYTES);
    if (hasMagic(first) && !overwrite) throw new VolumeExists(path);
    return true;
  } catch (thrown) {
    if (thrown instanceof DeviceError && thrown.code === 'ENOENT') return false;
    throw thrown;
  }
}

function checkBlockBytes(blockBytes: number): void {
  if (isBlockBytes(blockBytes)) return;
  const promised = 'a blockBytes that is a power of two from 512 to 1 MiB';
  throw new InvalidArgument(promised, String(blockBytes), 'Choose another size.');
}

function checkSetId(setId: string | undefined): void {
  if (setId === undefined || /^[0-9a-f]{32}$/.test(setId)) return;
  throw new InvalidArgument('a setId of 32 hexadecimal digits', `'${setId}'`, 'Correct it, or leave it out.');
}
