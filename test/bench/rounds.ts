// Measuring in rounds: variants take turns within each round, so that a slow minute of the machine meets all of them, and
// each variant is reported by its median. Every other round they take their turns backwards, so that nobody always comes after
// the same one and finds the machine as that one has left it. Garbage of one measurement is collected before the next begins.

/** One thing to measure; `run` answers with its figure, larger is better or worse as the caller means it. */
export interface Variant {
  readonly name: string;
  run(): number | Promise<number>;
}

/** The figures of each variant, one a round, in the order of the rounds. */
export async function measureInRounds(
  variants: readonly Variant[],
  rounds: number,
  onRound: (round: number, name: string, figure: number) => void = () => undefined,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const figures = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const variant of round % 2 === 1 ? variants : [...variants].reverse()) {
      globalThis.gc?.();
      const figure = await variant.run();
      figures.get(variant.name)!.push(figure);
      onRound(round, variant.name, figure);
    }
  }
  return figures;
}

export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
