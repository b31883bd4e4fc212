// Configurations: read completely, refused in one sentence, checked against the constants of the module.

import { describe, expect, it } from 'vitest';
import { CfgError, checkConstants, readCfg } from '../../../kit/tla/cfg.ts';

const FULL = String.raw`
\* A comment that names SPECIFICATION Wrong
CONSTANTS
  Cars = {c1, c2}   (* INVARIANT Wrong *)
  Size = 3  Bug = "none"
CONSTANT Flags = {FALSE, TRUE}
  Op <- MCOp
SPECIFICATION Spec
INVARIANT TypeOK
INVARIANTS A B
  C
PROPERTY P
PROPERTIES Q R
CONSTRAINT Small
ACTION_CONSTRAINT Calm
SYMMETRY Sym
VIEW View
ALIAS Alias
POSTCONDITION Post
CHECK_DEADLOCK FALSE
`;

describe('readCfg', () => {
  it('reads every section', () => {
    const cfg = readCfg(FULL, 'full.cfg');
    expect(cfg).toMatchObject({
      specification: 'Spec',
      invariants: ['TypeOK', 'A', 'B', 'C'],
      properties: ['P', 'Q', 'R'],
      constraints: ['Small'],
      actionConstraints: ['Calm'],
      symmetry: 'Sym',
      view: 'View',
      alias: 'Alias',
      postcondition: 'Post',
      checkDeadlock: false,
    });
    expect([...cfg.constants.keys()]).toEqual(['Cars', 'Size', 'Bug', 'Flags', 'Op']);
    expect(cfg.constants.get('Cars')).toMatchObject({ kind: 'value', text: '{c1, c2}', value: { kind: 'set' } });
    expect(cfg.constants.get('Bug')).toMatchObject({ value: { kind: 'string', text: 'none' } });
    expect(cfg.constants.get('Op')).toEqual({ kind: 'operator', name: 'MCOp' });
  });

  it('checks for deadlock unless told otherwise, and takes INIT and NEXT', () => {
    const cfg = readCfg('INIT Init NEXT Next', 'a.cfg');
    expect(cfg).toMatchObject({ checkDeadlock: true, init: 'Init', next: 'Next', invariants: [] });
    expect(cfg.specification).toBeUndefined();
  });

  it.each([
    ['', 'a.cfg: it names no behaviour'],
    ['INIT Init', 'a.cfg: it names no behaviour'],
    ['Cars = 3', "expected a keyword such as CONSTANTS or SPECIFICATION, but saw 'Cars = 3'"],
    ['SPECIFICATION', 'specification names no operator'],
    ['SPECIFICATION A B', 'specification takes one name, but has 2'],
    ['SPECIFICATION S INVARIANT x+1', "expected names of operators, but saw 'x+1'"],
    ['SPECIFICATION S CHECK_DEADLOCK NO', "CHECK_DEADLOCK is TRUE or FALSE, not 'NO'"],
    ['SPECIFICATION S CONSTANTS N = {1', "the value of constant N cannot be read, it is '{1'"],
    ['SPECIFICATION S CONSTANTS N', "expected 'Name = value' under CONSTANTS, but saw 'N'"],
    ['SPECIFICATION S CONSTANTS N = 1 N = 2', 'constant N is given twice'],
  ])('refuses %j', (text, message) => {
    expect(() => readCfg(text, 'a.cfg')).toThrow(CfgError);
    expect(() => readCfg(text, 'a.cfg')).toThrow(message);
  });
});

describe('checkConstants', () => {
  const cfg = readCfg('SPECIFICATION S CONSTANTS Size = 1 Bug = "none" Op <- Other', 'a.cfg');

  it('accepts exactly the declared constants; an operator may also be replaced by <-', () => {
    expect(() => checkConstants(cfg, ['Bug', 'Size'], 'a.cfg')).not.toThrow();
  });

  it('names a constant that the module lacks, and one without a value', () => {
    expect(() => checkConstants(cfg, ['Bug', 'Sise'], 'a.cfg')).toThrow(
      'a.cfg: the module declares no constant Size; it declares Bug, Sise.',
    );
    expect(() => checkConstants(cfg, ['Bug', 'Size', 'Cars'], 'a.cfg')).toThrow('no value for Cars');
  });
});
