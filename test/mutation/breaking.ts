// Breaking a state in every way that one field or one list entry allows, in place, so that thousands of broken states cost next
// to nothing. Whoever is shown one must not keep it.

/** By field: what else a word could be. */
export type Words = Readonly<Record<string, readonly string[]>>;

/** Changes one thing, calls `look`, and undoes the change; for everything that can be changed. */
export function breakEach(record: object, words: Words, look: () => void): void {
  const fields = record as Record<string, unknown>;
  for (const key of Object.keys(fields).sort()) {
    const value = fields[key];
    if (Array.isArray(value)) breakArray(value, look);
    if (typeof value === 'object' && value !== null) breakEach(value, words, look);
    for (const other of othersThan(words[key], value)) {
      fields[key] = other;
      look();
    }
    fields[key] = value;
  }
}

function othersThan(words: readonly string[] | undefined, value: unknown): readonly unknown[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return [value - 1, value + 1];
  return typeof value === 'string' ? (words ?? []) : [];
}

/** Lists lose an entry, hold one twice, and stand in another order. */
function breakArray(array: unknown[], look: () => void): void {
  if (array.length === 0) return;
  const [first, last] = [array[0], array[array.length - 1]];
  array.push(first);
  look();
  array.pop();
  if (typeof first === 'object' && first !== null && 'exists' in first) return;
  array.shift();
  look();
  array.unshift(first);
  if (array.length === 1) return;
  array[0] = last;
  array[array.length - 1] = first;
  look();
  array[0] = first;
  array[array.length - 1] = last;
}
