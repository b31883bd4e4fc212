// The closing text of `npm run conform`: what was compared, what was not, and why it does not conform, if it does not.

import type { RepairId } from '../../../spec/buffer/snapshot.ts';
import { plainTable } from '../plain-table.ts';
import type { ForeignReport } from '../../kit/foreign/conform-foreign.ts';

/** `asTable`: with a row for each configuration. */
export function foreignReportText(report: ForeignReport, without: readonly RepairId[], asTable = false): string {
  const { holds, modelBroke, name, edges, steps, promises, randomSteps, notOffered, notCompared, refused, failure } =
    report;
  const count = (n: number): string => n.toLocaleString('en-US');
  const list = (title: string, items: readonly string[], mark = ', '): string[] =>
    items.length === 0 ? [] : [`${title}: ${items.join(mark)}`];
  const verdict = (): string => {
    if (modelBroke) return `${name} was not checked to the end: the model broke down.`;
    return holds ? `${name} conforms.` : `${name} does not conform.`;
  };
  const cells = report.rows.map((row) => [
    row.name,
    row.verdict,
    ...[row.edges, row.promises, row.randomSteps].map(count),
  ]);
  const table = asTable
    ? [plainTable(['configuration', 'verdict', 'edges', 'promises', 'random steps'], cells, [2, 3, 4])]
    : [];
  return [
    ...failure,
    ...table,
    `${count(edges)} edges compared in ${count(steps)} steps, ${count(promises)} broken promises, ${count(randomSteps)} random steps`,
    ...list('left out of the model', without),
    ...list('not offered by the adapter', notOffered),
    ...list('not compared', notCompared),
    ...list('not checked', refused, '; '),
    verdict(),
  ].join('\n');
}
