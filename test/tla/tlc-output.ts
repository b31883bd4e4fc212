// Reads what TLC prints with `-tool` into a verdict. Pure text in, typed value out; starting TLC is `tlc-engine.ts`.
//
// The exit code decides the kind of verdict: 0 ok, 10 ASSUME, 11 deadlock, 12 invariant, 13 property, 14 Assert, 75 and 76 an
// expression that has no value, 150 and 151 a module or cfg that does not fit. Of 255 only a cfg error is a statement about
// the specification; everything else means that TLC itself failed. Names, numbers and the trace come from the messages.

import { stateReader } from './dot.ts';
import type { TlaResult, TlaTraceStep, TlaVerdict } from './engine.ts';

/** One message of `-tool` output; messages may stand inside others. */
export interface ToolMessage {
  readonly code: number;
  /** 0 information, 1 error, 2 fault of TLC, 3 warning, 4 a state. */
  readonly severity: number;
  readonly text: string;
}

/** The messages in order of their ends, and the text outside of all of them (where the parser complains). */
export interface ToolOutput {
  readonly messages: readonly ToolMessage[];
  readonly loose: string;
}

const CODE = {
  stats: 2199,
  depth: 2194,
  initialInvariant: 2107,
  invariant: 2110,
  actionProperty: 2112,
  temporal: 2116,
  state: 2217,
  stuttering: 2218,
  backTo: 2122,
  garbageCollector: 2401,
} as const;

/** What the parser prints for each module that it reads. */
const PROGRESS = /^(Parsing file|Semantic processing of|Linting of) /;

/** Cuts `-tool` output into messages. */
export function readToolOutput(output: string): ToolOutput {
  const messages: ToolMessage[] = [];
  const open: { code: number; severity: number; lines: string[] }[] = [];
  const loose: string[] = [];
  for (const line of output.split(/\r?\n/)) {
    const mark = /^(.*?)@!@!@(STARTMSG|ENDMSG) (\d+)(?::(\d+))? ?@!@!@/.exec(line);
    const into = open.at(-1)?.lines ?? loose;
    if (mark === null) {
      if (open.length > 0 || !PROGRESS.test(line)) into.push(line);
      continue;
    }
    if (mark[1] !== '') into.push(mark[1]!);
    if (mark[2] === 'STARTMSG') open.push({ code: Number(mark[3]), severity: Number(mark[4]), lines: [] });
    else {
      const closed = open.pop();
      if (closed === undefined) continue;
      const text = closed.lines.join('\n').trimEnd();
      messages.push({ code: closed.code, severity: closed.severity, text });
      open.at(-1)?.lines.push(text);
    }
  }
  return { messages, loose: loose.join('\n').trim() };
}

/** What a finished TLC run says. `exitCode` null: it was killed. */
export function readTlcResult(output: string, exitCode: number | null): Omit<TlaResult, 'seconds'> {
  const { messages, loose } = readToolOutput(output);
  const textOf = (code: number): string | undefined => messages.findLast((m) => m.code === code)?.text;
  const verdict = verdictOf(exitCode, messages);
  const stats = /([\d,]+) states generated, ([\d,]+) distinct states found/.exec(textOf(CODE.stats) ?? '');
  const depth = /search is (\d+)/.exec(textOf(CODE.depth) ?? '')?.[1];
  const violated = violatedIn(verdict, textOf);
  const { trace, loopsTo } = readTrace(messages);
  return {
    verdict,
    distinctStates: stats === null ? 0 : toNumber(stats[2]!),
    message: verdict === 'ok' ? '' : explain(verdict, exitCode, messages, loose),
    warnings: messages.filter((m) => m.severity === 3 && m.code !== CODE.garbageCollector).map((m) => m.text),
    ...(violated === undefined ? {} : { violated }),
    ...(stats === null ? {} : { generated: toNumber(stats[1]!) }),
    ...(depth === undefined ? {} : { depth: Number(depth) }),
    ...(trace.length === 0 ? {} : { trace }),
    ...(loopsTo === undefined ? {} : { loopsTo }),
  };
}

function toNumber(text: string): number {
  return Number(text.replaceAll(',', ''));
}

function verdictOf(exitCode: number | null, messages: readonly ToolMessage[]): TlaVerdict {
  const has = (code: number): boolean => messages.some((m) => m.code === code);
  switch (exitCode) {
    case 0:
      return 'ok';
    case 10:
      return 'assume';
    case 11:
      return 'deadlock';
    case 12:
      return 'invariant';
    case 13:
      return has(CODE.actionProperty) ? 'action-property' : 'temporal';
    case 14:
      return 'assert';
    case 75:
    case 76:
      return 'evaluation-error';
    case 150:
    case 151:
      return 'parse-error';
    default:
      // The 5000s are what TLC says about a cfg that it cannot read.
      return messages.some((m) => m.code >= 5000 && m.code < 6000) ? 'parse-error' : 'engine-failed';
  }
}

function violatedIn(verdict: TlaVerdict, textOf: (code: number) => string | undefined): string | undefined {
  switch (verdict) {
    case 'invariant':
      return /^Invariant (\w+) is/.exec(textOf(CODE.invariant) ?? textOf(CODE.initialInvariant) ?? '')?.[1];
    case 'action-property':
      return /^Action property (\w+) is/.exec(textOf(CODE.actionProperty) ?? '')?.[1];
    case 'temporal':
      // The stable version says only that some property was violated.
      return /^Temporal property (\w+) was/.exec(textOf(CODE.temporal) ?? '')?.[1];
    default:
      return undefined;
  }
}

/** The states of a counterexample, and where it returns to. A violation by the initial state prints that state alone. */
function readTrace(messages: readonly ToolMessage[]): { trace: TlaTraceStep[]; loopsTo: number | undefined } {
  const read = stateReader();
  const trace: TlaTraceStep[] = [];
  let loopsTo: number | undefined;
  const piecesOf = (state: string): string[] => (state.startsWith('/\\') ? state.split(/\n(?=\/\\ )/) : [state]);
  for (const { code, text } of messages) {
    if (code === CODE.state) {
      const head = /^\d+: <(Initial predicate|\w+).*>\n/.exec(text);
      if (head === null) continue;
      const state = read(piecesOf(text.slice(head[0].length).trim()));
      trace.push(head[1] === 'Initial predicate' ? { state } : { action: head[1]!, state });
    } else if (code === CODE.initialInvariant && text.includes('\n')) {
      trace.push({ state: read(piecesOf(text.slice(text.indexOf('\n') + 1).trim())) });
    } else if (code === CODE.stuttering) loopsTo = trace.length - 1;
    else if (code === CODE.backTo) loopsTo = Number(/^\d+/.exec(text)?.[0]) - 1;
  }
  return { trace, loopsTo };
}

/** What TLC says about it, without the parts that only repeat or announce. */
function explain(
  verdict: TlaVerdict,
  exitCode: number | null,
  messages: readonly ToolMessage[],
  loose: string,
): string {
  const announcements = /^(The behavior up to this point|The following behavior constitutes|Parsing or semantic)/;
  const said = messages.filter((m) => m.severity === 1 || m.severity === 2 || m.code >= 5000).map((m) => m.text);
  const parts = said.filter((text) => !announcements.test(text));
  if (verdict === 'parse-error' && loose !== '') parts.unshift(loose);
  if (verdict === 'engine-failed') {
    const lastWords = [messages.at(-1)?.text, loose].filter((text) => text !== undefined && text !== '');
    const words = (parts.length > 0 ? parts : lastWords).join('\n');
    return `TLC gave no verdict (exit code ${exitCode ?? 'none, it was killed'}): ${words || 'it said nothing.'}`;
  }
  return [...new Set(parts)].join('\n').trim();
}
