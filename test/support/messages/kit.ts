// What the kit says to owners of an implementation, and the model to those whose shape is too large.

import type { Action } from '../../../spec/buffer/vocabulary.ts';
import { createMachine, MissingPackage, ModelFault } from '../../../model/index.ts';
import {
  AdapterFault, checkTrace, ClaimBroken, configuration, conform, createCoreDriver, directConfiguration, directConform, EndedTwice,
  FaultDevice, ForeignBrokenPromise, ForeignFailure, replay, ShapeRefused,
} from '../../kit/index.ts'; // prettier-ignore
import type { InjectedFault } from '../../kit/injected-fault.ts';
import { shapeOf } from '../shape-of.ts';
import { META_UNDO_SHAPE } from '../shapes.ts';
import type { Entry } from './list.ts';

const faulty = (kind: 'read' | 'write' | 'flush', fault: InjectedFault) => () => {
  const device = new FaultDevice(1, 1024);
  if (kind === 'read') device.submit({ kind, id: 1, volume: 0, block: 1, blocks: 1, into: [] });
  else if (kind === 'write') device.submit({ kind, id: 1, volume: 0, block: 1, bytes: new Uint8Array(1024) });
  else device.submit({ kind, id: 1, volume: 0 });
  return device.complete(1, fault);
};
const perform = (action: Action) => () => {
  const driver = createCoreDriver(META_UNDO_SHAPE);
  driver.reset();
  return driver.perform(action);
};

export const KIT: readonly Entry[] = [
  ['a configuration that is not there', () => configuration('nothing')],
  ['a direct configuration that is not there', () => directConfiguration('nothing')],
  [
    'a shape with more clients than the model has',
    () => createMachine(shapeOf({ clients: Array.from({ length: 16 }, (_, i) => `c${i}`) })),
  ],
  ['an action that is not possible now', perform({ kind: 'readDone', io: 0, ok: true } as never)],
  ['a fault of the model', () => new ModelFault({ kind: 'readDone', io: 0, ok: true } as never, new Error('no way'))],
  [
    'a package that is missing',
    () => new MissingPackage('hammer-io-kit/model writes its decisions with', 'ts-pattern', 5),
  ],
  ['no random runs', () => conform({ runs: 0 })],
  ['no random runs of the direct machine', () => directConform({ runs: 0 })],
  ['a token that is none', () => replay('nothing')],
  ['a fault for another kind of request', faulty('read', { code: 'lost' })],
  ['a fault at a bit beyond the block', faulty('read', { code: 'flip', bit: 8192 })],
  ['a fault of more bytes than the block has', faulty('write', { code: 'EIO', arrivedBytes: 1025 })],
  ['a fault device with blocks of half sectors', () => new FaultDevice(1, 100)],
  ['a trace of no lines', () => checkTrace([])],
  ['a trace that is no JSON', () => checkTrace(['nothing'])],
  ['a claim that is broken', () => new ClaimBroken(['I14'], 'c1 ioModify d1', ['io d1.modifyRefs'])],
  ['an error that changed something', () => new ClaimBroken(['errors'], 'c1 ioModify d1', [])],
  ['an operation that ends twice', () => new EndedTwice('An operation of front f ended 2 times; it must end once.')],
  ['an adapter that ends', () => new AdapterFault('dead', 'ended with exit code 127 without an answer', '{"id":1}')],
  [
    'a shape that an implementation refuses',
    () => new ShapeRefused('The implementation cannot have this shape: too many clients'),
  ],
  ['a promise that an implementation names', () => new ForeignBrokenPromise('HandleOpen')],
  ['an implementation that fails', () => new ForeignFailure('The implementation failed: out of memory')],
];
