// The model's exploration as a LabelledGraph: its states under their canonical TLA+ texts, its edges under the operators' names.

import type { Exploration } from '../../model/buffer/explore.ts';
import { bufferLanguage } from '../kit/buffer-language.ts';
import type { LabelledGraph } from './graph.ts';
import type { AnyExploration, Language } from '../kit/language.ts';
import { graphOf } from '../kit/search-tree.ts';

/** The graph of the buffer machine; the exploration must have kept it. */
export function modelGraph(exploration: Exploration): LabelledGraph {
  return labelledGraph(exploration, bufferLanguage(exploration.machine.shape));
}

/** The same for any machine, in its language. */
export function labelledGraph<A, S, X, R>(
  exploration: AnyExploration<A, S, X>,
  language: Language<A, S, X, R>,
): LabelledGraph {
  const { machine, distinct, rows } = exploration;
  const graph = graphOf(exploration);
  const { outcomes } = language;
  const write = language.writer();
  const snapshot = language.blank();
  const states: string[] = [];
  for (let s = 0; s < distinct; s++) {
    machine.snapshot(rows, s * machine.rowWords, snapshot);
    states.push(write(snapshot));
  }
  const labels: string[] = [];
  const numbers = new Int32Array(machine.actions.length * outcomes.length).fill(-1);
  const label = new Int32Array(graph.length);
  for (let e = 0; e < graph.length; e++) {
    const cell = graph.action[e]! * outcomes.length + graph.outcome[e]!;
    if (numbers[cell]! < 0) {
      const name = language.label(machine.actions[graph.action[e]!]!, outcomes[graph.outcome[e]!]!);
      const known = labels.indexOf(name);
      numbers[cell] = known < 0 ? labels.push(name) - 1 : known;
    }
    label[e] = numbers[cell]!;
  }
  const [source, target] = [graph.source.subarray(0, graph.length), graph.target.subarray(0, graph.length)];
  return { states, init: [0], source, target, label, labels };
}

/** The operators' names that occur in the graph. */
export function labelsOf<A, S, X, R>(
  exploration: AnyExploration<A, S, X>,
  language: Language<A, S, X, R>,
): ReadonlySet<string> {
  const graph = graphOf(exploration);
  const { actions } = exploration.machine;
  const { outcomes } = language;
  const cells = new Set<number>();
  for (let e = 0; e < graph.length; e++) cells.add(graph.action[e]! * outcomes.length + graph.outcome[e]!);
  return new Set(
    [...cells].map((cell) =>
      language.label(actions[Math.floor(cell / outcomes.length)]!, outcomes[cell % outcomes.length]!),
    ),
  );
}
