// What every device must do, whatever it is made of: one suite that MemoryDevice and the fault device pass, and that whoever
// writes a device passes too.
//
//   import { test } from 'vitest';                       // or from 'node:test', or nothing at all: see deviceCases
//   deviceSuite({ name: 'FileDevice', makeDevice, supports: {} }, test);
//
// A case needs only that requests are taken and completed. What not every device can do is declared in `supports`, and cases
// that need what is not declared are left out, never passed. Completion may take its time: `complete` may answer a promise.
// Cases use node:assert, so the titles and messages are the same under every runner.

import { CASES } from './device-suite-cases.ts';
import { Bench, SUITE_SIZES, type DeviceSizes, type SuiteDevice } from './device-bench.ts';

export { MEMORY_BYTES, SUITE_SIZES } from './device-bench.ts';
export type { DeviceSizes, SuiteDevice } from './device-bench.ts';

/** What a device can do beyond taking and completing requests. */
export interface DeviceSupport {
  /** The caller decides which pending request ends next. Else requests are completed in order of submission. */
  readonly anyOrder?: boolean;
  /** Takes a copy of the bytes at submission, so that they may be changed before completion. */
  readonly copiesAtSubmit?: boolean;
  /** `complete` takes a Fault. */
  readonly failsOnDemand?: boolean;
  /** `volatileState` and `readDurable` tell what a flush has covered. */
  readonly showsVolatile?: boolean;
  /** `losePower` takes what is not durable; afterwards the device is used as before. */
  readonly losesPower?: boolean;
}

/** The device under test. */
export interface DeviceSubject {
  readonly name: string;
  /** A fresh device, whose blocks were never written. */
  makeDevice(sizes: DeviceSizes): SuiteDevice | Promise<SuiteDevice>;
  readonly supports: DeviceSupport;
}

/** How a case is handed to a test runner. */
export type RegisterTest = (title: string, body: () => Promise<void>) => unknown;

/** Hands every case that applies to a test runner. */
export function deviceSuite(subject: DeviceSubject, test: RegisterTest): void {
  for (const { title, run } of deviceCases(subject)) test(`${subject.name}: ${title}`, run);
}

/** One case of the suite. */
export interface DeviceCase {
  readonly title: string;
  /** Rejects with an AssertionError if the device does otherwise. */
  readonly run: () => Promise<void>;
}

/** The cases that apply, for whoever has no test runner. */
export function deviceCases(subject: DeviceSubject): DeviceCase[] {
  return CASES.filter(({ needs }) => needs.every((need) => subject.supports[need] === true)).map(({ title, body }) => ({
    title,
    run: async () => {
      const device = await subject.makeDevice(SUITE_SIZES);
      try {
        await body(new Bench(device));
      } finally {
        await device.close?.();
      }
    },
  }));
}
