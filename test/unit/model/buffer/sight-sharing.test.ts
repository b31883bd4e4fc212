// What a sight shares and what a view takes anew: each part of a snapshot, by what has changed since. That they show the truth
// is seen at every edge elsewhere; here is seen that they look at no more than they must.

import { test } from 'vitest';
import { blankSnapshot, createMachine } from '../../../../model/index.ts';
import { Records, Sight } from '../../../../model/buffer/sight.ts';
import { takeSnapshot, View } from '../../../../model/buffer/snapshot.ts';
import type { State } from '../../../../model/buffer/state.ts';
import type { Snapshot } from '../../../../spec/index.ts';
import { mustBe, mustEqual } from '../../../support/must.ts';
import { SMALL_MACHINES } from '../../../support/small-machines.ts';

/** Two blocks on two volumes, two clients. */
const SHAPE = SMALL_MACHINES['syncs of two volumes']!;

/** What changes in a step, and what has been before. */
interface Step {
  readonly was?: (state: State) => void;
  readonly change: (state: State) => void;
  /** What a sight does not share. */
  readonly seen: string;
  /** The blocks whose records are looked up; those seen when left out. */
  readonly asked?: string;
}

const STEPS: readonly Step[] = [
  { change: () => undefined, seen: '' },
  { change: ({ volumes }) => (volumes[1]!.flush = 'dirty'), seen: 'volume1' },
  { change: ({ mount }) => (mount.criticalError = true), seen: 'mount' },
  { change: ({ ios }) => (ios[0]!.refs = 1), seen: 'io0', asked: '0' },
  { change: ({ ios }) => (ios[1]!.locked = true), seen: 'io1 mount', asked: '1' },
  { change: ({ ios }) => (ios[0]!.modified = true), seen: 'io0 lists mount', asked: '0' },
  { change: ({ ios }) => (ios[1]!.place = 1), seen: 'io1 iorun mount', asked: '1' },
  { was: ({ ios }) => (ios[0]!.place = 1), change: ({ ios }) => (ios[0]!.place = 0), seen: 'io0 iorun mount', asked: '0' },
  { was: ({ ios }) => (ios[0]!.place = 1), change: ({ ios }) => (ios[1]!.refs = 1), seen: 'io1', asked: '1' },
  { change: ({ clients }) => Object.assign(clients[0]!, { at: 'waitAll', place: 1 }), seen: 'client0 iorun' },
  {
    was: ({ clients }) => Object.assign(clients[0]!, { at: 'waitAll', place: 1 }),
    change: ({ clients }) => Object.assign(clients[0]!, { at: 'idle', place: 0 }),
    seen: 'client0 iorun',
  },
  { change: ({ clients }) => (clients[1]!.at = 'backlog'), seen: 'client1' },
  { change: ({ clients }) => Object.assign(clients[0]!, { at: 'load', io1: 1 }), seen: 'io0 client0 mount', asked: '0' },
  { change: ({ clients }) => Object.assign(clients[1]!, { at: 'wait', io1: 2 }), seen: 'io1 client1', asked: '1' },
  {
    was: ({ clients }) => Object.assign(clients[1]!, { at: 'wait', io1: 2 }),
    change: ({ clients }) => Object.assign(clients[1]!, { at: 'idle', io1: 0 }),
    seen: 'io1 client1',
    asked: '1',
  },
  {
    was: ({ clients }) => Object.assign(clients[0]!, { at: 'wait', io1: 1 }),
    change: ({ clients }) => (clients[0]!.io1 = 2),
    seen: 'io0 io1 client0',
    asked: '0 1',
  },
  {
    was: ({ clients }) => Object.assign(clients[0]!, { at: 'wait', io1: 1 }),
    change: ({ volumes }) => (volumes[0]!.volatile = 'exposed'),
    seen: 'volume0',
  },
]; // prettier-ignore

/** The parts of a snapshot by name. */
function partsOf({ ios, clients, volumes, mount, iorun, lists }: Snapshot): Record<string, object> {
  const numbered = (name: string, parts: readonly object[]): [string, object][] =>
    parts.map((part, i) => [`${name}${i}`, part]);
  const each = [...numbered('io', ios), ...numbered('client', clients), ...numbered('volume', volumes)];
  return { ...Object.fromEntries(each), iorun, lists, mount };
}

for (const [i, { was, change, seen, asked = '' }] of STEPS.entries()) {
  test(`a sight shares what was left alone by step ${i} of ${STEPS.length}`, () => {
    const { state } = createMachine(SHAPE);
    was?.(state);
    const records = new Records(state);
    const [before, after] = [new Sight(records), new Sight(records)];
    const first = partsOf(before.settle());
    change(state);
    const looked: number[] = [];
    const io = records.io.bind(records);
    records.io = (b) => {
      looked.push(b);
      return io(b);
    };
    const snapshot = after.look(before);
    const second = partsOf(snapshot);
    mustBe(Object.keys(second).filter((name) => second[name] !== first[name]).join(' '), seen); // prettier-ignore
    mustBe(looked.join(' '), asked);
    mustEqual(snapshot, anew(state));
  });

  test(`a view takes anew what may differ after step ${i} of ${STEPS.length}`, () => {
    const { state } = createMachine(SHAPE);
    was?.(state);
    const view = new View(state);
    view.look();
    view.snapshot.ios.forEach((io) => (io.refs = MARK));
    view.snapshot.clients.forEach((client) => (client.mods = MARK));
    view.snapshot.lists.loose.push(MARK);
    view.snapshot.mount.ioLockedCount = MARK;
    change(state);
    const { ios, clients, lists, mount } = view.look();
    const taken = [
      ...ios.flatMap(({ refs }, b) => (refs === MARK ? [] : [`io${b}`])),
      ...clients.flatMap(({ mods }, c) => (mods === MARK ? [] : [`client${c}`])),
      ...(lists.loose.includes(MARK) ? [] : ['lists']),
    ];
    mustBe(taken.join(' '), seen.split(' ').filter((name) => /^(io\d|client|lists)/.test(name)).join(' ')); // prettier-ignore
    mustBe(mount.ioLockedCount === MARK, seen === '');
  });
}

/** What no part of these states is. */
const MARK = 50;

function anew(state: State): Snapshot {
  const snapshot = blankSnapshot(SHAPE);
  takeSnapshot(state, snapshot);
  return snapshot;
}

test('a sight and a view that are made in the middle show what is', () => {
  const { state } = createMachine(SHAPE);
  state.volumes[1]!.flush = 'flushing';
  state.volumes[0]!.volatile = 'covered';
  Object.assign(state.ios[0]!, { exists: true, bp: true, modified: true });
  Object.assign(state.clients[1]!, { at: 'hold', io1: 1, mods: 1 });
  mustEqual(new Sight(new Records(state)).snapshot, anew(state));
  const view = new View(state);
  mustEqual(view.snapshot, anew(state));
  state.clients[1]!.io1 = 2;
  mustEqual(view.look(), anew(state));
});

test('an io and a client that are observed again are the same record', () => {
  const { state } = createMachine(SHAPE);
  const records = new Records(state);
  const [io, client] = [records.io(1), records.client(1)];
  state.ios[1]!.refs = 3;
  state.clients[1]!.io1 = 1;
  mustBe(`${records.io(1).refs} ${records.client(1).io}`, '3 0');
  state.ios[1]!.refs = 0;
  state.clients[1]!.io1 = 0;
  mustBe(records.io(1) === io && records.client(1) === client, true);
});

test('a run list has its entries and nothing else, however long it was', () => {
  const { state } = createMachine(SHAPE);
  const [view, records] = [new View(state), new Records(state)];
  const [before, after] = [new Sight(records), new Sight(records)];
  const keys = (): string => {
    const [{ iorun }, shown] = [view.look(), after.look(before).iorun];
    return `${Object.keys(iorun).join()} ${JSON.stringify(iorun)} ${Object.keys(shown).join()} ${JSON.stringify(shown)}`;
  };
  const both = (list: object[]): string => {
    const said = `${Object.keys(list).join()} ${JSON.stringify(list)}`;
    return `${said} ${said}`;
  };
  state.ios[1]!.place = 1;
  state.clients[0]!.place = 2;
  state.clients[0]!.at = 'waitAll';
  mustBe(keys(), both([{ io: 1 }, { client: 0 }]));
  state.ios[1]!.place = 0;
  state.clients[0]!.place = 1;
  mustBe(keys(), both([{ client: 0 }]));
});

test('a blank snapshot is that of a machine in which nothing has happened', () => {
  const { state } = createMachine(SHAPE);
  mustEqual(blankSnapshot(SHAPE), anew(state));
  mustEqual(blankSnapshot(SHAPE), BLANK);
});

const BLANK_IO = {
  type: 'data', exists: false, refs: 0, interlockOwner: -1, check: false, wanted: false, bp: false, reading: false,
  ondisk: false, released: false, modified: false, running: false, waiting: false, modifyRefs: 0, waitmod: false,
  waitdep: false, reclaim: false, ioerror: false, gencrc: false, locked: false, delwri: false, notmeta: false,
  modRoot: 'none', residue: 'none',
}; // prettier-ignore
const BLANK_CLIENT = {
  at: 'idle', io: -1, runnable: false, how: 'read', wantsUndo: false, closing: false, mods: 0, interlock: false, bare: false,
  needs: [0, 0],
}; // prettier-ignore
const BLANK = {
  ios: [{ ...BLANK_IO, volume: 0 }, { ...BLANK_IO, volume: 1 }],
  clients: [BLANK_CLIENT, BLANK_CLIENT],
  volumes: [{ flush: 'clean', volatile: 'none' }, { flush: 'clean', volatile: 'none' }],
  mount: {
    criticalError: false, lockedDirtySpace: 0, ioRunningSpace: 0, runningReadBytes: 0, runningWriteBytes: 0, ioLockedCount: 0,
  },
  iorun: [],
  lists: { volu: [], meta: [], undo: [], data: [], loose: [] },
}; // prettier-ignore
