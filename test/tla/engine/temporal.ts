import type { Exploration } from './explore.ts';
import type { Formula, Property, Reader } from './behaviour.ts';
import type { Program, ProgramBuilder } from './program.ts';
export interface Lasso {
  readonly property: string;
  readonly states: readonly number[];
  readonly loopsTo: number;
}
export function checkTemporal(_property: Property, _fairness: readonly Formula[], _reader: Reader, _builder: ProgramBuilder): (exploration: Exploration, program: Program) => Lasso | undefined {
  return () => undefined;
}
