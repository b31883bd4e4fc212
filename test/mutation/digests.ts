// What the observations of both machines share: digests as text, and what is refused where and why.

import { crc32 } from 'node:zlib';

/** Of a machine, what refusals are about. */
interface Refusing {
  readonly machine: {
    readonly actions: readonly object[];
    readonly rowWords: number;
    refusal(row: Int32Array, at: number, index: number): { readonly reason: string; readonly name: string } | undefined;
    step(row: Int32Array, at: number, index: number, into: Int32Array): unknown;
  };
  readonly rows: Int32Array;
  /** States. */
  readonly distinct: number;
}

export function hex(digest: number): string {
  return digest.toString(16).padStart(8, '0');
}

/**
 * All actions (of their fields only these, if any are named), and in a sample of `sample` states or fewer why some cannot happen:
 * asking about each costs more than taking the edges.
 */
export function refusals({ machine, rows, distinct }: Refusing, sample: number, fields?: string[]): string {
  const step = Math.ceil(distinct / sample);
  const into = new Int32Array(machine.rowWords);
  let digest = crc32(JSON.stringify(machine.actions, fields));
  for (let state = 0; state < distinct; state += step) {
    for (let index = 0; index < machine.actions.length; index++) {
      const refusal = machine.refusal(rows, state * machine.rowWords, index);
      const happens = machine.step(rows, state * machine.rowWords, index, into) !== undefined;
      if (happens !== (refusal === undefined))
        throw new Error(`action ${index} in state ${state} is refused and happens`);
      if (refusal !== undefined) digest = crc32(`${state} ${index} ${refusal.reason} ${refusal.name}\n`, digest);
    }
  }
  return hex(digest);
}
