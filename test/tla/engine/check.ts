// One check, from texts to a verdict.

import { readCfg, CfgError, type Cfg } from '../../kit/tla/cfg.ts';
import { EVERYTHING } from './context.ts';
import { Reader, type Behaviour, type Formula, type Property } from './behaviour.ts';
import type { Common } from './compiler-base.ts';
import { AssertionFailed, EvaluationError, placeText, SpecificationError } from './errors.ts';
import { becauseText, Explainer, type Because } from './explain.ts';
import { explore, type Asked, type Exploration, type Claim, type LabelOfEdge } from './explore.ts';
import { ProgramBuilder, type Mode } from './program.ts';
import type { Specification } from './resolve.ts';
import type { Row } from './layout.ts';
import { Runtime } from './runtime.ts';
import { CanonicalText, show } from './show.ts';
import { representativeOf } from './symmetry.ts';
import { moduleParser } from './syntax.ts';
import { commonOf } from './configure.ts';
import { readSpecification, type Read, type Source } from './read-specification.ts';
import type { Definition, Expression } from './expression.ts';
import { checkTemporal, type Lasso } from './temporal.ts';
import { Fcn, ValueStore, type Value } from './values.ts';

export interface CheckInput extends Source {
  readonly cfg: string;
  /** Names the cfg in messages. */
  readonly cfgName?: string;
  readonly wantGraph?: boolean;
  readonly maxStates?: number;
  /** Called now and then with the number of states found; throws to end the check, and what it throws goes through. */
  readonly onProgress?: (states: number) => void;
}

export type CheckVerdict =
  | 'ok'
  | 'invariant'
  | 'deadlock'
  | 'action-property'
  | 'temporal'
  | 'assert'
  | 'assume'
  | 'postcondition'
  | 'evaluation-error'
  | 'parse-error'
  | 'engine-failed';

export interface CheckedStep {
  /** The action that led here, with its arguments as TLA+ writes them; none for an initial state. */
  readonly action?: { readonly name: string; readonly args: readonly string[] };
  /** The canonical text of the state. */
  readonly state: string;
  /** Each variable with its value as TLA+ writes it. */
  readonly variables: readonly (readonly [name: string, value: string])[];
  /** The variables that this step has changed. */
  readonly changed: readonly string[];
}

/** The whole state graph; the text of states is made when it is asked for. */
export interface EngineGraph {
  readonly states: () => readonly string[];
  readonly init: readonly number[];
  readonly source: Int32Array;
  readonly target: Int32Array;
  readonly label: Int32Array;
  readonly labels: readonly { readonly name: string; readonly args: readonly string[] }[];
}

export interface CheckResult {
  readonly verdict: CheckVerdict;
  /** The claim that is broken. */
  readonly violated?: string;
  readonly distinct: number;
  /** Initial states and successors, duplicates counted. */
  readonly generated: number;
  /** States on the longest shortest path. */
  readonly depth: number;
  /** Prose; '' for ok. */
  readonly message: string;
  readonly because?: Because;
  readonly trace?: readonly CheckedStep[];
  /** Of a temporal violation: the index in the trace to which its last state returns; the last index for stuttering. */
  readonly loopsTo?: number;
  readonly graph?: EngineGraph;
  readonly warnings: readonly string[];
  readonly printed: readonly string[];
}

const MOST_STATES = 50_000_000;

export async function check(input: CheckInput): Promise<CheckResult> {
  const parse = await moduleParser();
  const warnings: string[] = [];
  try {
    const cfg = readCfg(input.cfg, input.cfgName ?? 'cfg');
    return new Check(input, cfg, readSpecification(input, cfg, parse)).run();
  } catch (error) {
    const nothing = { distinct: 0, generated: 0, depth: 0, warnings, printed: [] };
    if (error instanceof SpecificationError || error instanceof CfgError) {
      return { ...nothing, verdict: 'parse-error', message: error.message };
    }
    if (error instanceof EvaluationError) return { ...nothing, verdict: 'evaluation-error', message: error.message };
    if (error instanceof RangeError) {
      return {
        ...nothing,
        verdict: 'engine-failed',
        message: `The stack or the memory is exhausted: ${error.message}`,
      };
    }
    throw error;
  }
}

/** A claim that the cfg asks for, for explanations. */
interface Named {
  readonly name: string;
  readonly formula: Formula;
}

class Check {
  readonly #input: CheckInput;
  readonly #cfg: Cfg;
  readonly #specification: Specification;
  readonly #runtime = new Runtime(new ValueStore());
  readonly #common: Common;
  readonly #builder: ProgramBuilder;
  readonly #reader: Reader;
  readonly #text = new CanonicalText();
  readonly #claims: Named[] = [];
  /** What ALIAS makes of a state of a trace. */
  #alias: number | undefined;

  constructor(input: CheckInput, cfg: Cfg, read: Read) {
    [this.#input, this.#cfg, this.#specification] = [input, cfg, read.specification];
    for (const text of read.strings) this.#runtime.store.string(text);
    this.#common = commonOf(read, cfg, this.#runtime);
    this.#builder = new ProgramBuilder(this.#common);
    this.#reader = new Reader(this.#common.levels, this.#builder.compiler);
  }

  #definition(name: string, what: string): Definition {
    const entity = this.#specification.scope.find(name);
    if (entity?.kind === 'definition' && entity.definition.params.length === 0) return entity.definition;
    throw new SpecificationError(what, undefined, `The cfg names ${name} as ${what}, but ${this.#specification.root} defines no operator ${name} without parameters.`); // prettier-ignore
  }

  #formula(name: string, what: string): Formula {
    const definition = this.#definition(name, what);
    return { e: { kind: 'call', definition, args: [], position: definition.position, text: name }, c: EVERYTHING };
  }

  run(): CheckResult {
    const broken = this.#brokenAssumption();
    if (broken !== undefined) return this.#result({ verdict: 'assume', message: broken });
    const behaviour = this.#behaviour();
    if (behaviour === undefined) return this.#result({ verdict: 'ok', message: '' });
    const properties = this.#cfg.properties.map((name) =>
      this.#reader.property(name, this.#formula(name, 'a property').e),
    );
    this.#builder.behaviour(behaviour, this.#cfg.next ?? 'Next');
    const temporal = properties.filter((property) => property.temporal.length > 0);
    const asked = this.#asked(properties, temporal.length > 0);
    const plan = temporal.map((property) => checkTemporal(property, behaviour.fairness, this.#reader, this.#builder));
    if (temporal.length > 0 && this.#cfg.symmetry !== undefined) {
      throw new SpecificationError('SYMMETRY', undefined, 'A property of whole behaviours cannot be checked with SYMMETRY: a behaviour is more than its states.');
    } // prettier-ignore
    const { alias } = this.#cfg;
    if (alias !== undefined) this.#alias = this.#builder.value(this.#formula(alias, 'ALIAS'));
    const program = this.#builder.compile();
    const exploration = explore({ ...asked, program });
    if (exploration.ending !== undefined) return this.#ended(exploration);
    for (const decide of plan) {
      const lasso = decide(exploration);
      if (lasso !== undefined) return this.#lasso(exploration, lasso);
    }
    return this.#after(exploration);
  }

  #after(exploration: Exploration): CheckResult {
    if (this.#cfg.postcondition !== undefined) {
      const { e } = this.#formula(this.#cfg.postcondition, 'POSTCONDITION');
      if (this.#evaluate(e) !== true) {
        return this.#result({ verdict: 'postcondition', violated: this.#cfg.postcondition, message: `The postcondition ${this.#cfg.postcondition} is false.` }, exploration); // prettier-ignore
      }
    }
    const graph = this.#input.wantGraph === true ? { graph: this.#graph(exploration) } : {};
    return { ...this.#result({ verdict: 'ok', message: '' }, exploration), ...graph };
  }

  #behaviour(): Behaviour | undefined {
    const { specification, init, next } = this.#cfg;
    if (specification !== undefined) return this.#reader.behaviour(this.#formula(specification, 'SPECIFICATION').e);
    if (init === undefined || next === undefined) return undefined;
    return { init: [this.#formula(init, 'INIT')], next: this.#formula(next, 'NEXT'), fairness: [] };
  }

  #brokenAssumption(): string | undefined {
    for (const { name, body } of this.#specification.assumptions) {
      if (this.#evaluate(body) !== true)
        return `${placeText(body.position)}: The assumption${name === undefined ? '' : ` ${name}`} is false.`;
    }
    return undefined;
  }

  /** A constant expression. */
  #evaluate(e: Expression): Value {
    const compiler = new ProgramBuilder(this.#common).compiler;
    const body = compiler.expr(e, EVERYTHING);
    return compiler.unit.run(`return ${body};`) as Value;
  }

  #asked(properties: readonly Property[], isTemporal: boolean): Omit<Asked, 'program'> {
    const cfg = this.#cfg;
    const builder = this.#builder;
    const claim = (name: string, formula: Formula, mode: Mode): Claim => {
      this.#claims.push({ name, formula });
      return { name, holds: builder.predicate(formula, mode) };
    };
    const of = (part: 'initially' | 'always' | 'steps', mode: Mode): Claim[] =>
      properties.flatMap((property) => property[part].map((formula) => claim(property.name, formula, mode)));
    const { symmetry } = cfg;
    return {
      runtime: this.#runtime,
      variables: this.#common.variables.length,
      leaves: builder.leaves,
      invariants: [...cfg.invariants.map((name) => claim(name, this.#formula(name, 'an invariant'), 'state')), ...of('always', 'state')],
      initially: of('initially', 'state'),
      steps: of('steps', 'step'),
      constraints: cfg.constraints.map((name) => builder.predicate(this.#formula(name, 'CONSTRAINT'), 'state')),
      actionConstraints: cfg.actionConstraints.map((name) => builder.predicate(this.#formula(name, 'ACTION_CONSTRAINT'), 'step')),
      view: cfg.view === undefined ? undefined : builder.value(this.#formula(cfg.view, 'VIEW')),
      representative: symmetry === undefined ? undefined : representativeOf(this.#runtime.store, this.#evaluate(this.#formula(symmetry, 'SYMMETRY').e), symmetry),
      checkDeadlock: cfg.checkDeadlock,
      maxStates: this.#input.maxStates ?? MOST_STATES,
      wantEdges: this.#input.wantGraph === true || isTemporal,
      onProgress: this.#input.onProgress,
    };
  } // prettier-ignore

  #ended(exploration: Exploration): CheckResult {
    const { kind, claim, error, state, beyond } = exploration.ending!;
    const rows = state === undefined ? [] : exploration.wayTo(state).map((one) => exploration.rowOf(one));
    if (beyond !== undefined) rows.push(beyond);
    if (kind === 'too-many') {
      return this.#result({ verdict: 'engine-failed', message: `There are more than ${this.#input.maxStates ?? MOST_STATES} states.` }, exploration); // prettier-ignore
    }
    const trace = this.#trace(exploration, rows);
    if (error !== undefined) {
      const verdict = error instanceof AssertionFailed ? 'assert' : 'evaluation-error';
      return this.#result({ verdict, message: error.message, trace }, exploration);
    }
    if (kind === 'deadlock') return this.#result({ verdict: 'deadlock', message: 'In the last state nothing can happen.', trace }, exploration);
    const named = this.#claims.filter(({ name }) => name === claim);
    const isStep = kind === 'step';
    const because = this.#because(named, rows, isStep);
    const violated = claim!;
    const what = isStep ? `The step to the last state breaks ${violated}.` : kind === 'initially' ? `The initial state breaks ${violated}.` : `The last state breaks ${violated}.`;
    const message = because === undefined ? what : `${what} ${becauseText(because)}`;
    const verdict = isStep ? 'action-property' : kind === 'initially' ? 'temporal' : 'invariant';
    return this.#result({ verdict, violated, message, trace, ...(because !== undefined && { because }) }, exploration);
  } // prettier-ignore

  /** The first of the formulas of that name that is false there. */
  #because(named: readonly Named[], rows: readonly Row[], isStep: boolean): Because | undefined {
    const row = isStep ? rows.at(-2)! : rows.at(-1)!;
    const explainer = new Explainer(this.#common, row, isStep ? rows.at(-1) : undefined);
    const [first] = named;
    if (first !== undefined) return explainer.why(first.formula);
    return undefined;
  }

  #lasso(exploration: Exploration, { property, states, loopsTo }: Lasso): CheckResult {
    const trace = this.#trace(exploration, states.map((one) => exploration.rowOf(one))); // prettier-ignore
    const end = loopsTo === states.length - 1 ? 'nothing changes any more' : `it goes on as from state ${loopsTo + 1}`;
    const message = `A behaviour breaks ${property}: after the last state ${end}.`;
    return this.#result({ verdict: 'temporal', violated: property, message, trace, loopsTo }, exploration);
  }

  #trace(exploration: Exploration, rows: readonly Row[]): readonly CheckedStep[] {
    return rows.map((row, i): CheckedStep => {
      const before = rows[i - 1];
      const variables = this.#shownState(exploration, row);
      const label = before === undefined ? undefined : exploration.labelBetween(before, row);
      const [old, ids] = [before, row].map((one) => one && exploration.layout.ids(one, 0));
      const changed = this.#common.variables.filter((_, v) => old !== undefined && old[v] !== ids![v]);
      return {
        ...(label !== undefined && { action: shown(label) }),
        state: this.#stateText(exploration, row),
        variables,
        changed,
      };
    });
  }

  /** Each variable with its value, or what ALIAS says instead. */
  #shownState(exploration: Exploration, row: Row): readonly (readonly [string, string])[] {
    if (this.#alias !== undefined) {
      const value = exploration.valueOf(this.#alias, row);
      if (value instanceof Fcn) return value.domain.keys.map((key, i) => [show(key), show(value.values[i]!)] as const);
    }
    return this.#common.variables.map((name, v) => [name, show(exploration.layout.value(v, row, 0))] as const);
  }

  /** `name=value` for each variable, sorted by name. */
  #stateText({ layout }: Exploration, row: Row): string {
    const order = (this.#order ??= this.#common.variables
      .map((name, i) => [name, i] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)));
    return order.map(([name, i]) => `${name}=${this.#text.of(layout.value(i, row, 0))}`).join(';');
  }

  #order: (readonly [string, number])[] | undefined;

  #graph(exploration: Exploration): EngineGraph {
    const { source, target, label, labels } = exploration.edges;
    const states = (): string[] =>
      Array.from({ length: exploration.count }, (_, s) => this.#stateText(exploration, exploration.rowOf(s)));
    return { states, init: exploration.initial, source, target, label, labels: labels.map(shown) };
  }

  #result(
    rest: Pick<CheckResult, 'verdict' | 'message'> & Partial<CheckResult>,
    exploration?: Exploration,
  ): CheckResult {
    return {
      distinct: exploration?.count ?? 0,
      generated: exploration?.generated ?? 0,
      depth: exploration?.depth ?? 0,
      warnings: [...this.#runtime.warnings],
      printed: this.#runtime.printed,
      ...rest,
    };
  }
}

const shown = ({ name, args }: LabelOfEdge): { name: string; args: readonly string[] } => ({
  name,
  args: args.map(show),
});
