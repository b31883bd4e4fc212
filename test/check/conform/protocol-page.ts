// The rows of `PROTOCOL.md` that follow from the vocabulary: one per action, one per field of the snapshot. The page is written
// by hand; a test holds that each row stands in it.

import { ACTIONS, type ActionKind } from '../../../spec/buffer/vocabulary.ts';
import { ARGUMENTS } from '../../kit/trace/action-arguments.ts';

/** `| ioRead | client | client, io, ahead | done, io, wait | … |` */
export function actionRow(kind: ActionKind): string {
  const { by, outcomes, means } = ACTIONS[kind];
  const names = ARGUMENTS.get(kind)!.map((name) => `\`${name}\``);
  return `| \`${kind}\` | ${by} | ${names.join(', ') || 'none'} | ${outcomes.join(', ')} | ${means} |`;
}

/** How the row of a field begins. */
export function fieldRow(name: string): string {
  return `| \`${name}\` |`;
}
