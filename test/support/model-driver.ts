// A driver that performs on the model itself. It stands in for production where the machinery is under test, not the voices:
// what it answers is right by definition, so what a wrapper breaks is the only thing that can be found.

import { blankSnapshot as blankModelSnapshot, createMachine } from '../../model/index.ts';
import type { Shape } from '../../spec/buffer/snapshot.ts';
import type { Driver } from '../kit/driver.ts';
import { Stepper } from './stepper.ts';

export function modelDriver(shape: Shape): Driver {
  const machine = createMachine(shape);
  const stepper = new Stepper(machine);
  const model = blankModelSnapshot(shape);
  const runnable = (): readonly boolean[] => {
    machine.snapshot(stepper.row, 0, model);
    return model.clients.map((client) => client.runnable);
  };
  return {
    reset: () => stepper.reset(),
    perform(action) {
      const before = runnable();
      const step = stepper.perform(action);
      return { ...step, woken: runnable().flatMap((now, c) => (now && before[c] === false ? [c] : [])) };
    },
    snapshot(into) {
      machine.snapshot(stepper.row, 0, model);
      model.ios.forEach((io, i) => Object.assign(into.ios[i]!, io));
      model.clients.forEach(({ needs, ...client }, i) => {
        Object.assign(into.clients[i]!, client);
        into.clients[i]!.needs.splice(0, needs.length, ...needs);
      });
      model.volumes.forEach((volume, i) => Object.assign(into.volumes[i]!, volume));
      Object.assign(into.mount, model.mount);
      into.iorun.length = 0;
      for (const entry of model.iorun) into.iorun.push(entry);
      for (const list of ['volu', 'meta', 'undo', 'data', 'loose'] as const) {
        into.lists[list].length = 0;
        into.lists[list].push(...model.lists[list]);
      }
    },
  };
}

/** A driver like `driver` with some parts replaced. */
export function but(driver: Driver, parts: (honest: Driver) => Partial<Driver>): Driver {
  return {
    reset: () => driver.reset(),
    perform: (action) => driver.perform(action),
    snapshot: (into) => driver.snapshot(into),
    ...parts(driver),
  };
}
