// Temporal formulas as automata.
//
// A formula in negation normal form is a set of obligations. In each state an obligation is met in one of several ways: it asks for
// literals now (of this state, or of the step that is taken) and leaves obligations for the next state. `a U b` may be put off; an
// infinite way on which some `U` is put off for ever does not meet it. So the automaton's states are sets of obligations, its
// transitions the ways to meet them, and each transition says which `U` it puts off: a transition-based generalised Büchi automaton.

/** `a R b` is the dual of `a U b`: b holds up to and including where a does, or for ever. */
export type Ltl =
  | { readonly op: 'true' | 'false' }
  /** A predicate of a state or of a step, or its negation. */
  | { readonly op: 'literal'; readonly of: 'state' | 'step'; readonly predicate: number; readonly positive: boolean }
  | { readonly op: 'and' | 'or' | 'until' | 'release'; readonly left: Ltl; readonly right: Ltl };

export const TRUE: Ltl = { op: 'true' };
export const FALSE: Ltl = { op: 'false' };

export const both = (left: Ltl, right: Ltl): Ltl => ({ op: 'and', left, right });
export const either = (left: Ltl, right: Ltl): Ltl => ({ op: 'or', left, right });
export const always = (of: Ltl): Ltl => ({ op: 'release', left: FALSE, right: of });
export const eventually = (of: Ltl): Ltl => ({ op: 'until', left: TRUE, right: of });

export interface Transition {
  /** Predicates of the state that must hold, and that must not. */
  readonly holds: readonly number[];
  readonly fails: readonly number[];
  /** The same of the step. */
  readonly stepHolds: readonly number[];
  readonly stepFails: readonly number[];
  readonly target: number;
  /** Numbers of the `U` formulas that are put off. */
  readonly putOff: readonly number[];
}

export interface Automaton {
  /** By state; the first state is where everything begins. */
  readonly transitions: readonly (readonly Transition[])[];
  /** How many `U` formulas there are. */
  readonly untils: number;
}

/** One way to meet obligations: what it asks now, what it leaves, what it puts off. */
interface Way {
  readonly literals: ReadonlyMap<string, Ltl & { readonly op: 'literal' }>;
  readonly next: ReadonlyMap<string, Ltl>;
  readonly putOff: ReadonlySet<string>;
}

const text = (f: Ltl): string => {
  switch (f.op) {
    case 'true':
    case 'false':
      return f.op;
    case 'literal':
      return `${f.positive ? '' : '!'}${f.of === 'step' ? 'a' : 's'}${f.predicate}`;
    default:
      return `(${text(f.left)} ${f.op} ${text(f.right)})`;
  }
};

/** More ways than this: the formula is nested too deeply to be checked. */
const MOST_TRANSITIONS = 20_000;

/** A formula whose automaton would be too large. */
export class FormulaTooLarge extends Error {
  override readonly name = 'FormulaTooLarge';
}

export function automatonOf(formula: Ltl): Automaton {
  const numbers = new Map<string, number>();
  const states: ReadonlyMap<string, Ltl>[] = [];
  const untils = new Map<string, number>();
  const numberOf = (obligations: ReadonlyMap<string, Ltl>): number => {
    const key = [...obligations.keys()].sort().join(' & ');
    let number = numbers.get(key);
    if (number === undefined) numbers.set(key, (number = states.push(obligations) - 1));
    return number;
  };
  numberOf(new Map([[text(formula), formula]]));
  const transitions: Transition[][] = [];
  let total = 0;
  for (let at = 0; at < states.length; at++) {
    let ways: Way[] = [{ literals: new Map(), next: new Map(), putOff: new Set() }];
    for (const f of states[at]!.values()) ways = distinct(ways.flatMap((way) => meet(f, way)));
    if ((total += ways.length) > MOST_TRANSITIONS) throw new FormulaTooLarge();
    transitions.push(
      ways.map(({ literals, next, putOff }) => {
        const chosen = (of: 'state' | 'step', positive: boolean): number[] =>
          [...literals.values()]
            .filter((one) => one.of === of && one.positive === positive)
            .map((one) => one.predicate);
        const put = [...putOff].map((key) => {
          if (!untils.has(key)) untils.set(key, untils.size);
          return untils.get(key)!;
        });
        return {
          ...{ holds: chosen('state', true), fails: chosen('state', false) },
          ...{ stepHolds: chosen('step', true), stepFails: chosen('step', false) },
          ...{ target: numberOf(next), putOff: put },
        };
      }),
    );
  }
  return { transitions, untils: untils.size };
}

/** Each way once: obligations that ask for the same leave many alike. */
function distinct(ways: readonly Way[]): Way[] {
  const known = new Map<string, Way>();
  for (const way of ways) {
    const key = [way.literals.keys(), way.next.keys(), way.putOff].map((texts) => [...texts].sort().join(' & ')).join(' | ');
    if (!known.has(key)) known.set(key, way);
  }
  return [...known.values()];
} // prettier-ignore

/** The ways to meet one obligation more. */
function meet(f: Ltl, way: Way): Way[] {
  switch (f.op) {
    case 'true':
      return [way];
    case 'false':
      return [];
    case 'literal': {
      const contrary = text({ ...f, positive: !f.positive });
      if (way.literals.has(contrary)) return [];
      return [{ ...way, literals: new Map(way.literals).set(text(f), f) }];
    }
    case 'and':
      return meet(f.left, way).flatMap((one) => meet(f.right, one));
    case 'or':
      return [...meet(f.left, way), ...meet(f.right, way)];
    case 'until': {
      const later = meet(f.left, way).map((one) => ({
        ...one,
        next: new Map(one.next).set(text(f), f),
        putOff: new Set([...one.putOff, text(f)]),
      }));
      return [...meet(f.right, way), ...later];
    }
    case 'release': {
      const ended = meet(f.left, way).flatMap((one) => meet(f.right, one));
      const goesOn = meet(f.right, way).map((one) => ({ ...one, next: new Map(one.next).set(text(f), f) }));
      return [...ended, ...goesOn];
    }
  }
}
