// Reads a TLC configuration file (.cfg) into a typed value, and holds it against the constants that the module declares.
//
// TLC accepts a cfg that assigns a constant which the module does not have: a slip in a name would silently check another model.
// `checkConstants` refuses that.

import { parseValue, ValueError, type Value } from './value.ts';
import { blankComments } from './module-text.ts';

/** What a cfg gives to a constant: a value, or with `<-` the name of an operator. */
export type CfgConstant =
  | { readonly kind: 'value'; readonly text: string; readonly value: Value }
  | { readonly kind: 'operator'; readonly name: string };

export interface Cfg {
  readonly constants: ReadonlyMap<string, CfgConstant>;
  readonly specification?: string;
  readonly init?: string;
  readonly next?: string;
  readonly invariants: readonly string[];
  readonly properties: readonly string[];
  readonly constraints: readonly string[];
  readonly actionConstraints: readonly string[];
  readonly symmetry?: string;
  readonly view?: string;
  readonly alias?: string;
  readonly postcondition?: string;
  /** TLC's default is TRUE. */
  readonly checkDeadlock: boolean;
}

/** A cfg that cannot be read, or that does not fit its module. */
export class CfgError extends Error {
  override readonly name = 'CfgError';
}

/** Each keyword and the one under which its section is kept. */
const SECTIONS = {
  CONSTANT: 'constants',
  CONSTANTS: 'constants',
  SPECIFICATION: 'specification',
  INIT: 'init',
  NEXT: 'next',
  INVARIANT: 'invariants',
  INVARIANTS: 'invariants',
  PROPERTY: 'properties',
  PROPERTIES: 'properties',
  CONSTRAINT: 'constraints',
  CONSTRAINTS: 'constraints',
  ACTION_CONSTRAINT: 'actionConstraints',
  ACTION_CONSTRAINTS: 'actionConstraints',
  SYMMETRY: 'symmetry',
  VIEW: 'view',
  ALIAS: 'alias',
  POSTCONDITION: 'postcondition',
  CHECK_DEADLOCK: 'checkDeadlock',
} as const satisfies Record<string, keyof Cfg>;

const KEYWORD = new RegExp(`\\b(${Object.keys(SECTIONS).join('|')})\\b`, 'g');
const SINGLE = ['specification', 'init', 'next', 'symmetry', 'view', 'alias', 'postcondition'] as const;

type Section = (typeof SECTIONS)[keyof typeof SECTIONS];

/** Reads the text of a cfg; `file` names it in messages. */
export function readCfg(text: string, file: string): Cfg {
  const sections = cutSections(text, file);
  const names = (section: Section): string[] => {
    const words = (sections.get(section) ?? []).flatMap((body) => body.split(/[\s,]+/)).filter((word) => word !== '');
    const odd = words.find((word) => !/^\w+$/.test(word));
    if (odd !== undefined) throw new CfgError(`${file}: expected names of operators, but saw '${odd}'.`);
    return words;
  };
  const single: Partial<Record<(typeof SINGLE)[number], string>> = {};
  for (const section of SINGLE) {
    const [name, ...more] = names(section);
    if (more.length > 0) throw new CfgError(`${file}: ${section} takes one name, but has ${more.length + 1}.`);
    if (name !== undefined) single[section] = name;
    else if (sections.has(section)) throw new CfgError(`${file}: ${section} names no operator.`);
  }
  if (single.specification === undefined && (single.init === undefined || single.next === undefined)) {
    throw new CfgError(`${file}: it names no behaviour; add 'SPECIFICATION Spec'.`);
  }
  return {
    ...single,
    constants: readConstants((sections.get('constants') ?? []).join('\n'), file),
    invariants: names('invariants'),
    properties: names('properties'),
    constraints: names('constraints'),
    actionConstraints: names('actionConstraints'),
    checkDeadlock: readDeadlock(names('checkDeadlock'), file),
  };
}

/** The bodies of each section, comments blanked. */
function cutSections(text: string, file: string): Map<Section, string[]> {
  const plain = blankComments(text);
  const words = [...plain.matchAll(KEYWORD)];
  const before = plain.slice(0, words[0]?.index).trim();
  if (before !== '') {
    throw new CfgError(
      `${file}: expected a keyword such as CONSTANTS or SPECIFICATION, but saw '${before.split('\n')[0]}'.`,
    );
  }
  const sections = new Map<Section, string[]>();
  words.forEach((word, i) => {
    const section = SECTIONS[word[0] as keyof typeof SECTIONS];
    const body = plain.slice(word.index + word[0].length, words[i + 1]?.index);
    sections.set(section, [...(sections.get(section) ?? []), body]);
  });
  return sections;
}

function readDeadlock(words: readonly string[], file: string): boolean {
  const word = words.at(-1) ?? 'TRUE';
  if (word !== 'TRUE' && word !== 'FALSE')
    throw new CfgError(`${file}: CHECK_DEADLOCK is TRUE or FALSE, not '${word}'.`);
  return word === 'TRUE';
}

function readConstants(body: string, file: string): Map<string, CfgConstant> {
  const constants = new Map<string, CfgConstant>();
  const starts = [...body.matchAll(/(\w+)\s*(=|<-)/g)];
  const before = body.slice(0, starts[0]?.index).trim();
  if (before !== '') throw new CfgError(`${file}: expected 'Name = value' under CONSTANTS, but saw '${before}'.`);
  starts.forEach((start, i) => {
    const name = start[1]!;
    const text = body.slice(start.index + start[0].length, starts[i + 1]?.index).trim();
    if (constants.has(name)) throw new CfgError(`${file}: constant ${name} is given twice.`);
    constants.set(name, start[2] === '<-' ? { kind: 'operator', name: text } : readValue(name, text, file));
  });
  return constants;
}

function readValue(name: string, text: string, file: string): CfgConstant {
  try {
    return { kind: 'value', text, value: parseValue(text) };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new CfgError(`${file}: the value of constant ${name} cannot be read, it is '${text}'.`);
  }
}

/** Throws unless the cfg gives a value to exactly the constants that the module declares (names without arguments). */
export function checkConstants(cfg: Cfg, declared: readonly string[], file: string): void {
  const unknown = [...cfg.constants].filter(([name, c]) => c.kind === 'value' && !declared.includes(name));
  if (unknown.length > 0) {
    const names = unknown.map(([name]) => name).join(', ');
    throw new CfgError(
      `${file}: the module declares no constant ${names}; it declares ${declared.join(', ') || 'none'}.`,
    );
  }
  const missing = declared.filter((name) => !cfg.constants.has(name));
  if (missing.length > 0) throw new CfgError(`${file}: no value for ${missing.join(', ')}; add it under CONSTANTS.`);
}
