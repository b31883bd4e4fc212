// Lint rules for configurations that both engines run: nothing in them that tla-checker ignores, misreads or decides alone.

import { CfgError, readCfg, type Cfg, type CfgConstant } from '../kit/tla/cfg.ts';
import type { Finding } from './lint.ts';

/** Lints a configuration that is meant for both engines. One that only TLC runs needs no lint. */
export function lintCfg(text: string, file: string): Finding[] {
  let cfg: Cfg;
  try {
    cfg = readCfg(text, file);
  } catch (error) {
    if (!(error instanceof CfgError)) throw error;
    return [{ file, line: 1, rule: 'cfg-syntax', message: error.message }];
  }
  const findings: Finding[] = [];
  const report = (rule: string, word: string, message: string): void => {
    findings.push({ file, line: lineOf(text, word), rule, message });
  };
  if (cfg.invariants.length === 0) {
    report(
      'cfg-invariants',
      'SPECIFICATION',
      'List at least one INVARIANT; without, tla-checker picks operators by their names.',
    );
  }
  const onlyTlc = {
    PROPERT: cfg.properties.length > 0,
    ACTION_CONSTRAINT: cfg.actionConstraints.length > 0,
    SYMMETRY: cfg.symmetry !== undefined,
    VIEW: cfg.view !== undefined,
    ALIAS: cfg.alias !== undefined,
    POSTCONDITION: cfg.postcondition !== undefined,
  };
  for (const [word, used] of Object.entries(onlyTlc)) {
    const name = word === 'PROPERT' ? 'PROPERTY' : word;
    if (used)
      report(
        'cfg-only-tlc',
        word,
        `tla-checker does not do ${name} reliably; move it to a configuration for TLC alone.`,
      );
  }
  for (const [name, constant] of cfg.constants) {
    if (constant.kind === 'operator') {
      report('cfg-replacement', name, `Give ${name} a value with '='; tla-checker does not take '<-'.`);
    } else if (/(^|[^\w"])-\d/.test(constant.text)) {
      report(
        'cfg-negative',
        name,
        `${name} has a negative number, which TLC does not take in a cfg; define it in the module.`,
      );
    } else if (!isInNameOrder(constant)) {
      report(
        'cfg-order',
        name,
        `List the model values of ${name} by name; the engines order them differently otherwise.`,
      );
    }
  }
  return findings;
}

/** Whether the model values of a set are listed by name, as CHOOSE in tla-checker takes them. */
function isInNameOrder(constant: CfgConstant): boolean {
  if (constant.kind !== 'value' || constant.value.kind !== 'set') return true;
  const names = constant.value.items.flatMap((item) => (item.kind === 'model' ? [item.name] : []));
  return names.every((name, i) => i === 0 || names[i - 1]! < name);
}

function lineOf(text: string, word: string): number {
  const at = new RegExp(`\\b${word}`).exec(text)?.index ?? 0;
  return text.slice(0, at).split('\n').length;
}
