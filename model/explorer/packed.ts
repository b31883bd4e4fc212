// Records with named fields that live in the bits of an integer row.
//
// The explorer knows only rows of 32-bit words: it hashes, compares and copies them. The transitions are ordinary code
// on objects with named fields. A packed record is both: its accessors read and write bits of the row, so a state needs
// neither encoding nor decoding, and leaving a state is a copy of a few words.

/** How one field is kept: a flag, a number with its smallest value, or one of a list of words. */
export type Field = 'flag' | { readonly bits: number; readonly least?: number } | readonly string[];

/** A record at `base` in `words`; subclasses get one accessor per field of their layout. */
export interface Packed {
  readonly words: Int32Array;
  readonly base: number;
}

/** A constructor of records with the fields of `T`, packed into one word by `layout`. */
export function packedRecord<T extends object>(layout: { readonly [K in keyof T]: Field }): new (
  words: Int32Array,
  base: number,
) => T {
  class Row implements Packed {
    readonly words: Int32Array;
    readonly base: number;
    constructor(words: Int32Array, base: number) {
      this.words = words;
      this.base = base;
    }
  }
  let shift = 0;
  for (const [name, field] of Object.entries<Field>(layout)) {
    const bits = bitsOf(field);
    if (bits > FIELD_BITS || shift + bits > 32)
      throw new RangeError(`packed record: field ${name} does not fit into the 32 bits of its word`);
    Object.defineProperty(Row.prototype, name, accessor(field, shift, bits));
    shift += bits;
  }
  return Row as unknown as new (words: Int32Array, base: number) => T;
}

/** Values are signed words, so one field leaves the sign alone. */
const FIELD_BITS = 31;

function bitsOf(field: Field): number {
  if (field === 'flag') return 1;
  return 'bits' in field ? field.bits : Math.ceil(Math.log2(field.length));
}

function accessor(field: Field, shift: number, bits: number): PropertyDescriptor & ThisType<Packed> {
  const mask = 2 ** bits - 1;
  const hole = ~(mask << shift);
  if (field === 'flag') {
    const bit = 1 << shift;
    return {
      get(): boolean {
        return (this.words[this.base]! & bit) !== 0;
      },
      set(value: boolean) {
        this.words[this.base] = value ? this.words[this.base]! | bit : this.words[this.base]! & ~bit;
      },
    };
  }
  if ('bits' in field) {
    const least = field.least ?? 0;
    return {
      get(): number {
        return ((this.words[this.base]! >>> shift) & mask) + least;
      },
      set(value: number) {
        if (value < least || value - least > mask)
          throw new RangeError(`packed field: ${value} is outside ${least}..${mask + least}`);
        this.words[this.base] = (this.words[this.base]! & hole) | ((value - least) << shift);
      },
    };
  }
  const codes: Readonly<Record<string, number>> = Object.fromEntries(field.map((word, code) => [word, code]));
  return {
    get(): string {
      return field[(this.words[this.base]! >>> shift) & mask]!;
    },
    set(value: string) {
      const code = codes[value];
      if (code === undefined) throw new RangeError(`packed field: '${value}' is none of ${field.join(', ')}`);
      this.words[this.base] = (this.words[this.base]! & hole) | (code << shift);
    },
  };
}
