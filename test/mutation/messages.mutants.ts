// What the core says when a promise is broken: every text in full. The texts are part of what a user gets, and a mutant that changes
// one changes that.

import { test } from 'vitest';
import { NO_HANDLE, type Ticket } from '../../src/index.ts';
import { EIO } from '../support/core-stage.ts';
import { headerWithoutBuffer, Misuse, withHeader, type MisuseRow } from './misuse.ts';
import { messageOf, mustBe } from '../support/must.ts';

const MISUSES: readonly MisuseRow[] = [
  [
    'HandleOpen of no handle',
    ({ core }) => core.release(NO_HANDLE),
    'HandleOpen: the caller promised that the handle is open: neither released nor busy with a ticket; seen: handle 0, which is not open or was released. Get the buffer again, or resume (or cancel) the ticket that the handle waits for.',
  ],
  [
    'HandleOpen of a busy handle',
    ({ core, writing }) => {
      const h = writing();
      core.ioWait(h);
      return core.release(h);
    },
    'HandleOpen: the caller promised that the handle is open: neither released nor busy with a ticket; seen: a handle on data block 3 of volume v1 that waits in wait. Get the buffer again, or resume (or cancel) the ticket that the handle waits for.',
  ],
  [
    'NoOpenModification',
    ({ core, modifying }) => {
      const h = modifying();
      core.ioModify(h);
      return core.release(h);
    },
    'NoOpenModification: the caller promised that the handle has no open modification; seen: 2 open on data block 3 of volume v1. Close every modification with ioModifyDone first.',
  ],
  [
    'NotInterlocked',
    ({ core, stage }) => {
      const h = stage.get(3);
      core.ioWriteInterlock(h);
      return core.ioModify(h);
    },
    'NotInterlocked: the caller promised that the handle does not own the write interlock; seen: it owns that of data block 3 of volume v1. Give the interlock back with ioDoneInterlock first.',
  ],
  [
    'ModificationOpen',
    ({ core, stage }) => core.change(stage.get(3)),
    'ModificationOpen: the caller promised that the handle has an open modification; seen: none on data block 3 of volume v1. Open one with ioModify, modifyBuffer or modifyVolume, and wait until it answers done.',
  ],
  [
    'InterlockOwned',
    ({ core, stage }) => core.ioDoneInterlock(stage.get(3)),
    'InterlockOwned: the caller promised that the handle owns the write interlock; seen: not that of data block 3 of volume v1. Take it with ioWriteInterlock, and wait until it answers done.',
  ],
  [
    'NotBeingModified',
    ({ core, modifying }) => core.ioFlush(modifying()),
    'NotBeingModified: the caller promised that nobody has a modification of the dirty buffer open; seen: 1 modifications open on data block 3 of volume v1. Take the write interlock before ioFlush; it waits until every modifier has left.',
  ],
  [
    'VolumeLoaded without structure',
    () => withHeader().core.ioRead(0, 1, 'data'),
    'VolumeLoaded: the caller promised that the header of the volume is loaded and nobody is loading or unloading it; seen: the header of volume v1 has no structure. Hold a handle on the volume header while you get buffers of the volume.',
  ],
  [
    'VolumeLoaded while it is read',
    () => {
      const { core } = withHeader();
      core.ioRead(0, 0, 'volume');
      return core.ioRead(0, 1, 'data');
    },
    'VolumeLoaded: the caller promised that the header of the volume is loaded and nobody is loading or unloading it; seen: the header of volume v1 is busy in load. Hold a handle on the volume header while you get buffers of the volume.',
  ],
  [
    'VolumeLoaded without buffer',
    () => {
      const { core } = headerWithoutBuffer();
      return core.ioRead(0, 1, 'data');
    },
    'VolumeLoaded: the caller promised that the header of the volume is loaded and nobody is loading or unloading it; seen: the header of volume v1 has no buffer. Hold a handle on the volume header while you get buffers of the volume.',
  ],
  [
    'Exists',
    ({ core }) => core.unload(0, 3),
    'Exists: the caller promised that there is a structure for the block; seen: none for block 3 of volume v1. Unload only what was loaded before and is not destroyed yet.',
  ],
  [
    'Unreferenced',
    ({ core, stage }) => {
      stage.get(3);
      return core.unload(0, 3);
    },
    'Unreferenced: the caller promised that the structure has no references and nobody loads or releases it; seen: 1 references on data block 3 of volume v1. Release every handle first, and clear write errors, whose pins are references too.',
  ],
  [
    'Unreferenced while it is read',
    ({ core }) => {
      core.ioRead(0, 3, 'data');
      return core.unload(0, 3);
    },
    'Unreferenced: the caller promised that the structure has no references and nobody loads or releases it; seen: 1 references on data block 3 of volume v1, and it is busy in load. Release every handle first, and clear write errors, whose pins are references too.',
  ],
  [
    'PinnedOnly without structure',
    ({ core }) => core.ioClearErrorNoassert(0, 3),
    'PinnedOnly: the caller promised that the pin of a failed write is the only reference, and nobody is loading or releasing; seen: no structure for block 3 of volume v1. Release your handles first; while you hold one, use ioClearError.',
  ],
  [
    'PinnedOnly without pin',
    ({ core, stage }) => {
      stage.get(3);
      return core.ioClearErrorNoassert(0, 3);
    },
    'PinnedOnly: the caller promised that the pin of a failed write is the only reference, and nobody is loading or releasing; seen: data block 3 of volume v1 is not pinned and has 1 references. Release your handles first; while you hold one, use ioClearError.',
  ],
  [
    'PinnedOnly with a handle',
    ({ core, stage, writing }) => {
      writing();
      stage.complete('write', EIO);
      return core.ioClearErrorNoassert(0, 3);
    },
    'PinnedOnly: the caller promised that the pin of a failed write is the only reference, and nobody is loading or releasing; seen: data block 3 of volume v1 is pinned and has 2 references. Release your handles first; while you hold one, use ioClearError.',
  ],
  [
    'TicketRunnable of an ended ticket',
    ({ core }) => core.resume(7 as Ticket),
    'TicketRunnable: the caller promised that the ticket was issued for this, is still queued, and was woken; seen: ticket 7, which has ended. Take runnable tickets from nextRunnable, and resume each of them once.',
  ],
  [
    'TicketRunnable of another kind',
    ({ core }) => core.resume(core.ioRead(0, 3, 'data').ticket, 'wait'),
    'TicketRunnable: the caller promised that the ticket was issued for this, is still queued, and was woken; seen: a ticket of get, not of wait. Take runnable tickets from nextRunnable, and resume each of them once.',
  ],
  [
    'TicketRunnable of a sleeping ticket',
    ({ core }) => core.resume(core.ioRead(0, 3, 'data').ticket, 'get'),
    'TicketRunnable: the caller promised that the ticket was issued for this, is still queued, and was woken; seen: a ticket that still waits in load. Take runnable tickets from nextRunnable, and resume each of them once.',
  ],
  [
    'TicketQueued of an ended ticket',
    ({ core }) => core.cancel(7 as Ticket),
    'TicketQueued: the caller promised that the ticket waits for something that can be withdrawn; seen: ticket 7, which has ended. Loads, UNDO records and waiting releases end by themselves; a ticket that ended cannot be cancelled.',
  ],
  [
    'TicketQueued of a load',
    ({ core }) => core.cancel(core.ioRead(0, 3, 'data').ticket),
    'TicketQueued: the caller promised that the ticket waits for something that can be withdrawn; seen: a ticket in load. Loads, UNDO records and waiting releases end by themselves; a ticket that ended cannot be cancelled.',
  ],
];

for (const [what, misuse, text] of MISUSES) {
  test(what, () => {
    mustBe(
      messageOf(() => misuse(new Misuse())),
      text,
    );
  });
}
