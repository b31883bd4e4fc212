// A table without lines, for terminals and logs alike: columns of text to the left, numbers to the right.

import Table from 'cli-table3';

const NO_LINES = {
  chars: {
    ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
    ...{
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
  },
  style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
};

/** `numbers`: the columns, from 0, that hold numbers. */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly number[],
): string {
  const colAligns = head.map((_, i) => (numbers.includes(i) ? ('right' as const) : ('left' as const)));
  const table = new Table({ ...NO_LINES, head: [...head], colAligns });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
