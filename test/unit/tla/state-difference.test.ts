// Two states, apart from one another field by field.

import { describe, expect, it } from 'vitest';
import { differencesOfStates } from '../../tla/state-difference.ts';

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
