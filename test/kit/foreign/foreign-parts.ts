// The parts of a check of an implementation in another process, for whoever reads a request before anything else is loaded.

/** The parts of a check, in the order in which they are made. */
export const FOREIGN_PARTS = ['edges', 'promises', 'random'] as const;
export type ForeignPart = (typeof FOREIGN_PARTS)[number];
