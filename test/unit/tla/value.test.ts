// TLA+ values as both engines print them, states apart from one another, and both dialects of DOT.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareGraphs, countEdges } from '../../tla/graph.ts';
import { DotError, readDot, stateReader } from '../../tla/dot.ts';
import { differencesOfStates } from '../../tla/state-difference.ts';
import { canonical, canonicalState, parseValue, ValueError } from '../../kit/tla/value.ts';

const read = (text: string): string => canonical(parseValue(text));

describe('canonical values', () => {
  it.each([
    ['"x"', '"x"'],
    [String.raw`"a\"b\\c"`, String.raw`"a\"b\\c"`],
    ['-3', '-3'],
    ['TRUE', 'true'],
    ['false', 'false'],
    ['d1', '#d1'],
    ['1st', '#1st'],
    ['<<>>', '<>'],
    ['<< <<1, 2>>, <<>> >>', '<<1,2>,<>>'],
    ['{}', '{}'],
    ['{b, a, 10, 9, b}', '{#a,#b,10,9}'],
    ['1..3', '{1,2,3}'],
    ['-1..1', '{-1,0,1}'],
    ['2..1', '{}'],
    ['[refs |-> 0, dirty |-> FALSE]', '[dirty:false,refs:0]'],
    ['[ a |-> "long",\n  B |-> {1,\n 2} ]', '[B:{1,2},a:"long"]'],
    ['(d2 :> 1 @@ d1 :> <<m>>)', '(#d1:<#m>,#d2:1)'],
    ['(0 :> "a" @@ 1 :> "b")', '(0:"a",1:"b")'],
  ])('of %s is %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('do not depend on whether a printer knows that a function is a record or a sequence', () => {
    expect(read('("b" :> 1 @@ "a" :> 2)')).toBe(read('[a |-> 2, b |-> 1]'));
    expect(read('(2 :> y @@ 1 :> x)')).toBe(read('<<x, y>>'));
    expect(read('()')).toBe(read('<<>>'));
  });

  it('tell a model value from the string of its name', () => {
    expect(read('d1')).not.toBe(read('"d1"'));
  });

  it.each([
    ['<<1, 2', "Expected '>>' at character 6"],
    ['[a = 1]', "Expected '|->'"],
    ['(a :> 1 @ b :> 2)', "Expected ')'"],
    ['1 2', 'Expected the end of the value'],
    ['"open', 'Expected a closing quote'],
    ['', 'Expected a value at character 0 of a TLA+ value, but the text ended'],
    ['0..1000000', 'at most 100000 numbers'],
  ])('refuse %s and say what was expected', (text, message) => {
    expect(() => parseValue(text)).toThrow(ValueError);
    expect(() => parseValue(text)).toThrow(message);
  });

  it('join to a state by the names of the variables', () => {
    expect(
      canonicalState([
        ['pc', '"idle"'],
        ['io', '<>'],
        ['Z', '1'],
      ]),
    ).toBe('Z=1;io=<>;pc="idle"');
  });
});

describe('differencesOfStates', () => {
  it('enters records, functions and sequences of one length, and compares sets as a whole', () => {
    const left = 'f=(#a:[x:1,y:{1}],#b:0);g=("k":1);q=<1,<2,3>>;s="same;text=1"';
    const right = 'f=(#a:[x:1,y:{1,2}],#b:5);g=("k":2);q=<1,<2,4>>;s="same;text=1"';
    expect(differencesOfStates(left, right)).toEqual([
      { path: 'f[a].y', left: '{1}', right: '{1,2}' },
      { path: 'f[b]', left: '0', right: '5' },
      { path: 'g["k"]', left: '1', right: '2' },
      { path: 'q[2][2]', left: '3', right: '4' },
    ]);
  });

  it('compares as a whole where the shapes differ, and names a variable that one side lacks', () => {
    expect(differencesOfStates('a=<1>;b=[x:1];c=1', 'a=<1,2>;b=[z:1];d=1')).toEqual([
      { path: 'a', left: '<1>', right: '<1,2>' },
      { path: 'b', left: '[x:1]', right: '[z:1]' },
      { path: 'c', left: '1', right: undefined },
      { path: 'd', left: undefined, right: '1' },
    ]);
  });

  it('is not misled by brackets and separators inside strings', () => {
    expect(differencesOfStates('a=["k,1":"(]",b:1]', 'a=["k,1":"(]",b:2]')).toEqual([
      { path: 'a.b', left: '1', right: '2' },
    ]);
    expect(differencesOfStates('a="\\";b=1"', 'a="\\";b=2"')).toEqual([
      { path: 'a', left: '"\\";b=1"', right: '"\\";b=2"' },
    ]);
  });

  it('answers even for text that is not canonical, and nothing for equal text', () => {
    expect(differencesOfStates('what', 'ever')).toEqual([{ path: 'state', left: 'what', right: 'ever' }]);
    expect(differencesOfStates('a=<1', 'a=<2')).toEqual([{ path: 'state', left: 'a=<1', right: 'a=<2' }]);
    expect(differencesOfStates('a=1', 'a=1')).toEqual([]);
  });
});

describe('readDot', () => {
  const recorded = (file: string): string =>
    readFileSync(new URL(`../../support/tla/tlc/${file}`, import.meta.url), 'utf8');

  it('reads the graph of tla-checker, with initial states from outside', () => {
    const dot = [
      'digraph StateGraph {',
      '  node [shape=box, fontname="monospace"];',
      '  s0 [label="io=[at |-> \\"x\\"]\\nq=<<>>"];',
      '  s1 [label="io=[at |-> \\"y\\"]\\nq=<<m1>>", color=red, penwidth=2];',
      '  s0 -> s1 [label="Put"];',
      '  s1 -> s1 [label="Spin", color=red];',
      '}',
    ].join('\n');
    expect(readDot(dot, ['io=[at:"x"];q=<>'])).toEqual({
      states: ['io=[at:"x"];q=<>', 'io=[at:"y"];q=<#m1>'],
      init: [0],
      source: Int32Array.of(0, 1),
      target: Int32Array.of(1, 1),
      label: Int32Array.of(0, 1),
      labels: ['Put', 'Spin'],
    });
  });

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

  it('refuses a graph that was cut short, one that merges states, and an initial state from elsewhere', () => {
    const node = (n: number, x: number): string => `s${n} [label="x=${x}"];`;
    expect(() => readDot(`${node(0, 0)}\ns0 -> s1 [label="A"];`)).toThrow(/Node s1 has edges but no label/);
    expect(() => readDot(`${node(0, 0)}\n${node(1, 0)}`)).toThrow(
      /Two nodes hold the same state, s1 is the second: x=0/,
    );
    expect(() => readDot(node(0, 0), ['x=1'])).toThrow(/initial state x=1 is not among the 1 nodes/);
    expect(() => readDot('s0 [label="x=<<1"];')).toThrow(DotError);
    expect(() => readDot('s0 [label="12"];')).toThrow(/Expected 'variable = value'/);
  });

  it('reads more edges than fit into the first block of memory', () => {
    const lines = Array.from(
      { length: 3000 },
      (_, n) => `s${n} [label="x=${n}"];\ns${n} -> s${(n + 1) % 3000} [label="A"];`,
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
