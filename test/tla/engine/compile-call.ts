// Names, and operators applied: definitions become functions of the generated code, LET becomes constants of it, operators that are
// arguments become functions or are written where they are used.

import { SpecificationError } from './errors.ts';
import { CompilerBase } from './compiler-base.ts';
import { EVERYTHING, hasAssigned, type Context, type Environment, type Location } from './context.ts';
import { isOperator, partsOf, type Argument, type Binding, type Definition, type Expression, type Of, type OperatorArgument } from './expression.ts'; // prettier-ignore
import { CONSTANT } from './level.ts';

export abstract class CallCompiler extends CompilerBase {
  /** The domain of a function literal, the code that names the parts of an element `x`, and the body's context. */
  protected abstract functionParts(
    e: Of<'function'> & Expression,
    c: Context,
  ): { set: string; params: string; inner: Context };

  protected variable(e: Of<'variable'> & Expression, c: Context): string {
    const { index, name } = e.variable;
    if (!c.primed) return `now.whole(${index})`;
    return hasAssigned(c, index) ? `N${index}()` : `unassigned(${JSON.stringify(name)},${this.at(e)})`;
  }

  /** The variable that an expression is, be it by another name, now or next; undefined where it is none or is not known yet. */
  protected variableOf(e: Expression, c: Context): { readonly index: number; readonly primed: boolean } | undefined {
    if (e.kind === 'variable') {
      const { index } = e.variable;
      return c.primed && !hasAssigned(c, index) ? undefined : { index, primed: c.primed };
    }
    if (e.kind === 'prime') return this.variableOf(e.of, { ...c, primed: true });
    if (e.kind !== 'local' || e.args.length > 0) return undefined;
    const at = c.env.find(e.binding);
    return at?.kind === 'name' ? this.variableOf(at.expression, this.nameContext(at.context, c)) : undefined;
  }

  /** `v[key]` of a variable, which is not read whole for it. */
  protected part(
    { index, primed }: { readonly index: number; readonly primed: boolean },
    key: string,
    p: string,
  ): string {
    return primed ? `P${index}(${key},${p})` : `now.part(${index},${key},${p})`;
  }

  protected constant(e: Of<'constant'> & Expression, c: Context): string {
    const { name } = e.constant;
    const definition = this.common.replaced.get(name);
    if (definition !== undefined) return this.expr({ kind: 'call', definition, args: e.args, position: e.position, text: e.text }, c); // prettier-ignore
    const value = this.common.constants.get(name);
    if (value === undefined) throw new SpecificationError('constant', e.position, `The cfg gives no value to ${name}.`);
    return this.unit.value(value);
  }

  protected local(e: Of<'local'> & Expression, c: Context): string {
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
        return this.applied(at.argument, e, at.context, c);
    }
  }

  /** An operator that is known here, applied. */
  protected applied(
    argument: OperatorArgument,
    e: Expression & { readonly args: readonly Argument[] },
    own: Context,
    c: Context,
  ): string {
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
        argument.params.forEach(
          (param, i) => (env = env.with(param, { kind: 'name', expression: given[i]!, context })),
        );
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
    const use = { kind: 'local', args, position: argument.position, text: '' } as unknown as Expression & {
      args: Expression[];
    };
    const { expression, context } = this.application(argument, use, c, { ...c, env });
    return `(${names.join(',')})=>${this.expr(expression, context)}`;
  }

  protected call(e: Of<'call'> & Expression, c: Context): string {
    const { definition } = e;
    const at = c.env.find(definition);
    if (at !== undefined && c.env.isPrimed(definition) === c.primed) {
      if (definition.params.length === 0) return at.kind === 'thunk' ? `${at.code}()` : (at as { code: string }).code;
      const simple = e.args.every((one, i) => isOperator(one) || this.isSure(one, definition, i, c));
      if (simple) return `${(at as { code: string }).code}(${this.args(e, c).join(',')})`;
    }
    const isLocal = [...this.common.levels.free(definition.body)].some((one) => !definition.params.includes(one));
    if (isLocal || definition.number === 0) return this.inlined(e, c);
    const missing = [...this.reads(definition, c.primed)].find((variable) => !hasAssigned(c, variable));
    if (missing !== undefined) return `unassigned(${JSON.stringify(this.common.variables[missing])},${this.at(e)})`;
    const lazy = e.args.map((one, i) => !isOperator(one) && !this.isSure(one, definition, i, c));
    const name = this.definitionFunction(definition, lazy, c.primed);
    return `${name}(${this.args(e, c, lazy).join(',')})`;
  }

  protected args(e: Of<'call'> & Expression, c: Context, lazy: readonly boolean[] = []): string[] {
    return e.args.map((one, i) => {
      const { arity } = e.definition.params[i]!;
      if (arity > 0 || isOperator(one)) return this.functionOf(one, c, arity);
      return lazy[i] === true ? this.thunk(this.expr(one, c)) : this.expr(one, c);
    });
  }

  protected thunk(code: string): string {
    return `(()=>{let v;return ()=>v===undefined?(v=${code}):v})()`;
  }

  /** Whether an argument may be evaluated before the call: the operator evaluates it anyway, or it cannot fail. */
  protected isSure(e: Expression, definition: Definition, place: number, c: Context): boolean {
    return this.isTotal(e, c) || this.common.levels.strict(definition).has(definition.params[place]!);
  }

  protected inlined(e: Of<'call'> & Expression, c: Context): string {
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
      const location: Location = isOperator(argument)
        ? { kind: 'operator', argument, context: c }
        : this.located(argument, c);
      env = env.with(param, location);
    });
    return { ...c, env };
  }

  protected located(expression: Expression, c: Context): Location {
    const value = this.known(expression, c);
    if (value !== undefined) return { kind: 'value', value };
    if (expression.kind === 'local' && expression.args.length === 0) return c.env.find(expression.binding)!;
    return { kind: 'name', expression, context: c };
  }

  protected definitionFunction(definition: Definition, lazy: readonly boolean[], primed: boolean): string {
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
    if (definition.isFunction && definition.recursive) return this.recursiveFunction(definition, name, context);
    this.unit.lines.push(`function ${name}(${params.join(',')}){${this.returning(definition.body, context)}}`);
    return name;
  }

  /** `f[x \in S] == …f[y]…`: `name_at(x)` applies it, `name()` is all of it. */
  protected recursiveFunction(definition: Definition, name: string, context: Context): string {
    const body = definition.body as Of<'function'> & Expression;
    const p = this.at(definition);
    const { set, params, inner } = this.functionParts(body, context);
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
    this.collect(definition.body, primed, found);
    this.common.reads.set(key, found);
    return found;
  }

  protected collect(e: Expression, primed: boolean, found: Set<number>): void {
    if (e.kind === 'enabled') return;
    if (e.kind === 'variable' && primed) found.add(e.variable.index);
    const inner = primed || e.kind === 'prime' || e.kind === 'unchanged';
    if (e.kind === 'angle' || e.kind === 'square') this.collect(e.subscript, true, found);
    // Definitions of a LET count where they are used.
    for (const part of e.kind === 'let' ? [e.body] : partsOf(e)) this.collect(part, inner, found);
    const named = 'definition' in e ? [e.definition] : [];
    for (const argument of 'args' in e ? (e.args as readonly Argument[]) : []) {
      if (isOperator(argument) && argument.of === 'definition') named.push(argument.definition);
    }
    for (const each of named) for (const variable of this.reads(each, inner)) found.add(variable);
  }

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
          context = {
            ...context,
            env: context.env.with(definition, { kind: 'code', code: this.unit.value(value) }, c.primed),
          };
          continue;
        }
        const total = this.isTotal(body, context);
        const inner = this.expr(body, context);
        code += total
          ? `const ${name}=${inner};`
          : `let ${name}v;const ${name}=()=>${name}v===undefined?(${name}v=${inner}):${name}v;`;
        const location: Location = { kind: total ? 'code' : 'thunk', code: name };
        context = { ...context, env: context.env.with(definition, location, c.primed) };
        continue;
      }
      const params = definition.params.map(() => this.unit.fresh('q'));
      const location: Location = { kind: isFunction ? 'thunk' : 'code', code: name };
      let env = context.env.with(definition, location, c.primed);
      definition.params.forEach(
        (param, i) => (env = env.with(param, { kind: param.arity > 0 ? 'function' : 'code', code: params[i]! })),
      );
      if (!isFunction && this.common.levels.level(definition.body) > 1) continue;
      context = { ...context, env: context.env.with(definition, location, c.primed) };
      code += isFunction
        ? this.localFunction(definition, name, { ...context, env })
        : `const ${name}=(${params.join(',')})=>{${this.returning(definition.body, { ...context, env })}};`;
    }
    return { code, context };
  }

  protected localFunction(definition: Definition, name: string, context: Context): string {
    const body = definition.body as Of<'function'> & Expression;
    const { set, params, inner } = this.functionParts(body, context);
    const p = this.at(definition);
    return `const ${name}_at=(x)=>{if(!member(x,${set},${p}))rt.fail(${p},'The function is applied outside its domain.');${params}${this.returning(body.body, inner)}};const ${name}=()=>fcnOver(${set},${name}_at,${p});`; // prettier-ignore
  }
}
