// Modules joined into one text: one header, one list of variables and constants, bodies with their lines.

import { describe, expect, it } from 'vitest';
import { flatten, FlattenError, loadFrom, type ModuleLoader } from '../../tla/flatten.ts';
import { blankComments, readModuleText } from '../../kit/tla/module-text.ts';

const fixtures = loadFrom(new URL('../../support/tla/', import.meta.url).pathname);

const modules =
  (texts: Readonly<Record<string, string>>): ModuleLoader =>
  (name) =>
    texts[name] === undefined ? undefined : `---- MODULE ${name} ----\n${texts[name]}\n====\n`;

describe('flatten', () => {
  it('joins a module with the one it extends', () => {
    const flat = flatten('MCLot', fixtures);
    expect(flat.modules).toEqual(['Lot', 'MCLot']);
    expect(flat.constants).toEqual(['Cars', 'Nobody', 'Size', 'Bug', 'MaxMoves']);
    expect(flat.variables).toEqual(['queue', 'place', 'last', 'seen', 'moves']);
    expect(flat.source.split('\n').slice(0, 4)).toEqual([
      '---- MODULE MCLot ----',
      'EXTENDS Integers, Sequences, FiniteSets',
      'CONSTANTS Cars, Nobody, Size, Bug, MaxMoves',
      'VARIABLES queue, place, last, seen, moves',
    ]);
    const again = readModuleText(flat.source, 'flat');
    expect(again.outline).toHaveLength(3);
    expect(again.definitions).toContain('MCNext');
    expect(again.definitions.indexOf('Next')).toBeLessThan(again.definitions.indexOf('MCNext'));
  });

  it('knows where each line came from', () => {
    const flat = flatten('MCLot', fixtures);
    const lines = flat.source.split('\n');
    const placeOf = (text: string) => flat.origin(lines.findIndex((line) => line.startsWith(text)) + 1);
    const lineIn = (module: string, text: string): number =>
      fixtures(module)!
        .split('\n')
        .findIndex((line) => line.startsWith(text)) + 1;
    expect(placeOf('Arrive(c) ==')).toEqual({ module: 'Lot', line: lineIn('Lot', 'Arrive(c) ==') });
    expect(placeOf('TickEnter ==')).toEqual({ module: 'MCLot', line: lineIn('MCLot', 'TickEnter ==') });
    expect(flat.origin(1)).toBeUndefined();
  });

  it('takes a module that two others extend once, and before both', () => {
    const flat = flatten(
      'Top',
      modules({
        Top: 'EXTENDS Left, Right',
        Left: 'EXTENDS Base\nL == B',
        Right: 'EXTENDS Base\nR == B',
        Base: 'B == 1',
      }),
    );
    expect(flat.modules).toEqual(['Base', 'Left', 'Right', 'Top']);
    expect(flat.source.match(/^B == 1$/gm)).toHaveLength(1);
  });

  it('is not misled by comments and strings', () => {
    const flat = flatten(
      'A',
      modules({
        A: 'EXTENDS Integers \\* EXTENDS Missing\n(* VARIABLE no (* CONSTANT nor *) INSTANCE X *)\nVARIABLE yes \\* it\nS == "VARIABLE INSTANCE no"',
      }),
    );
    expect(flat.variables).toEqual(['yes']);
    expect(flat.source).toContain('S == "VARIABLE INSTANCE no"');
    expect(flat.source).toContain('(* VARIABLE no (* CONSTANT nor *) INSTANCE X *)');
  });

  it('keeps constant operators with their arguments in the text, without them in the list', () => {
    const flat = flatten('A', modules({ A: 'CONSTANTS F(_, _), N' }));
    expect(flat.source).toContain('CONSTANTS F(_,_), N');
    expect(flat.constants).toEqual(['F', 'N']);
  });

  it('prefers a user module to a standard one of the same name', () => {
    expect(flatten('A', modules({ A: 'EXTENDS Bags', Bags: 'Own == 1' })).modules).toEqual(['Bags', 'A']);
  });

  it.each([
    [
      'a module without a file',
      { A: 'EXTENDS Mising' },
      /no file Mising.tla for module Mising, which module A extends/,
    ],
    ['INSTANCE', { A: '\n\nM == INSTANCE B' }, /A.tla:4 uses INSTANCE/],
    ['a circle', { A: 'EXTENDS B', B: 'EXTENDS A' }, /circle: A → B → A/],
    [
      'one operator in two modules',
      { A: 'EXTENDS B\nOp(x) == x', B: 'Op == 1' },
      /Op is defined in module B and again in module A/,
    ],
    [
      'a variable that is an operator elsewhere',
      { A: 'EXTENDS B\nVARIABLE v', B: 'v == 1' },
      /v is defined in module B/,
    ],
  ])('refuses %s', (_, texts, message) => {
    expect(() => flatten('A', modules(texts))).toThrow(FlattenError);
    expect(() => flatten('A', modules(texts))).toThrow(message);
  });

  it('refuses a missing root, another name than the file, two modules in a file, and an open end', () => {
    expect(() => flatten('TLC', fixtures)).toThrow('There is no file TLC.tla for module TLC.');
    expect(() => flatten('Nowhere', fixtures)).toThrow('There is no file Nowhere.tla for module Nowhere.');
    expect(() => flatten('A', () => '---- MODULE B ----\n====')).toThrow(/A.tla holds module B/);
    expect(() => flatten('A', () => '---- MODULE A ----\n---- MODULE B ----\n====\n====')).toThrow(/holds 2 modules/);
    expect(() => flatten('A', () => '---- MODULE A ----\nX == 1')).toThrow(/not closed/);
    expect(() => flatten('A', () => 'X == 1')).toThrow(/no line '---- MODULE Name ----'/);
  });
});

describe('blankComments', () => {
  it('keeps every position, and comment signs inside strings', () => {
    const text = 'a (* b (* c *) d\n *) e \\* f\ng "\\\\* (* " h (* open';
    const plain = blankComments(text);
    expect(plain).toHaveLength(text.length);
    expect(plain.replace(/ +/g, ' ')).toBe('a \n e \ng "\\\\* (* " h ');
  });
});
