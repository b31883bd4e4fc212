// Whether a recorded run is a run of the model.
//
// The trace is read once, line by line; the model makes each recorded step, and outcome, statistics, woken clients and the
// whole state must be the same. Time is linear in the length, memory does not depend on it. Two things can go wrong, and they
// are kept apart: a text that is no trace (TraceError: malformed, truncated, oversized, of another version), and a run that
// is not the model's (a verdict that names the first such event). A trace is accepted only when it was consumed up to a
// closing line that tells the number of events, and there was an action among them.

import { createMachine, OUTCOMES, ShapeTooLarge, type Machine, type Refusal } from '../../../model/index.ts';
import { View } from '../../../model/buffer/snapshot.ts';
import { ACTION_KINDS, type Action, type StepStats } from '../../../spec/buffer/vocabulary.ts';
import type { Snapshot } from '../../../spec/buffer/snapshot.ts';
import { answerDifferences, isSameAnswer, maskOf, runnableMask } from '../answer-difference.ts';
import { blankSnapshot, type MutableSnapshot } from '../driver.ts';
import { sameSnapshot, snapshotDifferences, type SnapshotDifference } from '../snapshot-difference.ts';
import { stepText } from '../story.ts';
import { ActionTable, readAction } from './action-arguments.ts';
import { legalSteps } from './legal-steps.ts';
import {
  isObject, listOf, Malformed, objectOf, parseJson, quoted, refuseOthers, textOf, wholeOf, wordOf, type JsonObject,
} from './malformed.ts'; // prettier-ignore
import { RecentSteps } from './recent-steps.ts';
import { applyChange, copyFields, valuesIn } from './state-change.ts';
import { readClosing, readHeader, TRACE_LIMITS, TraceError, type Ghost, type TraceHeader } from './trace-format.ts';

/** Whether a trace is a run of the model. */
export type TraceVerdict = TraceAccepted | TraceRejected;

/** The trace is a run of the model. */
export interface TraceAccepted {
  readonly isRun: true;
  readonly header: TraceHeader;
  readonly events: number;
  /** How often each action kind happened. */
  readonly kinds: ReadonlyMap<string, number>;
  /** Fields that the trace does not hold. */
  readonly notCompared: readonly Ghost[];
}

/** The trace is no run of the model, and where it stops being one. */
export interface TraceRejected {
  readonly isRun: false;
  readonly header: TraceHeader;
  /** The first event that the model cannot follow, from 1, and its line. */
  readonly event: number;
  readonly line: number;
  /** What was recorded, with its names. */
  readonly recorded: string;
  /** Why it is not a step of the model, in one sentence. */
  readonly why: string;
  /** Where the model refuses the action: a promise of the caller, the environment, or a bound. */
  readonly refusal?: Refusal;
  /** What the model could have answered here: to this action, else to the nearest ones. */
  readonly legal: readonly string[];
  /** The variables that differ after the step; `outcome`, `diskRead`, `diskWrite`, `woken` are among them. */
  readonly differences: readonly SnapshotDifference[];
  /** The steps before, the latest last. */
  readonly recent: readonly string[];
}

/** Checks a trace given as lines, without their line ends. @throws TraceError when it is no trace. */
export function checkTrace(lines: Iterable<string>): TraceVerdict {
  let check: TraceCheck | undefined;
  let [line, closing] = [0, undefined as number | undefined];
  for (const text of lines) {
    line++;
    try {
      if (text.length > TRACE_LIMITS.lineChars)
        throw new Malformed(`it is longer than ${TRACE_LIMITS.lineChars} characters`);
      if (closing !== undefined) throw new Malformed('it stands behind the closing line');
      const value = parseJson(text);
      if (check === undefined) check = new TraceCheck(readHeader(value));
      else if (isObject(value) && 'events' in value) closing = check.close(value);
      else {
        const rejected = check.follow(objectOf(value, 'an event'), line);
        if (rejected !== undefined) return rejected;
      }
    } catch (error) {
      if (error instanceof Malformed || error instanceof ShapeTooLarge) throw new TraceError(error.message, line);
      throw error;
    }
  }
  if (check === undefined) throw new TraceError('it is empty');
  if (closing === undefined)
    throw new TraceError(`it ends after line ${line} without a closing line, so it is truncated`);
  return check.accepted();
}

class TraceCheck {
  readonly #header: TraceHeader;
  readonly #machine: Machine;
  readonly #table: ActionTable;
  readonly #view: View;
  readonly #recorded: MutableSnapshot;
  readonly #initial: Int32Array;
  /** The model's state before the event in question. */
  readonly #before: Int32Array;
  readonly #without: ReadonlySet<string>;
  readonly #valuesInState: number;
  readonly #counts: Uint32Array;
  readonly #kinds: readonly Action['kind'][];
  readonly #recent: RecentSteps;
  #events = 0;
  #actions = 0;
  /** A bit per client that was runnable before. */
  #runnable = 0;

  constructor(header: TraceHeader) {
    const { shape } = header;
    this.#header = header;
    this.#machine = createMachine(shape);
    this.#table = new ActionTable(this.#machine);
    this.#view = new View(this.#machine.state);
    this.#recorded = blankSnapshot(shape);
    this.#initial = this.#machine.initialRow();
    this.#before = this.#machine.initialRow();
    this.#without = new Set(header.without);
    this.#valuesInState = valuesIn(shape, this.#without);
    this.#kinds = ACTION_KINDS;
    this.#counts = new Uint32Array(ACTION_KINDS.length);
    this.#recent = new RecentSteps(shape);
  }

  /** Reads the closing line; answers with the number that it tells. */
  close(given: JsonObject): number {
    const told = readClosing(given);
    if (told !== this.#events)
      throw new Malformed(`the closing line tells of ${told} events, but ${this.#events} came before it`);
    if (this.#actions === 0) throw new Malformed('the trace closes without a single action, so it says nothing');
    return told;
  }

  accepted(): TraceAccepted {
    const kinds = new Map<string, number>();
    this.#counts.forEach((count, i) => count > 0 && kinds.set(this.#kinds[i]!, count));
    return { isRun: true, header: this.#header, events: this.#events, kinds, notCompared: this.#header.without };
  }

  /** One event: undefined when the model goes along. */
  follow(event: JsonObject, line: number): TraceRejected | undefined {
    if (this.#events === TRACE_LIMITS.events) throw new Malformed(`there are more than ${TRACE_LIMITS.events} events`);
    this.#events++;
    this.#before.set(this.#machine.state.words);
    if ('reset' in event) return this.#reset(event, line);
    const action = readAction(objectOf(event['action'], '"action"'), this.#header.shape);
    this.#actions++;
    this.#counts[this.#kinds.indexOf(action.kind)]!++;
    if ('broken' in event) return this.#broken(action, event, line);
    if ('thrown' in event) return this.#thrown(action, event, line);
    return this.#step(action, event, line);
  }

  #step(action: Action, event: JsonObject, line: number): TraceRejected | undefined {
    expectFields(event, STEP_FIELDS);
    const outcome = wordOf(event['outcome'], OUTCOMES, '"outcome"');
    const stats = readStats(event['stats']);
    const woken = readWoken(event['woken'], this.#header.shape.clients.length);
    const said = { outcome, stats, woken };
    this.#takeState(event);

    const { state } = this.#machine;
    const index = this.#table.indexOf(action);
    const answered = index === undefined ? undefined : this.#machine.perform(index);
    const model = this.#observe();
    const wokenHere = this.#wokenIn(model);
    const isSame =
      answered !== undefined &&
      isSameAnswer(answered, state, said) &&
      wokenHere === maskOf(woken) &&
      sameSnapshot(model, this.#recorded);
    if (isSame) {
      this.#recent.note(action, outcome, model);
      return undefined;
    }
    const recorded = (before: Snapshot): string => stepText(this.#header.shape, action, outcome, before);
    if (answered === undefined) return this.#refused(action, index, line, recorded);
    const expected = {
      outcome: answered,
      stats: { diskRead: state.diskRead, diskWrite: state.diskWrite },
      woken: wokenHere,
    };
    const differences = [
      ...answerDifferences(this.#header.shape.clients, expected, said),
      ...this.#stateDifferences(model),
    ];
    const why = `The model makes this step otherwise: ${pathsOf(differences)}.`;
    return this.#reject({ action, line, recorded, why, differences });
  }

  /** A promise was broken: the model must refuse for that very reason, and nothing may change. */
  #broken(action: Action, event: JsonObject, line: number): TraceRejected | undefined {
    expectFields(event, BROKEN_FIELDS);
    const promise = textOf(event['broken'], '"broken"');
    this.#takeState(event);
    const index = this.#table.indexOf(action);
    const refusal = index === undefined ? undefined : this.#machine.refusal(this.#before, 0, index);
    const model = this.#observe();
    const isSame = sameSnapshot(model, this.#recorded);
    if (isSame && refusal?.reason === 'promise' && refusal.name === promise) return undefined;
    const differences = this.#stateDifferences(model);
    const why =
      refusal?.name === promise
        ? `The broken promise ${promise} must leave everything as it was, but it changed ${pathsOf(differences)}.`
        : `The model sees no broken promise ${promise} here: ${refusal === undefined ? 'the action can happen' : sayRefusal(refusal)}.`;
    return this.#reject({
      action,
      line,
      recorded: (s) => this.#named(action, `breaks ${promise}`, s),
      why,
      differences,
      ...(refusal && { refusal }),
    });
  }

  /** Something else was thrown, which the model never does. */
  #thrown(action: Action, event: JsonObject, line: number): TraceRejected {
    expectFields(event, THROWN_FIELDS);
    const said = quoted(textOf(event['thrown'], '"thrown"'));
    this.#takeState(event);
    const differences = this.#stateDifferences(this.#observe());
    const why = `The implementation threw ${said}; the model has an answer to everything that can happen.`;
    return this.#reject({ action, line, recorded: (s) => this.#named(action, 'threw', s), why, differences });
  }

  #reset(event: JsonObject, line: number): TraceRejected | undefined {
    expectFields(event, RESET_FIELDS);
    if (event['reset'] !== true) throw new Malformed(`"reset" is ${quoted(event['reset'])}; it can only be true`);
    this.#takeState(event);
    this.#machine.state.words.set(this.#initial);
    const model = this.#observe();
    this.#runnable = 0;
    this.#recent.clear();
    if (sameSnapshot(model, this.#recorded)) return undefined;
    const differences = this.#stateDifferences(model);
    const why = `The reset does not lead to the initial state: ${pathsOf(differences)}.`;
    return this.#reject({ line, recorded: () => 'reset', why, differences });
  }

  #refused(action: Action, index: number | undefined, line: number, recorded: Told): TraceRejected {
    const refusal =
      index === undefined
        ? ({ reason: 'environment', name: `no ${action.kind} with these arguments in this shape` } as const)
        : this.#machine.refusal(this.#before, 0, index)!;
    return this.#reject({
      action,
      line,
      recorded,
      why: `The model refuses it: ${sayRefusal(refusal)}.`,
      refusal,
      differences: [],
    });
  }

  #reject({ action, line, recorded, ...rest }: Rejection): TraceRejected {
    this.#machine.state.words.set(this.#before);
    const before = this.#view.look();
    return {
      isRun: false,
      header: this.#header,
      event: this.#events,
      line,
      recorded: recorded(before),
      ...rest,
      legal: action === undefined ? [] : legalSteps(this.#machine, this.#before, action, before),
      recent: this.#recent.texts(),
    };
  }

  #named(action: Action, what: string, before: Snapshot): string {
    return `${stepText(this.#header.shape, action, 'done', before).replace(/ → done$/, '')} ${what}`;
  }

  /** Brings the recorded state up to date from `state` (all of it) or `change`. */
  #takeState(event: JsonObject): void {
    const isWhole = 'state' in event;
    if (isWhole === 'change' in event) throw new Malformed('an event needs either "state" or "change"');
    const written = applyChange(this.#recorded, isWhole ? event['state'] : event['change']);
    if (isWhole && written !== this.#valuesInState)
      throw new Malformed(`"state" holds ${written} values; a whole state of the shape has ${this.#valuesInState}`);
  }

  /** The model's state; what was not recorded is taken from there. */
  #observe(): Snapshot {
    const model = this.#view.look();
    if (this.#without.size > 0) copyFields(this.#without, model, this.#recorded);
    return model;
  }

  #wokenIn(model: Snapshot): number {
    const now = runnableMask(model);
    const woken = now & ~this.#runnable;
    this.#runnable = now;
    return woken;
  }

  #stateDifferences(model: Snapshot): SnapshotDifference[] {
    return snapshotDifferences(this.#header.shape, model, this.#recorded);
  }
}

type Told = (before: Snapshot) => string;

interface Rejection {
  readonly action?: Action;
  readonly line: number;
  readonly recorded: Told;
  readonly why: string;
  readonly refusal?: Refusal;
  readonly differences: readonly SnapshotDifference[];
}

const STATE_FIELDS = ['state', 'change'];
const STEP_FIELDS = ['action', 'outcome', 'stats', 'woken', ...STATE_FIELDS];
const BROKEN_FIELDS = ['action', 'broken', ...STATE_FIELDS];
const THROWN_FIELDS = ['action', 'thrown', ...STATE_FIELDS];
const RESET_FIELDS = ['reset', ...STATE_FIELDS];
const NO_STATS: StepStats = { diskRead: 0, diskWrite: 0 };
const STATS_FIELDS = ['diskRead', 'diskWrite'];

const expectFields = (event: JsonObject, fields: readonly string[]): void => refuseOthers(event, fields, 'the event');

/** Left out when nothing was read or written. */
function readStats(given: unknown): StepStats {
  if (given === undefined) return NO_STATS;
  const stats = objectOf(given, '"stats"');
  refuseOthers(stats, STATS_FIELDS, '"stats"');
  wholeOf(stats['diskRead'], Number.MAX_SAFE_INTEGER, '"diskRead"');
  wholeOf(stats['diskWrite'], Number.MAX_SAFE_INTEGER, '"diskWrite"');
  return stats as unknown as StepStats;
}

const NOBODY: readonly number[] = [];

/** Left out when nobody was woken. */
function readWoken(given: unknown, clients: number): readonly number[] {
  if (given === undefined) return NOBODY;
  const woken = listOf(given, clients, '"woken"');
  for (const client of woken) wholeOf(client, clients - 1, '"woken"');
  return woken as readonly number[];
}

function pathsOf(differences: readonly SnapshotDifference[]): string {
  const paths = differences.slice(0, 4).map(({ path }) => path);
  return differences.length > 4
    ? `${paths.join(', ')} and ${differences.length - 4} more`
    : paths.join(', ') || 'nothing';
}

/** Why an action cannot happen, as the end of a sentence. */
export function sayRefusal({ reason, name }: Refusal): string {
  switch (reason) {
    case 'promise':
      return `the caller breaks the promise ${name}`;
    case 'environment':
      return `nobody is in a position to do it (${name})`;
    case 'bound':
      return `a bound of the shape forbids it (${name})`;
  }
}
