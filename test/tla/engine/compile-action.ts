// Actions become code that enumerates their steps.
//
// An action is a formula over a state and the next one. Read from left to right it says how to find the next one: `x' = e` gives a
// value where x' has none yet and is a test where it has, `x' \in S` tries every element, `\/` and `\E` try every way, everything
// else is a test. So code for an action is written from left to right too, each part around the code of what follows it. Which next
// values are known at a place is known while writing; they live in the variables n0, n1, … of the generated code, and a value
// that was given on the way to a place stays until that place is left.
//
// What follows a disjunction would be written once for each of its branches. It is written once for each set of variables that a
// branch may have given, as a function, if it is longer than a call of one.
//
// Init is read in the same way, with unprimed variables.

import { isBuiltinCall } from './compile-builtin.ts';
import { callOf, type Part } from './compile-expression.ts';
import { LoopCompiler } from './compile-loop.ts';
import type { Formula } from './behaviour.ts';
import { EVERYTHING, hasAssigned, type Context } from './context.ts';
import { SpecificationError } from './errors.ts';
import type { Expression, Of, OperatorArgument } from './expression.ts';
import { ACTION, CONSTANT } from './level.ts';
import { SetValue } from './sets.ts';

/** Continues the code where a part of an action ends. */
type Then = (c: Context) => string;

/** What an edge is called: an operator, and code for its arguments. */
export interface Label {
  readonly name: string;
  readonly args: readonly string[];
}

/** Longer code after a disjunction is shared by its branches. */
const WORTH_SHARING = 160;

export class ActionCompiler extends LoopCompiler {
  /** Whether unprimed variables are what is given: in Init. */
  #initial = false;

  /** Code that calls `found` for every initial state, whose values are then in n0, n1, …. */
  initial(parts: readonly Formula[], found: string): string {
    this.#initial = true;
    const go = (place: number, assigned: Context['assigned']): string => {
      const part = parts[place];
      if (part === undefined) return this.#complete({ ...EVERYTHING, assigned }, parts[0]!.e) ?? found;
      return this.act(part.e, { ...part.c, primed: true, assigned }, (end) => go(place + 1, end.assigned));
    };
    const code = go(0, new Set());
    this.#initial = false;
    return code;
  }

  /** Code for every step of a next-state relation, part by part; `found` makes the code that reports one of that label. */
  steps(e: Expression, c: Context, name: string, found: (label: Label) => string): readonly string[] {
    const start = { ...c, primed: false, assigned: new Set<number>() };
    return this.#apart(e, start, { name, args: [] }, [], true, found).map(callOf);
  }

  /** Where a step ends that leaves a variable without a value: code that says so. */
  #complete({ assigned }: Context, e: Expression): string | undefined {
    const missing = this.common.variables.find((_, i) => assigned !== 'all' && !assigned.has(i));
    if (missing === undefined) return undefined;
    return `rt.fail(${this.at(e)},${JSON.stringify(`The ${this.#initial ? 'initial predicate' : 'action'} does not say what ${missing}${this.#initial ? '' : "'"} is.`)});`;
  }

  /** Apart into actions with names: through disjunctions, quantifiers over constants, and definitions that are no more than these. */
  #split(e: Expression, c: Context, label: Label, found: (label: Label) => string): string {
    switch (e.kind) {
      case 'or':
        return e.items.map((item) => `{${this.#split(item, c, label, found)}}`).join('');
      case 'quantifier':
        if (e.every || e.bounds.some(({ set }) => this.common.levels.level(set) !== CONSTANT)) break;
        return this.each(e.bounds, c, (inner) => this.#split(e.body, inner, label, found));
      case 'call':
        if (this.common.levels.ofDefinition(e.definition) !== ACTION || c.env.find(e.definition) !== undefined) break;
        return this.#named(e, c, found);
      case 'let': {
        const { code, context } = this.definitions(e.definitions, c);
        return `${code}{${this.#split(e.body, context, label, found)}}`;
      }
      default:
    }
    return this.act(e, c, (end) => this.#complete(end, e) ?? found(label));
  }

  /**
   * The parts of a next-state relation that are looked at one by one: its disjuncts, with the names given that are quantified over known
   * sets. `names`: those that are parameters of the functions that the parts become; `isOpen`: whether a definition gives a label.
   */
  #apart(e: Expression, c: Context, label: Label, names: readonly string[], isOpen: boolean, found: (label: Label) => string): readonly Part[] {
    const whole = (): readonly Part[] => {
      const code = isOpen ? this.#split(e, c, label, found) : this.act(e, c, (end) => this.#complete(end, e) ?? found(label));
      return code === '' ? [] : [this.partOf(names, code)];
    };
    switch (e.kind) {
      case 'or':
        return e.items.flatMap((item) => this.#apart(item, c, label, names, isOpen, found));
      case 'and': {
        const values = e.items.map((item) => this.known(item, c));
        if (values[0] === false) return [];
        const rest = e.items.filter((_, i) => values[i] !== true);
        return rest.length === 1 ? this.#apart(rest[0]!, c, label, names, false, found) : whole();
      }
      case 'quantifier': {
        if (e.every) return whole();
        return this.eachElement(e.bounds, c, names, (inner, all) => this.#apart(e.body, inner, label, all, isOpen, found)) ?? whole();
      }
      case 'call': {
        const { definition } = e;
        if (this.common.levels.ofDefinition(definition) !== ACTION || c.env.find(definition) !== undefined || definition.recursive) return whole();
        const args = isOpen ? this.#simpleArgs(e, c) : e.args.length === 0 ? [] : undefined;
        if (args === undefined) return whole();
        return this.#apart(definition.body, this.inside(e, c), isOpen ? { name: definition.name, args } : label, names, isOpen, found);
      }
      default:
        return whole();
    }
  } // prettier-ignore

  /** Code of the arguments of an action, if each is a name or a value already. */
  #simpleArgs(e: Of<'call'> & Expression, c: Context): readonly string[] | undefined {
    const { env } = this.inside(e, c);
    const args: string[] = [];
    for (const [i, argument] of e.args.entries()) {
      if (argument.kind === 'operator' || this.common.levels.level(argument) >= ACTION) continue;
      const location = env.find(e.definition.params[i]!)!;
      if (location.kind === 'value') args.push(this.unit.value(location.value));
      else if (location.kind === 'code') args.push(location.code);
      else return undefined;
    }
    return args;
  }

  #named(e: Of<'call'> & Expression, c: Context, found: (label: Label) => string): string {
    let code = '';
    let context = this.inside(e, c);
    // Arguments are evaluated once, and are the label's; those that are actions or operators are written where they are used.
    const args = e.args.flatMap((argument, i): string[] => {
      if (argument.kind === 'operator' || this.common.levels.level(argument) >= ACTION) return [];
      const location = context.env.find(e.definition.params[i]!)!;
      if (location.kind === 'value') return [this.unit.value(location.value)];
      if (location.kind === 'code') return [location.code];
      const name = this.unit.fresh('g');
      code += `const ${name}=${this.expr(argument, c)};`;
      context = { ...context, env: context.env.with(e.definition.params[i]!, { kind: 'code', code: name }) };
      return [name];
    });
    return `${code}${this.#split(e.definition.body, context, { name: e.definition.name, args }, found)}`;
  }

  /** Code that tries every way in which the formula can hold, each followed by `then`. */
  act(e: Expression, c: Context, then: Then): string {
    if (!this.#gives(e, c)) return this.#test(e, c, then);
    switch (e.kind) {
      case 'and':
        return this.#all(e.items, c, then);
      case 'or':
        return this.#any(e.items.map((item) => (follow: Then) => this.act(item, c, follow)), c, then); // prettier-ignore
      case 'quantifier':
        if (e.every) return this.#forAll(e, c, then);
        return this.#shared(
          c,
          then,
          (follow) => this.each(e.bounds, c, (inner) => this.act(e.body, inner, follow)),
          false,
        );
      case 'let': {
        const { code, context } = this.definitions(e.definitions, c);
        return `{${code}${this.act(e.body, context, (end) => then({ ...end, env: c.env }))}}`;
      }
      case 'if':
        return this.#choice([[e.test, e.then]], e.else, c, then);
      case 'case':
        return this.#choice(e.arms, e.other, c, then, e);
      case 'call':
        return this.act(e.definition.body, this.inside(e, c), (end) => then({ ...end, env: c.env, primed: c.primed }));
      case 'local': {
        const at = c.env.find(e.binding);
        if (at?.kind === 'name') return this.act(at.expression, this.nameContext(at.context, c), (end) => then({ ...end, env: c.env })); // prettier-ignore
        if (at?.kind !== 'operator') break;
        const { expression, context } = this.application(at.argument, e, at.context, c);
        return this.act(expression, context, (end) => then({ ...end, env: c.env }));
      }
      case 'unchanged':
        return this.#unchanged(e.of, c, then);
      case 'square': {
        const same: Expression = { kind: 'unchanged', of: e.subscript, position: e.position, text: e.text };
        return this.act({ kind: 'or', items: [e.action, same], position: e.position, text: e.text }, c, then);
      }
      case 'angle':
        return this.act(e.action, c, (end) => {
          const differs: Expression = { kind: 'unchanged', of: e.subscript, position: e.position, text: e.text };
          return `if(!${this.expr(differs, { ...end, env: c.env })}){${then({ ...end, env: c.env })}}`;
        });
      case 'builtin':
        return e.name === '=>' ? this.#implied(e, c, then) : this.#give(e, c, then);
      default:
    }
    return this.#test(e, c, then);
  }

  /** Whether the formula may give a next value here, rather than only test. */
  #gives(e: Expression, c: Context): boolean {
    if (this.#initial) return this.common.levels.level(e) > CONSTANT || e.kind === 'local';
    return this.common.levels.level(e) >= ACTION || this.#speaksOfActions(e, c);
  }

  /** Whether a name in it stands for an action, or for a next value. */
  #speaksOfActions(e: Expression, c: Context): boolean {
    for (const binding of this.common.levels.free(e)) {
      const at = c.env.find(binding);
      if (at?.kind === 'name' && this.#gives(at.expression, this.nameContext(at.context, c))) return true;
      if (at?.kind === 'operator' && this.#isAction(at.argument)) return true;
    }
    return false;
  }

  #isAction(argument: OperatorArgument): boolean {
    if (argument.of === 'definition') return this.common.levels.ofDefinition(argument.definition) >= ACTION;
    return argument.of === 'lambda' && this.common.levels.level(argument.body) >= ACTION;
  }

  #test(e: Expression, c: Context, then: Then): string {
    const code = this.bool(e, c);
    if (code === 'false') return '';
    return code === 'true' ? then(c) : `if(${code}){${then(c)}}`;
  }

  #all(items: readonly Expression[], c: Context, then: Then): string {
    const [first, ...rest] = items;
    if (first === undefined) return then(c);
    return this.act(first, c, (end) => this.#all(rest, end, then));
  }

  #any(branches: readonly ((follow: Then) => string)[], c: Context, then: Then): string {
    return this.#shared(c, then, (follow) => branches.map((branch) => `{${branch(follow)}}`).join(''), true);
  }

  /** Writes what follows once for each set of given variables, as a function, where several places go on to it. */
  #shared(c: Context, then: Then, write: (follow: Then) => string, several: boolean): string {
    if (!several) return write((end) => then({ ...end, env: c.env }));
    const continuations = new Map<string, string>();
    let functions = '';
    const code = write((end) => {
      const key = end.assigned === 'all' ? 'all' : [...end.assigned].sort((a, b) => a - b).join();
      let call = continuations.get(key);
      if (call === undefined) {
        call = then({ ...end, env: c.env });
        if (call.length > WORTH_SHARING) {
          const name = this.unit.fresh('c');
          functions += `const ${name}=()=>{${call}return false;};`;
          call = `if(${name}())return true;`;
        }
        continuations.set(key, call);
      }
      return call;
    });
    return functions === '' ? code : `{${functions}${code}}`;
  }

  #choice(
    arms: readonly (readonly [Expression, Expression])[],
    other: Expression | undefined,
    c: Context,
    then: Then,
    e?: Expression,
  ): string {
    return this.#shared(
      c,
      then,
      (follow) => {
        let code = '';
        for (const [guard, body] of arms) {
          const test = this.bool(guard, c);
          if (test === 'false') continue;
          const taken = this.act(body, c, follow);
          if (test === 'true') return `${code}{${taken}}`;
          code += `if(${test}){${taken}}else `;
        }
        if (other !== undefined) return `${code}{${this.act(other, c, follow)}}`;
        return `${code}{rt.fail(${this.at(e!)},'No arm of this CASE is true.');}`;
      },
      true,
    );
  }

  /** Where the left side is false nothing is said; where it is true, the right side is. */
  #implied(e: Of<'builtin'> & Expression, c: Context, then: Then): string {
    const [left, right] = e.args as readonly [Expression, Expression];
    if (this.#gives(left, c)) return this.#test(e, c, then);
    const yes: Expression = { kind: 'literal', value: true, position: e.position, text: e.text };
    return this.#choice([[left, right]], yes, c, then);
  }

  /** What is said of every element of a known set is said of each in turn. */
  #forAll(e: Of<'quantifier'> & Expression, c: Context, then: Then): string {
    let contexts = [c];
    for (const bound of e.bounds) {
      const set = bound.isTuple ? undefined : this.known(bound.set, c);
      if (!(set instanceof SetValue)) return this.#test(e, c, then);
      const [name] = bound.names;
      contexts = contexts.flatMap((context) =>
        set.items().map((value) => ({ ...context, env: context.env.with(name!, { kind: 'value', value }) })),
      );
    }
    const go = (place: number, at: Context): string => {
      const next = contexts[place];
      if (next === undefined) return then({ ...at, env: c.env });
      return this.act(e.body, { ...next, assigned: at.assigned }, (end) => go(place + 1, end));
    };
    return go(0, c);
  }

  /** `x' = e` and `x' \in S` */
  #give(e: Of<'builtin'> & Expression, c: Context, then: Then): string {
    const isEquality = isBuiltinCall(e, '=');
    if (!isEquality && !isBuiltinCall(e, '\\in')) return this.#test(e, c, then);
    const [left, right] = e.args as readonly [Expression, Expression];
    const variable = this.#target(left, c);
    if (variable === undefined || hasAssigned(c, variable)) return this.#test(e, c, then);
    const value = isEquality ? this.#next(right, variable, c) : this.expr(right, c);
    const after: Context = { ...c, assigned: new Set([...(c.assigned as ReadonlySet<number>), variable]) };
    if (isEquality) return `n${variable}=${value};${then(after)}`;
    const element = this.unit.fresh('e');
    return `for(const ${element} of items(${value},${this.at(right)})){n${variable}=${element};${then(after)}}`;
  }

  /** Code of the next value of a variable; what it keeps of its value is not read where how it is written shows it. */
  #next(e: Expression, variable: number, c: Context): string {
    const isItself = (one: Expression): boolean => {
      const found = this.#initial ? undefined : this.variableOf(one, c);
      return found !== undefined && !found.primed && found.index === variable;
    };
    if (isItself(e)) return 'undefined';
    switch (e.kind) {
      case 'if': {
        const test = this.bool(e.test, c);
        if (test === 'true') return this.#next(e.then, variable, c);
        if (test === 'false') return this.#next(e.else, variable, c);
        return `(${test}?${this.#next(e.then, variable, c)}:${this.#next(e.else, variable, c)})`;
      }
      case 'except':
        return isItself(e.of) ? this.patch(variable, e, c, this.at(e)) : this.expr(e, c);
      case 'call': {
        const { definition } = e;
        const isPlain = !definition.recursive && !definition.isFunction && c.env.find(definition) === undefined;
        if (!isPlain || !e.args.some((one) => one.kind !== 'operator' && isItself(one))) break;
        return this.#nextOf(e, variable, c, isItself);
      }
      default:
    }
    return this.expr(e, c);
  }

  /** The same of an operator that is given the variable: its body, other arguments evaluated before it where that is sure to be right. */
  #nextOf(e: Of<'call'> & Expression, variable: number, c: Context, isItself: (one: Expression) => boolean): string {
    let context = this.inside(e, c);
    const names: string[] = [];
    const values: string[] = [];
    for (const [i, argument] of e.args.entries()) {
      if (argument.kind === 'operator' || isItself(argument) || this.known(argument, c) !== undefined) continue;
      if (!this.isSure(argument, e.definition, i, c)) continue;
      const name = this.unit.fresh('w');
      names.push(name);
      values.push(this.expr(argument, c));
      context = { ...context, env: context.env.with(e.definition.params[i]!, { kind: 'code', code: name }) };
    }
    const body = this.#next(e.definition.body, variable, context);
    return names.length === 0 ? body : `((${names.join(',')})=>${body})(${values.join(',')})`;
  }

  /** The variable whose next value an expression is, if it is one. */
  #target(e: Expression, c: Context): number | undefined {
    if (e.kind === 'prime') return this.#initial ? undefined : this.#target(e.of, { ...c, primed: true });
    if (e.kind === 'variable') return c.primed ? e.variable.index : undefined;
    if (e.kind === 'local') {
      const at = c.env.find(e.binding);
      return at?.kind === 'name' ? this.#target(at.expression, this.nameContext(at.context, c)) : undefined;
    }
    if (e.kind === 'call' && e.args.length === 0) return this.#target(e.definition.body, c);
    return undefined;
  }

  #unchanged(e: Expression, c: Context, then: Then): string {
    if (e.kind === 'tuple') {
      const each: Expression[] = e.items.map((of) => ({ kind: 'unchanged', of, position: e.position, text: of.text }));
      return this.#all(each, c, then);
    }
    if (e.kind === 'call' && c.env.find(e.definition) === undefined) {
      return this.#unchanged(e.definition.body, this.inside(e, c), (end) => then({ ...end, env: c.env }));
    }
    if (e.kind === 'local') {
      const at = c.env.find(e.binding);
      if (at?.kind === 'name') return this.#unchanged(at.expression, this.nameContext(at.context, c), (end) => then({ ...end, env: c.env })); // prettier-ignore
    }
    if (e.kind !== 'variable' || hasAssigned(c, e.variable.index)) {
      return this.#test({ kind: 'unchanged', of: e, position: e.position, text: e.text }, c, then);
    }
    const { index } = e.variable;
    const after: Context = { ...c, assigned: new Set([...(c.assigned as ReadonlySet<number>), index]) };
    return `n${index}=undefined;${then(after)}`;
  }

  /** ENABLED: whether there is a step; the next values that an enclosing action has given are kept aside meanwhile. */
  protected override enabled(e: Expression, c: Context): string {
    if (this.#initial) throw new SpecificationError('ENABLED', e.position, 'ENABLED stands in the initial predicate.');
    const all = this.common.variables.map((_, i) => `n${i}`).join(',');
    const code = this.act(e, { ...c, primed: false, assigned: new Set() }, () => 'return true;');
    return `(()=>{const kept=[${all}];try{${code}return false;}finally{[${all}]=kept;}})()`;
  }
}
