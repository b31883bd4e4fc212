// Expressions become JavaScript.
//
// What depends on nothing is evaluated once, now, and stands in the code as a value; a branch that a value decides is not written.
// Arguments that an operator is sure to evaluate are evaluated before the call, all others when they are asked for, so that nothing
// fails that TLC would not have looked at. Quantifiers over a few known values are written out.

import { SpecificationError } from './errors.ts';
import { builtinCode } from './compile-builtin.ts';
import { EVERYTHING, hasAssigned, type Context, type Environment, type Location } from './context.ts';
import { isOperator, partsOf, type Argument, type Binding, type Bound, type Definition, type Expression, type Of, type OperatorArgument, type Update } from './expression.ts'; // prettier-ignore
import { CONSTANT, type Levels } from './level.ts';
import type { Runtime } from './runtime.ts';
import { ListedSet, SetValue } from './sets.ts';
import { Unit } from './unit.ts';
import type { Domain, Value } from './values.ts';

/** Known sets up to this size are written out. */
const WRITTEN_OUT = 3;

/** What code for one specification with one configuration has in common. */
export interface Common {
  readonly runtime: Runtime;
  readonly levels: Levels;
  readonly variables: readonly string[];
  readonly constants: ReadonlyMap<string, Value>;
  /** Constants that the cfg gives by a definition. */
  readonly replaced: ReadonlyMap<string, Definition>;
  /** For each field of a record the domain in which it mostly stands, and its place there. */
  readonly fields: ReadonlyMap<string, { readonly domain: Domain; readonly place: number }>;
  /** Results of what was evaluated once; undefined where that failed. */
  readonly folded: Map<Expression, Map<string, Value | undefined>>;
  readonly reads: Map<string, ReadonlySet<number>>;
}

export class ExpressionCompiler {
  readonly common: Common;
  readonly unit: Unit;

  constructor(common: Common, unit: Unit) {
    this.common = common;
    this.unit = unit;
  }

  at = (e: { readonly position: Expression['position'] }): string => this.unit.position(e.position);

  /** Code of a value. */
  expr(e: Expression, c: Context): string {
    const value = this.known(e, c);
    return value === undefined ? this.#write(e, c) : this.unit.value(value);
  }

  /** Code of a truth value; `true` or `false` where that is known. */
  bool(e: Expression, c: Context): string {
    const code = this.expr(e, c);
    return this.common.levels.isBoolean(e) || code === 'true' || code === 'false' ? code : `bool(${code},${this.at(e)})`;
  }

  /** The value of an expression that depends on nothing; undefined where it depends on something, or has none. */
  known(e: Expression, c: Context): Value | undefined {
    if (e.kind === 'literal') return typeof e.value === 'string' ? this.common.runtime.store.string(e.value) : e.value;
    if (this.common.levels.level(e) !== CONSTANT) return undefined;
    const given = new Map<Binding, Value>();
    for (const binding of this.common.levels.free(e)) {
      const at = c.env.find(binding);
      if (at?.kind !== 'value') return undefined;
      given.set(binding, at.value);
    }
    if (e.kind === 'local' && e.args.length === 0) return given.get(e.binding);
    return this.#fold(e, given);
  }

  #fold(e: Expression, given: ReadonlyMap<Binding, Value>): Value | undefined {
    const { folded, runtime } = this.common;
    let results = folded.get(e);
    if (results === undefined) folded.set(e, (results = new Map()));
    const key = keyOf(given, runtime);
    if (key === undefined) return undefined;
    if (results.has(key)) return results.get(key);
    results.set(key, undefined);
    try {
      const compiler = new ExpressionCompiler(this.common, new Unit(runtime));
      let { env } = EVERYTHING;
      for (const [binding, value] of given) env = env.with(binding, { kind: 'value', value });
      const body = compiler.#write(e, { ...EVERYTHING, env });
      const value = compiler.unit.run(`return ${body};`) as Value;
      results.set(key, value instanceof ListedSet ? runtime.store.canonicalSet(value) : value);
    } catch (error) {
      if (error instanceof SpecificationError) throw error;
    }
    return results.get(key);
  }

  /** Statements that return the value. */
  returning(e: Expression, c: Context): string {
    if (this.known(e, c) === undefined) {
      if (e.kind === 'let') {
        const { code, context } = this.definitions(e.definitions, c);
        return code + this.returning(e.body, context);
      }
      if (e.kind === 'if') {
        const test = this.bool(e.test, c);
        if (test === 'true') return this.returning(e.then, c);
        if (test === 'false') return this.returning(e.else, c);
        return `if(${test}){${this.returning(e.then, c)}}else{${this.returning(e.else, c)}}`;
      }
    }
    return `return ${this.expr(e, c)};`;
  }

  #write(e: Expression, c: Context): string {
    const p = this.at(e);
    switch (e.kind) {
      case 'literal':
        return this.unit.value(this.known(e, c)!);
      case 'variable':
        return this.#variable(e, c);
      case 'constant':
        return this.#constant(e, c);
      case 'local':
        return this.#local(e, c);
      case 'call':
        return this.#call(e, c);
      case 'builtin':
        return builtinCode(this, e, c);
      case 'and':
      case 'or':
        return this.#junction(e.kind === 'and', e.items, c);
      case 'quantifier':
        return this.#quantifier(e, c);
      case 'choose':
        return `choose(${this.expr(e.bound.set, c)},${this.binder(e.bound, c, (inner) => this.bool(e.body, inner))},${p})`;
      case 'filter':
        return `filter(${this.expr(e.bound.set, c)},${this.binder(e.bound, c, (inner) => this.bool(e.body, inner))},${p})`;
      case 'map':
        return `setOf(${this.#mapped(e.bounds, e.body, c)},${p})`;
      case 'function':
        return this.#function(e, c);
      case 'set':
        return `setOf([${this.#list(e.items, c)}],${p})`;
      case 'tuple':
        return `tuple([${this.#list(e.items, c)}])`;
      case 'record':
        return this.#record(e, c);
      case 'recordSet': {
        const names = e.fields.map(([name]) => this.unit.value(this.common.runtime.store.string(name)));
        return `records([${names.join(',')}],[${this.#list(e.fields.map(([, set]) => set), c)}],${p})`; // prettier-ignore
      }
      case 'field':
        return this.#field(this.expr(e.of, c), e.name, p);
      case 'apply':
        return this.#apply(e, c);
      case 'except':
        return this.#except(this.expr(e.of, c), e.updates, 0, c, p);
      case 'if': {
        const test = this.bool(e.test, c);
        if (test === 'true') return this.expr(e.then, c);
        if (test === 'false') return this.expr(e.else, c);
        return `(${test}?${this.expr(e.then, c)}:${this.expr(e.else, c)})`;
      }
      case 'case': {
        const other = e.other === undefined ? `rt.fail(${p},'No arm of this CASE is true.')` : this.expr(e.other, c);
        return `(${e.arms.map(([guard, value]) => `${this.bool(guard, c)}?${this.expr(value, c)}:`).join('')}${other})`;
      }
      case 'let': {
        const { code, context } = this.definitions(e.definitions, c);
        return `(()=>{${code}${this.returning(e.body, context)}})()`;
      }
      case 'prime':
        return this.expr(e.of, { ...c, primed: true });
      case 'unchanged':
        return `eq(${this.expr(e.of, { ...c, primed: true })},${this.expr(e.of, { ...c, primed: false })},${p})`;
      case 'square':
        return this.#junction(false, [e.action, { kind: 'unchanged', of: e.subscript, position: e.position, text: e.text }], c);
      case 'angle':
        return `(${this.bool(e.action, c)}&&!${this.#write({ kind: 'unchanged', of: e.subscript, position: e.position, text: e.text }, c)})`;
      case 'enabled':
        return this.enabled(e.of, c);
      case 'always':
      case 'eventually':
      case 'fair':
      case 'leadsTo':
        throw new SpecificationError('temporal formula', e.position, 'A temporal formula stands where a value is wanted.');
    }
  }

  /** Whether an action is possible; the compiler of actions knows how to find out. */
  protected enabled(e: Expression, _c: Context): string {
    throw new SpecificationError('ENABLED', e.position, 'ENABLED stands where a constant is wanted.');
  }

  #list(items: readonly Expression[], c: Context): string {
    return items.map((item) => this.expr(item, c)).join(',');
  }

  #variable(e: Of<'variable'> & Expression, c: Context): string {
    const { index, name } = e.variable;
    if (!c.primed) return `s${index}`;
    return hasAssigned(c, index) ? `n${index}` : `unassigned(${JSON.stringify(name)},${this.at(e)})`;
  }

  #constant(e: Of<'constant'> & Expression, c: Context): string {
    const { name } = e.constant;
    const definition = this.common.replaced.get(name);
    if (definition !== undefined) return this.expr({ kind: 'call', definition, args: e.args, position: e.position, text: e.text }, c); // prettier-ignore
    const value = this.common.constants.get(name);
    if (value === undefined) throw new SpecificationError('constant', e.position, `The cfg gives no value to ${name}.`);
    return this.unit.value(value);
  }

  #local(e: Of<'local'> & Expression, c: Context): string {
    const at = c.env.find(e.binding);
    if (at === undefined) throw new Error(`${e.binding.name} is bound nowhere.`);
    switch (at.kind) {
      case 'value':
        return this.unit.value(at.value);
      case 'code':
        return at.code;
      case 'thunk':
        return `${at.code}()`;
      case 'name':
        return this.expr(at.expression, this.nameContext(at.context, c));
      case 'function':
        return `${at.code}(${(e.args as readonly Expression[]).map((one) => this.expr(one, c)).join(',')})`;
      case 'operator':
        return this.#applied(at.argument, e, at.context, c);
    }
  }

  /** Where a name is written anew: its own names, but next values and what is assigned as they are here. */
  nameContext(own: Context, here: Context): Context {
    return { env: own.env, primed: own.primed || here.primed, assigned: here.assigned };
  }

  /** An operator that is known here, applied. */
  #applied(argument: OperatorArgument, e: Expression & { readonly args: readonly Argument[] }, own: Context, c: Context): string {
    const { expression, context } = this.application(argument, e, own, c);
    return this.expr(expression, context);
  }

  application(
    argument: OperatorArgument,
    { args, position, text }: Expression & { readonly args: readonly Argument[] },
    own: Context,
    c: Context,
  ): { readonly expression: Expression; readonly context: Context } {
    let { env } = own;
    // What it is applied to belongs here, the operator there.
    const given = (args as readonly Expression[]).map((expression): Expression => {
      const binding: Binding = { name: '_', arity: 0, number: 0 };
      env = env.with(binding, { kind: 'name', expression, context: c });
      return { kind: 'local', binding, args: [], position, text };
    });
    const context = { ...c, env };
    switch (argument.of) {
      case 'definition':
        return { expression: { kind: 'call', definition: argument.definition, args: [...argument.prefix, ...given], position, text }, context }; // prettier-ignore
      case 'binding':
        return { expression: { kind: 'local', binding: argument.binding, args: given, position, text }, context };
      case 'builtin':
        return { expression: { kind: 'builtin', name: argument.name, args: given, position, text }, context };
      case 'lambda': {
        argument.params.forEach((param, i) => (env = env.with(param, { kind: 'name', expression: given[i]!, context })));
        return { expression: argument.body, context: { ...c, env } };
      }
    }
  }

  /** An operator argument as a function of the generated code. */
  functionOf(argument: Argument, c: Context, arity: number): string {
    if (!isOperator(argument)) return `()=>${this.expr(argument, c)}`;
    if (argument.of === 'binding') {
      const at = c.env.find(argument.binding);
      if (at?.kind === 'function') return at.code;
      if (at?.kind === 'operator') return this.functionOf(at.argument, { ...c, env: at.context.env }, arity);
    }
    const names = Array.from({ length: arity }, () => this.unit.fresh('a'));
    let { env } = c;
    const args = names.map((code): Expression => {
      const binding: Binding = { name: '_', arity: 0, number: 0 };
      env = env.with(binding, { kind: 'code', code });
      return { kind: 'local', binding, args: [], position: argument.position, text: '' };
    });
    const use = { kind: 'local', args, position: argument.position, text: '' } as unknown as Expression & { args: Expression[] };
    const { expression, context } = this.application(argument, use, c, { ...c, env });
    return `(${names.join(',')})=>${this.expr(expression, context)}`;
  }

  // Calls

  #call(e: Of<'call'> & Expression, c: Context): string {
    const { definition } = e;
    const at = c.env.find(definition);
    if (at !== undefined && c.env.isPrimed(definition) === c.primed) {
      if (definition.params.length === 0) return at.kind === 'thunk' ? `${at.code}()` : (at as { code: string }).code;
      const simple = e.args.every((one, i) => isOperator(one) || this.#isSure(one, definition, i, c));
      if (simple) return `${(at as { code: string }).code}(${this.#args(e, c).join(',')})`;
    }
    const isLocal = [...this.common.levels.free(definition.body)].some((one) => !definition.params.includes(one));
    if (isLocal || definition.number === 0) return this.#inlined(e, c);
    const missing = [...this.reads(definition, c.primed)].find((variable) => !hasAssigned(c, variable));
    if (missing !== undefined) return `unassigned(${JSON.stringify(this.common.variables[missing])},${this.at(e)})`;
    const lazy = e.args.map((one, i) => !isOperator(one) && !this.#isSure(one, definition, i, c));
    const name = this.#definitionFunction(definition, lazy, c.primed);
    return `${name}(${this.#args(e, c, lazy).join(',')})`;
  }

  #args(e: Of<'call'> & Expression, c: Context, lazy: readonly boolean[] = []): string[] {
    return e.args.map((one, i) => {
      const { arity } = e.definition.params[i]!;
      if (arity > 0 || isOperator(one)) return this.functionOf(one, c, arity);
      return lazy[i] === true ? this.#thunk(this.expr(one, c)) : this.expr(one, c);
    });
  }

  #thunk(code: string): string {
    return `(()=>{let v;return ()=>v===undefined?(v=${code}):v})()`;
  }

  /** Whether an argument may be evaluated before the call: the operator evaluates it anyway, or it cannot fail. */
  #isSure(e: Expression, definition: Definition, place: number, c: Context): boolean {
    return this.isTotal(e, c) || this.common.levels.strict(definition).has(definition.params[place]!);
  }

  isTotal(e: Expression, c: Context): boolean {
    if (this.known(e, c) !== undefined) return true;
    switch (e.kind) {
      case 'variable':
        return !c.primed || hasAssigned(c, e.variable.index);
      case 'local': {
        const at = c.env.find(e.binding);
        return at?.kind === 'code' || (at?.kind === 'name' && this.isTotal(at.expression, this.nameContext(at.context, c)));
      }
      case 'tuple':
      case 'record':
        return partsOf(e).every((part) => this.isTotal(part, c));
      default:
        return false;
    }
  }

  #inlined(e: Of<'call'> & Expression, c: Context): string {
    if (e.definition.recursive) {
      throw new SpecificationError('RECURSIVE', e.position, `${e.definition.name} is recursive and local; define it at the top of a module.`); // prettier-ignore
    }
    return this.expr(e.definition.body, this.inside(e, c));
  }

  /** The context of a definition's body, its parameters standing for the arguments as they are written. */
  inside(e: Of<'call'> & Expression, c: Context): Context {
    let { env } = c;
    e.definition.params.forEach((param, i) => {
      const argument = e.args[i]!;
      const location: Location = isOperator(argument) ? { kind: 'operator', argument, context: c } : this.#located(argument, c);
      env = env.with(param, location);
    });
    return { ...c, env };
  }

  #located(expression: Expression, c: Context): Location {
    const value = this.known(expression, c);
    if (value !== undefined) return { kind: 'value', value };
    if (expression.kind === 'local' && expression.args.length === 0) return c.env.find(expression.binding)!;
    return { kind: 'name', expression, context: c };
  }

  #definitionFunction(definition: Definition, lazy: readonly boolean[], primed: boolean): string {
    const key = `${definition.number}:${lazy.map(Number).join('')}:${primed}`;
    const known = this.unit.made.get(key);
    if (known !== undefined) return known;
    const name = `${this.unit.fresh('d')}_${definition.name.replace(/\W/g, '_')}`;
    this.unit.made.set(key, name);
    const params = definition.params.map((_, i) => `p${i}`);
    let env: Environment = EVERYTHING.env;
    definition.params.forEach((param, i) => {
      const kind = param.arity > 0 ? 'function' : lazy[i] === true ? 'thunk' : 'code';
      env = env.with(param, { kind, code: params[i]! });
    });
    const context: Context = { env, primed, assigned: 'all' };
    if (definition.isFunction && definition.recursive) return this.#recursiveFunction(definition, name, context);
    this.unit.lines.push(`function ${name}(${params.join(',')}){${this.returning(definition.body, context)}}`);
    return name;
  }

  /** `f[x \in S] == …f[y]…`: `name_at(x)` applies it, `name()` is all of it. */
  #recursiveFunction(definition: Definition, name: string, context: Context): string {
    const body = definition.body as Of<'function'> & Expression;
    const p = this.at(definition);
    const { set, params, inner } = this.#functionParts(body, context);
    const keep = this.common.levels.ofDefinition(definition) === CONSTANT;
    const value = `{${params}${this.returning(body.body, inner)}}`;
    this.unit.lines.push(
      `let ${name}_set;const ${name}_domain=()=>${keep ? `${name}_set??=` : ''}${set};`,
      `function ${name}_value(x)${value}`,
      keep ? `const ${name}_kept=new Map();` : '',
      `function ${name}_at(x){x=canonical(x);${keep ? `const k=${name}_kept.get(x);if(k!==undefined)return k;` : ''}if(!member(x,${name}_domain(),${p}))rt.fail(${p},'The function is applied outside its domain.');const v=${name}_value(x);${keep ? `${name}_kept.set(x,v);` : ''}return v;}`,
      `function ${name}(){return fcnOver(${name}_domain(),${name}_at,${p});}`,
    ); // prettier-ignore
    return name;
  }

  /** The variables whose next values a definition's body needs. */
  reads(definition: Definition, primed: boolean): ReadonlySet<number> {
    const key = `${definition.number}:${primed}`;
    const known = this.common.reads.get(key);
    if (known !== undefined) return known;
    this.common.reads.set(key, new Set());
    const found = new Set<number>();
    this.#collect(definition.body, primed, found);
    this.common.reads.set(key, found);
    return found;
  }

  #collect(e: Expression, primed: boolean, found: Set<number>): void {
    if (e.kind === 'enabled') return;
    if (e.kind === 'variable' && primed) found.add(e.variable.index);
    const inner = primed || e.kind === 'prime' || e.kind === 'unchanged';
    if (e.kind === 'angle' || e.kind === 'square') this.#collect(e.subscript, true, found);
    // Definitions of a LET count where they are used.
    for (const part of e.kind === 'let' ? [e.body] : partsOf(e)) this.#collect(part, inner, found);
    const named = 'definition' in e ? [e.definition] : [];
    for (const argument of 'args' in e ? (e.args as readonly Argument[]) : []) {
      if (isOperator(argument) && argument.of === 'definition') named.push(argument.definition);
    }
    for (const each of named) for (const variable of this.reads(each, inner)) found.add(variable);
  }

  // LET

  /** Definitions of a LET as constants of the generated code; what may fail waits until it is asked for. */
  definitions(all: readonly Definition[], c: Context): { readonly code: string; readonly context: Context } {
    let code = '';
    let context = c;
    for (const definition of all) {
      const name = this.unit.fresh('l');
      const isFunction = definition.isFunction && definition.recursive;
      if (definition.params.length === 0 && !isFunction) {
        const { body } = definition;
        if (this.common.levels.level(body) > 1) continue; // An action is written where it is used.
        const value = this.known(body, context);
        if (value !== undefined) {
          context = { ...context, env: context.env.with(definition, { kind: 'code', code: this.unit.value(value) }, c.primed) };
          continue;
        }
        const total = this.isTotal(body, context);
        const inner = this.expr(body, context);
        code += total ? `const ${name}=${inner};` : `let ${name}v;const ${name}=()=>${name}v===undefined?(${name}v=${inner}):${name}v;`;
        const location: Location = { kind: total ? 'code' : 'thunk', code: name };
        context = { ...context, env: context.env.with(definition, location, c.primed) };
        continue;
      }
      const params = definition.params.map(() => this.unit.fresh('q'));
      const location: Location = { kind: isFunction ? 'thunk' : 'code', code: name };
      let env = context.env.with(definition, location, c.primed);
      definition.params.forEach((param, i) => (env = env.with(param, { kind: param.arity > 0 ? 'function' : 'code', code: params[i]! })));
      if (!isFunction && this.common.levels.level(definition.body) > 1) continue;
      context = { ...context, env: context.env.with(definition, location, c.primed) };
      code += isFunction
        ? this.#localFunction(definition, name, { ...context, env })
        : `const ${name}=(${params.join(',')})=>{${this.returning(definition.body, { ...context, env })}};`;
    }
    return { code, context };
  }

  #localFunction(definition: Definition, name: string, context: Context): string {
    const body = definition.body as Of<'function'> & Expression;
    const { set, params, inner } = this.#functionParts(body, context);
    const p = this.at(definition);
    return `const ${name}_at=(x)=>{if(!member(x,${set},${p}))rt.fail(${p},'The function is applied outside its domain.');${params}${this.returning(body.body, inner)}};const ${name}=()=>fcnOver(${set},${name}_at,${p});`; // prettier-ignore
  }

  // Booleans, binders

  #junction(isAnd: boolean, items: readonly Expression[], c: Context): string {
    const codes: string[] = [];
    const [neutral, deciding] = isAnd ? ['true', 'false'] : ['false', 'true'];
    for (const item of items) {
      const code = this.bool(item, c);
      if (code === neutral) continue;
      codes.push(code);
      if (code === deciding) break;
    }
    if (codes.length === 0) return neutral!;
    return codes.length === 1 ? codes[0]! : `(${codes.join(isAnd ? '&&' : '||')})`;
  }

  /** A function of one element that binds its name or names. */
  binder(bound: Bound, c: Context, body: (inner: Context) => string): string {
    const { params, context } = this.bind(bound, 'x', c);
    const x = params.name;
    return params.code === '' ? `(${x})=>${body(context)}` : `(${x})=>{${params.code}return ${body(context)};}`;
  }

  /** Names for what is bound, and the code that takes a tuple apart. */
  bind(bound: Bound, prefix: string, c: Context): { readonly params: { name: string; code: string }; readonly context: Context } {
    const name = this.unit.fresh(prefix);
    let { env } = c;
    if (!bound.isTuple) {
      env = env.with(bound.names[0]!, { kind: 'code', code: name });
      return { params: { name, code: '' }, context: { ...c, env } };
    }
    const parts = `${name}t`;
    bound.names.forEach((one, i) => (env = env.with(one, { kind: 'code', code: `${parts}[${i}]` })));
    const code = `const ${parts}=parts(${name},${bound.names.length},${this.at(bound.set)});`;
    return { params: { name, code }, context: { ...c, env } };
  }

  #quantifier(e: Of<'quantifier'> & Expression, c: Context): string {
    const go = (place: number, context: Context): string => {
      const bound = e.bounds[place];
      if (bound === undefined) return this.bool(e.body, context);
      const values = bound.isTuple ? undefined : this.fewValues(bound.set, c);
      if (values !== undefined) {
        const parts = values.map((value) => go(place + 1, { ...context, env: context.env.with(bound.names[0]!, { kind: 'value', value }) }));
        return joined(parts, e.every);
      }
      return this.#over(e.every, bound, bound.set, c, context, (inner) => go(place + 1, inner));
    };
    return go(0, c);
  }

  /** The elements of a set that is known and small. */
  fewValues(set: Expression, c: Context): readonly Value[] | undefined {
    const value = this.known(set, c);
    if (!(value instanceof SetValue) || value.written !== undefined || value.size > WRITTEN_OUT) return undefined;
    return value.items();
  }

  /** A quantifier over one set; sets that are written as a choice, a single element or a filter are not made. */
  #over(every: boolean, bound: Bound, set: Expression, outside: Context, c: Context, body: (inner: Context) => string): string {
    const p = this.at(set);
    const shape = this.shapeOf(set, outside);
    const { e } = shape;
    if (!bound.isTuple && this.known(e, shape.c) === undefined) {
      if (e.kind === 'if') {
        const [then, other] = [e.then, e.else].map((part) => this.#over(every, bound, part, shape.c, c, body));
        return `(${this.bool(e.test, shape.c)}?${then}:${other})`;
      }
      if (e.kind === 'set' && e.items.length === 1) {
        return `(${this.binder(bound, c, body)})(${this.expr(e.items[0]!, shape.c)})`;
      }
      if (e.kind === 'filter' && !e.bound.isTuple) {
        const same = (inner: Context, to: Context): Context => ({ ...to, env: to.env.with(e.bound.names[0]!, inner.env.find(bound.names[0]!)!) });
        return this.#over(every, bound, e.bound.set, shape.c, c, (inner) => {
          const test = this.bool(e.body, same(inner, shape.c));
          return every ? `(!${test}||${body(inner)})` : `(${test}&&${body(inner)})`;
        });
      }
      const ends = this.interval(e, shape.c);
      if (ends !== undefined) return `${every ? 'everyIn' : 'someIn'}(${ends.join(',')},${this.binder(bound, c, body)},${p})`;
    }
    const known = this.known(e, shape.c);
    if (known instanceof ListedSet) {
      if (known.size === 0) return every ? 'true' : 'false';
      return `${every ? 'everyOf' : 'someOf'}(${this.unit.constant(known.items())},${this.binder(bound, c, body)})`;
    }
    return `${every ? 'every' : 'some'}(${this.expr(set, outside)},${this.binder(bound, c, body)},${p})`;
  } // prettier-ignore

  /** What a set is written as, through definitions that are no more than a choice, a listed set or a filter. */
  shapeOf(e: Expression, c: Context): { readonly e: Expression; readonly c: Context } {
    if (e.kind !== 'call' || e.definition.recursive || c.env.find(e.definition) !== undefined) return { e, c };
    const { kind } = e.definition.body;
    if (kind !== 'if' && kind !== 'set' && kind !== 'filter' && kind !== 'call') return { e, c };
    // Arguments would be written, and evaluated, several times.
    if (!e.args.every((one) => !isOperator(one) && this.isTotal(one, c))) return { e, c };
    return this.shapeOf(e.definition.body, this.inside(e, c));
  }

  /** Code of both ends, where a set is written as an interval that is not known. */
  interval(set: Expression, c: Context): readonly string[] | undefined {
    if (set.kind !== 'builtin' || set.name !== '..' || this.known(set, c) !== undefined) return undefined;
    if (this.common.replaced.has('..')) return undefined;
    return (set.args as readonly Expression[]).map((end) => this.expr(end, c));
  }

  #mapped(bounds: readonly Bound[], body: Expression, c: Context): string {
    const go = (place: number, context: Context): string => {
      const bound = bounds[place]!;
      const isLast = place === bounds.length - 1;
      const binder = this.binder(bound, context, (inner) => (isLast ? this.expr(body, inner) : go(place + 1, inner)));
      return `items(${this.expr(bound.set, c)},${this.at(bound.set)}).${isLast ? 'map' : 'flatMap'}(${binder})`;
    };
    return go(0, c);
  }

  #function(e: Of<'function'> & Expression, c: Context): string {
    const { set, params, inner } = this.#functionParts(e, c);
    const known = e.bounds.length === 1 ? this.known(e.bounds[0]!.set, c) : undefined;
    if (known instanceof ListedSet) {
      const domain = this.common.runtime.store.domainOver(known);
      return `fcnIn(${this.unit.constant(domain)},(x)=>{${params}${this.returning(e.body, inner)}})`;
    }
    return `fcnOver(${set},(x)=>{${params}${this.returning(e.body, inner)}},${this.at(e)})`;
  }

  /** The domain of a function literal, the code that names the parts of an element `x`, and the body's context. */
  #functionParts(e: Of<'function'> & Expression, c: Context): { set: string; params: string; inner: Context } {
    const sets = e.bounds.map(({ set }) => this.expr(set, c));
    let { env } = c;
    let params = '';
    const name = (bound: Bound, element: string): void => {
      const own = this.unit.fresh('x');
      params += `const ${own}=${bound.isTuple ? `parts(${element},${bound.names.length},${this.at(bound.set)})` : element};`;
      bound.names.forEach((one, i) => (env = env.with(one, { kind: 'code', code: bound.isTuple ? `${own}[${i}]` : own })));
    };
    if (e.bounds.length === 1) name(e.bounds[0]!, 'x');
    else e.bounds.forEach((bound, i) => name(bound, `x.values[${i}]`));
    const set = sets.length === 1 ? sets[0]! : `product([${sets.join(',')}],${this.at(e)})`;
    return { set, params, inner: { ...c, env } };
  }

  // Functions and records

  #record(e: Of<'record'> & Expression, c: Context): string {
    const { store } = this.common.runtime;
    const fields = e.fields.map(([name, value]) => [store.string(name), value] as const);
    const sorted = [...fields].sort(([a], [b]) => a.order - b.order);
    const domain = store.domain(sorted.map(([name]) => name));
    return `record(${this.unit.constant(domain)},[${this.#list(sorted.map(([, value]) => value), c)}])`; // prettier-ignore
  }

  #field(record: string, name: string, p: string): string {
    const key = this.unit.value(this.common.runtime.store.string(name));
    const known = this.common.fields.get(name);
    if (known === undefined) return `app(${record},${key},${p})`;
    return `at(${record},${this.unit.constant(known.domain)},${known.place},${key},${p})`;
  }

  #apply(e: Of<'apply'> & Expression, c: Context): string {
    const p = this.at(e);
    const x = e.args.length === 1 ? this.expr(e.args[0]!, c) : `tuple([${this.#list(e.args, c)}])`;
    if (e.of.kind === 'call' && e.of.definition.isFunction && e.of.definition.recursive) {
      const f = this.expr(e.of, { ...c, env: c.env });
      if (f.endsWith('()')) return `${f.slice(0, -2)}_at(${x})`;
    }
    return `app(${this.expr(e.of, c)},${x},${p})`;
  }

  /** Updates one after the other; neighbours that begin alike are one update of what they lead to. */
  #except(base: string, updates: readonly Update[], depth: number, c: Context, p: string): string {
    const [f, values, i] = ['f', 'v', 'i'].map((prefix) => this.unit.fresh(prefix));
    let code = `const ${values}=valuesOf(${f},${p});let ${i};`;
    for (let from = 0; from < updates.length; ) {
      const first = updates[from]!;
      let to = from + 1;
      const isDeep = first.path.length > depth + 1;
      while (isDeep && to < updates.length && updates[to]!.path.length > depth + 1 && this.#sameStep(first, updates[to]!, depth)) to++;
      const old = `${values}[${i}]`;
      code += `${i}=${this.#place(f!, first, depth, c, p)};`;
      const value = isDeep ? this.#except(old, updates.slice(from, to), depth + 1, c, p) : this.#newValue(first, old, c);
      code += `if(${i}>=0)${old}=${value};`;
      from = to;
    }
    return `((${f})=>{${code}return rebuilt(${f},${values});})(${base})`;
  }

  #sameStep(a: Update, b: Update, depth: number): boolean {
    const [x, y] = [a.path[depth]!, b.path[depth]!];
    return 'field' in x ? 'field' in y && x.field === y.field : 'index' in y && x.index.text === y.index.text;
  }

  #place(f: string, { path }: Update, depth: number, c: Context, p: string): string {
    const step = path[depth]!;
    if ('index' in step) return `place(${f},${this.expr(step.index, c)},${p})`;
    const key = this.unit.value(this.common.runtime.store.string(step.field));
    const known = this.common.fields.get(step.field);
    if (known === undefined) return `place(${f},${key},${p})`;
    return `placeAt(${f},${this.unit.constant(known.domain)},${known.place},${key},${p})`;
  }

  #newValue({ old, value }: Update, code: string, c: Context): string {
    if (!this.common.levels.free(value).has(old)) return this.expr(value, c);
    const name = this.unit.fresh('o');
    return `((${name})=>${this.expr(value, { ...c, env: c.env.with(old, { kind: 'code', code: name }) })})(${code})`;
  }
}

/** What given values are called together; undefined where one is infinite and has no number. */
function keyOf(given: ReadonlyMap<Binding, Value>, { store }: Runtime): string | undefined {
  try {
    return [...given.values()].map((value) => store.idOf(value)).join();
  } catch {
    return undefined;
  }
}

/** Parts that are all to hold, or one of which is. */
function joined(parts: readonly string[], every: boolean): string {
  const [neutral, deciding] = every ? ['true', 'false'] : ['false', 'true'];
  if (parts.includes(deciding!)) return deciding!;
  const kept = parts.filter((part) => part !== neutral);
  return kept.length === 0 ? neutral! : `(${kept.join(every ? '&&' : '||')})`;
}
