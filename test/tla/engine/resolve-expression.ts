// Expressions: from the syntax tree to what it means. Every construct of the language that the engine knows has its line here; what
// has none is refused by its name.

import { SpecificationError } from './errors.ts';
import type {
  Argument,
  Binding,
  Bound,
  Definition,
  Expression,
  OperatorArgument,
  PathStep,
  Update,
} from './expression.ts';
import type { Reading, Resolver } from './resolve.ts';
import { arityOf, LANGUAGE_OPERATORS, Scope, type Entity } from './scope.ts';
import { symbolName, unescaped } from './symbols.ts';
import { childOf, childrenOf, type Node } from './syntax.ts';

/** Builtin operators that take an operator, by the place of that argument: its number of arguments. */
const OPERATOR_PLACES: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  SelectSeq: { 1: 1 },
  SortSeq: { 1: 2 },
};

/** An expression before its place is noted. */
type Bare = Expression extends infer E ? (E extends Expression ? Omit<E, 'position' | 'text'> : never) : never;

export class ExpressionReader {
  readonly #resolver: Resolver;
  readonly #scope: Scope;
  readonly #reading: Reading;
  /** What `@` is here. */
  readonly #old: Binding | undefined;

  constructor(resolver: Resolver, scope: Scope, reading: Reading, old?: Binding) {
    [this.#resolver, this.#scope, this.#reading, this.#old] = [resolver, scope, reading, old];
  }

  expression(node: Node): Expression {
    return { ...this.#meaning(node), position: node.position, text: node.text };
  }

  #all = (nodes: readonly Node[]): Expression[] => nodes.map((node) => this.expression(node));

  #within(scope: Scope, old = this.#old): ExpressionReader {
    return new ExpressionReader(this.#resolver, scope, this.#reading, old);
  }

  #meaning(node: Node): Bare {
    const { type, children } = node;
    const last = children.at(-1);
    switch (type) {
      case 'parentheses':
        return this.expression(children[0]!);
      case 'label':
        return this.expression(childOf(node, 'expression'));
      case 'nat_number':
        return { kind: 'literal', value: this.#natural(node, Number(node.text)) };
      case 'binary_number':
      case 'octal_number':
      case 'hex_number': {
        const base = { binary_number: 2, octal_number: 8, hex_number: 16 }[type];
        return { kind: 'literal', value: this.#natural(node, parseInt(last!.text, base)) };
      }
      case 'boolean':
        return { kind: 'literal', value: node.text === 'TRUE' };
      case 'string':
        return { kind: 'literal', value: unescaped(node.text.slice(1, -1)) };
      case 'boolean_set':
      case 'string_set':
        return { kind: 'builtin', name: node.text, args: [] };
      case 'nat_number_set':
      case 'int_number_set':
      case 'real_number_set':
      case 'identifier_ref':
        return this.#named(node, node.text, []);
      case 'bound_op':
        return this.#named(node, childOf(node, 'name').text, childrenOf(node, 'parameter'));
      case 'bound_nonfix_op':
        return this.#named(node, symbolName(childOf(node, 'symbol')), children.filter(({ field }) => field !== 'symbol')); // prettier-ignore
      case 'prefixed_op':
        return this.#prefixed(node);
      case 'prev_func_val':
        if (this.#old === undefined) throw new SpecificationError('@', node.position, '@ stands outside of EXCEPT.');
        return { kind: 'local', binding: this.#old, args: [] };
      case 'conj_list':
      case 'disj_list': {
        const items = children.map((item) => this.expression(item.children.at(-1)!));
        return { kind: type === 'conj_list' ? 'and' : 'or', items };
      }
      case 'bound_infix_op':
        return this.#infix(node);
      case 'bound_prefix_op':
        return this.#prefix(node);
      case 'bound_postfix_op':
        return this.#postfix(node);
      case 'bounded_quantification': {
        const { bounds, scope } = this.#bounds(childrenOf(node, 'bound'));
        const every = childOf(node, 'quantifier').type === 'forall';
        return { kind: 'quantifier', every, bounds, body: this.#within(scope).expression(childOf(node, 'expression')) };
      }
      case 'choose':
        return this.#choose(node);
      case 'unbounded_quantification':
        return { kind: 'builtin', name: 'unbounded', args: [] };
      case 'set_filter': {
        const { bounds, scope } = this.#bounds([childOf(node, 'generator')]);
        return { kind: 'filter', bound: bounds[0]!, body: this.#within(scope).expression(childOf(node, 'filter')) };
      }
      case 'set_map': {
        const { bounds, scope } = this.#bounds(childrenOf(node, 'generator'));
        return { kind: 'map', bounds, body: this.#within(scope).expression(childOf(node, 'map')) };
      }
      case 'function_literal':
        return this.functionFrom(node, children.filter(({ type: t }) => t === 'quantifier_bound'), last!); // prettier-ignore
      case 'finite_set_literal':
        return { kind: 'set', items: this.#all(children) };
      case 'tuple_literal':
        return { kind: 'tuple', items: this.#all(children.filter((c) => !c.type.endsWith('_bracket'))) };
      case 'record_literal':
      case 'set_of_records':
        return { kind: type === 'record_literal' ? 'record' : 'recordSet', fields: this.#fields(node) };
      case 'set_of_functions':
        return { kind: 'builtin', name: '[->]', args: this.#all([children[0]!, last!]) };
      case 'record_value':
        return { kind: 'field', of: this.expression(children[0]!), name: last!.text };
      case 'function_evaluation':
        return { kind: 'apply', of: this.expression(children[0]!), args: this.#all(children.slice(1)) };
      case 'except':
        return this.#except(node);
      case 'if_then_else': {
        const [test, then, other] = this.#all(['if', 'then', 'else'].map((field) => childOf(node, field)));
        return { kind: 'if', test: test!, then: then!, else: other! };
      }
      case 'case':
        return this.#case(node);
      case 'let_in':
        return this.#let(node);
      case 'step_expr_or_stutter':
        return { kind: 'square', action: this.expression(children[0]!), subscript: this.expression(last!) };
      case 'step_expr_no_stutter': {
        const [action, subscript] = children.filter((c) => !c.type.includes('bracket'));
        return { kind: 'angle', action: this.expression(action!), subscript: this.expression(subscript!) };
      }
      case 'fairness': {
        const [subscript, action] = this.#all(children);
        return { kind: 'fair', strong: node.text.startsWith('SF'), action: action!, subscript: subscript! };
      }
      default:
        throw new SpecificationError(type, node.position, `This engine does not know ${type.replaceAll('_', ' ')}.`);
    }
  }

  #natural(node: Node, value: number): number {
    if (value <= 0x7fffffff) return value;
    throw new SpecificationError('large number', node.position, `${node.text} is larger than 2147483647, the largest integer that TLC knows.`); // prettier-ignore
  }

  /** An operator by its name, with what it is applied to. */
  #named(node: Node, name: string, args: readonly Node[]): Bare {
    const entity = this.#scope.find(name);
    if (entity === undefined)
      throw new SpecificationError('unknown name', node.position, `Nothing is called ${name} here.`);
    return this.#use(entity, name, node, args);
  }

  #use(entity: Entity, name: string, node: Node, given: readonly Node[], prefix: readonly Expression[] = []): Bare {
    switch (entity.kind) {
      case 'variable':
        this.#count(name, node, given.length, 0);
        return { kind: 'variable', variable: entity.variable };
      case 'constant':
        this.#count(name, node, given.length, entity.constant.arity);
        return { kind: 'constant', constant: entity.constant, args: this.#all(given) };
      case 'binding':
        this.#count(name, node, given.length, entity.binding.arity);
        return { kind: 'local', binding: entity.binding, args: this.#all(given) };
      case 'definition': {
        const { definition } = entity;
        const hidden = prefix.length > 0 ? prefix : entity.prefix.map((one) => this.#local(one, node));
        const params = definition.params.slice(hidden.length);
        this.#count(name, node, given.length, params.length);
        return {
          kind: 'call',
          definition,
          args: [...hidden, ...params.map(({ arity }, i) => this.#given(given[i]!, arity))],
        };
      }
      case 'substitute':
        return this.#substituted(entity.argument, name, node, given);
      case 'builtin': {
        this.#count(name, node, given.length, entity.arity);
        const places = OPERATOR_PLACES[entity.name];
        return { kind: 'builtin', name: entity.name, args: given.map((one, i) => this.#given(one, places?.[i] ?? 0)) };
      }
      case 'instance':
        throw new SpecificationError('INSTANCE', node.position, `${name} is an instance; write ${name}!Operator.`);
    }
  }

  #local(binding: Binding, { position, text }: Node): Expression {
    return { kind: 'local', binding, args: [], position, text };
  }

  #count(name: string, node: Node, given: number, wanted: number): void {
    if (given === wanted) return;
    throw new SpecificationError(
      'number of arguments',
      node.position,
      `${name} takes ${wanted} arguments, not ${given}.`,
    );
  }

  #substituted(argument: Argument, name: string, node: Node, given: readonly Node[]): Bare {
    if (argument.kind !== 'operator') {
      this.#count(name, node, given.length, 0);
      return argument;
    }
    const args = this.#all(given);
    switch (argument.of) {
      case 'definition':
        return { kind: 'call', definition: argument.definition, args: [...argument.prefix, ...args] };
      case 'binding':
        return { kind: 'local', binding: argument.binding, args };
      case 'builtin':
        return { kind: 'builtin', name: argument.name, args };
      case 'lambda': {
        const definition = { name: 'LAMBDA', params: argument.params, body: argument.body, position: argument.position, number: 0, isFunction: false, recursive: false }; // prettier-ignore
        return { kind: 'call', definition, args };
      }
    }
  }

  #given(node: Node, arity: number): Argument {
    return arity === 0 ? this.expression(node) : this.#operator(node, arity);
  }

  /** An argument whose number of arguments is not known beforehand: what INSTANCE puts in the place of a name. */
  argument(node: Node): Argument {
    if (/_op_symbol$|^lambda$/.test(node.type)) return this.#operator(node, undefined);
    const entity = node.type === 'identifier_ref' ? this.#scope.find(node.text) : undefined;
    const arity = entity === undefined ? 0 : arityOf(entity);
    return arity > 0 ? this.#operator(node, arity) : this.expression(node);
  }

  #operator(node: Node, arity: number | undefined): OperatorArgument {
    const { position } = node;
    if (node.type === 'lambda') {
      const scope = new Scope(this.#scope);
      const params = node.children.slice(0, -1).map((param) => {
        const binding = this.#resolver.binding(param.text);
        scope.declare(param.text, { kind: 'binding', binding }, param.position);
        return binding;
      });
      const body = this.#within(scope).expression(node.children.at(-1)!);
      return { kind: 'operator', position, of: 'lambda', params, body };
    }
    const name = symbolName(node);
    const entity = this.#scope.find(name) ?? languageOperator(name);
    if (entity === undefined) throw new SpecificationError('unknown name', position, `Nothing is called ${name} here.`);
    const wanted = arity ?? arityOf(entity);
    if (arityOf(entity) !== wanted || wanted === 0) {
      throw new SpecificationError('operator argument', position, `Here an operator with ${wanted} arguments is wanted, and ${name} is none.`);
    } // prettier-ignore
    if (entity.kind === 'definition') {
      const prefix = entity.prefix.map((one) => this.#local(one, node));
      return { kind: 'operator', position, of: 'definition', definition: entity.definition, prefix };
    }
    if (entity.kind === 'binding') return { kind: 'operator', position, of: 'binding', binding: entity.binding };
    if (entity.kind === 'builtin')
      return { kind: 'operator', position, of: 'builtin', name: entity.name, arity: wanted };
    if (entity.kind === 'substitute' && entity.argument.kind === 'operator') return entity.argument;
    throw new SpecificationError('operator argument', position, `${name} cannot be given as an operator.`);
  }

  /** `I!Op(…)`, `I(p)!J!Op` */
  #prefixed(node: Node): Bare {
    const components = childOf(node, 'prefix').children;
    let prefix: Expression[] = [];
    let find = (name: string): Entity | undefined => this.#scope.find(name);
    for (const component of components) {
      const [step] = component.children;
      const name = step!.type === 'bound_op' ? childOf(step!, 'name').text : step!.text;
      const entity = find(name);
      if (entity?.kind !== 'instance') {
        throw new SpecificationError('!', component.position, `${name} is no instance of a module; what stands behind ! must belong to one.`);
      } // prettier-ignore
      const given = step!.type === 'bound_op' ? this.#all(childrenOf(step!, 'parameter')) : [];
      this.#count(name, component, given.length, entity.params.length);
      prefix = [...prefix, ...given];
      find = (own) => entity.names.get(own);
    }
    const op = childOf(node, 'op');
    const name = op.type === 'bound_op' ? childOf(op, 'name').text : symbolName(op);
    const entity = find(name);
    if (entity === undefined)
      throw new SpecificationError('unknown name', op.position, `The instance has no operator ${name}.`);
    const outer = entity.kind === 'definition' ? entity.prefix.slice(0, entity.prefix.length - prefix.length) : [];
    return this.#use(entity, name, op, childrenOf(op, 'parameter'), [
      ...outer.map((one) => this.#local(one, op)),
      ...prefix,
    ]);
  }

  #infix(node: Node): Bare {
    const symbol = childOf(node, 'symbol');
    const name = symbolName(symbol);
    const [left, right] = [childOf(node, 'lhs'), childOf(node, 'rhs')];
    switch (name) {
      case '/\\':
        return { kind: 'and', items: this.#all([left, right]) };
      case '\\/':
        return { kind: 'or', items: this.#all([left, right]) };
      case '~>':
        return { kind: 'leadsTo', from: this.expression(left), to: this.expression(right) };
      case '\\X':
        return { kind: 'builtin', name, args: this.#all(factorsOf(node)) };
    }
    if (name in LANGUAGE_OPERATORS) return { kind: 'builtin', name, args: this.#all([left, right]) };
    return this.#named(symbol, name, [left, right]);
  }

  #prefix(node: Node): Bare {
    const symbol = childOf(node, 'symbol');
    const operand = childOf(node, 'rhs');
    const temporal = {
      always: 'always',
      eventually: 'eventually',
      enabled: 'enabled',
      unchanged: 'unchanged',
    } as const;
    if (symbol.type in temporal) {
      return { kind: temporal[symbol.type as keyof typeof temporal], of: this.expression(operand) };
    }
    const name = symbolName(symbol);
    if (name in LANGUAGE_OPERATORS) return { kind: 'builtin', name, args: [this.expression(operand)] };
    return this.#named(symbol, name, [operand]);
  }

  #postfix(node: Node): Bare {
    const symbol = childOf(node, 'symbol');
    const operand = childOf(node, 'lhs');
    if (symbol.type === 'prime') return { kind: 'prime', of: this.expression(operand) };
    return this.#named(symbol, symbolName(symbol), [operand]);
  }

  /** Sets are read outside, names are bound inside. */
  #bounds(nodes: readonly Node[]): { readonly bounds: readonly Bound[]; readonly scope: Scope } {
    const scope = new Scope(this.#scope);
    const bounds = nodes.flatMap((node): Bound[] => {
      const set = this.expression(childOf(node, 'set'));
      return childrenOf(node, 'intro').map((intro) => this.#intro(intro, set, scope));
    });
    return { bounds, scope };
  }

  #intro(intro: Node, set: Expression, scope: Scope): Bound {
    const isTuple = intro.type === 'tuple_of_identifiers';
    const nodes = isTuple ? intro.children.filter(({ type }) => type === 'identifier') : [intro];
    const names = nodes.map((node) => {
      const binding = this.#resolver.binding(node.text);
      scope.declare(node.text, { kind: 'binding', binding }, node.position);
      return binding;
    });
    return { names, isTuple, set };
  }

  #choose(node: Node): Bare {
    const set = node.children.find(({ field }) => field === 'set');
    if (set === undefined) return { kind: 'builtin', name: 'unbounded', args: [] };
    const scope = new Scope(this.#scope);
    const bound = this.#intro(childOf(node, 'intro'), this.expression(set), scope);
    return { kind: 'choose', bound, body: this.#within(scope).expression(childOf(node, 'expression')) };
  }

  /** `[x \in S, … |-> e]`, also as a definition. */
  functionFrom(node: Node, bound: readonly Node[], body: Node): Expression {
    const { bounds, scope } = this.#bounds(bound);
    const value = this.#within(scope).expression(body);
    return { kind: 'function', bounds, body: value, position: node.position, text: node.text };
  }

  #fields(node: Node): (readonly [string, Expression])[] {
    const items = node.children.filter(({ type }) => type !== 'all_map_to');
    const fields: (readonly [string, Expression])[] = [];
    for (let i = 0; i < items.length; i += 2) fields.push([items[i]!.text, this.expression(items[i + 1]!)]);
    return fields;
  }

  #except(node: Node): Bare {
    const updates = node.children.filter(({ type }) => type === 'except_update').map((update): Update => {
      const old = this.#resolver.binding('@');
      const path = childOf(update, 'update_specifier').children.flatMap((step) => this.#pathStep(step));
      return { path, old, value: this.#within(this.#scope, old).expression(childOf(update, 'new_val')) };
    }); // prettier-ignore
    return { kind: 'except', of: this.expression(childOf(node, 'expr_to_update')), updates };
  }

  #pathStep(step: Node): PathStep {
    if (step.type === 'except_update_record_field') return { field: step.children[0]!.text };
    const indices = this.#all(step.children);
    if (indices.length === 1) return { index: indices[0]! };
    return { index: { kind: 'tuple', items: indices, position: step.position, text: step.text } };
  }

  #case(node: Node): Bare {
    const arms: (readonly [Expression, Expression])[] = [];
    let other: Expression | undefined;
    for (const arm of node.children) {
      const parts = arm.children.filter(({ type }) => type !== 'case_arrow');
      if (arm.type === 'case_arm') arms.push([this.expression(parts[0]!), this.expression(parts[1]!)]);
      else if (arm.type === 'other_arm') other = this.expression(parts[0]!);
    }
    return { kind: 'case', arms, other };
  }

  #let(node: Node): Bare {
    const scope = new Scope(this.#scope);
    const made: Definition[] = [];
    const reading = { ...this.#reading, scope, made, prefix: [], extended: new Set<string>() };
    for (const unit of childrenOf(node, 'definitions')) this.#resolver.readUnit(unit, reading);
    return { kind: 'let', definitions: made, body: this.#within(scope).expression(childOf(node, 'expression')) };
  }
}

function languageOperator(name: string): Entity | undefined {
  const arity = LANGUAGE_OPERATORS[name];
  return arity === undefined ? undefined : { kind: 'builtin', name, arity };
}

/** `A \X B \X C` is one set of triples; parentheses make it pairs. */
function factorsOf(node: Node): readonly Node[] {
  const left = childOf(node, 'lhs');
  const isProduct = left.type === 'bound_infix_op' && childOf(left, 'symbol').type === 'times';
  return [...(isProduct ? factorsOf(left) : [left]), childOf(node, 'rhs')];
}
