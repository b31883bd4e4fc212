// Joins a module and the user modules that it EXTENDS into one source text, for an engine that reads a single text.
//
// The joined module declares all variables once and all constants once, extends the standard modules that any part
// extends, and holds the bodies one after the other, a module before those that extend it. Bodies keep their lines and
// comments, and every line of the result knows where it came from. What would change its meaning in one text is refused:
// INSTANCE, a module that is missing, one operator defined in two modules.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModuleText, ModuleTextError, type ModuleText } from '../kit/tla/module-text.ts';

/** Gives the source of a module by name, or undefined where there is none. */
export type ModuleLoader = (module: string) => string | undefined;

export interface FlatModule {
  readonly name: string;
  readonly source: string;
  /** Names without arguments. */
  readonly constants: readonly string[];
  readonly variables: readonly string[];
  /** The user modules, in the order of their bodies. */
  readonly modules: readonly string[];
  /** Where line `line` (from 1) of `source` stood; undefined for lines of the joined header. */
  readonly origin: (line: number) => { readonly module: string; readonly line: number } | undefined;
}

/** A module that cannot be joined into one text. */
export class FlattenError extends Error {
  override readonly name = 'FlattenError';
}

const STANDARD: ReadonlySet<string> = new Set(
  'Naturals Integers Reals Sequences FiniteSets Bags TLC TLCExt Json IOUtils Randomization RealTime'.split(' '),
);

/** Loads `Name.tla` from a directory. */
export function loadFrom(directory: string): ModuleLoader {
  return (module) => {
    try {
      return readFileSync(join(directory, `${module}.tla`), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
}

/** Joins module `root` with all that it extends. */
export function flatten(root: string, load: ModuleLoader): FlatModule {
  const parts: ModuleText[] = [];
  const standard = new Set<string>();
  const open: string[] = [];
  const visit = (name: string, by: string | undefined): void => {
    if (parts.some((part) => part.name === name)) return;
    if (open.includes(name))
      throw new FlattenError(`Modules extend each other in a circle: ${[...open, name].join(' → ')}.`);
    const source = load(name);
    if (source === undefined) {
      if (by !== undefined && STANDARD.has(name)) return void standard.add(name);
      const asked = by === undefined ? '' : `, which module ${by} extends`;
      throw new FlattenError(`There is no file ${name}.tla for module ${name}${asked}.`);
    }
    const part = outlineOf(source, name);
    open.push(name);
    for (const extended of part.extends) visit(extended, name);
    open.pop();
    parts.push(part);
  };
  visit(root, undefined);
  refuseClashes(parts);
  return assemble(root, parts, standard);
}

function outlineOf(source: string, name: string): ModuleText {
  let part: ModuleText;
  try {
    part = readModuleText(source, `${name}.tla`);
  } catch (error) {
    if (error instanceof ModuleTextError) throw new FlattenError(error.message);
    throw error;
  }
  if (part.name !== name) throw new FlattenError(`${name}.tla holds module ${part.name}; file and module must agree.`);
  const instance = /\bINSTANCE\b/.exec(part.plain);
  if (instance !== null) {
    const line = part.plain.slice(0, instance.index).split('\n').length;
    throw new FlattenError(
      `${name}.tla:${line} uses INSTANCE, which cannot be joined into one text; use EXTENDS, or TLC.`,
    );
  }
  return part;
}

function refuseClashes(parts: readonly ModuleText[]): void {
  const home = new Map<string, string>();
  for (const part of parts) {
    for (const name of [...part.constants, ...part.variables, ...new Set(part.definitions)]) {
      const other = home.get(name);
      if (other !== undefined && other !== part.name) {
        throw new FlattenError(`${name} is defined in module ${other} and again in module ${part.name}; rename one.`);
      }
      home.set(name, part.name);
    }
  }
}

/** The body with its outline blanked, so that line breaks stay. */
function bodyOf(part: ModuleText): string {
  let text = '';
  let from = part.body.start;
  for (const span of part.outline) {
    text += part.source.slice(from, span.start) + part.source.slice(span.start, span.end).replace(/[^\n]/g, '');
    from = span.end;
  }
  return text + part.source.slice(from, part.body.end);
}

function assemble(root: string, parts: readonly ModuleText[], standard: ReadonlySet<string>): FlatModule {
  const constants = [...new Set(parts.flatMap((part) => part.constants))];
  const variables = [...new Set(parts.flatMap((part) => part.variables))];
  const lines = [`---- MODULE ${root} ----`];
  if (standard.size > 0) lines.push(`EXTENDS ${[...standard].join(', ')}`);
  if (constants.length > 0) lines.push(`CONSTANTS ${constants.join(', ')}`);
  if (variables.length > 0) lines.push(`VARIABLES ${variables.join(', ')}`);
  const origins = new Map<number, { module: string; line: number }>();
  for (const part of parts) {
    const first = part.source.slice(0, part.body.start).split('\n').length;
    bodyOf(part)
      .split('\n')
      .forEach((text, i) => {
        lines.push(text);
        origins.set(lines.length, { module: part.name, line: first + i });
      });
  }
  lines.push('====', '');
  return {
    name: root,
    source: lines.join('\n'),
    constants: constants.map((name) => name.replace(/\(.*/, '')),
    variables,
    modules: parts.map((part) => part.name),
    origin: (line) => origins.get(line),
  };
}
