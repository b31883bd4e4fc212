// What clients of files have written and read, recorded so that linearizability can be decided.
//
// Files are cut into registers of some bytes each, at least one word of 4 bytes. A write gives every register of its range a
// stamp of its own: a number that names the write and the register, repeated over all words. The bytes that are there from the
// beginning are stamped too, and holes read as 0. So each read register tells by itself which write it saw; bytes that were
// meant for another place are a value that nobody wrote there; and a register whose words differ is torn, an anomaly before any
// order is looked for.
//
// The clock of a history ticks at every beginning and every answer. A write that was answered with an error may have happened or
// not; a read that was answered with an error says nothing.

import { findAnomaly, text, type Anomaly, type Operation } from './linearizability.ts';

const WORD_BYTES = 4;
/** Registers of all files together that stamps can tell apart. */
export const REGISTERS_MAX = 4096;

/** An operation on a range that is under way or over. */
export interface Recorded {
  readonly client: number;
  readonly kind: 'read' | 'write';
  readonly file: number;
  readonly offset: number;
  readonly length: number;
  readonly begun: number;
  /** Of a write: the bytes to be written. */
  readonly bytes: Uint8Array;
  readonly number: number;
}

/** What is wrong with one register. */
export interface HistoryAnomaly {
  readonly rule: Anomaly['rule'] | 'torn register';
  /** Such as `file 0, bytes 16..31`. */
  readonly register: string;
  readonly summary: string;
  /** The operations that contradict each other, as they were begun. */
  readonly operations: readonly string[];
}

/** A register: what it holds at the beginning, and everything that was done to it. */
interface Register {
  readonly initial: number;
  readonly operations: Operation[];
}

/** A read that gave parts of different values. */
interface Torn {
  readonly read: Recorded;
  readonly register: number;
  readonly values: readonly number[];
}

export class RecordedHistory {
  /** Operations that were begun. */
  operations = 0;
  readonly #registerBytes: number;
  readonly #perFile: number;
  readonly #registers: Register[] = [];
  readonly #open = new Map<Recorded, Operation[]>();
  #torn: Torn | undefined;
  #clock = 0;
  #writes = 0;

  /** `fileBytes`: the part of each file that is recorded, a multiple of `registerBytes`. */
  constructor(files: number, fileBytes: number, registerBytes: number) {
    if (registerBytes % WORD_BYTES !== 0 || fileBytes % registerBytes !== 0)
      throw new RangeError('A file must be whole registers, and a register whole words.');
    this.#registerBytes = registerBytes;
    this.#perFile = fileBytes / registerBytes;
    if (files * this.#perFile >= REGISTERS_MAX)
      throw new RangeError(`There may be fewer than ${REGISTERS_MAX} registers.`);
    for (let i = 0; i < files * this.#perFile; i++) this.#registers.push({ initial: 0, operations: [] });
  }

  /** Stamps of what stands in a range of a file before anything is recorded; `like`: the file whose stamps they are. */
  initial(file: number, offset: number, length: number, like = file): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#eachRegister({ file, offset, length }, (register, at) => {
      const initial = this.#stamp(0, register + (like - file) * this.#perFile);
      this.#registers[register] = { ...this.#registers[register]!, initial };
      this.#fill(bytes, at, initial);
    });
    return bytes;
  }

  begin(client: number, kind: 'read' | 'write', file: number, offset: number, length: number): Recorded {
    const number = kind === 'write' ? ++this.#writes : 0;
    const bytes = new Uint8Array(kind === 'write' ? length : 0);
    const begun = this.#clock++;
    const recorded: Recorded = { client, kind, file, offset, length, begun, bytes, number };
    const operations: Operation[] = [];
    this.#eachRegister(recorded, (register, at) => {
      const value = kind === 'write' ? this.#stamp(number, register) : 0;
      if (kind === 'write') this.#fill(bytes, at, value);
      operations.push({ client, kind, value, begun, answered: undefined, outcome: 'ok' });
    });
    this.#open.set(recorded, operations);
    this.operations++;
    return recorded;
  }

  /** A read is answered with the bytes of its range, a write without; `undefined` in place of bytes: with an error. */
  answer(recorded: Recorded, result: Uint8Array | 'ok' | 'error'): void {
    const begun = this.#open.get(recorded)!;
    this.#open.delete(recorded);
    const answered = this.#clock++;
    const outcome = result === 'error' ? 'error' : 'ok';
    this.#eachRegister(recorded, (register, at, i) => {
      const value = result instanceof Uint8Array ? this.#valueOf(recorded, register, result, at) : begun[i]!.value;
      this.#registers[register]!.operations.push({ ...begun[i]!, value, answered, outcome });
    });
  }

  /** The first anomaly, or undefined: every register is linearizable. Operations that are still under way count as not answered. */
  anomaly(): HistoryAnomaly | undefined {
    if (this.#torn !== undefined) return this.#tornText(this.#torn);
    for (const [recorded, operations] of this.#open)
      this.#eachRegister(recorded, (register, _, i) => this.#registers[register]!.operations.push(operations[i]!));
    this.#open.clear();
    for (const [register, { initial, operations }] of this.#registers.entries()) {
      const found = findAnomaly(operations, initial);
      if (found === undefined) continue;
      const { rule, summary } = found;
      return { rule, summary, register: this.#nameOf(register), operations: found.operations.map(text) };
    }
    return undefined;
  }

  #tornText({ read, register, values }: Torn): HistoryAnomaly {
    const name = this.#nameOf(register);
    const summary = `Not linearizable: client ${read.client} read parts of ${values.join(' and ')} in one register.`;
    const operations = this.#registers[register]!.operations.filter(({ value }) => values.includes(value)).map(text);
    return { rule: 'torn register', register: name, summary, operations };
  }

  #nameOf(register: number): string {
    const from = (register % this.#perFile) * this.#registerBytes;
    return `file ${Math.floor(register / this.#perFile)}, bytes ${from}..${from + this.#registerBytes - 1}`;
  }

  /** Registers are told apart from 1 on, so that no stamp is 0, which is what holes read as. */
  #stamp(write: number, register: number): number {
    return write * REGISTERS_MAX + register + 1;
  }

  #fill(bytes: Uint8Array, at: number, value: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (let i = at; i < at + this.#registerBytes; i += WORD_BYTES) view.setUint32(i, value, true);
  }

  #valueOf(read: Recorded, register: number, bytes: Uint8Array, at: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const value = view.getUint32(at, true);
    for (let i = at; i < at + this.#registerBytes; i += WORD_BYTES) {
      const other = view.getUint32(i, true);
      if (other !== value) this.#torn ??= { read, register, values: [value, other] };
    }
    return value;
  }

  #eachRegister(
    { file, offset, length }: Pick<Recorded, 'file' | 'offset' | 'length'>,
    visit: (register: number, at: number, index: number) => void,
  ): void {
    if (offset % this.#registerBytes !== 0 || length % this.#registerBytes !== 0)
      throw new RangeError(`${length} bytes from byte ${offset} on are not whole registers.`);
    for (let at = 0; at < length; at += this.#registerBytes)
      visit(file * this.#perFile + (offset + at) / this.#registerBytes, at, at / this.#registerBytes);
  }
}
