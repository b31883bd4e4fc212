// One run of the check: the phases that were asked for, side by side, with their progress shown, and the result.
//
// Side by side, because TLA+ runs have threads of their own and everything else fills the time beside them; only the lint
// goes first and the coverage last. A phase that throws is a failure of the run like any other: the message stands in the
// result, and the phases beside it go on. On a terminal listr2 draws the phases, else it prints plain lines.

import { Listr, type ListrTask } from 'listr2';
import type { PhaseContext } from './phase-context.ts';
import { estimateText, type Durations } from './durations.ts';
import { oneLine } from '../kit/exit-codes.ts';
import { CfgError } from '../kit/tla/cfg.ts';
import { ConfigurationError } from '../kit/tla/constant-reader.ts';
import { Ledger } from './ledger.ts';
import { LineRenderer, TITLE_COLUMN } from './line-renderer.ts';
import type { Parts } from './parts.ts';
import { PHASES, type Phase } from './phases.ts';
import type { Plan } from './plan.ts';
import type { CheckResult } from './result.ts';
import { SharedWork } from './shared-work.ts';

/** How progress is shown: drawn on a terminal, as plain lines, or not at all. */
export type Progress = 'drawn' | 'lines' | 'silent';

const RENDERERS = { drawn: 'default', lines: LineRenderer, silent: 'silent' } as const;

/** Marks a task as failed on the screen; what failed stands in the ledger. */
class PhaseFailed extends Error {
  override readonly name = 'PhaseFailed';
}

export async function runCheck(
  parts: Parts,
  plan: Plan,
  progress: Progress,
  phases: readonly Phase[] = PHASES,
  before: Durations = {},
  note: (durations: Durations) => void = () => undefined,
): Promise<CheckResult> {
  const begin = performance.now();
  const durations: Durations = {};
  const ledger = new Ledger();
  const base = { parts, plan, work: new SharedWork(parts), ledger };
  const chosen = phases.filter((phase) => plan.phases.includes(phase.id));
  const tasksOf = (some: readonly Phase[]): ListrTask[] => some.map((phase) => taskOf(phase, base, before, durations));
  const [first, last] = [chosen.filter((p) => p.id === 'lint'), chosen.filter((p) => p.id === 'coverage')];
  const middle = chosen.filter((phase) => !first.includes(phase) && !last.includes(phase));
  for (const [group, concurrent] of [
    [first, false],
    [middle, true],
    [last, false],
  ] as const) {
    if (group.length === 0) continue;
    const list = new Listr(tasksOf(group), {
      concurrent,
      exitOnError: false,
      registerSignalListeners: false, // See run-as-command.ts.
      renderer: RENDERERS[progress],
      rendererOptions: { showErrorMessage: false, collapseErrors: false },
    });
    await list.run();
  }
  // Only a run of everything says how long a phase takes.
  if (plan.complete) note({ ...before, ...durations });
  return ledger.result(parts, plan, (performance.now() - begin) / 1000);
}

function taskOf(phase: Phase, base: Omit<PhaseContext, 'say'>, last: Durations, durations: Durations): ListrTask {
  const { ledger } = base;
  return {
    title: `${phase.id.padEnd(TITLE_COLUMN)}${phase.title}${estimateText(last[phase.id])}`,
    task: async (_context, task): Promise<void> => {
      const began = performance.now();
      const failuresOf = (): number => ledger.failures.filter((failure) => failure.phase === phase.id).length;
      let summary: string;
      try {
        summary = await phase.run({ ...base, say: (line) => void (task.output = line) });
      } catch (error) {
        const isMistake = error instanceof ConfigurationError || error instanceof CfgError;
        const { message, stack } = error instanceof Error ? error : new Error(String(error));
        // What is wrong with a file of the specification is the reader's to mend; the command has done its work.
        if (isMistake) ledger.fail(phase.id, oneLine(message));
        else
          ledger.fail(
            phase.id,
            `The check itself broke down: ${oneLine(message)}`,
            stack?.split('\n').slice(1, 6) ?? [],
          );
        summary = 'broke down';
      }
      durations[phase.id] = (performance.now() - began) / 1000;
      task.title = `${phase.id.padEnd(TITLE_COLUMN)}${summary}`;
      const failures = failuresOf();
      if (failures > 0) throw new PhaseFailed(`${failures} failure${failures === 1 ? '' : 's'}`);
    },
  };
}
