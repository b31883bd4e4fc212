// Modification of a held buffer: modifyRefs with its write interlock, the wait for a write in flight, UNDO before change.

import type { Outcome } from '../../spec/buffer/vocabulary.ts';
import { isAnybody, isRepaired, isRunning, wakeAll } from './facts.ts';
import { issueWrite, setModified } from './dirty.ts';
import { cancelGet, hold, idle } from './release.ts';
import { cancelWaitAll } from './barrier.ts';
import type { State } from './state.ts';

/** Opens a modification (L770-806), with an UNDO record first when one is wanted (L861-897). */
export function modify(s: State, c: number, wantsUndo: boolean): Outcome {
  const client = s.clients[c]!;
  const b = client.io1 - 1;
  const io = s.ios[b]!;
  client.wantsUndo = wantsUndo;
  client.runnable = false;
  // A waiting interlock stops newcomers, not a handle that is inside a modification already: it may nest.
  const overtakes = isRepaired(s, 'D35') && client.mods === 0 && isAnybody(s, b, 'interlock');
  if (io.modifyRefs < 0 || overtakes) {
    client.at = 'modify';
    return 'wait';
  }
  io.modifyRefs += 1;
  return own(s, c);
}

/** Makes the buffer ours and dirty; dirty only once it is ours, or the kernel could write it at the same time (L791-804). */
function own(s: State, c: number): Outcome {
  const client = s.clients[c]!;
  const b = client.io1 - 1;
  const io = s.ios[b]!;
  if (io.released && isRunning(io)) {
    client.at = 'regetblk';
    client.runnable = false;
    return 'wait';
  }
  io.released = false;
  setModified(s, b);
  const cover = client.wantsUndo && s.shape.undoLog;
  hold(client);
  client.mods += 1;
  if (!cover) return 'done';
  client.at = 'cover';
  return 'cover';
}

export function resumeModify(s: State, c: number): Outcome {
  const client = s.clients[c]!;
  return client.at === 'regetblk' ? own(s, c) : modify(s, c, client.wantsUndo);
}

/** The UNDO log answers (L871, L893; the original drops the error). */
export function undoLaid(s: State, c: number, error: boolean): Outcome {
  const client = s.clients[c]!;
  hold(client);
  if (!error) return 'done';
  if (isRepaired(s, 'D9')) closeModification(s, c);
  else client.bare = true;
  return 'error';
}

export function ioModifyDone(s: State, c: number): Outcome {
  closeModification(s, c);
  return 'done';
}

function closeModification(s: State, c: number): void {
  const client = s.clients[c]!;
  client.mods -= 1;
  if (client.mods === 0) client.bare = false;
  dropModifyRef(s, client.io1 - 1);
}

function dropModifyRef(s: State, b: number): void {
  s.ios[b]!.modifyRefs -= 1;
  if (s.ios[b]!.modifyRefs === 0) wakeModRefs(s, b);
}

function wakeModRefs(s: State, b: number): void {
  wakeAll(s, b, 'modify');
  wakeAll(s, b, 'interlock');
}

/** Bytes change. A changed B-tree node is checksummed when the buffer is written and holds a reference until then (L959-982). */
export function change(s: State, c: number): Outcome {
  const b = s.clients[c]!.io1 - 1;
  const io = s.ios[b]!;
  if (s.shape.blocks[b]!.type === 'meta' && !io.gencrc) {
    io.gencrc = true;
    io.refs += 1;
  }
  return 'done';
}

/** Keeps modifiers out once those inside have left (L830-842). */
export function ioWriteInterlock(s: State, c: number): Outcome {
  const client = s.clients[c]!;
  const io = s.ios[client.io1 - 1]!;
  if (io.modifyRefs !== 0) {
    client.at = 'interlock';
    client.runnable = false;
    return 'wait';
  }
  hold(client);
  io.modifyRefs = -1;
  client.interlock = true;
  return 'done';
}

export function ioDoneInterlock(s: State, c: number): Outcome {
  const client = s.clients[c]!;
  const b = client.io1 - 1;
  s.ios[b]!.modifyRefs = 0;
  client.interlock = false;
  wakeModRefs(s, b);
  return 'done';
}

/** Writes a dirty buffer now (L667-749). */
export function ioFlush(s: State, c: number, reclaim: boolean): Outcome {
  const b = s.clients[c]!.io1 - 1;
  if (!s.ios[b]!.modified) return 'clean';
  issueWrite(s, b, reclaim, true);
  return 'done';
}

/** Waits for the write in flight (L166-181). */
export function ioWait(s: State, c: number): Outcome {
  const client = s.clients[c]!;
  client.runnable = false;
  client.at = isRunning(s.ios[client.io1 - 1]!) ? 'wait' : 'hold';
  return client.at === 'wait' ? 'wait' : 'done';
}

/** Withdraws a queued ticket and what it had counted. */
export function cancel(s: State, c: number): Outcome {
  const client = s.clients[c]!;
  const b = client.io1 - 1;
  switch (client.at) {
    case 'get':
      cancelGet(s, c);
      break;
    case 'regetblk':
      hold(client);
      dropModifyRef(s, b);
      break;
    case 'interlock':
      hold(client);
      // Modifiers may have waited for this interlock alone.
      wakeModRefs(s, b);
      break;
    case 'waitAll':
      cancelWaitAll(s, c);
      break;
    case 'flushSync':
    case 'backlog':
      idle(client);
      client.needs = 0;
      break;
    default:
      hold(client);
  }
  return 'done';
}
