// The groups in which mutation scores are told and judged. A file belongs to the first group that names it.

export interface Group {
  readonly name: string;
  /** The least score in percent, where the group is judged by itself. */
  readonly least?: number;
  readonly holds: (file: string) => boolean;
}

/** The least score of everything together, in percent. */
export const LEAST_OVERALL = 83;

/** Of all mutants, how many percent a comment may disable. */
export const MOST_DISABLED = 2;

/** Where the core decides: who gets a buffer, what becomes of it, what is written when, who is woken. */
const DECISIONS = [
  'core-state', 'records/dirty-lists', 'records/handles', 'records/reference-word', 'records/run-list', 'records/tickets',
  'records/volume',
].map((name) => `src/core/${name}.ts`); // prettier-ignore
const isDecision = (file: string): boolean => file.startsWith('src/core/actions/') || DECISIONS.includes(file);

const inside = (folder: string) => (file: string) => file.startsWith(folder);

export const GROUPS: readonly Group[] = [
  { name: 'decisions of the core', least: 90, holds: isDecision },
  { name: 'model', least: 90, holds: inside('model/') },
  { name: 'claims and goals', holds: inside('spec/') },
  { name: 'direct I/O', holds: (file) => file.startsWith('src/direct/') || file.startsWith('src/mount/file/') },
  { name: 'mount', holds: inside('src/mount/') },
  { name: 'file device', holds: inside('src/devices/file/') },
  { name: 'rest of src', holds: inside('src/') },
];

export function groupOf(file: string): Group {
  const group = GROUPS.find(({ holds }) => holds(file));
  if (group === undefined) throw new RangeError(`No group of mutants holds ${file}; name one in groups.ts.`);
  return group;
}
