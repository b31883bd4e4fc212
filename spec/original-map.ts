// The original, place by place: which of its functions and assertions lives where.
//
// The original is DragonFly's sys/vfs/hammer/hammer_io.c at commit e8c03636, 1998 lines. Completeness is a test: 46 functions
// and 54 assertions, in the order of their lines.

export {
  ORIGINAL_FUNCTIONS,
  ORIGINAL_OTHER,
  tlaHomes,
  type AnyActionKind,
  type NoHome,
  type OriginalFunction,
} from './original-functions.ts';
export { ORIGINAL_ASSERTIONS, type AssertionHome, type OriginalAssertion } from './original-assertions.ts';

/** What the lines are lines of. */
export const ORIGINAL = { file: 'sys/vfs/hammer/hammer_io.c', commit: 'e8c03636', lines: 1998 } as const;
