// The comparison of two readings of a machine: equal whatever the numbering, and where different, told by the shortest way.

import { describe, expect, it } from 'vitest';
import {
  compareGraphs,
  countEdges,
  depthOf,
  graphHash,
  type GraphDifference,
  type LabelledGraph,
} from '../../tla/graph.ts';
import { formatDifference } from '../../check/graph-story.ts';

type Edge = readonly [source: string, label: string, target: string];

/** A graph from the texts of its edges; states appear in the order given, then as edges mention them. */
function graph(init: readonly string[], edges: readonly Edge[], more: readonly string[] = []): LabelledGraph {
  const states = [...new Set([...init, ...more, ...edges.flatMap(([s, , t]) => [s, t])])];
  const labels = [...new Set(edges.map(([, label]) => label))];
  return {
    states,
    init: init.map((state) => states.indexOf(state)),
    source: Int32Array.from(edges, ([s]) => states.indexOf(s)),
    target: Int32Array.from(edges, ([, , t]) => states.indexOf(t)),
    label: Int32Array.from(edges, ([, l]) => labels.indexOf(l)),
    labels,
  };
}

function differenceOf(left: LabelledGraph, right: LabelledGraph): GraphDifference {
  const result = compareGraphs(left, right);
  if (result.equal) throw new Error('The graphs are equal.');
  return result.difference;
}

/** n=0 → n=1 → … with Inc, and Reset back to 0. */
const counter = (top: number): Edge[] =>
  Array.from({ length: top }, (_, n): Edge[] => [
    [`n=${n}`, 'Inc', `n=${n + 1}`],
    [`n=${n + 1}`, 'Reset', 'n=0'],
  ]).flat();

describe('graphHash', () => {
  const plain = graph(['n=0'], counter(4));

  it('does not depend on the numbering of states, labels and edges, nor on duplicates', () => {
    const shuffled = graph(['n=0'], [...counter(4), ...counter(2)].reverse(), ['n=3', 'n=1']);
    expect(graphHash(shuffled)).toBe(graphHash(plain));
    expect(graphHash(plain)).toMatch(/^[0-9a-f]{64}$/);
  });

  // sha256 of 'state a=1\nGo 1\nstate a=2\n', where 1 is the rank of the target among the sorted states.
  it('keeps its value from release to release, because it stands in the manifest', () => {
    expect(graphHash(graph(['a=1'], [['a=1', 'Go', 'a=2']]))).toBe(
      'fc32e1a9c1b596f298980a05188976d98129cd77fa40d9c0f62fb72554f9fdf9',
    );
  });

  it.each([
    ['another label', [['n=0', 'Dec', 'n=1']]],
    ['another target', [['n=0', 'Inc', 'n=2']]],
    ['the other direction', [['n=1', 'Inc', 'n=0']]],
    ['one edge more', [...counter(1), ['n=0', 'Reset', 'n=0']]],
  ] as [string, Edge[]][])('changes with %s', (_, edges) => {
    const states = ['n=0', 'n=1', 'n=2'];
    expect(graphHash(graph(['n=0'], edges, states))).not.toBe(graphHash(graph(['n=0'], counter(1), states)));
  });

  it('changes with a state that no edge touches', () => {
    expect(graphHash(graph(['n=0'], counter(4), ['n=9']))).not.toBe(graphHash(plain));
  });

  it('ignores a label that no edge carries', () => {
    expect(graphHash({ ...plain, labels: [...plain.labels, 'Never'] })).toBe(graphHash(plain));
  });
});

describe('countEdges and depthOf', () => {
  it('count an edge once per label, however often it is listed', () => {
    const twice: Edge[] = [
      ['n=0', 'Inc', 'n=1'],
      ['n=0', 'Inc', 'n=1'],
      ['n=0', 'Set', 'n=1'],
    ];
    expect(countEdges(graph(['n=0'], twice))).toBe(2);
    expect(countEdges(graph(['n=0'], []))).toBe(0);
  });

  it('count the states on the longest shortest path, so that an initial state alone is 1', () => {
    expect(depthOf(graph(['n=0'], []))).toBe(1);
    expect(depthOf(graph(['n=0'], counter(4)))).toBe(5);
    expect(depthOf(graph(['n=0'], [...counter(4), ['n=0', 'Jump', 'n=3']]))).toBe(3);
    expect(depthOf(graph(['n=0', 'n=4'], counter(4)))).toBe(4);
  });

  it('refuse arrays of different lengths', () => {
    expect(() => countEdges({ ...graph(['n=0'], counter(2)), label: new Int32Array(1) })).toThrow(/of one length/);
  });
});

describe('compareGraphs', () => {
  it('finds equal what differs in numbering and duplicates only', () => {
    const left = graph(['n=0'], counter(5));
    const right = graph(['n=0'], [...counter(5), ...counter(5)].reverse(), ['n=5', 'n=2']);
    expect(compareGraphs(left, right)).toEqual({ equal: true });
  });

  it('reports initial states that one side lacks', () => {
    const d = differenceOf(graph(['n=0', 'n=1'], counter(2)), graph(['n=0', 'n=2'], counter(2)));
    expect(d.kind).toBe('initial-state');
    expect(d.loneStates).toEqual([
      { only: 'left', state: 'n=1' },
      { only: 'right', state: 'n=2' },
    ]);
    expect(formatDifference(d)).toContain('only left starts in n=1');
  });

  it('reports a single initial state that one side lacks', () => {
    const d = differenceOf(graph(['n=0'], counter(1)), graph(['n=0', 'n=1'], counter(1)));
    expect(d).toMatchObject({ kind: 'initial-state', loneStates: [{ only: 'right', state: 'n=1' }] });
  });

  it('sees an edge that comes after all that both have', () => {
    const short: Edge[] = [['n=0', 'Inc', 'n=1']];
    const d = differenceOf(graph(['n=0'], short), graph(['n=0'], [...short, ['n=1', 'Zero', 'n=0']]));
    expect(d.lone).toEqual([{ only: 'right', label: 'Zero', target: 'n=0', targetKnownToOther: true }]);
  });

  it('goes the shortest way through what both agree on, and names the edge that one side lacks', () => {
    const detour: Edge[] = [
      ['n=0', 'Walk', 'n=7'],
      ['n=7', 'Walk', 'n=8'],
      ['n=8', 'Walk', 'n=9'],
      ['n=9', 'Walk', 'n=3'],
    ];
    const left = graph(['n=0'], [...detour, ...counter(4), ['n=3', 'Extra', 'n=1']]);
    const d = differenceOf(left, graph(['n=0'], [...counter(4), ...detour]));
    expect(d).toMatchObject({ kind: 'edge', diverging: [], loneStates: [] });
    expect(d.path).toEqual([
      { state: 'n=0' },
      { label: 'Inc', state: 'n=1' },
      { label: 'Inc', state: 'n=2' },
      { label: 'Inc', state: 'n=3' },
    ]);
    expect(d.lone).toEqual([{ only: 'left', label: 'Extra', target: 'n=1', targetKnownToOther: true }]);
    expect(d.counts).toEqual({ left: { states: 8, edges: 13 }, right: { states: 8, edges: 12 } });
  });

  it('says when the target of the lone edge is a state that the other side never has', () => {
    const d = differenceOf(graph(['n=0'], counter(1)), graph(['n=0'], [...counter(1), ['n=1', 'Inc', 'n=2']]));
    expect(d.lone).toEqual([{ only: 'right', label: 'Inc', target: 'n=2', targetKnownToOther: false }]);
    expect(formatDifference(d, { left: 'TLA+', right: 'model' })).toContain(
      'only model has the edge Inc, to a state that TLA+ never has (n 1 → 2)',
    );
  });

  it('walks only along edges that both have: a short cut of one side is the difference, not a way', () => {
    const d = differenceOf(
      graph(['n=0'], [...counter(3), ['n=0', 'Jump', 'n=3'], ['n=3', 'Odd', 'n=1']]),
      graph(['n=0'], counter(3)),
    );
    expect(d.path).toEqual([{ state: 'n=0' }]);
    expect(d.lone.map((e) => e.label)).toEqual(['Jump']);
  });

  it('names the variables and fields in which two targets of one label differ', () => {
    const from = 'io=(#d1:[dirty:false,refs:0],#d2:[dirty:false,refs:0]);q=<>';
    const good = 'io=(#d1:[dirty:true,refs:1],#d2:[dirty:false,refs:0]);q=<#d1>';
    const bad = 'io=(#d1:[dirty:true,refs:2],#d2:[dirty:false,refs:0]);q=<#d1,#d2>';
    const d = differenceOf(graph([from], [[from, 'Modify', good]]), graph([from], [[from, 'Modify', bad]]));
    expect(d.lone).toEqual([]);
    expect(d.diverging).toEqual([
      {
        label: 'Modify',
        left: good,
        right: bad,
        fields: [
          { path: 'io[d1].refs', left: '1', right: '2' },
          { path: 'q', left: '<#d1>', right: '<#d1,#d2>' },
        ],
      },
    ]);
    const text = formatDifference(d, { left: 'TLA+', right: 'model' });
    expect(text).toContain('Modify leads to different states:\n    io[d1].refs: TLA+ 1, model 2\n    q: TLA+ <#d1>');
  });

  it('pairs targets of one label by nearness, and leaves over what has no partner', () => {
    const s = 'a=0;b=0';
    const left = graph(
      [s],
      [
        [s, 'Go', 'a=1;b=1'],
        [s, 'Go', 'a=5;b=6'],
        [s, 'Go', 'a=9;b=9'],
      ],
    );
    const right = graph(
      [s],
      [
        [s, 'Go', 'a=5;b=7'],
        [s, 'Go', 'a=1;b=2'],
      ],
    );
    const d = differenceOf(left, right);
    expect(d.diverging.map((e) => [e.left, e.right])).toEqual([
      ['a=1;b=1', 'a=1;b=2'],
      ['a=5;b=6', 'a=5;b=7'],
    ]);
    expect(d.lone.map((e) => e.target)).toEqual(['a=9;b=9']);
  });

  it('reports states and edges that nothing reaches', () => {
    const lost = graph(['n=0'], counter(1), ['n=9']);
    const d = differenceOf(lost, graph(['n=0'], counter(1)));
    expect(d).toMatchObject({ kind: 'unreached', path: [], loneStates: [{ only: 'left', state: 'n=9' }] });
    const loop = graph(['n=0'], [...counter(1), ['n=9', 'Spin', 'n=9']]);
    expect(differenceOf(loop, lost)).toMatchObject({
      kind: 'unreached',
      path: [{ state: 'n=9' }],
      lone: [{ only: 'left', label: 'Spin' }],
    });
  });

  it('compares 30,000 states and 240,000 edges within two seconds', () => {
    const size = 30_000;
    const fan = 8;
    const text = (n: number): string => `pad="${'x'.repeat(300)}";n=${n}`;
    const make = (turn: number): LabelledGraph => {
      const at = (n: number): number => (n + turn) % size;
      const edges = Array.from({ length: size * fan }, (_, i) => i);
      return {
        states: Array.from({ length: size }, (_, n) => text((n + size - turn) % size)),
        init: [at(0)],
        source: Int32Array.from(edges, (i) => at(Math.floor(i / fan))),
        target: Int32Array.from(edges, (i) => at((Math.floor(i / fan) * 7 + (i % fan) * 31 + 1) % size)),
        label: Int32Array.from(edges, (i) => i % 4),
        labels: ['A', 'B', 'C', 'D'],
      };
    };
    const [left, right] = [make(0), make(1234)];
    // The best of three, so that a busy machine does not count.
    const seconds = [1, 2, 3].map(() => {
      const begin = performance.now();
      expect(compareGraphs(left, right)).toEqual({ equal: true });
      return (performance.now() - begin) / 1000;
    });
    expect(Math.min(...seconds)).toBeLessThan(2);
  });
});

describe('formatDifference', () => {
  it('tells the way by what each step changed', () => {
    const d = differenceOf(graph(['n=0'], counter(3)), graph(['n=0'], counter(2)));
    expect(formatDifference(d)).toBe(
      [
        'The graphs differ (left 4 states, 6 edges; right 3 states, 4 edges).',
        'After 2 step(s) on which both agree:',
        '  0. n=0',
        '  1. Inc: n 0 → 1',
        '  2. Inc: n 1 → 2',
        '  only left has the edge Inc, to a state that right never has (n 2 → 3)',
      ].join('\n'),
    );
  });

  describe('of long states', () => {
    /** Thirty registers that are zero but for those named. */
    const registers = (changed: Readonly<Record<number, number>>): string =>
      Array.from({ length: 30 }, (_, i) => `register${i}=${changed[i] ?? 0}`)
        .sort()
        .join(';');
    const zero = registers({});
    const told = (left: LabelledGraph, right: LabelledGraph): string => formatDifference(differenceOf(left, right));

    it('does not spell out the initial one', () => {
      expect(told(graph([zero], [[zero, 'Set', registers({ 3: 1 })]]), graph([zero], []))).toBe(
        [
          'The graphs differ (left 2 states, 1 edges; right 1 states, 0 edges).',
          'In an initial state:',
          '  0. the initial state',
          '  only left has the edge Set, to a state that right never has (register3 0 → 1)',
        ].join('\n'),
      );
    });

    it('tells one that nothing reaches by what distinguishes it from the initial one', () => {
      const lost = registers({ 3: 1, 4: 7 });
      expect(told(graph([zero], []), graph([zero], [], [lost]))).toContain(
        '\n  only right has the state the initial state but for register3 1, register4 7',
      );
      const spinning = registers(Object.fromEntries(Array.from({ length: 14 }, (_, i) => [10 + i, 1])));
      const [left, right] = [graph([zero], [[spinning, 'Spin', spinning]]), graph([zero], [], [spinning])];
      expect(told(left, right)).toMatch(
        /\n {2}0\. the initial state but for register10 1, .*register21 1, … and 2 more\n/,
      );
    });

    it('tells initial ones that differ by their difference', () => {
      expect(
        told(graph([zero], []), graph([registers({ 7: 1 })], []))
          .split('\n')
          .slice(2),
      ).toEqual([
        '  only left starts in that of right but for register7 0',
        '  only right starts in that of left but for register7 1',
      ]);
    });
  });

  it('stays short when a state has many differences', () => {
    const many = Array.from({ length: 40 }, (_, i): Edge => ['n=0', `Go${i}`, `n=${i + 1}`]);
    const text = formatDifference(differenceOf(graph(['n=0'], many), graph(['n=0'], [])));
    expect(text.split('\n').length).toBeLessThan(12);
    expect(text).toContain('… and 34 more');
  });
});
