// The graph that TLC writes as DOT text, read into the kit's terms.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DotError, readDot, stateReader } from '../../tla/dot.ts';
import { compareGraphs, countEdges } from '../../tla/graph.ts';

describe('readDot', () => {
  const recorded = (file: string): string =>
    readFileSync(new URL(`../../support/tla/tlc/${file}`, import.meta.url), 'utf8');

  it('reads the graph of both versions of TLC alike, but for the arguments that only the rolling one prints', () => {
    const stable = readDot(recorded('lot.stable.dot'));
    const rolling = readDot(recorded('lot.rolling.dot'));
    expect([stable.states.length, countEdges(stable), stable.init.length]).toEqual([33, 38, 1]);
    expect(compareGraphs(stable, rolling)).toEqual({ equal: true });
    expect([...rolling.labels].sort()).toEqual(['Arrive', 'Enter', 'Leave', 'Pay']);
    expect(stable.args).toBeUndefined();
    expect(new Set(rolling.args)).toEqual(new Set(['c1', 'c2', '']));
  });

  it('reads wrapped values of TLC, and a module of one variable, which TLC prints bare', () => {
    const dot =
      '-7 [label="x = [ a |-> \\"long\\",\\n  b |-> {1, 2} ]",style = filled]\n' +
      '-7 -> 8 [label="Next",color="black",fontcolor="black"];\n' +
      '8 [label="x = <<>>",tooltip="x = <<>>"];\n';
    const graph = readDot(dot);
    expect(graph.states).toEqual(['x=[a:"long",b:{1,2}]', 'x=<>']);
    expect(graph.init).toEqual([0]);
  });

  it('refuses a graph that was cut short, one that merges states, and text that is no state', () => {
    const node = (n: number, x: number): string => `${n} [label="x = ${x}"];`;
    expect(() => readDot(`${node(10, 0)}\n10 -> 11 [label="A"];`)).toThrow(/Node 11 has edges but no label/);
    expect(() => readDot(`${node(10, 0)}\n${node(11, 0)}\n10 -> 11 [label="A"];`)).toThrow(
      /Two nodes hold the same state, 11 is the second: x=0/,
    );
    expect(() => readDot('10 [label="x = <<1"];')).toThrow(DotError);
    expect(() => readDot('10 [label="12"];')).toThrow(/Expected 'variable = value'/);
  });

  it('reads more edges than fit into the first block of memory', () => {
    const lines = Array.from(
      { length: 3000 },
      (_, n) => `${n} [label="x = ${n}"];\n${n} -> ${(n + 1) % 3000} [label="A"];`,
    );
    const graph = readDot(lines.join('\n'));
    expect(countEdges(graph)).toBe(3000);
    expect(graph.states[2999]).toBe('x=2999');
  });
});

describe('stateReader', () => {
  it('reads plain pieces with or without the conjunction sign', () => {
    expect(stateReader()(['/\\ b = TRUE', 'a = "x"'])).toBe('a="x";b=true');
  });
});
