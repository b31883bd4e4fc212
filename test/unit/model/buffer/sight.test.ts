// A sight shares what a step left alone. This must never show: over every edge of the safe configurations it says the same as
// a snapshot that is taken anew, before the step and after it.

import { expect, test } from 'vitest';
import { createMachine, explore } from '../../../../model/index.ts';
import { Records, Sight } from '../../../../model/buffer/sight.ts';
import { blankSnapshot, takeSnapshot } from '../../../../model/buffer/snapshot.ts';
import { SAFE_CONFIGURATIONS, configuration } from '../../../kit/configurations.ts';
import { sameSnapshot } from '../../../kit/snapshot-difference.ts';

test.each(SAFE_CONFIGURATIONS)('%s looks the same at every edge as when it is taken anew', (name) => {
  const machine = createMachine(configuration(name).shape);
  const { graph, rows } = explore(machine, { graph: true });
  const { state, rowWords } = machine;
  const load = (number: number): void => state.words.set(rows.subarray(number * rowWords, (number + 1) * rowWords));
  load(0);
  const records = new Records(state);
  const [before, after] = [new Sight(records), new Sight(records)];
  const anew = blankSnapshot(machine.shape);
  const wrong: string[] = [];
  const compare = (sight: Sight, what: string): void => {
    takeSnapshot(state, anew);
    if (!sameSnapshot(anew, sight.snapshot)) wrong.push(what);
  };
  let at = -1;
  for (let i = 0; i < graph!.length; i++) {
    const source = graph!.source[i]!;
    if (source !== at) {
      load(source);
      before.settle();
      compare(before, `state ${source}`);
      at = source;
    }
    load(graph!.target[i]!);
    after.look(before);
    compare(after, `edge ${i}`);
  }
  expect(wrong.slice(0, 5)).toEqual([]);
});

test('an io is seen anew when a client comes to it or leaves it, though its own word stays', () => {
  const { state } = createMachine(configuration('two-volumes').shape);
  const records = new Records(state);
  const [before, after] = [new Sight(records), new Sight(records)];
  const client = state.clients[0]!;
  const waiting = (sight: Sight): boolean[] => sight.snapshot.ios.map((io) => io.waiting);
  client.at = 'wait';
  client.io1 = 1;
  after.look(before);
  expect(waiting(after)).toEqual(state.ios.map((_, b) => b === 0));
  before.settle();
  client.io1 = 2;
  after.look(before);
  expect(waiting(after)).toEqual(state.ios.map((_, b) => b === 1));
  before.settle();
  client.at = 'idle';
  client.io1 = 0;
  after.look(before);
  expect(waiting(after)).toEqual(state.ios.map(() => false));
});

test('an io or a client that is observed again is the same record', () => {
  const { state } = createMachine(configuration('data').shape);
  const records = new Records(state);
  const [io, client] = [records.io(0), records.client(0)];
  state.ios[0]!.refs = 3;
  state.clients[0]!.io1 = 1;
  expect(records.io(0)).toMatchObject({ ...io, refs: 3 });
  expect(records.client(0)).toMatchObject({ ...client, io: 0 });
  state.ios[0]!.refs = 0;
  state.clients[0]!.io1 = 0;
  expect([records.io(0) === io, records.client(0) === client]).toEqual([true, true]);
});
