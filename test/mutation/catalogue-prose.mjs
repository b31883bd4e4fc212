// A Stryker plugin: in an entry of the catalogue only the predicates are mutated. An entry is an object literal with a
// `statement`; its other fields are prose, references to the original, and examples, and no program depends on a word of them.
// JavaScript, because Stryker loads it without a compiler.

import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** Why such a mutant is left out; the record counts these apart from those that a comment disables. */
export const PROSE = 'Prose and examples of the catalogue are not mutated.';

/** The fields of an entry that decide something. */
const DECIDING = ['applies', 'holds', 'concerns', 'ok', 'reached', 'waits', 'on'];

const nameOf = ({ key }) => key?.name ?? key?.value;

function isEntry(node) {
  return node?.type === 'ObjectExpression' && node.properties.some((property) => nameOf(property) === 'statement');
}

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'catalogue-prose', {
    shouldIgnore({ node, parent }) {
      const isProse = node.type === 'ObjectProperty' && isEntry(parent) && !DECIDING.includes(nameOf(node));
      return isProse ? PROSE : undefined;
    },
  }),
];
