// The order of the catalogue: I before H before the rest, then by number.

const RANK = 'IHDGW';

/** Entries sorted by their ids. */
export function inIdOrder<Entry extends { readonly id: string }>(entries: readonly Entry[]): readonly Entry[] {
  return [...entries].sort((a, b) => place(a.id) - place(b.id));
}

function place(id: string): number {
  return RANK.indexOf(id.charAt(0)) * 1000 + Number(id.slice(1));
}
