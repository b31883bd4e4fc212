// A random run as data: a configuration, a swarm, and a list of commands, none of which knows what will exist when it is
// performed. A command names a slot of the wheel and positions; positions are reduced modulo what the shape has, and from
// there on the first client and block are taken for which the action can happen (`chooser.ts`).
//
// Programs are drawn and made smaller here, as an arbitrary of fast-check's own kind, so that its runner, seeds and paths
// apply. `fc.commands` is not used: it draws ten commands at most unless asked otherwise, weighs nothing, and knows no
// boundaries; here they are put in by hand.

import type fc from 'fast-check';
import { ACTION_KINDS } from '../../../spec/buffer/vocabulary.ts';
import type { Shape } from '../../../spec/buffer/snapshot.ts';
import type { Dice } from './dice.ts';
import { smallerShape } from './drawn-shape.ts';
import { fastCheck } from './fast-check.ts';
import { drawSwarm, SLOT_COUNT, WHEEL, type Swarm } from './wheel.ts';

export interface Command {
  readonly slot: number;
  readonly client: number;
  /** Position among the blocks, or among the volumes for an action on a volume. */
  readonly place: number;
  /** 0 to 15, the larger the rather: whether a completion fails depends on the swarm; other flags are set from 8 on. */
  readonly flag: number;
  /** The command means one action and no other: of the slot's kind, at these positions, flagged unless `flag` is 0. */
  readonly exact: boolean;
}

export interface Program {
  readonly shape: Shape;
  readonly swarm: Swarm;
  readonly commands: readonly Command[];
}

/** What programs are drawn from. */
export interface ProgramSource {
  /** Configurations to choose from. */
  readonly shapes: readonly Shape[];
  /** Whether the shape may shrink; a given one stays as it is. */
  readonly shapeShrinks: boolean;
  readonly maxCommands: number;
  /** The commands that mean exactly the actions which the program's commands have come to mean. */
  exact(program: Program): readonly Command[];
}

export class ProgramArbitrary extends fastCheck.Arbitrary<Program> {
  readonly #source: ProgramSource;

  constructor(source: ProgramSource) {
    super();
    this.#source = source;
  }

  override generate(random: fc.Random): fc.Value<Program> {
    const dice: Dice = (n) => random.nextInt(0, n - 1);
    const { shapes, maxCommands } = this.#source;
    const shape = shapes[dice(shapes.length)]!;
    const swarm = drawSwarm(dice, shape.acts);
    const least = Math.ceil(maxCommands / 2);
    const commands = drawCommands(dice, shape, least + dice(maxCommands - least + 1));
    return new fastCheck.Value({ shape, swarm, commands }, FIRST);
  }

  /** A value comes with the place where shrinking it goes on; without one nothing is known of it. */
  override canShrinkWithoutContext(_value: unknown): _value is Program {
    return false;
  }

  override shrink(program: Program, context: unknown): fc.Stream<fc.Value<Program>> {
    return fastCheck.stream(smallerPrograms(program, context as Cursor, this.#source));
  }
}

/** Of eight positions, one is the first and one the last; up to five more are the place where the program is hot. */
const HEATS = [1, 3, 5] as const;

function drawCommands(dice: Dice, shape: Shape, length: number): Command[] {
  const [clients, places] = [shape.clients.length, shape.blocks.length];
  const [hot, heat] = [dice(places), HEATS[dice(HEATS.length)]!];
  const commands: Command[] = [];
  for (let i = 0; i < length; i++) {
    const boundary = dice(8);
    const place = boundary < 2 ? boundary * (places - 1) : boundary < 2 + heat ? hot : dice(places);
    commands.push({ slot: dice(SLOT_COUNT), client: dice(clients), place, flag: dice(16), exact: false });
  }
  return commands;
}

// ── Making a program smaller ───────────────────────────────────────────────────────────────────────────────────────────
//
// First every command is made to mean exactly the action that it has come to mean, so that it means nothing else when others
// are taken away. Then passes, one after the other, each with numbered candidates. A candidate that still fails becomes the program, and its
// pass goes on at the same number, where the next thing to take away now stands. When the last pass ends and anything was
// gained, the passes from LOOP on are repeated; so the result is one from which no single candidate can be taken.

interface Cursor {
  readonly pass: number;
  readonly k: number;
  readonly gained: boolean;
}

const FIRST: Cursor = { pass: 0, k: 0, gained: false };

interface Pass {
  readonly step: number;
  /** The `k`-th smaller program: undefined where there is none, null beyond the last. */
  readonly make: (program: Program, k: number, source: ProgramSource) => Program | undefined | null;
}

const makingExact: Pass = {
  step: 1,
  // Only once: an implementation whose failures do not repeat must not keep us here for ever.
  make: (program, k, source) =>
    k > 0 || program.commands.every(({ exact }) => exact) ? null : { ...program, commands: source.exact(program) },
};

/** Takes out `size` commands at a time, from the end to the beginning. */
const takingOut = (size: number): Pass => ({
  step: size,
  make(program, k) {
    const to = program.commands.length - k;
    if (to <= 0 || (size > 1 && size >= program.commands.length)) return null;
    return { ...program, commands: program.commands.toSpliced(Math.max(0, to - size), Math.min(size, to)) };
  },
});

const PAIRS_MAX = 16;

/** Takes out two commands that do not stand together: what opens something and what closes it. */
const takingPairs: Pass = {
  step: 1,
  make(program, k) {
    const n = program.commands.length;
    if (n > PAIRS_MAX || k >= n * n) return null;
    const [i, j] = [Math.floor(k / n), k % n];
    return i < j ? { ...program, commands: program.commands.filter((_, at) => at !== i && at !== j) } : undefined;
  },
};

const makingShapeSmaller: Pass = {
  step: 1,
  make(program, k, { shapeShrinks }) {
    if (!shapeShrinks) return null;
    const smaller = smallerShape(program.shape, k);
    if (smaller === undefined || smaller === null) return smaller;
    const { shape, client, place } = smaller;
    const commands = program.commands.map((one) => ({ ...one, client: client(one.client), place: place(one.place) }));
    return { ...program, shape, commands };
  },
};

const ARGUMENTS: readonly ((command: Command) => Command)[] = [
  (one) => ({ ...one, flag: 0 }),
  (one) => ({ ...one, client: 0 }),
  (one) => ({ ...one, client: Math.max(0, one.client - 1) }),
  (one) => ({ ...one, place: 0 }),
  (one) => ({ ...one, place: Math.max(0, one.place - 1) }),
];

const makingArgumentsSmaller: Pass = {
  step: 1,
  make(program, k) {
    const at = Math.floor(k / ARGUMENTS.length);
    const command = program.commands[at];
    if (command === undefined) return null;
    const smaller = ARGUMENTS[k % ARGUMENTS.length]!(command);
    if (smaller.flag + smaller.client + smaller.place === command.flag + command.client + command.place)
      return undefined;
    return { ...program, commands: program.commands.with(at, smaller) };
  },
};

/** First every kind that no command points at, then each by itself. */
const leavingOutKinds: Pass = {
  step: 1,
  make({ shape, swarm, commands }, k) {
    const pointedAt = new Set(commands.map(({ slot }) => WHEEL.kinds[slot]!));
    const closes = (i: number): boolean => (k === 0 ? i < ACTION_KINDS.length && !pointedAt.has(i) : i === k - 1);
    if (k > swarm.length) return null;
    if (!swarm.some((level, i) => level > 0 && closes(i))) return undefined;
    return { shape, swarm: swarm.map((level, i) => (closes(i) ? 0 : level)), commands };
  },
};

const LARGE = [128, 64, 32, 16, 8].map(takingOut);
const PASSES: readonly Pass[] = [
  makingExact,
  ...LARGE,
  ...[4, 2, 1].map(takingOut),
  makingShapeSmaller,
  makingArgumentsSmaller,
  takingPairs,
  leavingOutKinds,
];
const LOOP = 1 + LARGE.length;

function* smallerPrograms(program: Program, from: Cursor, source: ProgramSource): Generator<fc.Value<Program>> {
  let { pass, k, gained } = from;
  while (true) {
    const one = PASSES[pass];
    if (one === undefined) {
      if (!gained) return;
      [pass, k, gained] = [LOOP, 0, false];
      continue;
    }
    const candidate = one.make(program, k, source);
    if (candidate === null) {
      [pass, k] = [pass + 1, 0];
      continue;
    }
    // What is yielded has less than the program in some way, or this would never end.
    if (candidate !== undefined) yield new fastCheck.Value(candidate, { pass, k, gained: gained || pass >= LOOP });
    k += one.step;
  }
}
