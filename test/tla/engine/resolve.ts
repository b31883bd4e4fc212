// Modules become definitions whose names are resolved.
//
// A module is read in order, as the language has it: what a name means must be said before it is used, except by RECURSIVE. What a
// module EXTENDS is read into the same scope once. INSTANCE reads the other module anew, with its constants and variables standing
// for the expressions that are substituted, so that nothing has to be renamed later; with parameters (`I(p) == INSTANCE …`), every
// definition read so has these parameters before its own.

import { SpecificationError, type Position } from './errors.ts';
import type { Binding, Constant, Definition, Expression, Variable } from './expression.ts';
import { definitionsIn, partsOf } from './expression.ts';
import { ExpressionReader } from './resolve-expression.ts';
import { isStandard, Scope, standardModule, type Entity } from './scope.ts';
import { symbolName } from './symbols.ts';
import { childOf, childrenOf, moduleSyntax, type ModuleSyntax, type Node } from './syntax.ts';

export interface Assumption {
  readonly name: string | undefined;
  readonly body: Expression;
}

/** A specification whose names are resolved: the root module with all that it extends and instantiates. */
export interface Specification {
  readonly root: string;
  readonly scope: Scope;
  readonly variables: readonly Variable[];
  readonly constants: readonly Constant[];
  readonly assumptions: readonly Assumption[];
}

/** Where a module is being read: a scope, and what its constants and variables are if it is instantiated. */
export interface Reading {
  readonly scope: Scope;
  /** The parameters of the enclosing INSTANCE. */
  readonly prefix: readonly Binding[];
  /** Undefined in the root and what it extends: there constants and variables are declared. */
  readonly substitute: ((name: string) => Entity) | undefined;
  /** What has been extended here already. */
  readonly extended: Set<string>;
  /** The definitions that were made, for LET, which has to keep them. */
  readonly made: Definition[];
}

/** Gives a module by its name, parsed; undefined where there is none. */
export type ModuleSource = (name: string) => ModuleSyntax | undefined;

export class Resolver {
  readonly #modules: ModuleSource;
  readonly #variables: Variable[] = [];
  readonly #constants: Constant[] = [];
  readonly #assumptions: Assumption[] = [];
  readonly #inner = new Map<string, ModuleSyntax>();
  readonly #declared = new Map<Definition, boolean>();
  #numbers = 0;

  constructor(modules: ModuleSource) {
    this.#modules = modules;
  }

  specification(root: string): Specification {
    const scope = new Scope();
    const nowhere = { module: root, line: 1, column: 1 };
    this.#readModule(root, nowhere, { scope, prefix: [], substitute: undefined, extended: new Set(), made: [] });
    return {
      ...{ root, scope, variables: this.#variables, constants: this.#constants, assumptions: this.#assumptions },
    };
  }

  /** A fresh bound name. */
  binding(name: string, arity = 0): Binding {
    return { name, arity, number: ++this.#numbers };
  }

  #readModule(name: string, position: Position, reading: Reading): void {
    if (reading.extended.has(name)) return;
    reading.extended.add(name);
    if (isStandard(name)) {
      for (const [each, entity] of standardModule(name, position)) reading.scope.declare(each, entity, position);
      return;
    }
    const module = this.#inner.get(name) ?? this.#modules(name);
    if (module === undefined) {
      throw new SpecificationError('unknown module', position, `There is no module ${name}.`);
    }
    for (const unit of module.units) this.readUnit(unit, reading);
  }

  /** One unit of a module, or one definition of a LET. */
  readUnit(unit: Node, reading: Reading, isLocal = false): void {
    switch (unit.type) {
      case 'extends':
        for (const each of unit.children) this.#readModule(each.text, each.position, reading);
        return;
      case 'constant_declaration':
        for (const each of unit.children) this.#declareConstant(each, reading);
        return;
      case 'variable_declaration':
        for (const each of unit.children) this.#declareVariable(each, reading);
        return;
      case 'recursive_declaration':
        for (const each of unit.children) this.#declareRecursive(each, reading);
        return;
      case 'operator_definition':
        this.#defineOperator(unit, reading, isLocal);
        return;
      case 'function_definition':
        this.#defineFunction(unit, reading, isLocal);
        return;
      case 'module_definition':
        this.#defineInstance(unit, reading, isLocal);
        return;
      case 'instance':
        for (const [name, entity] of this.#instantiate(unit, reading, reading.scope, [])) {
          reading.scope.declare(name, entity, unit.position, isLocal);
        }
        return;
      case 'local_definition':
        for (const each of unit.children) this.readUnit(each, reading, true);
        return;
      case 'assumption':
        this.#assume(unit, reading);
        return;
      case 'module': {
        // A module within a module, for INSTANCE.
        const inner = moduleSyntax(unit);
        this.#inner.set(inner.name, inner);
        return;
      }
      case 'theorem': {
        const statement = unit.children.find(({ field }) => field === 'statement');
        if (statement !== undefined && statement.type !== 'assume_prove') this.expression(statement, reading.scope, reading);
        return;
      }
      case 'single_line':
      case 'use_or_hide':
        return;
      default:
        throw new SpecificationError(unit.type, unit.position, `This engine does not know ${unit.type.replaceAll('_', ' ')}.`);
    } // prettier-ignore
  }

  #declareConstant(node: Node, reading: Reading): void {
    const { name, arity } = headOf(node);
    if (reading.substitute !== undefined) {
      reading.scope.declare(name, reading.substitute(name), node.position);
      return;
    }
    const constant = { name, arity, position: node.position };
    reading.scope.declare(name, { kind: 'constant', constant }, node.position);
    this.#constants.push(constant);
  }

  #declareVariable(node: Node, reading: Reading): void {
    if (reading.substitute !== undefined) {
      reading.scope.declare(node.text, reading.substitute(node.text), node.position);
      return;
    }
    const variable = { name: node.text, index: this.#variables.length };
    reading.scope.declare(node.text, { kind: 'variable', variable }, node.position);
    this.#variables.push(variable);
  }

  #declareRecursive(node: Node, reading: Reading): void {
    const { name, arity } = headOf(node);
    const params = Array.from({ length: arity }, () => this.binding('_'));
    const definition = this.#makeDefinition(name, params, node.position, reading, { recursive: true });
    reading.scope.declare(name, { kind: 'definition', definition, prefix: reading.prefix }, node.position);
    this.#declared.set(definition, false);
  }

  #makeDefinition(
    name: string,
    params: readonly Binding[],
    position: Position,
    reading: Reading,
    { isFunction = false, recursive = false },
  ): Definition {
    const body = undefined as unknown as Expression;
    const all = [...reading.prefix, ...params];
    const definition = { name, params: all, position, number: ++this.#numbers, body, isFunction, recursive };
    reading.made.push(definition);
    return definition;
  }

  #defineOperator(unit: Node, reading: Reading, isLocal: boolean): void {
    const head = childOf(unit, 'name');
    const name = symbolName(head);
    const inner = new Scope(reading.scope);
    const params = childrenOf(unit, 'parameter').map((param) => {
      const { name: own, arity } = headOf(param);
      const binding = this.binding(own, arity);
      inner.declare(own, { kind: 'binding', binding }, param.position);
      return binding;
    });
    const definition = this.#begin(name, params, unit, reading);
    definition.body = this.expression(childOf(unit, 'definition'), inner, reading);
    this.#finish(name, definition, unit, reading, isLocal);
  }

  /** A definition to be filled in: the one that RECURSIVE has declared, or a new one. */
  #begin(name: string, params: readonly Binding[], unit: Node, reading: Reading): Definition {
    const known = reading.scope.find(name);
    if (known?.kind === 'definition' && this.#declared.get(known.definition) === false) {
      this.#declared.set(known.definition, true);
      const { definition } = known;
      if (definition.params.length !== reading.prefix.length + params.length) {
        throw new SpecificationError('RECURSIVE', unit.position, `RECURSIVE declares ${name} with another number of parameters.`);
      } // prettier-ignore
      return Object.assign(definition, { params: [...reading.prefix, ...params] });
    }
    return this.#makeDefinition(name, params, unit.position, reading, {});
  }

  #finish(name: string, definition: Definition, unit: Node, reading: Reading, isLocal: boolean): void {
    reading.scope.declare(name, { kind: 'definition', definition, prefix: reading.prefix }, unit.position, isLocal);
  }

  /** `f[x \in S] == e`; the body may apply `f`. */
  #defineFunction(unit: Node, reading: Reading, isLocal: boolean): void {
    const name = childOf(unit, 'name').text;
    const definition = this.#makeDefinition(name, [], unit.position, reading, { isFunction: true });
    const inner = new Scope(reading.scope);
    inner.declare(name, { kind: 'definition', definition, prefix: reading.prefix }, unit.position);
    definition.body = this.#reader(inner, reading).functionFrom(
      unit,
      unit.children.filter(({ type }) => type === 'quantifier_bound'),
      childOf(unit, 'definition'),
    );
    definition.recursive = mentions(definition.body, definition);
    this.#finish(name, definition, unit, reading, isLocal);
  }

  #defineInstance(unit: Node, reading: Reading, isLocal: boolean): void {
    const name = childOf(unit, 'name').text;
    const inner = new Scope(reading.scope);
    const params = childrenOf(unit, 'parameter').map((param) => {
      const { name: own, arity } = headOf(param);
      const binding = this.binding(own, arity);
      inner.declare(own, { kind: 'binding', binding }, param.position);
      return binding;
    });
    const names = this.#instantiate(childOf(unit, 'definition'), reading, inner, params);
    reading.scope.declare(name, { kind: 'instance', params, names }, unit.position, isLocal);
  }

  /** What another module defines, with its constants and variables replaced. */
  #instantiate(node: Node, reading: Reading, outer: Scope, params: readonly Binding[]): ReadonlyMap<string, Entity> {
    const [target, ...rest] = node.children;
    const name = target!.text;
    if (isStandard(name)) return standardModule(name, target!.position);
    const given = new Map<string, Entity>();
    for (const each of rest) {
      const [left, , right] = each.children;
      const argument = this.#reader(outer, reading).argument(right!);
      given.set(symbolName(left!), { kind: 'substitute', argument });
    }
    const taken = new Set<string>();
    const substitute = (own: string): Entity => {
      taken.add(own);
      const entity = given.get(own) ?? outer.find(own);
      if (entity !== undefined) return entity;
      throw new SpecificationError('substitution', node.position, `INSTANCE ${name} says nothing of ${own}, and here is nothing of that name.`);
    }; // prettier-ignore
    // A module within a module sees what stands before it there.
    const scope = new Scope(this.#inner.has(name) ? reading.scope : undefined);
    const inside: Reading = { scope, prefix: [...reading.prefix, ...params], substitute, extended: new Set(), made: reading.made }; // prettier-ignore
    this.#readModule(name, target!.position, inside);
    for (const own of given.keys()) {
      if (taken.has(own)) continue;
      throw new SpecificationError('substitution', node.position, `${name} has no constant and no variable ${own}.`);
    }
    const isDeclaration = (entity: Entity): boolean => entity.kind !== 'definition' && entity.kind !== 'instance';
    return new Map([...scope.exports].filter(([, entity]) => !isDeclaration(entity)));
  }

  #assume(unit: Node, reading: Reading): void {
    if (reading.substitute !== undefined) return;
    const body = unit.children.find(({ field, type }) => field !== 'name' && type !== 'def_eq')!;
    const name = unit.children.find(({ field }) => field === 'name')?.text;
    this.#assumptions.push({ name, body: this.expression(body, reading.scope, reading) });
  }

  expression(node: Node, scope: Scope, reading: Reading): Expression {
    return this.#reader(scope, reading).expression(node);
  }

  #reader(scope: Scope, reading: Reading): ExpressionReader {
    return new ExpressionReader(this, scope, reading);
  }
}

/** The name and the number of arguments of a declared constant, parameter, or recursive operator. */
function headOf(node: Node): { readonly name: string; readonly arity: number } {
  if (node.type !== 'operator_declaration') return { name: node.text, arity: 0 };
  const placeholders = node.children.filter(({ type }) => type === 'placeholder').length;
  return { name: symbolName(childOf(node, 'name')), arity: placeholders };
}

function mentions(e: Expression, definition: Definition): boolean {
  return definitionsIn(e).includes(definition) || partsOf(e).some((part) => mentions(part, definition));
}
