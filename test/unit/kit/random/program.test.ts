// What random programs are made of: configurations that every voice can take, a wheel with room for every kind, and commands
// that mean the same when others are taken away.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../../../../model/index.ts';
import { REPAIR_IDS, type Shape } from '../../../../spec/buffer/snapshot.ts';
import { ACTION_KINDS } from '../../../../spec/buffer/vocabulary.ts';
import { createCoreDriver } from '../../../kit/core-driver.ts';
import { diceOf } from '../../../kit/random/dice.ts';
import { drawShape, shapeText, smallerShape } from '../../../kit/random/drawn-shape.ts';
import { ProgramArbitrary, type Program } from '../../../kit/random/program.ts';
import { drawSwarm, WHEEL } from '../../../kit/random/wheel.ts';
import { shapeOf } from '../../../support/shape-of.ts';

const TERMS = { repairs: REPAIR_IDS, acts: ACTION_KINDS };
const shapes = Array.from({ length: 300 }, (_, seed) => drawShape(diceOf(seed), TERMS));

describe('drawn configurations', () => {
  test('are larger than what is explored, and of every sort', () => {
    const count = (of: (shape: Shape) => boolean): number => shapes.filter(of).length;
    for (const { blocks, clients, volumes } of shapes) {
      const fits = blocks.length >= 4 && blocks.length <= 8 && clients.length >= 3 && clients.length <= 6;
      if (!fits || volumes.length < 2 || volumes.length > 3) throw new Error(JSON.stringify({ blocks, clients }));
    }
    expect(count(({ blocks }) => blocks.some(({ type }) => type === 'volume'))).toBeGreaterThan(100);
    expect(count(({ blocks }) => !blocks.some(({ type }) => type === 'volume'))).toBeGreaterThan(50);
    expect(count(({ readAhead }) => readAhead !== null)).toBeGreaterThan(50);
    expect(count(({ volumes }) => volumes.length === 3)).toBeGreaterThan(30);
    expect(count(({ undoLog }) => !undoLog)).toBeGreaterThan(50);
  });

  test('and everything smaller next to them make a machine and a driver', () => {
    const take = (shape: Shape): void => {
      createMachine(shape);
      createCoreDriver(shape);
    };
    for (const shape of shapes.slice(0, 25)) {
      take(shape);
      for (let k = 0; ; k++) {
        const smaller = smallerShape(shape, k);
        if (smaller === null) break;
        if (smaller !== undefined) take(smaller.shape);
      }
    }
  });

  test('are told in one line', () => {
    expect(shapeText(shapeOf({ volumes: ['v1', 'v2'] }))).toBe(
      'd1 on v1, nothing on v2; clients c1 c2; UNDO log; backlog of 0 blocks; 1 modifications per handle',
    );
  });
});

test('every kind has a slot that is open at the lowest level', () => {
  const open = new Set([...WHEEL.kinds].filter((_, slot) => WHEEL.opens[slot] === 1));
  expect(open.size).toBe(ACTION_KINDS.length);
});

test('a swarm leaves out kinds, but nothing that ends what has begun', () => {
  const swarms = Array.from({ length: 200 }, (_, seed) => drawSwarm(diceOf(seed), ACTION_KINDS));
  const leftOut = ACTION_KINDS.filter((_, k) => swarms.some((swarm) => swarm[k] === 0));
  expect(leftOut).toContain('cancel');
  expect(leftOut).not.toContain('writeDone');
  expect(drawSwarm(diceOf(1), ['ioRead']).filter((level, i) => level > 0 && i < ACTION_KINDS.length)).toHaveLength(1);
});

test('boundaries are put in by hand: first and last block come up far more often than by chance', () => {
  const arbitrary = new ProgramArbitrary({ shapes, shapeShrinks: false, maxCommands: 100, exact: () => [] });
  const programs = fc.sample(arbitrary, { seed: 1, numRuns: 100 });
  let [boundary, all] = [0, 0];
  for (const { shape, commands } of programs) {
    all += commands.length;
    boundary += commands.filter(({ place }) => place === 0 || place === shape.blocks.length - 1).length;
  }
  expect(boundary / all).toBeGreaterThan(0.35);
  expect(Math.min(...programs.map(({ commands }) => commands.length))).toBeGreaterThanOrEqual(50);
});

test('shrinking ends at what cannot do without a single command', () => {
  // Fails when a command at block 2 comes after one at block 1: two commands are enough, whatever stands around them.
  const fails = ({ commands }: Program): boolean => {
    const first = commands.findIndex(({ place }) => place === 1);
    return first >= 0 && commands.slice(first).some(({ place }) => place === 2);
  };
  const exact = ({ commands }: Program) => commands.map((one) => ({ ...one, exact: true }));
  const arbitrary = new ProgramArbitrary({ shapes: [shapes[0]!], shapeShrinks: false, maxCommands: 240, exact });
  const { counterexample } = fc.check(
    fc.property(arbitrary, (program) => !fails(program)),
    { seed: 1 },
  );
  const commands = counterexample?.[0].commands.map(({ client, place, flag }) => ({ client, place, flag }));
  expect(commands).toEqual([
    { client: 0, place: 1, flag: 0 },
    { client: 0, place: 2, flag: 0 },
  ]);
});
