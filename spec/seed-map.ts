// The seed, place by place: which of its functions and assertions lives where.
//
// The seed is DragonFly's sys/vfs/hammer/hammer_io.c at commit e8c03636, 1998 lines. Completeness is a test: 46 functions
// and 54 assertions, in the order of their lines.

export {
  SEED_FUNCTIONS,
  SEED_OTHER,
  tlaHomes,
  type AnyActionKind,
  type NoHome,
  type SeedFunction,
} from './seed-functions.ts';
export { SEED_ASSERTIONS, type AssertionHome, type SeedAssertion } from './seed-assertions.ts';

/** What the lines are lines of. */
export const SEED = { file: 'sys/vfs/hammer/hammer_io.c', commit: 'e8c03636', lines: 1998 } as const;
