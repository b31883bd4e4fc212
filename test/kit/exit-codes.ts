// What the command answers to the shell, and the one error that means "you asked for something that does not exist".
//
// 0: everything that was asked for was checked and holds. 1: something is violated, different or missing, or a check broke
// down. 2: the request itself is wrong, or what it needs is not there; nothing was checked. A caller of the command may rely
// on 2 coming with exactly one line on stderr and never with a stack trace.

export const EXIT = { holds: 0, broken: 1, usage: 2 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The request cannot be carried out as given. The message is one sentence: what was asked, what is there, what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(sentence: string) {
    super(oneLine(sentence));
  }
}

/** Text on a single line: what reaches stderr for a wrong request is one line whatever a file or a library said. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
