// The header of a volume, format version 1: what block 0 says about the volume, and how it is checked.
//
//   byte  bytes
//      0      4  CRC-32 of the rest of the block, as in every META block
//      4      8  magic: 'HIOKVOL' and a line feed
//     12      2  format version: 1
//     14      2  number of this volume in its set, from 0
//     16      2  volumes in the set
//     18      2  0
//     20      4  bytes of a block: a power of two from 512 to 1 MiB
//     24      8  blocks of the volume, this one included
//     32     16  id of the set: what tells volumes that belong together from others
//     48      8  generation: how often this header was changed since it was formatted
//     56      8  0
//     64         the application's, to the end of the block
//
// All numbers are little endian. The fixed part lies in the first 512 bytes, so that whoever does not know the size of a block
// yet learns it from one sector. A header is believed only if every field makes sense and the CRC over the whole block is right.

import { finalizeCrc, hasValidCrc } from '../../core/block-crc.ts';
import { HammerIoError } from '../../core/errors.ts';

/** Bytes of the fixed part; the application's area follows. */
export const HEADER_BYTES = 64;
/** Bytes that suffice to learn the size of a block. */
export const FIRST_BYTES = 512;
const BLOCK_BYTES_MAX = 1 << 20;
const VERSION = 1;
const MAGIC = Uint8Array.from('HIOKVOL\n', (letter) => letter.charCodeAt(0));
const VOLUMES_MAX = 256;

const AT = {
  magic: 4,
  version: 12,
  number: 14,
  volumes: 16,
  blockBytes: 20,
  blocks: 24,
  setId: 32,
  generation: 48,
} as const;
const SET_ID_BYTES = 16;

export interface VolumeHeader {
  /** Number of the volume in its set, from 0. */
  readonly number: number;
  /** Volumes in the set. */
  readonly volumes: number;
  readonly blockBytes: number;
  /** Blocks of the volume, the header included. */
  readonly blocks: number;
  /** 32 hexadecimal digits. */
  readonly setId: string;
  /** How often the header was changed since it was formatted. */
  readonly generation: number;
}

/** Common ancestor of what can be wrong with a volume before it is mounted. */
export class VolumeError extends HammerIoError {
  override readonly name: string = 'VolumeError';
  /** Path of the volume, or whatever its device calls it. */
  readonly volume: string;

  constructor(volume: string, message: string) {
    super(message);
    this.volume = volume;
  }
}

/** There is no volume header. */
export class NotAVolume extends VolumeError {
  override readonly name = 'NotAVolume';

  constructor(volume: string, seen: string) {
    super(
      volume,
      `${volume} does not begin with a volume header: ${seen}. Check the path, or format the volume first.`,
    );
  }
}

/** A volume of a format that this version does not read. */
export class UnsupportedFormat extends VolumeError {
  override readonly name = 'UnsupportedFormat';

  constructor(volume: string, seen: number) {
    super(
      volume,
      `${volume} has format version ${seen}, and this package reads version ${VERSION}. ` +
        'Use the version of the package that formatted it.',
    );
  }
}

/** A header whose checksum or fields are wrong. */
export class CorruptHeader extends VolumeError {
  override readonly name = 'CorruptHeader';

  constructor(volume: string, seen: string) {
    super(volume, `The header of ${volume} is damaged: ${seen}. Restore the first block from a copy.`);
  }
}

/** The file or device does not have the size that the header says. */
export class WrongSize extends VolumeError {
  override readonly name = 'WrongSize';

  constructor(volume: string, header: string, seen: string) {
    super(
      volume,
      `${volume} has another size than its header says: ${header}, but ${seen}. ` +
        'It was cut, or is a partial copy: restore it whole.',
    );
  }
}

/** Volumes that do not make up a set, or not in this order. */
export class WrongSet extends VolumeError {
  override readonly name = 'WrongSet';

  constructor(volume: string, seen: string) {
    super(
      volume,
      `${volume} does not fit in with the other volumes: ${seen}. ` +
        'Name all volumes of one set, each once, in the order of their numbers.',
    );
  }
}

/** May blocks of a formatted volume have this size? */
export function isBlockBytes(bytes: number): boolean {
  return bytes >= FIRST_BYTES && bytes <= BLOCK_BYTES_MAX && Number.isInteger(Math.log2(bytes));
}

/** Writes the fixed part of a header, and the checksum over the whole block. */
export function writeHeader(block: Uint8Array, header: VolumeHeader): void {
  const view = viewOf(block);
  block.fill(0, 0, HEADER_BYTES);
  block.set(MAGIC, AT.magic);
  view.setUint16(AT.version, VERSION, true);
  view.setUint16(AT.number, header.number, true);
  view.setUint16(AT.volumes, header.volumes, true);
  view.setUint32(AT.blockBytes, header.blockBytes, true);
  view.setBigUint64(AT.blocks, BigInt(header.blocks), true);
  block.set(Buffer.from(header.setId, 'hex'), AT.setId);
  view.setBigUint64(AT.generation, BigInt(header.generation), true);
  finalizeCrc(block);
}

/** The application's area has changed: counts the generation up, and brings the checksum up to date. */
export function renewHeader(block: Uint8Array): void {
  const view = viewOf(block);
  view.setBigUint64(AT.generation, view.getBigUint64(AT.generation, true) + 1n, true);
  finalizeCrc(block);
}

/** Does the block begin like a volume header, of whatever version and in whatever state? */
export function hasMagic(block: Uint8Array): boolean {
  return MAGIC.every((byte, i) => block[AT.magic + i] === byte);
}

/**
 * The size of a block, from the first 512 bytes of a volume.
 * @throws NotAVolume, UnsupportedFormat, CorruptHeader
 */
export function readBlockBytes(first: Uint8Array, volume: string): number {
  if (first.length < FIRST_BYTES) throw new NotAVolume(volume, `it has ${first.length} bytes in all`);
  if (!hasMagic(first)) {
    throw new NotAVolume(volume, `its first bytes are ${Buffer.from(first.subarray(0, 12)).toString('hex')}`);
  }
  const view = viewOf(first);
  const version = view.getUint16(AT.version, true);
  if (version !== VERSION) throw new UnsupportedFormat(volume, version);
  const blockBytes = view.getUint32(AT.blockBytes, true);
  if (!isBlockBytes(blockBytes)) {
    throw new CorruptHeader(
      volume,
      `it says blocks of ${blockBytes} bytes, which is no power of two from 512 to 1 MiB`,
    );
  }
  return blockBytes;
}

/**
 * Reads and checks a header; `block` is the whole block.
 * @throws NotAVolume, UnsupportedFormat, CorruptHeader
 */
export function readHeader(block: Uint8Array, volume: string): VolumeHeader {
  const blockBytes = readBlockBytes(block, volume);
  if (block.length !== blockBytes) {
    const seen = block.length < blockBytes ? `${block.length} bytes in all` : `a device with blocks of ${block.length}`;
    throw new WrongSize(volume, `blocks of ${blockBytes} bytes`, seen);
  }
  if (!hasValidCrc(block)) {
    throw new CorruptHeader(volume, 'its first four bytes are not the CRC-32 of the rest');
  }
  const view = viewOf(block);
  const header: VolumeHeader = {
    number: view.getUint16(AT.number, true),
    volumes: view.getUint16(AT.volumes, true),
    blockBytes,
    blocks: Number(view.getBigUint64(AT.blocks, true)),
    setId: Buffer.from(block.subarray(AT.setId, AT.setId + SET_ID_BYTES)).toString('hex'),
    generation: Number(view.getBigUint64(AT.generation, true)),
  };
  const seen = impossible(header);
  if (seen !== undefined) throw new CorruptHeader(volume, `it says ${seen}`);
  return header;
}

function impossible({ number, volumes, blocks }: VolumeHeader): string | undefined {
  if (volumes < 1 || volumes > VOLUMES_MAX) return `${volumes} volumes in the set`;
  if (number >= volumes) return `volume ${number} of ${volumes}`;
  if (!Number.isSafeInteger(blocks) || blocks < 1) return `${blocks} blocks`;
  return undefined;
}

/**
 * Checks that volumes make up one whole set in the order of their numbers, and that each has room for its blocks.
 * `capacities`: blocks that each device holds.
 * @throws WrongSet, WrongSize
 */
export function checkSet(
  headers: readonly VolumeHeader[],
  names: readonly string[],
  capacities: readonly number[],
): void {
  const first = headers[0]!;
  headers.forEach((header, position) => {
    const name = names[position]!;
    if (header.setId !== first.setId) {
      throw new WrongSet(name, `it belongs to set ${header.setId}, and ${names[0]!} to set ${first.setId}`);
    }
    if (header.volumes !== headers.length) {
      throw new WrongSet(name, `its set has ${header.volumes} volumes, and ${headers.length} are named`);
    }
    if (header.number !== position) {
      throw new WrongSet(name, `it is volume ${header.number} of its set, and is named as volume ${position}`);
    }
    if (header.blockBytes !== first.blockBytes) {
      throw new WrongSet(name, otherBlockBytes(header.blockBytes, names[0]!, first.blockBytes));
    }
    if (capacities[position]! < header.blocks) {
      throw new WrongSize(name, `${header.blocks} blocks`, `room for ${capacities[position]!}`);
    }
  });
}

/** What WrongSet says of volumes with blocks of two sizes. */
export function otherBlockBytes(seen: number, first: string, blockBytes: number): string {
  return `its blocks have ${seen} bytes, and those of ${first} have ${blockBytes}`;
}

function viewOf(block: Uint8Array): DataView {
  return new DataView(block.buffer, block.byteOffset, block.byteLength);
}
