// Work that must return. A step of an implementation that loops or waits for ever would keep every check from a verdict; here
// somebody outside this thread watches the time and ends the work wherever it is, an endless loop and `Atomics.wait` included
// (node:vm: a thread of its own terminates what runs in this one). What was ended has run no `finally`: throw away what it used.
//
// Limits are a thousand times what the work takes, and whoever judges by one asks a second time, so that on a machine that is
// busy, or was asleep, a check that holds holds.

import { createContext, Script, type Context } from 'node:vm';

/** The work had not returned in its time and was ended. */
export class Overdue extends Error {
  override readonly name = 'Overdue';
  readonly seconds: number;

  constructor(seconds: number) {
    super(`It did not return within ${seconds} s.`);
    this.seconds = seconds;
  }
}

const script = new Script('work()');
/** What the script calls next. */
const slot: { work?: () => void } = {};
let context: Context | undefined;

/** What `work` returns or throws, if it does so within `seconds`; with Infinity nobody watches. @throws Overdue */
export function within<T>(seconds: number, work: () => T): T {
  if (seconds === Infinity) return work();
  let result: T | undefined;
  context ??= createContext(slot);
  slot.work = () => void (result = work());
  try {
    script.runInContext(context, { timeout: Math.ceil(seconds * 1000) });
  } catch (error) {
    throw isTimeout(error) ? new Overdue(seconds) : error;
  }
  return result as T;
}

function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
