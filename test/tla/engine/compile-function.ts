// Functions and records: how they are made, applied and changed. The field of a record is read at the place where it mostly stands,
// after a look whether it stands there.

import { SetCompiler } from './compile-set.ts';
import type { Context } from './context.ts';
import type { Bound, Expression, Of, Update } from './expression.ts';
import { ListedSet } from './sets.ts';

export abstract class FunctionCompiler extends SetCompiler {
  protected function(e: Of<'function'> & Expression, c: Context): string {
    const { set, params, inner } = this.functionParts(e, c);
    const known = e.bounds.length === 1 ? this.known(e.bounds[0]!.set, c) : undefined;
    if (known instanceof ListedSet) {
      const domain = this.common.runtime.store.domainOver(known);
      return `fcnIn(${this.unit.constant(domain)},(x)=>{${params}${this.returning(e.body, inner)}})`;
    }
    return `fcnOver(${set},(x)=>{${params}${this.returning(e.body, inner)}},${this.at(e)})`;
  }

  /** The domain of a function literal, the code that names the parts of an element `x`, and the body's context. */
  protected functionParts(e: Of<'function'> & Expression, c: Context): { set: string; params: string; inner: Context } {
    const sets = e.bounds.map(({ set }) => this.expr(set, c));
    let { env } = c;
    let params = '';
    const name = (bound: Bound, element: string): void => {
      const own = this.unit.fresh('x');
      params += `const ${own}=${bound.isTuple ? `parts(${element},${bound.names.length},${this.at(bound.set)})` : element};`;
      bound.names.forEach(
        (one, i) => (env = env.with(one, { kind: 'code', code: bound.isTuple ? `${own}[${i}]` : own })),
      );
    };
    if (e.bounds.length === 1) name(e.bounds[0]!, 'x');
    else e.bounds.forEach((bound, i) => name(bound, `x.values[${i}]`));
    const set = sets.length === 1 ? sets[0]! : `product([${sets.join(',')}],${this.at(e)})`;
    return { set, params, inner: { ...c, env } };
  }

  protected record(e: Of<'record'> & Expression, c: Context): string {
    const { store } = this.common.runtime;
    const fields = e.fields.map(([name, value]) => [store.string(name), value] as const);
    const sorted = [...fields].sort(([a], [b]) => a.order - b.order);
    const domain = store.domain(sorted.map(([name]) => name));
    return `record(${this.unit.constant(domain)},[${this.list(sorted.map(([, value]) => value), c)}])`; // prettier-ignore
  }

  protected field(of: Expression, name: string, p: string, c: Context): string {
    const key = this.unit.value(this.common.runtime.store.string(name));
    const variable = this.variableOf(of, c);
    if (variable !== undefined) return this.part(variable, key, p);
    const record = this.expr(of, c);
    const known = this.common.fields.get(name);
    if (known === undefined) return `app(${record},${key},${p})`;
    return `at(${record},${this.unit.constant(known.domain)},${known.place},${key},${p})`;
  }

  protected apply(e: Of<'apply'> & Expression, c: Context): string {
    const p = this.at(e);
    const x = e.args.length === 1 ? this.expr(e.args[0]!, c) : `tuple([${this.list(e.args, c)}])`;
    if (e.of.kind === 'call' && e.of.definition.isFunction && e.of.definition.recursive) {
      const f = this.expr(e.of, { ...c, env: c.env });
      if (f.endsWith('()')) return `${f.slice(0, -2)}_at(${x})`;
    }
    const variable = this.variableOf(e.of, c);
    return variable === undefined ? `app(${this.expr(e.of, c)},${x},${p})` : this.part(variable, x, p);
  }

  /** Updates one after the other; neighbours that begin alike are one update of what they lead to. */
  protected except(base: string, updates: readonly Update[], depth: number, c: Context, p: string): string {
    const [f, values, i] = ['f', 'v', 'i'].map((prefix) => this.unit.fresh(prefix));
    let code = `const ${values}=valuesOf(${f},${p});let ${i};`;
    for (let from = 0; from < updates.length;) {
      const first = updates[from]!;
      let to = from + 1;
      const isDeep = first.path.length > depth + 1;
      while (
        isDeep &&
        to < updates.length &&
        updates[to]!.path.length > depth + 1 &&
        this.sameStep(first, updates[to]!, depth)
      )
        to++;
      const old = `${values}[${i}]`;
      code += `${i}=${this.place(f!, first, depth, c, p)};`;
      const value = isDeep ? this.except(old, updates.slice(from, to), depth + 1, c, p) : this.newValue(first, old, c);
      code += `if(${i}>=0)${old}=${value};`;
      from = to;
    }
    return `((${f})=>{${code}return rebuilt(${f},${values});})(${base})`;
  }

  /** The next value of a variable as it changes at some keys of itself. */
  protected patch(index: number, { updates }: Of<'except'> & Expression, c: Context, p: string): string {
    const parts = updates.map((update) => {
      const [step] = update.path;
      const key =
        'index' in step! ? this.expr(step.index, c) : this.unit.value(this.common.runtime.store.string(step!.field));
      const old = this.unit.fresh('o');
      const value = update.path.length > 1 ? this.except(old, [update], 1, c, p) : this.newValue(update, old, c);
      return `[${key},(${old})=>${value}]`;
    });
    return `now.except(${index},[${parts.join(',')}],${p})`;
  }

  protected sameStep(a: Update, b: Update, depth: number): boolean {
    const [x, y] = [a.path[depth]!, b.path[depth]!];
    return 'field' in x ? 'field' in y && x.field === y.field : 'index' in y && x.index.text === y.index.text;
  }

  protected place(f: string, { path }: Update, depth: number, c: Context, p: string): string {
    const step = path[depth]!;
    if ('index' in step) return `place(${f},${this.expr(step.index, c)},${p})`;
    const key = this.unit.value(this.common.runtime.store.string(step.field));
    const known = this.common.fields.get(step.field);
    if (known === undefined) return `place(${f},${key},${p})`;
    return `placeAt(${f},${this.unit.constant(known.domain)},${known.place},${key},${p})`;
  }

  protected newValue({ old, value }: Update, code: string, c: Context): string {
    if (!this.common.levels.free(value).has(old)) return this.expr(value, c);
    const name = this.unit.fresh('o');
    return `((${name})=>${this.expr(value, { ...c, env: c.env.with(old, { kind: 'code', code: name }) })})(${code})`;
  }
}
