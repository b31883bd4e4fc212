// Goals about clients that wait for one another or for a device.

import type { Goal } from '../claim.ts';
import { client, example, heldClean, heldDirty, loading, passiveClean, unloaded, writing } from './example.ts';
import { anyClientAt, entryClient, otherClientAt } from '../reading.ts';
import type { ClientAt, ClientSnapshot, Snapshot } from './snapshot.ts';

/** Some client satisfies the test. */
function someClient(test: (who: ClientSnapshot, s: Snapshot, index: number) => boolean): Goal['reached'] {
  return (s) => {
    for (let c = 0; c < s.clients.length; c++) if (test(s.clients[c]!, s, c)) return true;
    return false;
  };
}

function countAt(s: Snapshot, at: ClientAt): number {
  let count = 0;
  for (let c = 0; c < s.clients.length; c++) if (s.clients[c]!.at === at) count++;
  return count;
}

/** Two neighbouring entries of the run list do; each is given as its client, or -1 for a write. */
function somePair(test: (first: number, second: number, position: number, s: Snapshot) => boolean): Goal['reached'] {
  return (s) => {
    for (let i = 1; i < s.iorun.length; i++) {
      if (test(entryClient(s.iorun[i - 1]!), entryClient(s.iorun[i]!), i - 1, s)) return true;
    }
    return false;
  };
}

export const WAITING_GOALS: readonly Goal[] = [
  {
    id: 'G1',
    statement: 'Two barriers wait one behind the other.',
    reached: somePair((first, second) => first >= 0 && second >= 0),
    example: example({ ios: [writing('data')], clients: [client('waitAll'), client('waitAll')] }),
  },
  {
    id: 'G2',
    statement: 'A woken barrier has yet to wake the one behind it.',
    reached: somePair(
      (first, second, at, of) =>
        at === 0 && first >= 0 && second >= 0 && of.clients[first]!.runnable && !of.clients[second]!.runnable,
    ),
    example: example({
      ios: [passiveClean('data')],
      clients: [client('waitAll', -1, { runnable: true }), client('waitAll')],
    }),
  },
  {
    id: 'G3',
    statement: 'A write was issued behind a waiting barrier.',
    reached: somePair((first, second) => first >= 0 && second < 0),
    example: example({
      ios: [writing('data')],
      clients: [client('hold', 0), client('waitAll', -1, { runnable: true })],
      iorun: [{ client: 1 }, { io: 0 }],
    }),
  },
  {
    id: 'G4',
    statement: 'A modifier waits behind a write interlock.',
    reached: someClient((who, of) => who.at === 'modify' && of.ios[who.io]!.modifyRefs < 0),
    example: example({
      ios: [heldClean('data')],
      clients: [client('hold', 0, { interlock: true }), client('modify', 0)],
    }),
  },
  {
    id: 'G5',
    statement: 'A modifier is stopped by an interlock that itself still waits.',
    reached: someClient(
      (who, of) =>
        who.at === 'modify' && !who.runnable && of.ios[who.io]!.modifyRefs >= 0 && anyClientAt(of, 'interlock', who.io),
    ),
    example: example({
      ios: [heldDirty('data')],
      clients: [client('interlock', 0, { runnable: true }), client('modify', 0)],
    }),
  },
  {
    id: 'G6',
    statement: 'A handle has opened a second modification; an interlock waits for both.',
    reached: someClient((who, of, c) => who.mods > 1 && otherClientAt(of, 'interlock', who.io, c)),
    example: example({ ios: [heldDirty('data')], clients: [client('hold', 0, { mods: 2 }), client('interlock', 0)] }),
  },
  {
    id: 'G7',
    statement: 'A modifier waits for the write in flight while an interlock waits for it.',
    reached: someClient((who, of) => who.at === 'regetblk' && anyClientAt(of, 'interlock', who.io)),
    example: example({ ios: [writing('data')], clients: [client('regetblk', 0), client('interlock', 0)] }),
  },
  {
    id: 'G8',
    statement: 'A get queues behind a load.',
    reached: someClient((who, of) => who.at === 'get' && !who.runnable && of.ios[who.io]!.reading),
    example: example({ ios: [loading('data')], clients: [client('load', 0), client('get', 0)] }),
  },
  {
    id: 'G9',
    statement: 'A queued get has to load the buffer itself, because the load before it failed.',
    reached: someClient((who, of) => {
      const io = of.ios[who.io];
      return who.at === 'get' && who.runnable && io !== undefined && !io.bp && io.check && countAt(of, 'failed') > 0;
    }),
    example: example({
      ios: [unloaded('data', { released: true })],
      clients: [client('failed', -1, { runnable: true }), client('get', 0, { runnable: true })],
    }),
  },
  {
    id: 'G10',
    statement: 'A release waits for a write in flight, and a get has queued for the buffer meanwhile.',
    reached: someClient((who, of) => who.at === 'release' && who.io >= 0 && anyClientAt(of, 'get', who.io)),
    example: example({ ios: [writing('data', { waitdep: true })], clients: [client('release', 0), client('get', 0)] }),
  },
  {
    id: 'G11',
    statement: 'An unload waits for a write in flight.',
    reached: someClient((who) => who.at === 'release' && who.closing),
    example: example({ ios: [writing('data', { waitdep: true })], clients: [client('release', 0, { closing: true })] }),
  },
  {
    id: 'G12',
    statement: 'A woken waiter finds its buffer being written anew.',
    reached: someClient((who, of) => who.at === 'wait' && who.runnable && of.ios[who.io]!.running),
    example: example({ ios: [writing('data')], clients: [client('wait', 0, { runnable: true }), client('hold', 0)] }),
  },
  {
    id: 'G13',
    statement: 'A write is in flight under the write interlock.',
    reached: someClient((who, of) => who.interlock && of.ios[who.io]!.running),
    example: example({ ios: [writing('data')], clients: [client('hold', 0, { interlock: true })] }),
  },
  {
    id: 'G14',
    statement:
      'A flush is in flight, a write has completed since, and one caller waits for this flush, another for the next.',
    reached: (s) => {
      for (let v = 0; v < s.volumes.length; v++) {
        if (s.volumes[v]!.flush !== 'flushingDirty') continue;
        let first = false;
        let second = false;
        for (let c = 0; c < s.clients.length; c++) {
          first ||= s.clients[c]!.needs[v] === 1;
          second ||= s.clients[c]!.needs[v] === 2;
        }
        if (first && second) return true;
      }
      return false;
    },
    example: example({
      ios: [passiveClean('data')],
      clients: [client('flushSync', -1, { needs: [1] }), client('flushSync', -1, { needs: [2] })],
      volumes: [{ flush: 'flushingDirty', volatile: 'exposed' }],
    }),
  },
  {
    id: 'G15',
    statement: 'A device flush has failed and its caller has yet to learn of it.',
    reached: (s) => countAt(s, 'flushFailed') > 0,
    example: example({
      ios: [passiveClean('data')],
      clients: [client('flushFailed', -1, { runnable: true })],
      volumes: [{ flush: 'failed', volatile: 'exposed' }],
      mount: { criticalError: true },
    }),
  },
  {
    id: 'G16',
    statement: 'A client waits for the backlog to fall.',
    reached: someClient((who) => who.at === 'backlog' && !who.runnable),
    example: example({ ios: [writing('data'), writing('data')], clients: [client('backlog')] }),
  },
  {
    id: 'G17',
    statement: 'A modification waits for its UNDO record while an UNDO buffer is being written.',
    reached: (s) => {
      if (countAt(s, 'cover') === 0) return false;
      for (let b = 0; b < s.ios.length; b++) if (s.ios[b]!.type === 'undo' && s.ios[b]!.running) return true;
      return false;
    },
    example: example({ ios: [heldDirty('meta'), writing('undo')], clients: [client('cover', 0, { mods: 1 })] }),
  },
];
