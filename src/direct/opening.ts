// How files, snapshots and fronts come into being, and how fronts go; and how the core forgets blocks before they are first used.

import type { DirectOutcome } from '../../spec/direct/vocabulary.ts';
import { BrokenPromise, InvalidArgument } from '../core/errors.ts';
import type { DirectState } from './direct-state.ts';
import type { Element, Place } from './extents.ts';
import { ExtentRecord, nameOfExtent } from './extents.ts';
import { FileRecord } from './files.ts';
import { becomeEmpty, FrontRecord, promiseIdle } from './fronts.ts';

const ELEMENTS_ADVICE = 'Correct the elements of the file.';

export function openFile(
  s: DirectState,
  name: string,
  elements: Iterable<Element>,
  older: Iterable<Element>,
): FileRecord {
  const file = new FileRecord(s.identity, name);
  const superseded = [...older];
  try {
    for (const element of elements) addElement(s, file, element);
    for (const element of superseded) checkData(s, element);
  } catch (error) {
    for (const extent of file.index.values()) s.space.release(extent);
    throw error;
  }
  for (const element of superseded) delay(s, file, element);
  return file;
}

/** What nothing else has taken of the blocks of an older element is as if it had been freed just now. */
function delay(s: DirectState, file: FileRecord, { fileOffset, length, volume, block }: Element): void {
  const end = block + s.blocksOf(length);
  for (let from = block; from < end;) {
    const place = { volume, block: from };
    const blocks = s.space.freeRun(place, end - from);
    from += Math.max(1, blocks);
    if (blocks === 0) continue;
    const extent = new ExtentRecord('media', place, blocks, file, { fileOffset, length: blocks * s.blockBytes });
    s.space.reserve(extent);
    s.space.free(extent);
  }
}

function addElement(s: DirectState, file: FileRecord, element: Element): void {
  const { fileOffset, length } = element;
  if (!isOffset(fileOffset) || fileOffset % s.extentBytes !== 0 || file.index.has(fileOffset)) {
    const promised = `elements that each begin a cell of ${s.extentBytes} bytes of their own`;
    throw new InvalidArgument(promised, `one at byte ${fileOffset} of ${file.name}`, ELEMENTS_ADVICE);
  }
  checkData(s, element);
  const extent = new ExtentRecord('media', element, s.blocksOf(length), file, element);
  promiseFree(s, extent);
  s.space.reserve(extent);
  extent.holders = 1;
  file.index.set(fileOffset, extent);
}

/** It has data of a cell at most, at a place that could be. */
function checkData(s: DirectState, { volume, block, length }: Element): void {
  checkPlace(volume, block);
  if (isOffset(length) && length > 0 && length <= s.extentBytes) return;
  throw new InvalidArgument(`a length of 1 to ${s.extentBytes} bytes`, String(length), ELEMENTS_ADVICE);
}

export function openSnapshot(s: DirectState, head: FileRecord, name: string): FileRecord {
  if (head.kind !== 'head') {
    throw new InvalidArgument('a file', `the snapshot ${head.name}`, 'Make snapshots of the file itself.');
  }
  const snapshot = new FileRecord(s.identity, name, head);
  for (const extent of snapshot.index.values()) extent.holders++;
  head.snapshots.push(snapshot);
  return snapshot;
}

export function openFront(s: DirectState, file: FileRecord, fileOffset: number, bytes: Uint8Array): FrontRecord {
  const { blockBytes, extentBytes } = s;
  const advice = 'Make each front of whole blocks, within one cell of the file.';
  if (!isOffset(fileOffset) || fileOffset % blockBytes !== 0) {
    throw new InvalidArgument(`an offset that is a multiple of ${blockBytes}`, String(fileOffset), advice);
  }
  const inCell = fileOffset % extentBytes;
  if (bytes.length === 0 || bytes.length % blockBytes !== 0 || inCell + bytes.length > extentBytes) {
    const promised = `whole blocks of ${blockBytes} bytes, up to the end of the cell at most`;
    throw new InvalidArgument(promised, `${bytes.length} bytes at byte ${fileOffset}`, advice);
  }
  const cell = fileOffset - inCell;
  if (file.fronts.has(cell)) {
    const seen = `a second one for the cell at byte ${cell} of ${file.name}`;
    throw new InvalidArgument('at most one front for a cell of a file', seen, 'Use the front that there is.');
  }
  const front = new FrontRecord(file, fileOffset, bytes, cell);
  file.fronts.set(cell, front);
  return front;
}

export function closeFront(front: FrontRecord): void {
  promiseIdle(front);
  becomeEmpty(front);
  front.isOpen = false;
  front.file.fronts.delete(front.cell);
}

export function recycleFront(front: FrontRecord): 'done' {
  promiseIdle(front);
  becomeEmpty(front);
  return 'done';
}

/** Free blocks of the zones that the core knows something of. */
export function freeAliases(s: DirectState): Place[] {
  return s.translation.zones.flatMap((zone) => {
    const ios = [...(s.mount.volumes[zone.volume]?.ios ?? [])];
    const inZone = ios.filter(({ block }) => block >= zone.block && block < zone.block + zone.blocks);
    return inZone.map(({ block }) => ({ volume: zone.volume, block })).filter((place) => s.space.isFree(place, 1));
  });
}

export function purgeFree(s: DirectState, place: Place): DirectOutcome {
  if (s.isCritical) return 'refused';
  return s.aliases.purge({ ...place, blocks: 1 }) ? 'done' : 'again';
}

/** A place that a volume could have, whether or not it is there. */
export function checkPlace(volume: number, block: number): void {
  if (isOffset(volume) && isOffset(block)) return;
  const seen = `block ${block} of volume ${volume}`;
  throw new InvalidArgument('a volume and a block by number', seen, 'Both are whole numbers from 0.');
}

export function promiseFree(s: DirectState, extent: ExtentRecord): void {
  if (s.space.isFree(extent, extent.blocks)) return;
  throw new BrokenPromise('SpaceReserved', `some of the blocks for ${nameOfExtent(extent)} are taken`);
}

function isOffset(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
