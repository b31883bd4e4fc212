// Opening: from the options of a mount to a device whose volumes have been checked, a core over it, and a policy. Whatever is
// opened on the way is closed again if anything is wrong.
//
//   paths ──▶ size of a block (from the first 512 bytes) ──▶ slab ──▶ FileDevice ──▶ headers checked ──▶ core, policy

import type { CachePolicy } from '../../policy/cache-policy.ts';
import { ClockPolicy } from '../../policy/clock-policy.ts';
import {
  checkShape,
  dependingOn,
  FUNCTION,
  having,
  listOf,
  numberFrom,
  optional,
  PATH,
  shape,
  SHARED_MEMORY,
  textOr,
  TRUTH,
  whole,
} from '../../core/check-shape.ts';
import { InvalidArgument } from '../../core/errors.ts';
import { FILE_VOLUME_ENTRIES } from '../../devices/file/file-device-options.ts';
import { readFirstBytes } from '../../devices/file/find-file.ts';
import type { FileVolume } from '../../devices/file/index.ts';
import { FileDevice } from '../../devices/file/index.ts';
import { HammerIoCore } from '../../core/hammer-io-core.ts';
import { FileMemory } from '../file/memory.ts';
import { namesOf } from './format.ts';
import { Loans } from '../file/lent-memory.ts';
import type { MountDevice } from '../../devices/mount-device.ts';
import { RawBlocks } from './raw-blocks.ts';
import type { VolumeHeader } from './header.ts';
import { checkSet, FIRST_BYTES, readBlockBytes, readHeader, WrongSet } from './header.ts';

/** A formatted volume in a file or on a block device. */
export type MountVolume = Omit<FileVolume, 'create'>;

/** What all mounts have in common. */
interface CommonOptions {
  /** Bytes of all buffers together. Default 64 MiB. At least one block more than there are volumes. */
  readonly cacheBytes?: number;
  /** Bytes for data of files on its way between the program and the volumes, beside the cache: see `openFile`. Default 8 MiB. */
  readonly fileBytes?: number;
  /** Bytes that the program can borrow, beside both: see `lend`. Default 8 MiB. */
  readonly lentBytes?: number;
  /** Dirty DATA and UNDO beyond which it is written in the background. Default: half of the cache. */
  readonly dirtyBytesMax?: number;
  /** Which buffer to give up, what to write when, how far to read. Default: a ClockPolicy. One object serves one mount. */
  readonly policy?: CachePolicy;
  /** Check that bytes do not change while they are being written (claim I14); a breach breaks the mount. Default false. */
  readonly verify?: boolean;
  /** Puts something between the mount and its core, which behaves like the core: a recorder, a checker. Default: nothing. */
  readonly instrument?: (core: HammerIoCore) => HammerIoCore;
}

/** A mount of files and block devices. */
export interface VolumesMountOptions extends CommonOptions {
  /** All volumes of a set, in the order of their numbers. */
  readonly volumes: readonly (string | MountVolume)[];
  /** Path of a file that does not exist yet, in which every write and flush is recorded: see `readWriteLog`. */
  readonly writeLog?: string;
}

/** A mount of a device that is open already. */
export interface DeviceMountOptions extends CommonOptions {
  /** A device that is open and whose volumes are formatted. The mount closes it at its own close. */
  readonly device: MountDevice;
  /** Memory that the device wants the buffers to lie in, from `slabOffset` on. Default: any. */
  readonly slab?: SharedArrayBuffer;
  readonly slabOffset?: number;
}

/** What Mount.open takes. */
export type MountOptions = VolumesMountOptions | DeviceMountOptions;

const COMMON_ENTRIES = {
  cacheBytes: optional(whole(1)),
  fileBytes: optional(whole(0)),
  lentBytes: optional(whole(0)),
  dirtyBytesMax: optional(numberFrom(0)),
  policy: optional(having('a CachePolicy', 'makeRoom', 'writeBehind', 'wantsAhead')),
  verify: optional(TRUTH),
  instrument: optional(FUNCTION),
};

const VOLUMES_SHAPE = shape<VolumesMountOptions>({
  ...COMMON_ENTRIES,
  volumes: listOf(textOr(PATH, shape<MountVolume>(FILE_VOLUME_ENTRIES))),
  writeLog: optional(PATH),
});

const DEVICE_SHAPE = shape<DeviceMountOptions>({
  ...COMMON_ENTRIES,
  device: having('a MountDevice that is open', 'submit', 'close'),
  slab: optional(SHARED_MEMORY),
  slabOffset: optional(whole(0)),
});

const BY_DEVICE_OR_VOLUMES = dependingOn((options) => ('device' in options ? DEVICE_SHAPE : VOLUMES_SHAPE));

/** What a mount is made of. */
export interface MountParts {
  readonly core: HammerIoCore;
  readonly device: MountDevice;
  readonly names: readonly string[];
  readonly headers: readonly VolumeHeader[];
  readonly policy: CachePolicy;
  readonly dirtyBytesHard: number;
  readonly openedReadOnly: boolean;
  readonly fileMemory: FileMemory;
  readonly loans: Loans;
  /** Closes what was opened here: not a device that was given. */
  readonly abandon: () => Promise<void>;
}

/** A device, and the memory that it wants the buffers in. */
interface Opened {
  readonly device: MountDevice;
  readonly names: readonly string[];
  readonly slab: SharedArrayBuffer;
  readonly slabOffset: number;
  readonly capacityBufs: number;
  /** Behind the buffers: what files use, and what is lent. */
  readonly fileBytes: number;
  readonly lentBytes: number;
  readonly openedReadOnly: boolean;
  readonly abandon: () => Promise<void>;
}

const CACHE_BYTES = 64 * 1024 * 1024;
/** For files, and for the program: address space alone, as long as nobody uses it. */
const DATA_BYTES = 8 * 1024 * 1024;

/** Opens what the options name, and checks the volumes. The errors are those of Mount.open. */
export async function openParts(options: MountOptions): Promise<MountParts> {
  checkShape(BY_DEVICE_OR_VOLUMES, options, 'Mount.open');
  const opened = 'device' in options ? takeDevice(options) : await openVolumes(options);
  const { device, names, slab, slabOffset, capacityBufs, fileBytes, lentBytes, openedReadOnly, abandon } = opened;
  try {
    const { blockBytes } = device;
    const headers = await readHeaders(device, names, new Uint8Array(slab, slabOffset, blockBytes));
    const core = new HammerIoCore({
      volumes: headers.map(({ blocks }, i) => ({ name: names[i]!, blocks, headerBlock: 0 })),
      capacityBufs,
      blockBytes,
      verify: options.verify ?? false,
      slab,
      slabOffset,
    });
    const behindBufs = slabOffset + capacityBufs * blockBytes;
    const dirtyBytesMax = options.dirtyBytesMax ?? (capacityBufs * blockBytes) / 2;
    return {
      core: options.instrument?.(core) ?? core,
      device,
      names,
      headers,
      policy: options.policy ?? new ClockPolicy({ dirtyBytesMax }),
      // Between the two, writing in the background and modifying go on side by side.
      dirtyBytesHard: dirtyBytesMax * 1.5,
      openedReadOnly,
      fileMemory: new FileMemory(slab, behindBufs, fileBytes),
      loans: new Loans(new FileMemory(slab, behindBufs + fileBytes, lentBytes), blockBytes),
      abandon,
    };
  } catch (thrown) {
    await abandon();
    throw thrown;
  }
}

function takeDevice(options: DeviceMountOptions): Opened {
  const { device, slab, slabOffset = 0, cacheBytes } = options;
  const { blockBytes } = device;
  const capacityBufs = capacityOf(cacheBytes, blockBytes, device.blocks.length);
  const bufsBytes = capacityBufs * blockBytes;
  // A slab that was given may have been made for the buffers alone.
  const left = slab === undefined ? Infinity : Math.max(0, slab.byteLength - slabOffset - bufsBytes);
  const { fileBytes, lentBytes } = dataBytesOf(options, blockBytes, left);
  return {
    device,
    names: namesOf(device),
    slab: slab ?? new SharedArrayBuffer(slabOffset + bufsBytes + fileBytes + lentBytes),
    slabOffset,
    capacityBufs,
    fileBytes,
    lentBytes,
    openedReadOnly: false,
    abandon: () => Promise.resolve(),
  };
}

async function openVolumes(options: VolumesMountOptions): Promise<Opened> {
  const { volumes, cacheBytes, writeLog } = options;
  if (volumes.length === 0) throw new InvalidArgument('a volume or more', 'none', 'Name the volumes of a set.');
  const files = volumes.map((volume) => (typeof volume === 'string' ? { path: volume } : volume));
  const names = files.map(({ path }) => path);
  const blockBytes = await commonBlockBytes(names);
  const capacityBufs = capacityOf(cacheBytes, blockBytes, files.length);
  const { fileBytes, lentBytes } = dataBytesOf(options, blockBytes, Infinity);
  const { slab, offset: slabOffset } = FileDevice.alignedSlab(capacityBufs * blockBytes + fileBytes + lentBytes);
  const device = await FileDevice.open({
    volumes: files,
    blockBytes,
    slab,
    ...(writeLog !== undefined && { writeLog }),
  });
  const openedReadOnly = files.some(({ readOnly }) => readOnly === true);
  const abandon = (): Promise<void> => device.close();
  return { device, names, slab, slabOffset, capacityBufs, fileBytes, lentBytes, openedReadOnly, abandon };
}

/** Memory for data of files, in whole blocks, as far as `left` bytes go. */
function dataBytesOf(
  { fileBytes = DATA_BYTES, lentBytes = DATA_BYTES }: CommonOptions,
  blockBytes: number,
  left: number,
): { fileBytes: number; lentBytes: number } {
  const ofFiles = wholeBlocks(Math.min(fileBytes, left), blockBytes);
  return { fileBytes: ofFiles, lentBytes: wholeBlocks(Math.min(lentBytes, left - ofFiles), blockBytes) };
}

function wholeBlocks(bytes: number, blockBytes: number): number {
  return Math.floor(bytes / blockBytes) * blockBytes;
}

/** Buffers that the cache has: room for the headers, which are held for ever, and for one more at least. */
function capacityOf(cacheBytes = CACHE_BYTES, blockBytes: number, volumes: number): number {
  const bufs = Math.floor(cacheBytes / blockBytes);
  if (bufs > volumes) return bufs;
  const promised = `a cacheBytes of ${(volumes + 1) * blockBytes} or more for ${volumes} volumes with blocks of ${blockBytes} bytes`;
  throw new InvalidArgument(promised, String(cacheBytes), 'Give the cache more bytes.');
}

/** The size of a block, which no device can be opened without. The rest of the header is checked under the device's lock. */
async function commonBlockBytes(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(blockBytesOf));
  const other = sizes.findIndex((size) => size !== sizes[0]);
  if (other < 0) return sizes[0]!;
  const promised = `have blocks of ${sizes[0]!} bytes like ${paths[0]!}`;
  throw new WrongSet(paths[other]!, promised, `${sizes[other]!} bytes`);
}

async function blockBytesOf(path: string): Promise<number> {
  return readBlockBytes(await readFirstBytes(path, FIRST_BYTES), path);
}

async function readHeaders(
  device: MountDevice,
  names: readonly string[],
  memory: Uint8Array,
): Promise<readonly VolumeHeader[]> {
  const raw = new RawBlocks(device, memory);
  const headers: VolumeHeader[] = [];
  for (const [volume, name] of names.entries()) {
    await raw.read(volume, 0);
    headers.push(readHeader(memory, name));
  }
  checkSet(headers, names, device.blocks);
  return headers;
}
