// Chance as an argument: whoever needs it is handed dice, and the same dice give the same numbers everywhere.

/** A whole number from 0 to `n` - 1. */
export type Dice = (n: number) => number;

/** Dice from a seed (mulberry32), for what must not depend on fast-check's own generator. */
export function diceOf(seed: number): Dice {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}
