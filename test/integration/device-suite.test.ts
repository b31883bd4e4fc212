// The shared suite: the devices of the project pass it, and a device that is wrong in one way fails the cases about that way.

import { describe, expect, test } from 'vitest';
import type { Completion } from '../../src/index.ts';
import { MemoryDevice } from '../../src/index.ts';
import {
  deviceCases,
  deviceSuite,
  type DeviceSubject,
  type DeviceSupport,
  type SuiteDevice,
} from '../kit/device-suite.ts';
import { FaultDevice } from '../kit/fault-device.ts';
import type { InjectedFault } from '../kit/injected-fault.ts';

const IN_MEMORY: DeviceSupport = { anyOrder: true, copiesAtSubmit: true, failsOnDemand: true, showsVolatile: true };

const MEMORY: DeviceSubject = {
  name: 'MemoryDevice',
  makeDevice: ({ volumes, blockBytes }) => new MemoryDevice(volumes, blockBytes),
  supports: IN_MEMORY,
};

const FAULT: DeviceSubject = {
  name: 'FaultDevice',
  makeDevice: ({ volumes, blockBytes }) => new FaultDevice(volumes, blockBytes),
  supports: { ...IN_MEMORY, losesPower: true },
};

deviceSuite(MEMORY, test);
deviceSuite(FAULT, test);

/** Completes well, but late, and only in order: what a device over real files would look like to the suite. */
class LateDevice implements SuiteDevice {
  readonly #device: MemoryDevice;
  closed = false;

  constructor(volumes: number, blockBytes: number) {
    this.#device = new MemoryDevice(volumes, blockBytes);
  }

  submit(request: Parameters<MemoryDevice['submit']>[0]): void {
    this.#device.submit(request);
  }

  pending() {
    return this.#device.pending();
  }

  async complete(id: number): Promise<Completion> {
    await Promise.resolve();
    return this.#device.complete(id);
  }

  close(): void {
    this.closed = true;
  }
}

deviceSuite(
  { name: 'a device that takes its time', makeDevice: (s) => new LateDevice(s.volumes, s.blockBytes), supports: {} },
  test,
);

/** The titles of the cases that a device fails, by the first words. */
async function failures(makeDevice: DeviceSubject['makeDevice'], supports = FAULT.supports): Promise<string[]> {
  const failed: string[] = [];
  for (const { title, run } of deviceCases({ name: 'broken', makeDevice, supports })) {
    try {
      await run();
    } catch {
      failed.push(title);
    }
  }
  return failed;
}

/** A fault device that is asked for a fault whenever the test asks for none. */
function alwaysFailing(kind: 'read' | 'write' | 'flush', fault: InjectedFault): DeviceSubject['makeDevice'] {
  return ({ volumes, blockBytes }) =>
    new (class extends FaultDevice {
      override complete(id: number, asked?: InjectedFault): Completion {
        const isOurs = this.pending().some((request) => request.id === id && request.kind === kind);
        return super.complete(id, asked ?? (isOurs ? fault : undefined));
      }
    })(volumes, blockBytes);
}

describe('the suite is seen to fail', () => {
  test.each<[string, DeviceSubject['makeDevice'], string]>([
    [
      'loses writes',
      alwaysFailing('write', { code: 'lost' }),
      'what was written is read, and nothing else has changed',
    ],
    [
      'tears writes',
      alwaysFailing('write', { code: 'torn', sectors: [0], result: 'ok' }),
      'the core reads back what it wrote and synced, when its buffer has long gone',
    ],
    ['flips bits', alwaysFailing('read', { code: 'flip', bit: 9 }), 'a block that was never written reads as zeros'],
    ['reads short', alwaysFailing('read', { code: 'short', bytes: 512 }), 'a read of two blocks brings both, in order'],
    [
      'keeps what it read',
      ({ volumes, blockBytes }) =>
        new (class extends FaultDevice {
          override complete(id: number, fault?: InjectedFault): Completion {
            return { ...super.complete(id, fault), bytes: undefined };
          }
        })(volumes, blockBytes),
      'each read fills its own views, or brings its contents with the completion',
    ],
    [
      'loses flushes',
      alwaysFailing('flush', { code: 'lost' }),
      'power loss takes no more than what no flush has covered, and ends every request',
    ],
    [
      'covers too much',
      ({ volumes, blockBytes }) =>
        new (class extends FaultDevice {
          override complete(id: number, fault?: InjectedFault): Completion {
            const flush = this.pending().find((request) => request.id === id && request.kind === 'flush');
            if (flush !== undefined) super.submit(flush); // As if it had been submitted only now.
            return super.complete(id, fault);
          }
        })(volumes, blockBytes),
      'a flush covers what completed before it was submitted, and nothing that completed later',
    ],
    [
      'keeps views',
      ({ volumes, blockBytes }) =>
        new (class extends FaultDevice {
          readonly #views = new Map<number, Parameters<FaultDevice['submit']>[0]>();
          override submit(request: Parameters<FaultDevice['submit']>[0]): void {
            this.#views.set(request.id, request);
            super.submit(request);
          }
          override complete(id: number, fault?: InjectedFault): Completion {
            const request = this.#views.get(id);
            if (request !== undefined && this.pending().some((pending) => pending.id === id)) super.submit(request);
            return super.complete(id, fault);
          }
        })(volumes, blockBytes),
      'what is written is what the bytes were at submission',
    ],
  ])('a device that %s', async (_, makeDevice, title) => {
    expect(await failures(makeDevice)).toContain(title);
  });

  test('what is not declared is left out, and what is declared falsely fails', async () => {
    const late: DeviceSubject['makeDevice'] = (s) => new LateDevice(s.volumes, s.blockBytes);
    expect(deviceCases({ name: '', makeDevice: late, supports: {} }).length).toBeLessThan(deviceCases(FAULT).length);
    expect(await failures(late, { failsOnDemand: true })).toEqual([
      'a failed read brings no bytes, and the next one does',
      'a failed write leaves the old contents, or as much of the new as had arrived',
    ]);
  });

  test('a device is closed, even when its case fails', async () => {
    const made: LateDevice[] = [];
    await failures((s) => made[made.push(new LateDevice(s.volumes, s.blockBytes)) - 1]!, { failsOnDemand: true });
    expect(made.every((device) => device.closed)).toBe(true);
  });
});
