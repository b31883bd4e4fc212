// What the commands say to a request that cannot be carried out: one sentence, with exit code 2.

import { readConformOptions } from '../../check/conform/conform-options.ts';
import { explainClaim } from '../../check/explain.ts';
import { readOptions } from '../../check/options.ts';
import { plantedBug } from '../../planted/bugs.ts';
import { loadManifest } from '../../tla/manifest.ts';
import { findJar } from '../../tla/tlc-engine.ts';
import type { Entry } from './list.ts';

export const COMMANDS: readonly Entry[] = [
  ['check-model with an unknown option', () => readOptions(['--nothing'])],
  ['check-model with an unknown phase', () => readOptions(['--only', 'nothing'])],
  ['check-model with an unknown engine', () => readOptions(['--engine', 'nothing'])],
  ['check-model with an option without its value', () => readOptions(['--config'])],
  ['explaining an unknown claim', () => explainClaim('I999')],
  ['showing an unknown bug', () => plantedBug('nothing')],
  ['a manifest that is not there', () => loadManifest('/no/such/manifest.json')],
  ['a jar that is not there', () => findJar('/no/such.jar', {}, '/no/such/cache')],
  ['no jar anywhere', () => findJar(undefined, {}, '/no/such/cache')],
  ['conform without an adapter', () => readConformOptions([])],
  ['conform with an empty command', () => readConformOptions(['--exec', ' '])],
  ['conform with a negative timeout', () => readConformOptions(['--exec', 'x', '--timeout', '-1'])],
];
