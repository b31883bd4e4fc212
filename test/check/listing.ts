// What there is to choose from: phases, configurations, claims, repairs, goals, each with a few words.

import { PHASES } from './phases.ts';
import type { Parts } from './parts.ts';

export function listingText(parts: Parts): string {
  const section = (title: string, rows: readonly (readonly [string, string])[]): string => {
    const width = Math.max(...rows.map(([name]) => name.length));
    return [title, ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`)].join('\n');
  };
  const repairs = parts.repairs.map(({ configuration, id }) => [configuration, `repair ${id} left out`] as const);
  const named = new Set([...parts.safe, ...parts.large, ...repairs.map(([name]) => name)]);
  const others = parts.jobs.filter((job) => !named.has(job.name));
  return [
    section(
      'Phases (--only)',
      PHASES.map(({ id, title }) => [id, title]),
    ),
    section('Configurations (--config)', [
      ...parts.safe.map((name) => [name, sizeOf(parts, name)] as const),
      ...repairs,
      ...parts.large.map((name) => [name, `only if named, ${sizeOf(parts, name)}`] as const),
      ...others.map((job) => [job.name, `TLA+ only, ${sizeOf(parts, job.name)}`] as const),
    ]),
    section(
      'Claims (--explain)',
      parts.claims.map((claim) => [`${claim.id} ${claim.tla}`, claim.statement]),
    ),
    section(
      'Repairs (--explain)',
      parts.repairs.map(({ id, title }) => [id, title]),
    ),
    section(
      'Goals',
      parts.goals.map(({ id, statement }) => [id, statement]),
    ),
  ].join('\n\n');
}

function sizeOf(parts: Parts, name: string): string {
  const states = parts.jobs.find((job) => job.name === name)?.expected.distinctStates;
  return states === undefined ? 'size not in the manifest' : `${states.toLocaleString('en-US')} states`;
}
