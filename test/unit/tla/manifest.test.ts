// The manifest of expected results: what is wrong in it is named by file and field.

import { describe, expect, it } from 'vitest';
import { loadManifest, ManifestError, readManifest } from '../../tla/manifest.ts';

const HASH = 'a'.repeat(64);

const exhaustive = {
  name: 'data',
  module: 'MCLot',
  cfg: 'lot.cfg',
  mode: 'exhaustive',
  engines: ['compiled', 'tlc'],
  expect: { verdict: 'ok', distinctStates: 33, edges: 38, depth: 9, graphHash: HASH },
};

const violation = {
  name: 'overfull',
  module: 'Lot',
  cfg: 'overfull.cfg',
  mode: 'violation',
  engines: ['tlc'],
  expect: { verdict: 'invariant', violated: 'FreeWithinSize' },
};

const textOf = (...configs: unknown[]): string => JSON.stringify({ module: 'Lot', configs });
const expecting = (expect: unknown): string => textOf({ ...exhaustive, expect });

describe('readManifest', () => {
  it('reads what is right', () => {
    expect(readManifest(textOf(exhaustive, violation), 'm.json')).toEqual({
      module: 'Lot',
      configs: [exhaustive, violation],
    });
  });

  it('lets liveness hold or fail', () => {
    const holds = { ...exhaustive, mode: 'liveness', expect: { verdict: 'ok' } };
    const fails = { ...violation, mode: 'liveness', expect: { verdict: 'temporal', violated: 'Live' } };
    expect(readManifest(textOf(holds, fails), 'm.json').configs.map((c) => c.expect.verdict)).toEqual([
      'ok',
      'temporal',
    ]);
  });

  it.each([
    ['{', 'm.json: it is not JSON'],
    ['[]', 'm.json: the manifest must be an object'],
    ['{"configs":[]}', "the manifest lacks the field 'module'"],
    ['{"module":"Lot","configs":[]}', 'configs must be a list of at least one'],
    [JSON.stringify({ module: '', configs: [exhaustive] }), 'module must be a text that is not empty'],
    [textOf({ ...exhaustive, cgf: 1 }), "configs[0] has an unknown field 'cgf'; known are name, module, cfg"],
    [textOf({ ...exhaustive, cfg: undefined }), "configs[0] lacks the field 'cfg'"],
    [textOf({ ...exhaustive, mode: 'fast' }), 'configs[0].mode must be one of exhaustive, violation'],
    [textOf({ ...exhaustive, engines: [] }), 'configs[0].engines must list at least one engine'],
    [
      textOf({ ...exhaustive, engines: ['tlc', 'wasm'] }),
      'configs[0].engines[1] must be one of compiled, tlc, not "wasm"',
    ],
    [textOf(violation, exhaustive, exhaustive), "configs[2].name 'data' is already the name of configs[1]"],
    [expecting({ verdict: 'ok' }), "configs[0].expect lacks the field 'distinctStates'"],
    [expecting({ verdict: 'fine', distinctStates: 1 }), 'configs[0].expect.verdict must be one of ok, invariant'],
    [expecting({ verdict: 'ok', distinctStates: 1.5 }), 'expect.distinctStates must be a whole number, not 1.5'],
    [expecting({ verdict: 'ok', distinctStates: '33' }), 'expect.distinctStates must be a whole number, not "33"'],
    [expecting({ verdict: 'ok', distinctStates: 1, depth: -1 }), 'expect.depth must be a whole number'],
    [expecting({ verdict: 'ok', distinctStates: 1, graphHash: 'AB' }), 'expect.graphHash must be a sha256'],
    [
      expecting({ verdict: 'ok', distinctStates: 1, violated: 'X' }),
      'expect.violated cannot stand beside the verdict ok',
    ],
    [expecting({ verdict: 'deadlock' }), "expect.verdict must be 'ok' in mode exhaustive"],
    [textOf({ ...violation, expect: { verdict: 'ok' } }), "expect.verdict cannot be 'ok' in mode violation"],
    [textOf({ ...violation, expect: { verdict: 'invariant' } }), "expect lacks the field 'violated'"],
    [textOf({ ...violation, expect: { ...violation.expect, edges: 3 } }), 'expect.edges cannot be known for a search'],
    [textOf({ ...violation, expect: { ...violation.expect, graphHash: HASH } }), 'expect.graphHash cannot be known'],
  ])('refuses %s', (text, message) => {
    expect(() => readManifest(text, 'm.json')).toThrow(ManifestError);
    expect(() => readManifest(text, 'm.json')).toThrow(message);
  });

  it('names a file that is not there', () => {
    expect(() => loadManifest('/nowhere/manifest.json')).toThrow('/nowhere/manifest.json: there is no such file.');
  });
});
