// One check, from texts to a verdict.

import { readCfg, CfgError, type Cfg } from '../../kit/tla/cfg.ts';
import type { Value as CfgValue } from '../../kit/tla/value.ts';
import { EVERYTHING } from './context.ts';
import { Reader, type Behaviour, type Formula, type Property } from './behaviour.ts';
import type { Common } from './compile-expression.ts';
import { AssertionFailed, EvaluationError, placeText, SpecificationError, type Position } from './errors.ts';
import { becauseText, Explainer, type Because } from './explain.ts';
import { Exploration, type Asked, type Claim, type LabelOfEdge } from './explore.ts';
import { partsOf, type Definition, type Expression } from './expression.ts';
import { Levels } from './level.ts';
import { ProgramBuilder, type Program } from './program.ts';
import { Resolver, type Specification } from './resolve.ts';
import { unescaped } from './resolve-expression.ts';
import { Runtime } from './runtime.ts';
import { setOf } from './sets.ts';
import { CanonicalText, show } from './show.ts';
import { representativeOf } from './symmetry.ts';
import { moduleParser, type ModuleSyntax, type Node } from './syntax.ts';
import { checkTemporal, type Lasso } from './temporal.ts';
import { Unit } from './unit.ts';
import { ValueStore, type Domain, type Value } from './values.ts';

export interface CheckInput {
  readonly root: string;
  /** The text of a module; undefined where there is none of that name. Standard modules are not asked for. */
  readonly modules: (name: string) => string | undefined;
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
      return { ...nothing, verdict: 'engine-failed', message: `The stack or the memory is exhausted: ${error.message}` };
    }
    throw error;
  }
}

/** What is read of a specification, whatever its cfg says. */
interface Read {
  readonly specification: Specification;
  readonly syntax: readonly ModuleSyntax[];
  /** The text of every module that was asked for. */
  readonly texts: ReadonlyMap<string, string | undefined>;
  readonly levels: Levels;
}

/** Specifications that were read before: checks come in dozens over the same modules. */
const known = new Map<string, Read>();

function readSpecification(input: CheckInput, cfg: Cfg, parse: Awaited<ReturnType<typeof moduleParser>>): Read {
  const before = known.get(input.root);
  // A definition that the cfg replaces is replaced for good.
  const replaces = [...cfg.constants.values()].some(({ kind }) => kind === 'operator');
  if (before !== undefined && !replaces && [...before.texts].every(([name, text]) => input.modules(name) === text)) {
    return before;
  }
  const parsed = new Map<string, ModuleSyntax>();
  const texts = new Map<string, string | undefined>();
  const modules = (name: string): ModuleSyntax | undefined => {
    if (!parsed.has(name) && !texts.has(name)) {
      const text = input.modules(name);
      texts.set(name, text);
      // A file may hold more modules behind its own.
      for (const module of text === undefined ? [] : parse(name, text)) {
        if (!parsed.has(module.name)) parsed.set(module.name, module);
      }
    }
    return parsed.get(name);
  };
  const specification = new Resolver(modules).specification(input.root);
  const read = { specification, syntax: [...parsed.values()], texts, levels: new Levels(new Map()) };
  if (!replaces) known.set(input.root, read);
  return read;
}

/** The names in the standard modules, in order: one-letter strings stand where these have put them. */
const STANDARD_NAMES =
  'Nat a b n Int Seq S Len s t i Append e Head Tail SubSeq m SelectSeq Test F IsFiniteSet seq Cardinality CS T x Print out val d f g w Op p j';

const fieldNames = (node: Node): string[] => [
  ...(node.type === 'record_literal' || node.type === 'set_of_records' || node.type === 'record_value' || node.type === 'except_update_record_field'
    ? node.children.filter(({ type }) => type.startsWith('identifier')).map(({ text }) => text)
    : []),
  ...node.children.flatMap(fieldNames),
]; // prettier-ignore

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

  constructor(input: CheckInput, cfg: Cfg, { specification, syntax, levels: known }: Read) {
    [this.#input, this.#cfg, this.#specification] = [input, cfg, specification];
    this.#orderStrings(syntax);
    const replaced = this.#replacements();
    const levels = replaced.size > 0 ? new Levels(replaced) : known;
    const constants = this.#constants(replaced);
    const { runtime } = { runtime: this.#runtime };
    this.#common = {
      ...{ runtime, levels, constants, replaced, folded: new Map(), reads: new Map() },
      variables: specification.variables.map(({ name }) => name),
      fields: this.#fields(),
    };
    this.#builder = new ProgramBuilder(this.#common);
    this.#reader = new Reader(levels, this.#builder.compiler);
  }

  /**
   * CHOOSE among strings takes the first in TLC's order: that of the first appearance as a name, in the modules as they are read and
   * the standard ones behind them, and then that of the strings themselves, where what is extended comes first.
   */
  #orderStrings(modules: readonly ModuleSyntax[]): void {
    const names: string[] = [];
    const strings: string[] = [];
    const visit = (node: Node): void => {
      if (node.type === 'string') strings.push(unescaped(node.text.slice(1, -1)));
      else if (node.type === 'identifier' || node.type === 'identifier_ref') names.push(node.text);
      node.children.forEach(visit);
    };
    for (const { units } of modules) units.forEach(visit);
    names.push(...STANDARD_NAMES.split(' '));
    const fields = new Set([...modules].flatMap(({ units }) => units.flatMap(fieldNames)));
    const used = new Set([...strings, ...fields]);
    for (const name of names) if (used.has(name)) this.#runtime.store.string(name);
    for (const text of strings) this.#runtime.store.string(text);
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

  /** Constants and definitions that the cfg replaces by definitions. */
  #replacements(): Map<string, Definition> {
    const replaced = new Map<string, Definition>();
    for (const [name, given] of this.#cfg.constants) {
      if (given.kind !== 'operator') continue;
      const by = this.#specification.scope.find(given.name);
      if (by?.kind !== 'definition') throw new SpecificationError('<-', undefined, `The cfg replaces ${name} by ${given.name}, which is not defined.`); // prettier-ignore
      const known = this.#specification.scope.find(name);
      if (known?.kind === 'definition') Object.assign(known.definition, { params: by.definition.params, body: by.definition.body });
      else if (known?.kind === 'constant' || known?.kind === 'builtin') replaced.set(name, by.definition);
      else throw new SpecificationError('<-', undefined, `The cfg replaces ${name}, which does not exist.`);
    }
    return replaced;
  }

  #constants(replaced: ReadonlyMap<string, Definition>): Map<string, Value> {
    const values = new Map<string, Value>();
    const declared = new Map(this.#specification.constants.map((one) => [one.name, one]));
    for (const [name, given] of this.#cfg.constants) {
      if (given.kind !== 'value') continue;
      const known = declared.get(name);
      const value = this.#valueOf(given.value);
      if (known !== undefined) values.set(name, value);
      else this.#overridden(name, value, given.value);
    }
    for (const { name, position } of declared.values()) {
      if (values.has(name) || replaced.has(name)) continue;
      throw new SpecificationError('constant', position, `The cfg gives no value to the constant ${name}.`);
    }
    return values;
  }

  /** TLC lets a cfg give a value to a defined operator too. */
  #overridden(name: string, value: Value, given: CfgValue): void {
    const entity = this.#specification.scope.find(name);
    if (entity?.kind !== 'definition' || entity.definition.params.length > 0) {
      throw new SpecificationError('constant', undefined, `The cfg gives a value to ${name}, which the specification does not declare.`);
    } // prettier-ignore
    void value;
    const { position } = entity.definition;
    entity.definition.body = this.#literal(given, position, name);
  }

  #literal(value: CfgValue, position: Position, text: string): Expression {
    if (value.kind === 'int' || value.kind === 'bool') return { kind: 'literal', value: value.value, position, text };
    if (value.kind === 'string') return { kind: 'literal', value: value.text, position, text };
    throw new SpecificationError('constant', position, `The cfg gives ${text}, a definition, a value of a kind that is only known for constants.`); // prettier-ignore
  }

  #valueOf(value: CfgValue): Value {
    const { store } = this.#runtime;
    switch (value.kind) {
      case 'string':
        return store.string(value.text);
      case 'int':
      case 'bool':
        return value.value;
      case 'model':
        return store.model(value.name);
      case 'set':
        return store.canonicalSet(setOf(value.items.map((item) => this.#valueOf(item))));
      case 'seq':
        return store.seq(value.items.map((item) => this.#valueOf(item)));
      default:
        throw new SpecificationError('constant', undefined, 'A cfg cannot hold records and functions; define an operator and give it with <-.');
    } // prettier-ignore
  }

  /** Where fields of records mostly stand: in the largest record literal that has them. */
  #fields(): Map<string, { readonly domain: Domain; readonly place: number }> {
    const fields = new Map<string, { domain: Domain; place: number }>();
    const seen = new Set<Expression>();
    const { store } = this.#runtime;
    const visit = (e: Expression): void => {
      if (seen.has(e)) return;
      seen.add(e);
      if (e.kind === 'record') {
        const names = e.fields.map(([name]) => store.string(name)).sort((a, b) => a.order - b.order);
        const domain = store.domain(names);
        names.forEach(({ text }, place) => {
          const known = fields.get(text);
          if (known === undefined || known.domain.keys.length < names.length) fields.set(text, { domain, place });
        });
      }
      partsOf(e).forEach(visit);
      if (e.kind === 'call') visit(e.definition.body);
    };
    for (const [, entity] of this.#specification.scope.exports) {
      if (entity.kind === 'definition') visit(entity.definition.body);
    }
    return fields;
  }

  run(): CheckResult {
    const broken = this.#brokenAssumption();
    if (broken !== undefined) return this.#result({ verdict: 'assume', message: broken });
    const behaviour = this.#behaviour();
    if (behaviour === undefined) return this.#result({ verdict: 'ok', message: '' });
    const properties = this.#cfg.properties.map((name) => this.#reader.property(name, this.#formula(name, 'a property').e));
    this.#builder.behaviour(behaviour, this.#cfg.next ?? 'Next');
    const temporal = properties.filter((property) => property.temporal.length > 0);
    const asked = this.#asked(properties, temporal.length > 0);
    const plan = temporal.map((property) => checkTemporal(property, behaviour.fairness, this.#reader, this.#builder));
    const alias = this.#cfg.alias === undefined ? undefined : this.#builder.value(this.#formula(this.#cfg.alias, 'ALIAS'), 'state');
    const program = this.#builder.compile();
    const exploration = new Exploration({ ...asked, program }).run();
    void alias;
    if (exploration.ending !== undefined) return this.#ended(exploration, program);
    for (const decide of plan) {
      const lasso = decide(exploration, program);
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
      if (this.#evaluate(body) !== true) return `${placeText(body.position)}: The assumption${name === undefined ? '' : ` ${name}`} is false.`;
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
    const claim = (name: string, formula: Formula, mode: 'state' | 'step'): Claim => {
      this.#claims.push({ name, formula });
      return { name, holds: builder.predicate(formula, mode) };
    };
    const of = (part: 'initially' | 'always' | 'steps', mode: 'state' | 'step'): Claim[] =>
      properties.flatMap((property) => property[part].map((formula) => claim(property.name, formula, mode)));
    const { symmetry } = cfg;
    return {
      variables: this.#common.variables.length,
      leaves: builder.leaves,
      invariants: [...cfg.invariants.map((name) => claim(name, this.#formula(name, 'an invariant'), 'state')), ...of('always', 'state')],
      initially: of('initially', 'state'),
      steps: of('steps', 'step'),
      constraints: cfg.constraints.map((name) => builder.predicate(this.#formula(name, 'CONSTRAINT'), 'next')),
      actionConstraints: cfg.actionConstraints.map((name) => builder.predicate(this.#formula(name, 'ACTION_CONSTRAINT'), 'step')),
      view: cfg.view === undefined ? undefined : builder.value(this.#formula(cfg.view, 'VIEW'), 'next'),
      representative: symmetry === undefined ? undefined : representativeOf(this.#runtime.store, this.#evaluate(this.#formula(symmetry, 'SYMMETRY').e), symmetry),
      checkDeadlock: cfg.checkDeadlock,
      maxStates: this.#input.maxStates ?? MOST_STATES,
      wantEdges: this.#input.wantGraph === true || isTemporal,
      idOf: (value) => this.#runtime.store.idOf(value),
      onProgress: this.#input.onProgress,
    };
  } // prettier-ignore

  #ended(exploration: Exploration, program: Program): CheckResult {
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
    void program;
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
  #because(named: readonly Named[], rows: readonly Int32Array[], isStep: boolean): Because | undefined {
    const row = isStep ? rows.at(-2)! : rows.at(-1)!;
    const explainer = new Explainer(this.#common, row, isStep ? rows.at(-1) : undefined);
    for (const { formula } of named) {
      const unit = new Unit(this.#runtime);
      void unit;
      return explainer.why(formula);
    }
    return undefined;
  }

  #lasso(exploration: Exploration, { property, states, loopsTo }: Lasso): CheckResult {
    const trace = this.#trace(exploration, states.map((one) => exploration.rowOf(one))); // prettier-ignore
    const end = loopsTo === states.length - 1 ? 'nothing changes any more' : `it goes on as from state ${loopsTo + 1}`;
    const message = `A behaviour breaks ${property}: after the last state ${end}.`;
    return this.#result({ verdict: 'temporal', violated: property, message, trace, loopsTo }, exploration);
  }

  #trace(exploration: Exploration, rows: readonly Int32Array[]): readonly CheckedStep[] {
    return rows.map((row, i): CheckedStep => {
      const before = rows[i - 1];
      const variables = this.#common.variables.map((name, v) => [name, show(this.#runtime.store.valueOf(row[v]!))] as const);
      const label = before === undefined ? undefined : exploration.labelBetween(before, row);
      const changed = this.#common.variables.filter((_, v) => before !== undefined && before[v] !== row[v]);
      return { ...(label !== undefined && { action: shown(label) }), state: this.#stateText(row, 0), variables, changed };
    });
  }

  /** `name=value` for each variable, sorted by name. */
  #stateText(rows: Int32Array, at: number): string {
    const order = (this.#order ??= this.#common.variables
      .map((name, i) => [name, i] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)));
    return order.map(([name, i]) => `${name}=${this.#text.of(this.#runtime.store.valueOf(rows[at + i]!))}`).join(';');
  }

  #order: (readonly [string, number])[] | undefined;

  #graph(exploration: Exploration): EngineGraph {
    const { source, target, label, labels } = exploration.edges;
    const { rows } = exploration;
    const width = this.#common.variables.length;
    const states = (): string[] => Array.from({ length: exploration.count }, (_, s) => this.#stateText(rows, s * width));
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

const shown = ({ name, args }: LabelOfEdge): { name: string; args: readonly string[] } => ({ name, args: args.map(show) });
