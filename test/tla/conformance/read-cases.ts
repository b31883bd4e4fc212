// The cases of this folder: tiny specifications, each with the answer that TLC gave (tlaplus commit cc6b616c) and, where ours is
// another on purpose, ours with the reason. A file is a list of cases:
//
//   ===== name
//   ----- cfg                    what stands in the cfg
//   ----- module M               and in each module; M is the root
//   ----- TLC verdict [claim] [distinct=n generated=n depth=n] [trace=n]
//   ----- ours verdict [claim] …: reason

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Answer {
  readonly verdict: string;
  readonly violated?: string;
  /** Counts of a complete search, or the length of a counterexample. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface Case {
  readonly file: string;
  readonly name: string;
  readonly cfg: string;
  readonly modules: ReadonlyMap<string, string>;
  readonly tlc: Answer;
  readonly ours?: Answer & { readonly reason: string };
}

const FOLDER = fileURLToPath(new URL('./', import.meta.url));

export function readCases(): readonly Case[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.txt'));
  return files.flatMap((file) => {
    const texts = readFileSync(`${FOLDER}${file}`, 'utf8').split(/^===== /m).slice(1); // prettier-ignore
    return texts.map((text) => readCase(file, text));
  });
}

function readCase(file: string, text: string): Case {
  const [head, ...parts] = text.split(/^----- /m);
  const modules = new Map<string, string>();
  let [cfg, tlc, ours]: [string, Answer | undefined, Case['ours']] = ['', undefined, undefined];
  for (const part of parts) {
    const line = part.slice(0, part.indexOf('\n'));
    const rest = part.slice(line.length + 1);
    if (line === 'cfg') cfg = rest;
    else if (line.startsWith('module ')) modules.set(line.slice(7), rest);
    else if (line.startsWith('TLC ')) tlc = readAnswer(line.slice(4));
    else if (line.startsWith('ours ')) {
      const [answer, reason] = line.slice(5).split(/: (.*)/s);
      ours = { ...readAnswer(answer!), reason: reason! };
    } else throw new Error(`${file}: ${line} is no part of a case.`);
  }
  if (tlc === undefined || modules.size === 0) throw new Error(`${file}: ${head!.trim()} has no answer or no module.`);
  return { file, name: head!.trim(), cfg, modules, tlc, ...(ours !== undefined && { ours }) };
}

/** Verdict, claim and counts, as they stand on a line. */
export function readAnswer(line: string): Answer {
  const [verdict, ...words] = line.trim().split(' ');
  const violated = words.find((word) => !word.includes('='));
  const pairs = words.filter((word) => word.includes('=')).map((word) => word.split('=') as [string, string]);
  const counts = Object.fromEntries(pairs.map(([key, value]) => [key, Number(value)]));
  return { verdict: verdict!, counts, ...(violated !== undefined && { violated }) };
}
