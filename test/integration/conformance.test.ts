// The voices against each other, on machines small enough for every test run; the whole set is the command's business.
// Graphs of specification and model are equal; production takes every edge and throws every broken promise; and a guard of
// the specification that is dropped shows as a difference of the graphs with a path that can be read.

import { describe, expect, test } from 'vitest';
import { createMachine, explore } from '../../model/index.ts';
import type { Shape } from '../../spec/buffer/snapshot.ts';
import { PROMISES } from '../../src/index.ts';
import { DATA_SHAPE, META_UNDO_SHAPE, VOLUME_META_SHAPE } from '../support/shapes.ts';
import { checkShape } from '../support/spec-copy.ts';
import { createCoreDriver } from '../kit/core-driver.ts';
import { executeEdges } from '../kit/edges.ts';
import { compareGraphs } from '../tla/graph.ts';
import { formatDifference } from '../check/graph-story.ts';
import { breakPromises } from '../kit/promises.ts';
import { modelGraph } from '../tla/model-graph.ts';

const SHAPES: readonly (readonly [string, Shape])[] = [
  ['DATA, two clients', DATA_SHAPE],
  ['META with UNDO and faults', META_UNDO_SHAPE],
  ['a volume header, META and device flushes', VOLUME_META_SHAPE],
];

describe.each(SHAPES)('%s', (_, shape) => {
  const exploration = explore(createMachine(shape), { graph: true });

  test('production takes every edge as the model does', () => {
    const report = executeEdges(exploration, createCoreDriver(shape));
    expect(report.mismatch?.story.join('\n')).toBeUndefined();
    expect(`${report.executed}/${report.total}`).toBe(`${exploration.transitions}/${exploration.transitions}`);
  });

  test('production throws every promise that is broken, and nothing changes', () => {
    const report = breakPromises(exploration, createCoreDriver(shape), 300);
    expect(report.mismatch?.story.join('\n')).toBeUndefined();
    expect([...report.thrown.keys()].filter((name) => !(name in PROMISES))).toEqual([]);
    expect(report.thrown.get('HandleOpen')).toBeGreaterThan(0);
  });
});

describe('specification and model', () => {
  const ours = modelGraph(explore(createMachine(DATA_SHAPE), { graph: true }));

  test('have the same graph', async () => {
    const { message, graph } = await checkShape(DATA_SHAPE);
    expect(message).toBe('');
    const comparison = compareGraphs(graph!, ours);
    expect(comparison.equal ? '' : formatDifference(comparison.difference, { left: 'TLA+', right: 'model' })).toBe('');
  });

  test('differ when a guard of the specification is dropped, told with the shortest path', async () => {
    // Dropped: the kernel is refused only a buffer that somebody uses.
    const guard = { module: 'BufferKernel', from: /(RecycleRefused ==[^]*?)~Unclaimed\(old\)/, to: '$1TRUE' };
    const { graph } = await checkShape(DATA_SHAPE, [guard]);
    const comparison = compareGraphs(graph!, ours);
    if (comparison.equal) throw new Error('the dropped guard went unnoticed');
    const { path, lone } = comparison.difference;
    expect(path.map((step) => step.label)).toEqual([undefined, 'IoReadIo', 'ReadDone', 'ResumeGet', 'Release']);
    expect(lone.map(({ only, label }) => `${label} only in ${only}`)).toEqual(['RecycleRefused only in left']);
    const story = formatDifference(comparison.difference, { left: 'TLA+', right: 'model' });
    expect(story).toContain('only TLA+ has the edge RecycleRefused');
    expect(story).toContain('io[d1].locked false → true');
    expect(story.split('\n').length).toBeLessThanOrEqual(12);
  });
});
