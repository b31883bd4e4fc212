// Conformance of an implementation in another process: every edge of chosen configurations, broken promises in their states,
// and random programs beyond all bounds. The first disagreement ends it.
//
// What the adapter does not have is left out and reported, never guessed: actions that it does not offer never happen, fields
// that it cannot show are not compared. A run in which nothing at all was compared does not pass.

import { createMachine, explore, ModelFault } from '../../../model/index.ts';
import { REPAIR_IDS, type RepairId, type Shape } from '../../../spec/buffer/snapshot.ts';
import type { Driver } from '../driver.ts';
import { executeEdges } from '../edges.ts';
import { breakPromises } from '../promises.ts';
import { conform, replay } from '../random/conform.ts';
import type { ConformFailure } from '../random/failure.ts';
import { summaryLine } from '../random/report.ts';
import { TokenError } from '../random/token.ts';
import type { ForeignPart } from './foreign-parts.ts';
import { AdapterFault, ShapeRefused, type StdioAdapter, type StdioDriver } from './stdio-driver.ts';

/** A shape and the name under which reports speak of it. */
export interface NamedShape {
  readonly name: string;
  readonly shape: Shape;
}

/** How one configuration, or the random programs on it, did. */
export interface ForeignRow {
  readonly name: string;
  readonly verdict: 'agrees' | 'differs' | 'not checked';
  readonly edges: number;
  readonly promises: number;
  readonly randomSteps: number;
}

/** What to check of an implementation in another process. */
export interface ForeignOptions {
  /** For every edge. */
  readonly configurations: readonly NamedShape[];
  /** Repairs that the implementation does not have. */
  readonly without?: readonly RepairId[];
  /** All parts where absent. */
  readonly only?: readonly ForeignPart[];
  /** Goes on with the next configuration after a disagreement, as long as the adapter lives. */
  readonly keepGoing?: boolean;
  /** Random programs; 0 for none. */
  readonly runs?: number;
  readonly seed?: number;
  /** Random programs on these configurations instead of drawn ones. */
  readonly randomOn?: readonly NamedShape[];
  /** Progress, a line each. */
  readonly note?: (line: string) => void;
}

/** How an implementation in another process did. */
export interface ForeignReport {
  readonly holds: boolean;
  /** The model went wrong, so nothing is said of the implementation. */
  readonly modelBroke: boolean;
  /** Name that the adapter gave itself. */
  readonly name: string;
  readonly edges: number;
  readonly steps: number;
  readonly promises: number;
  readonly randomSteps: number;
  readonly notOffered: readonly string[];
  readonly notCompared: readonly string[];
  /** Configurations that the implementation cannot have, and why. */
  readonly refused: readonly string[];
  /** Of each configuration, in the order in which they were checked. */
  readonly rows: readonly ForeignRow[];
  /** Why it does not hold, in lines. */
  readonly failure: readonly string[];
}

export const DEFAULT_FOREIGN_RUNS = 1000;
const PROMISE_STATES = 300;

/** Checks the implementation behind the adapter; stops at the first disagreement. Leaves the adapter open. */
export function conformForeign(adapter: StdioAdapter, options: ForeignOptions): ForeignReport {
  const run = new ForeignRun(adapter, options);
  try {
    run.everything();
  } catch (error) {
    run.breakOff(error);
  }
  return run.report();
}

/** Plays the program of a token once more, on the adapter. @throws TokenError */
export function replayForeign(adapter: StdioAdapter, token: string): readonly string[] {
  const { failure } = replay(token, { driver: (shape) => adapter.open(shape), programSeconds: Infinity });
  if (adapter.fault !== undefined) return [adapter.fault.message];
  return failure === undefined ? [] : storyOf(failure);
}

class ForeignRun {
  readonly #adapter: StdioAdapter;
  readonly #options: ForeignOptions;
  readonly #note: (line: string) => void;
  readonly #failure: string[] = [];
  readonly #refused: string[] = [];
  #first: StdioDriver | undefined;
  #modelBroke = false;
  readonly #rows: ForeignRow[] = [];
  readonly #notOffered = new Set<string>();
  readonly #notCompared = new Set<string>();
  readonly #count = { edges: 0, steps: 0, promises: 0, randomSteps: 0 };

  constructor(adapter: StdioAdapter, options: ForeignOptions) {
    this.#adapter = adapter;
    this.#options = options;
    this.#note = options.note ?? (() => undefined);
  }

  fail(...lines: string[]): void {
    this.#failure.push(...lines);
  }

  /** The run cannot go on: because of the adapter, or because of us. */
  breakOff(error: unknown): void {
    const fault = error instanceof AdapterFault ? error : this.#adapter.fault;
    if (fault !== undefined) {
      this.fail(fault.message, ...fault.stderr.map((line) => `  its stderr: ${line}`));
      return;
    }
    if (!(error instanceof ModelFault)) throw error;
    this.#modelBroke = true;
    this.fail(`${error.message}. This is a fault of hammer-io-kit, not of the adapter; please report it.`);
  }

  everything(): void {
    const byGraph = this.#wants('edges') || this.#wants('promises');
    for (const named of byGraph ? this.#options.configurations : []) {
      this.#row(named.name, () => {
        const driver = this.#open(named);
        if (driver !== undefined) this.#everyEdge(named.name, driver);
      });
      if (this.#isOver) return;
    }
    if (this.#wants('random')) this.#random();
    const { edges, promises, randomSteps } = this.#count;
    if (this.#failure.length === 0 && edges + promises + randomSteps === 0)
      this.fail('Nothing was compared: the implementation could take no step of what was asked for.');
  }

  #wants(part: ForeignPart): boolean {
    return this.#options.only?.includes(part) ?? true;
  }

  /** A disagreement ends the check, unless all of them are wanted. */
  get #isOver(): boolean {
    return this.#failure.length > 0 && this.#options.keepGoing !== true;
  }

  /** Does the work of a row, and notes what came of it even where the work breaks off. */
  #row(name: string, work: () => void): void {
    const before = { ...this.#count, failures: this.#failure.length, refused: this.#refused.length };
    const note = (broke: boolean): void => {
      const refused = this.#refused.length > before.refused;
      const differs = broke || this.#failure.length > before.failures;
      this.#rows.push({
        name,
        verdict: differs ? 'differs' : refused ? 'not checked' : 'agrees',
        edges: this.#count.edges - before.edges,
        promises: this.#count.promises - before.promises,
        randomSteps: this.#count.randomSteps - before.randomSteps,
      });
    };
    try {
      work();
    } catch (error) {
      note(true);
      throw error;
    }
    note(false);
  }

  report(): ForeignReport {
    const { edges, steps, promises, randomSteps } = this.#count;
    return {
      holds: this.#failure.length === 0,
      modelBroke: this.#modelBroke,
      name: this.#first?.hello.name ?? 'unknown',
      ...{ edges, steps, promises, randomSteps },
      notOffered: [...this.#notOffered],
      notCompared: [...this.#notCompared],
      rows: this.#rows,
      refused: this.#refused,
      failure: this.#failure,
    };
  }

  #open({ name, shape }: NamedShape): StdioDriver | undefined {
    try {
      const driver = this.#adapter.open({ ...shape, repairs: this.#repairs(shape.repairs) });
      this.#meet(driver);
      return driver;
    } catch (error) {
      if (!(error instanceof ShapeRefused)) throw error;
      this.#refused.push(`${name}: ${error.message}`);
      this.#note(`${name}: not checked. ${error.message}`);
      return undefined;
    }
  }

  #repairs(all: readonly RepairId[]): readonly RepairId[] {
    return all.filter((id) => this.#options.without?.includes(id) !== true);
  }

  /** What is offered and shown may be another thing in each shape. */
  #meet(driver: StdioDriver): void {
    for (const kind of driver.notOffered) this.#notOffered.add(kind);
    for (const field of driver.notCompared) this.#notCompared.add(field);
    if (this.#first !== undefined) return;
    this.#first = driver;
    this.#introduce(driver);
  }

  /** What the adapter says to a shape; of drawn ones, what it said first. */
  #helloFor(shape: Shape | undefined): StdioDriver['hello'] | undefined {
    return shape === undefined
      ? this.#first?.hello
      : this.#adapter.open({ ...shape, repairs: this.#repairs(shape.repairs) }).hello;
  }

  #introduce({ hello, notCompared }: StdioDriver): void {
    this.#note(`${hello.name} offers ${hello.actions.length} actions and shows ${hello.fields.length} fields`);
    if (notCompared.length > 0) this.#note(`not compared: ${notCompared.join(', ')}`);
  }

  #everyEdge(name: string, driver: StdioDriver): void {
    const exploration = explore(createMachine(driver.shape), { graph: true });
    if (!this.#wants('edges')) {
      const said = this.#wants('promises') && driver.hello.promises ? this.#promises(name, exploration, driver) : '';
      this.#note(`${name}: ${count(exploration.distinct)} states${said}`);
      return;
    }
    const { executed, steps, mismatch } = executeEdges(exploration, driver);
    if (this.#adapter.fault !== undefined) throw this.#adapter.fault;
    this.#count.edges += executed;
    this.#count.steps += steps;
    if (mismatch !== undefined) {
      this.fail(`${name}: ${mismatch.summary}`, ...mismatch.story.map((line) => `  ${line}`));
      return;
    }
    const said = `${name}: ${count(exploration.distinct)} states, all ${count(executed)} edges agree in ${count(steps)} steps`;
    this.#note(
      `${said}${driver.hello.promises && this.#wants('promises') ? this.#promises(name, exploration, driver) : ''}`,
    );
  }

  #promises(name: string, exploration: Parameters<typeof breakPromises>[0], driver: Driver): string {
    const { thrown, mismatch } = breakPromises(exploration, driver, PROMISE_STATES);
    if (this.#adapter.fault !== undefined) throw this.#adapter.fault;
    const times = [...thrown.values()].reduce((sum, n) => sum + n, 0);
    this.#count.promises += times;
    if (mismatch !== undefined) this.fail(`${name}: ${mismatch.summary}`, ...mismatch.story.map((line) => `  ${line}`));
    return `, ${count(times)} broken promises noticed`;
  }

  #random(): void {
    const { runs = DEFAULT_FOREIGN_RUNS, seed = 1, randomOn } = this.#options;
    if (runs === 0) return;
    const row = (name: string, terms: ProgramTerms): void =>
      this.#row(`random programs on ${name}`, () => this.#programs(name, terms));
    if (randomOn === undefined) row('drawn configurations', { runs, seed });
    for (const { name, shape } of randomOn ?? []) {
      if (!this.#isOver) row(name, { runs: Math.ceil(runs / randomOn!.length), seed, shape });
    }
  }

  #programs(name: string, terms: ProgramTerms): void {
    try {
      const hello = this.#helloFor(terms.shape);
      const report = conform({
        ...terms,
        repairs: this.#repairs(terms.shape?.repairs ?? REPAIR_IDS),
        ...(hello !== undefined && { kinds: hello.actions }),
        // A model without a repair breaks its claim; states are compared, and that is the question here.
        claims: false,
        programSeconds: Infinity, // The adapter's answers have a limit of their own.
        driver: (shape) => {
          const driver = this.#adapter.open(shape);
          this.#meet(driver);
          return driver;
        },
      });
      if (this.#adapter.fault !== undefined) throw this.#adapter.fault;
      this.#count.randomSteps += report.executed;
      if (report.failure !== undefined) this.fail(`${name}: ${report.failure.summary}`, ...storyOf(report.failure));
      else this.#note(`random programs on ${name}: ${summaryLine(report)}, seed ${report.seed}`);
      for (const problem of report.problems) this.#note(`this shows little: ${problem}`);
    } catch (error) {
      if (this.#adapter.fault !== undefined) throw this.#adapter.fault;
      const refusal = refusalIn(error);
      if (refusal === undefined) throw error;
      this.#refused.push(`random programs on ${name}: ${refusal.message}`);
      this.#note(`random programs on ${name}: not checked. ${refusal.message}`);
    }
  }
}

/** Random programs on one shape, or on drawn ones. */
interface ProgramTerms {
  readonly runs: number;
  readonly seed: number;
  readonly shape?: Shape;
}

/** A refused shape may arrive as the cause of a run that broke down. */
function refusalIn(error: unknown): ShapeRefused | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof ShapeRefused) return at;
  return undefined;
}

function storyOf({ configuration, story, token }: ConformFailure): readonly string[] {
  return [`  on ${configuration}`, ...story.map((line) => `  ${line}`), `  repeat with --replay ${token}`];
}

const count = (n: number): string => n.toLocaleString('en-US');

export { TokenError };
