// The cfg of any Shape: a machine that no file describes can be asked of a TLA+ engine too.
//
// It is the inverse of `shapeFromCfg`, for shapes whose blocks, volumes and clients stand in the order of their names and
// whose blocks have the size of the named configurations. Used by tests, and by whoever wants to try a shape of their own.

import type { IoType, Shape } from '../../spec/buffer/snapshot.ts';
import { NONE_NAME } from '../kit/configurations.ts';

export interface CfgTextOptions {
  /** Operators to be checked in every state. */
  readonly invariants: readonly string[];
}

export function cfgText(shape: Shape, { invariants }: CfgTextOptions): string {
  const blocks = (type: IoType): string => setText(shape.blocks.filter((b) => b.type === type).map((b) => b.name));
  const [head, tail] = (shape.readAhead ?? []).map((io) => shape.blocks[io]!.name);
  const [first, second = `${first}b`] = shape.volumes;
  const constants: readonly (readonly [string, string])[] = [
    ['VolBufs', blocks('volume')],
    ['MetaBufs', blocks('meta')],
    ['UndoBufs', blocks('undo')],
    ['DataBufs', blocks('data')],
    ['Vols', setText(shape.volumes)],
    ['V1', first!],
    ['V2', second],
    ['OnV2', setText(shape.blocks.filter((b) => b.volume === 1).map((b) => b.name))],
    ['Clients', setText(shape.clients)],
    ['None', NONE_NAME],
    ['AheadHeads', setText(head === undefined ? [] : [head])],
    ['AheadTails', setText(tail === undefined ? [] : [tail])],
    ['Repairs', wordsText(shape.repairs)],
    ['Faults', wordsText(shape.faults)],
    ['Acts', wordsText(shape.acts)],
    ['UndoLog', shape.undoLog ? 'TRUE' : 'FALSE'],
    ['BacklogMax', String(shape.backlogBytesMax / shape.blockBytes)],
    ['ModsMax', String(shape.modsMax)],
  ];
  return cfgOf(constants, invariants);
}

/** A set of model values, and one of strings. */
export const setText = (items: readonly string[]): string => `{${items.join(', ')}}`;
export const wordsText = (items: readonly string[]): string => setText(items.map((item) => `"${item}"`));

/** The text of a cfg with these constants, each with its value. */
export function cfgOf(constants: readonly (readonly [string, string])[], invariants: readonly string[]): string {
  return [
    'SPECIFICATION Spec',
    'CONSTANTS',
    ...constants.map(([name, value]) => `    ${name} = ${value}`),
    ...(invariants.length > 0 ? ['INVARIANTS', ...invariants.map((name) => `    ${name}`)] : []),
    'CHECK_DEADLOCK FALSE',
    '',
  ].join('\n');
}
