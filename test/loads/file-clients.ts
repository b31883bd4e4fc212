// Clients of files at work on DirectIo: they read and write ranges of any registers, several at once. A range is cut at the cells
// of its file, as every user of DirectIo must, and each part is one recorded operation. Parts on one cell wait for each other in
// the order in which they were begun; a write of a part fills the front first, changes it, and writes the cell as a whole to
// free blocks.
//
// Nothing happens here by itself: `begin` starts an operation, `ended` tells that one of a front is over, `nudge` tries again
// what could not go on.

import type { DirectFile, DirectIo, Front, Place } from '../../src/index.ts';
import type { Dice } from '../kit/random/dice.ts';
import type { Recorded, RecordedHistory } from './recorded-history.ts';

/** What the clients need to know of files and devices. */
export interface ClientSite {
  readonly direct: DirectIo;
  readonly files: readonly DirectFile[];
  readonly history: RecordedHistory;
  readonly dice: Dice;
  readonly blockBytes: number;
  readonly extentBytes: number;
  /** Free blocks side by side, or undefined. */
  readonly findSpace: (blocks: number) => Place | undefined;
  /** Told of every failed operation. */
  readonly failed: (operation: Recorded, reason: string) => void;
}

/** A cell of a file: its front, if there is one, and who wants to work on it, the first one at work. */
export interface Cell {
  readonly file: number;
  readonly offset: number;
  front: Front | undefined;
  readonly queue: Recorded[];
  /** An operation of the front is in flight. */
  isWaiting: boolean;
  isWriting: boolean;
}

export class FileClients {
  readonly cells: readonly Cell[];
  readonly #site: ClientSite;
  readonly #cellsPerFile: number;
  readonly #busy: number[];

  constructor(site: ClientSite, clients: number, cellsPerFile: number) {
    this.#site = site;
    this.#cellsPerFile = cellsPerFile;
    this.#busy = Array.from({ length: clients }, () => 0);
    const { extentBytes } = site;
    this.cells = site.files.flatMap((_, file) =>
      Array.from({ length: cellsPerFile }, (__, i): Cell => {
        return { file, offset: i * extentBytes, front: undefined, queue: [], isWaiting: false, isWriting: false };
      }),
    );
  }

  /** Clients with nothing under way. */
  idle(): number[] {
    return this.#busy.flatMap((parts, client) => (parts === 0 ? [client] : []));
  }

  begin(client: number, kind: 'read' | 'write', file: number, offset: number, length: number): void {
    const { extentBytes, history } = this.#site;
    const touched: Cell[] = [];
    for (let from = offset; from < offset + length;) {
      const number = Math.floor(from / extentBytes);
      const to = Math.min(offset + length, (number + 1) * extentBytes);
      const cell = this.cells[file * this.#cellsPerFile + number]!;
      cell.queue.push(history.begin(client, kind, file, from, to - from));
      this.#busy[client]!++;
      touched.push(cell);
      from = to;
    }
    for (const cell of touched) this.nudge(cell);
  }

  /** An operation of a front has ended outside its own call. */
  ended(front: Front): void {
    const cell = this.cells.find((one) => one.front === front)!;
    cell.isWaiting = false;
    this.#arrived(cell, front.result === 'done' ? 'done' : 'error');
    this.nudge(cell);
  }

  /** Goes on with a cell as far as it can. */
  nudge(cell: Cell): void {
    const { direct, dice } = this.#site;
    while (!cell.isWaiting && cell.queue.length > 0) {
      const operation = cell.queue[0]!;
      const front = this.#frontFor(cell, operation);
      if (front.at === 'valid') this.#filled(cell, front, operation);
      else {
        const outcome = direct.strategyRead(front, dice(3) === 0);
        if (outcome === 'again') return;
        this.#arrived(cell, outcome);
      }
    }
  }

  #arrived(cell: Cell, outcome: string): void {
    if (outcome === 'io' || outcome === 'wait') {
      cell.isWaiting = true;
      return;
    }
    const { isWriting, front } = cell;
    cell.isWriting = false;
    const operation = cell.queue[0]!;
    if (outcome === 'done' && isWriting) this.#answer(cell, operation, 'ok');
    else if (outcome === 'done') this.#filled(cell, front!, operation);
    else {
      this.#site.failed(operation, outcome === 'error' ? front!.failure!.reason : outcome);
      this.#answer(cell, operation, 'error');
    }
  }

  /** The front holds what the cell holds. */
  #filled(cell: Cell, front: Front, operation: Recorded): void {
    const at = operation.offset - front.fileOffset;
    if (operation.kind === 'read') {
      this.#answer(cell, operation, front.bytes.slice(at, at + operation.length));
      return;
    }
    const { direct, blockBytes, dice, findSpace } = this.#site;
    const length = Math.max(front.length, at + operation.length);
    const place = findSpace(Math.ceil(length / blockBytes));
    if (place === undefined) {
      this.#answer(cell, operation, 'error');
      return;
    }
    const before = front.bytes.slice();
    front.bytes.set(operation.bytes, at);
    const outcome = direct.strategyWrite(front, place, length, length <= blockBytes && dice(2) === 0);
    if (outcome === 'refused') front.bytes.set(before); // Nothing has happened, so the front must not show it.
    cell.isWriting = outcome !== 'refused' && outcome !== 'error';
    this.#arrived(cell, outcome);
  }

  #answer(cell: Cell, operation: Recorded, result: Uint8Array | 'ok' | 'error'): void {
    this.#site.history.answer(operation, result);
    cell.queue.shift();
    this.#busy[operation.client]!--;
  }

  /** A front that has room for the operation: mostly the one that there is, and for a write one of the whole cell. */
  #frontFor(cell: Cell, { kind, offset, length }: Recorded): Front {
    const { direct, files, blockBytes, extentBytes, dice } = this.#site;
    const { front } = cell;
    const isWide = kind === 'write' || dice(4) !== 0;
    if (front !== undefined) {
      const end = front.fileOffset + front.bytes.length;
      const fits = front.fileOffset <= offset && offset + length <= end;
      const whole = front.fileOffset === cell.offset && front.bytes.length === extentBytes;
      if (fits && (whole || kind === 'read')) return front;
      direct.closeFront(front);
      cell.front = undefined;
    }
    const from = isWide ? cell.offset : offset - (offset % blockBytes);
    const end = isWide ? cell.offset + extentBytes : Math.ceil((offset + length) / blockBytes) * blockBytes;
    cell.front = direct.openFront(files[cell.file]!, from, new Uint8Array(end - from).fill(0xee));
    return cell.front;
  }
}
