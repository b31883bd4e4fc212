// What a cfg makes of a specification: values of constants, definitions that stand for others, and what the compiler wants to know of
// the records that occur.

import type { Cfg } from '../../kit/tla/cfg.ts';
import type { Value as CfgValue } from '../../kit/tla/value.ts';
import type { Common } from './compiler-base.ts';
import { SpecificationError, type Position } from './errors.ts';
import { partsOf, type Definition, type Expression } from './expression.ts';
import { Levels } from './level.ts';
import { forget, type Read } from './read-specification.ts';
import type { Specification } from './resolve.ts';
import type { Runtime } from './runtime.ts';
import { setOf } from './sets.ts';
import type { Domain, Value } from './values.ts';

export function commonOf({ specification, levels: known }: Read, cfg: Cfg, runtime: Runtime): Common {
  const configured = new Configuring(specification, cfg, runtime);
  const replaced = configured.replacements();
  const constants = configured.constants(replaced);
  return {
    ...{ runtime, constants, replaced, folded: new Map(), reads: new Map() },
    levels: replaced.size > 0 ? new Levels(replaced) : known,
    variables: specification.variables.map(({ name }) => name),
    fields: configured.fields(),
  };
}

class Configuring {
  private readonly specification: Specification;
  private readonly cfg: Cfg;
  private readonly runtime: Runtime;

  constructor(specification: Specification, cfg: Cfg, runtime: Runtime) {
    [this.specification, this.cfg, this.runtime] = [specification, cfg, runtime];
  }

  /** Constants and definitions that the cfg replaces by definitions. */
  replacements(): Map<string, Definition> {
    const replaced = new Map<string, Definition>();
    for (const [name, given] of this.cfg.constants) {
      if (given.kind !== 'operator') continue;
      const by = this.specification.scope.find(given.name);
      if (by?.kind !== 'definition') throw new SpecificationError('<-', undefined, `The cfg replaces ${name} by ${given.name}, which is not defined.`); // prettier-ignore
      const known = this.specification.scope.find(name);
      if (known?.kind === 'definition')
        Object.assign(known.definition, { params: by.definition.params, body: by.definition.body });
      else if (known?.kind === 'constant' || known?.kind === 'builtin') replaced.set(name, by.definition);
      else throw new SpecificationError('<-', undefined, `The cfg replaces ${name}, which does not exist.`);
    }
    return replaced;
  }

  constants(replaced: ReadonlyMap<string, Definition>): Map<string, Value> {
    const values = new Map<string, Value>();
    const declared = new Map(this.specification.constants.map((one) => [one.name, one]));
    for (const [name, given] of this.cfg.constants) {
      if (given.kind !== 'value') continue;
      const known = declared.get(name);
      const value = this.valueOf(given.value);
      if (known !== undefined) values.set(name, value);
      else this.overridden(name, given.value);
    }
    for (const { name, position } of declared.values()) {
      if (values.has(name) || replaced.has(name)) continue;
      throw new SpecificationError('constant', position, `The cfg gives no value to the constant ${name}.`);
    }
    return values;
  }

  /** TLC lets a cfg give a value to a defined operator too. */
  overridden(name: string, given: CfgValue): void {
    const entity = this.specification.scope.find(name);
    if (entity?.kind !== 'definition' || entity.definition.params.length > 0) {
      throw new SpecificationError('constant', undefined, `The cfg gives a value to ${name}, which the specification does not declare.`);
    } // prettier-ignore
    const { position } = entity.definition;
    entity.definition.body = this.literal(given, position, name);
    forget(this.specification.root);
  }

  literal(value: CfgValue, position: Position, text: string): Expression {
    if (value.kind === 'int' || value.kind === 'bool') return { kind: 'literal', value: value.value, position, text };
    if (value.kind === 'string') return { kind: 'literal', value: value.text, position, text };
    throw new SpecificationError('constant', position, `The cfg gives ${text}, a definition, a value of a kind that is only known for constants.`); // prettier-ignore
  }

  valueOf(value: CfgValue): Value {
    const { store } = this.runtime;
    switch (value.kind) {
      case 'string':
        return store.string(value.text);
      case 'int':
      case 'bool':
        return value.value;
      case 'model':
        return store.model(value.name);
      case 'set':
        return store.canonicalSet(setOf(value.items.map((item) => this.valueOf(item))));
      case 'seq':
        return store.seq(value.items.map((item) => this.valueOf(item)));
      default:
        throw new SpecificationError('constant', undefined, 'A cfg cannot hold records and functions; define an operator and give it with <-.');
    } // prettier-ignore
  }

  /** Where fields of records mostly stand: in the largest record literal that has them. */
  fields(): Map<string, { readonly domain: Domain; readonly place: number }> {
    const fields = new Map<string, { domain: Domain; place: number }>();
    const seen = new Set<Expression>();
    const { store } = this.runtime;
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
    for (const [, entity] of this.specification.scope.exports) {
      if (entity.kind === 'definition') visit(entity.definition.body);
    }
    return fields;
  }
}
