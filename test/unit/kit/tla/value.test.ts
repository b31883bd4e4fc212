// TLA+ values as engines print them, brought to one text.

import { describe, expect, it } from 'vitest';
import { canonical, canonicalState, parseValue, ValueError } from '../../../kit/tla/value.ts';

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
