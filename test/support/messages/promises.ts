// Every promise of a caller of the core, broken.

import { NO_HANDLE, type Ticket } from '../../../src/index.ts';
import { EIO } from '../core-stage.ts';
import type { Entry } from './list.ts';
import { headerWithoutBuffer, misused, withHeader } from './misuse.ts';

export const PROMISES: readonly Entry[] = misused([
  ['HandleOpen of no handle', ({ core }) => core.release(NO_HANDLE)],
  [
    'HandleOpen of a busy handle',
    ({ core, writing }) => {
      const h = writing();
      core.ioWait(h);
      return core.release(h);
    },
  ],
  [
    'NoOpenModification',
    ({ core, modifying }) => {
      const h = modifying();
      core.ioModify(h);
      return core.release(h);
    },
  ],
  [
    'NotInterlocked',
    ({ core, stage }) => {
      const h = stage.get(3);
      core.ioWriteInterlock(h);
      return core.ioModify(h);
    },
  ],
  ['ModificationOpen', ({ core, stage }) => core.change(stage.get(3))],
  ['InterlockOwned', ({ core, stage }) => core.ioDoneInterlock(stage.get(3))],
  ['NotBeingModified', ({ core, modifying }) => core.ioFlush(modifying())],
  ['VolumeLoaded without structure', () => withHeader().core.ioRead(0, 1, 'data')],
  [
    'VolumeLoaded while it is read',
    () => {
      const { core } = withHeader();
      core.ioRead(0, 0, 'volume');
      return core.ioRead(0, 1, 'data');
    },
  ],
  [
    'VolumeLoaded without buffer',
    () => {
      const { core } = headerWithoutBuffer();
      return core.ioRead(0, 1, 'data');
    },
  ],
  ['Exists', ({ core }) => core.unload(0, 3)],
  [
    'Unreferenced',
    ({ core, stage }) => {
      stage.get(3);
      return core.unload(0, 3);
    },
  ],
  [
    'Unreferenced while it is read',
    ({ core }) => {
      core.ioRead(0, 3, 'data');
      return core.unload(0, 3);
    },
  ],
  ['PinnedOnly without structure', ({ core }) => core.ioClearErrorNoassert(0, 3)],
  [
    'PinnedOnly without pin',
    ({ core, stage }) => {
      stage.get(3);
      return core.ioClearErrorNoassert(0, 3);
    },
  ],
  [
    'PinnedOnly with a handle',
    ({ core, stage, writing }) => {
      writing();
      stage.complete('write', EIO);
      return core.ioClearErrorNoassert(0, 3);
    },
  ],
  ['TicketRunnable of an ended ticket', ({ core }) => core.resume(7 as Ticket)],
  ['TicketRunnable of another kind', ({ core }) => core.resume(core.ioRead(0, 3, 'data').ticket, 'wait')],
  ['TicketRunnable of a sleeping ticket', ({ core }) => core.resume(core.ioRead(0, 3, 'data').ticket, 'get')],
  ['TicketQueued of an ended ticket', ({ core }) => core.cancel(7 as Ticket)],
  ['TicketQueued of a load', ({ core }) => core.cancel(core.ioRead(0, 3, 'data').ticket)],
]);
