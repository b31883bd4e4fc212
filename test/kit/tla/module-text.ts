// The outline of a TLA+ module read from its text: name, EXTENDS, declarations, and where each of them stands.
//
// Enough to join modules and to check a cfg against a module, quick, and without a syntax tree. Comments and strings are
// blanked first, position by position, so that nothing inside them is mistaken for a declaration. Not a parser: whether
// the module is well-formed is for the engines to say.

/** A declaration or boundary in the text, from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface ModuleText {
  readonly name: string;
  readonly extends: readonly string[];
  /** As declared, so `F(_, _)` for an operator. */
  readonly constants: readonly string[];
  readonly variables: readonly string[];
  /** Operators defined at the left margin. */
  readonly definitions: readonly string[];
  /** Same length as the source, comments and strings blanked. */
  readonly plain: string;
  readonly source: string;
  /** Header, EXTENDS and all declarations, in order: what a joined module drops. */
  readonly outline: readonly Span[];
  /** The text between the header and the closing line. */
  readonly body: Span;
}

/** Text that is not one module. */
export class ModuleTextError extends Error {
  override readonly name = 'ModuleTextError';
}

const HEADER = /-{4,}\s*MODULE\s+(\w+)\s*-{4,}/g;
const FOOTER = /^={4,}/m;
const NAMES = String.raw`\w+(?:\s*\([\s_,]*\))?(?:\s*,\s*\w+(?:\s*\([\s_,]*\))?)*`;
const EXTENDS = new RegExp(String.raw`\bEXTENDS\s+(${NAMES})`, 'g');
const CONSTANTS = new RegExp(String.raw`\bCONSTANTS?\s+(${NAMES})`, 'g');
const VARIABLES = new RegExp(String.raw`\bVARIABLES?\s+(${NAMES})`, 'g');
const DEFINITION = /^(?:LOCAL +)?(\w+)(?:\([^)=]*\))?\s*==/gm;

/** Replaces comments, and strings if asked, by spaces; line breaks and positions stay. */
function blank(text: string, strings: boolean): string {
  let result = '';
  let from = 0;
  const drop = (start: number, end: number): void => {
    result += text.slice(from, start) + text.slice(start, end).replace(/[^\n]/g, ' ');
    from = end;
  };
  const token = /\\\*.*|\(\*|"(?:[^"\\\n]|\\.)*"/g;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const start = found.index;
    if (found[0] === '(*') token.lastIndex = endOfComment(text, start);
    else if (found[0].startsWith('"') && !strings) continue;
    drop(start, token.lastIndex);
  }
  return result + text.slice(from);
}

/** Just behind the `*)` that closes the comment which opens at `start`; comments nest. */
function endOfComment(text: string, start: number): number {
  const bracket = /\(\*|\*\)/g;
  bracket.lastIndex = start;
  let depth = 0;
  for (let found = bracket.exec(text); found !== null; found = bracket.exec(text)) {
    depth += found[0] === '(*' ? 1 : -1;
    if (depth === 0) return bracket.lastIndex;
  }
  return text.length;
}

/** Replaces comments by spaces; strings stay. */
export function blankComments(text: string): string {
  return blank(text, false);
}

/** Reads the outline of one module; `file` names it in messages. */
export function readModuleText(source: string, file: string): ModuleText {
  const plain = blank(source, true);
  const headers = [...plain.matchAll(HEADER)];
  const header = headers[0];
  if (header === undefined) throw new ModuleTextError(`${file}: no line '---- MODULE Name ----' found.`);
  if (headers.length > 1)
    throw new ModuleTextError(`${file}: holds ${headers.length} modules; give each its own file.`);
  const start = header.index + header[0].length;
  const footer = FOOTER.exec(plain.slice(start));
  if (footer === null) throw new ModuleTextError(`${file}: module ${header[1]} is not closed by a line of '='.`);
  const body = { start, end: start + footer.index };
  const outline: Span[] = [];
  const declared = (pattern: RegExp): string[] =>
    [...plain.slice(0, body.end).matchAll(pattern)].flatMap((found) => {
      outline.push({ start: found.index, end: found.index + found[0].length });
      return splitNames(found[1]!);
    });
  return {
    name: header[1]!,
    extends: declared(EXTENDS),
    constants: declared(CONSTANTS),
    variables: declared(VARIABLES),
    definitions: [...plain.slice(0, body.end).matchAll(DEFINITION)].map((found) => found[1]!),
    plain,
    source,
    outline: outline.sort((a, b) => a.start - b.start),
    body,
  };
}

/** Splits at the commas between names, not at those between an operator's underscores. */
function splitNames(list: string): string[] {
  return list.split(/,(?![\s_,]*\))/).map((name) => name.replace(/\s+/g, ''));
}
