// Progress where there is no terminal: one plain line per piece of news, the seconds since the run began in front.
//
//    3.2 s  tla       meta: ok, 6,012 states in 2.9 s
//    9.8 s  tla       done: compiled TLA+: 50 configurations, 163,807 states
//
// A renderer as listr2 takes them; the lines can be read while they come and kept in a log.

import { ListrTaskEventType, ListrTaskState, type ListrRenderer } from 'listr2';

/** listr2's own task, whose type it does not export by name. */
type Task = ConstructorParameters<typeof ListrRenderer>[0][number];

export class LineRenderer implements ListrRenderer {
  static readonly nonTTY = true;
  static rendererOptions: { write?: (line: string) => void } = {};
  static rendererTaskOptions: never;
  readonly #tasks: readonly Task[];
  readonly #write: (line: string) => void;

  constructor(tasks: readonly Task[], options: typeof LineRenderer.rendererOptions) {
    this.#tasks = tasks;
    this.#write = options.write ?? ((line) => void process.stdout.write(line + '\n'));
  }

  render(): void {
    for (const task of this.#tasks) {
      // The id stands in the first column of the title, before and after the title becomes the summary.
      const column = (task.title ?? '').slice(0, TITLE_COLUMN);
      const rest = (): string => (task.title ?? '').slice(TITLE_COLUMN);
      task.on(ListrTaskEventType.OUTPUT, (line) => this.#line(column + line));
      task.on(ListrTaskEventType.STATE, (state) => {
        if (state === ListrTaskState.COMPLETED) this.#line(`${column}done: ${rest()}`);
        if (state === ListrTaskState.FAILED) this.#line(`${column}FAILED: ${rest()}`);
      });
    }
  }

  end(): void {
    // Every line is out already.
  }

  #line(text: string): void {
    this.#write(`${process.uptime().toFixed(1).padStart(6)} s  ${text}`);
  }
}

/** Width of the column in which a task's title has the phase's id. */
export const TITLE_COLUMN = 10;
