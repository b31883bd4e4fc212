// The original map is complete, and every home that it names exists.
//
// Completeness is structural: the functions of the original cover distinct ranges in order, and their number and the lines of
// all assertions stand here a second time, so that nothing falls out of the catalogue unnoticed.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  ACTION_KINDS,
  CLAIMS,
  DIRECT_ABSENT,
  DIRECT_ACTION_KINDS,
  DIRECT_CLAIMS,
  DIRECT_LABELS,
  DIRECT_PROMISES,
  DIRECT_REPAIRS,
  LABELS,
  PROMISES,
  REPAIRS,
  ORIGINAL,
  ORIGINAL_ASSERTIONS,
  ORIGINAL_FUNCTIONS,
  tlaHomes,
} from '../../../spec/index.ts';
import { WITHOUT_REPAIR } from '../../kit/configurations.ts';

const ASSERTION_LINES = [
  127, 128, 129, 155, 243, 365, 370, 371, 372, 402, 407, 480, 487, 679, 680, 698, 699, 785, 812, 847, 865, 870, 887,
  892, 944, 977, 985, 1000, 1004, 1018, 1038, 1042, 1084, 1129, 1192, 1217, 1218, 1222, 1303, 1347, 1353, 1421, 1440,
  1508, 1527, 1616, 1681, 1682, 1704, 1744, 1799, 1816, 1868, 1927,
]; // prettier-ignore

const srcFile = (name: string): string => fileURLToPath(new URL(`../../../src/${name}`, import.meta.url));

describe('functions of the original', () => {
  it('are 46, each named once', () => {
    expect(ORIGINAL_FUNCTIONS).toHaveLength(46);
    expect(new Set(ORIGINAL_FUNCTIONS.map(({ name }) => name)).size).toBe(46);
  });

  it('stand in the order of their lines and do not overlap', () => {
    const overlapping = ORIGINAL_FUNCTIONS.filter(({ line, to }, i) => {
      return to < line || line <= (ORIGINAL_FUNCTIONS[i - 1]?.to ?? 0) || to > ORIGINAL.lines;
    });
    expect(overlapping.map(({ name }) => name)).toEqual([]);
  });

  it('have a home in src, model and TLA+, or say why not', () => {
    const homeless = ORIGINAL_FUNCTIONS.filter((f) => {
      const hasHome = f.src.length > 0 && f.actions.length > 0;
      return hasHome === (f.noHome !== undefined);
    });
    expect(homeless.map(({ name }) => name)).toEqual([]);
  });

  it('live in files that exist', () => {
    const files = new Set(ORIGINAL_FUNCTIONS.flatMap(({ src }) => src));
    expect([...files].filter((file) => !existsSync(srcFile(file)))).toEqual([]);
  });

  it('live in actions and TLA+ operators that exist', () => {
    const actions = ORIGINAL_FUNCTIONS.flatMap((f) => f.actions);
    const known = new Set<string>([...ACTION_KINDS, ...DIRECT_ACTION_KINDS]);
    expect(actions.filter((kind) => !known.has(kind))).toEqual([]);
    const labels = new Set([...LABELS, ...DIRECT_LABELS]);
    expect(ORIGINAL_FUNCTIONS.flatMap(tlaHomes).filter((label) => !labels.has(label))).toEqual([]);
  });

  it('account for every action but those that the original does not have', () => {
    const accounted = new Set<string>(ORIGINAL_FUNCTIONS.flatMap((f) => f.actions));
    // Bytes are changed by the callers of this layer, and a sleep of the original cannot be withdrawn.
    expect(ACTION_KINDS.filter((kind) => !accounted.has(kind))).toEqual(['cancel', 'change']);
    // And these of file data stand in other files: of HAMMER, of the kernel, or above as actions on buffers.
    expect(DIRECT_ACTION_KINDS.filter((kind) => !accounted.has(kind))).toEqual([
      'bmap',
      'recycleFront',
      'cycle',
      'reserveComplete',
      'deviceRead',
      'deviceRelease',
      'deviceRecycle',
      'deviceWriteBack',
      'deviceWriteDone',
    ]);
  });
});

describe('assertions of the original', () => {
  it('are 54, in the order of their lines', () => {
    expect(ORIGINAL_ASSERTIONS.map(({ line }) => line)).toEqual(ASSERTION_LINES);
  });

  it('stand inside functions', () => {
    const outside = ORIGINAL_ASSERTIONS.filter(
      ({ line }) => !ORIGINAL_FUNCTIONS.some((f) => f.line <= line && line <= f.to),
    );
    expect(outside.map(({ line }) => line)).toEqual([]);
  });

  it('live as claims and promises that exist, or say why they need not', () => {
    const claims = new Set([...CLAIMS, ...DIRECT_CLAIMS].map(({ id }) => id));
    const promises = new Set<string>([...PROMISES, ...DIRECT_PROMISES].map(({ name }) => name));
    const homeless = ORIGINAL_ASSERTIONS.filter(({ homes }) => {
      const known = homes.every((home) => {
        if ('claim' in home) return claims.has(home.claim);
        if ('promise' in home) return promises.has(home.promise);
        return ('unreachable' in home ? home.unreachable : home.notBuilt).length > 0;
      });
      return homes.length === 0 || !known;
    });
    expect(homeless.map(({ line }) => line)).toEqual([]);
  });
});

describe('lines of the original', () => {
  it('lie inside the file, and ranges go forward', () => {
    const citing = [
      ...[...CLAIMS, ...REPAIRS, ...PROMISES],
      ...[...DIRECT_CLAIMS, ...DIRECT_REPAIRS, ...DIRECT_PROMISES, ...DIRECT_ABSENT],
    ];
    const cited = citing.flatMap((entry) => entry.original);
    const odd = cited.filter(
      ({ line, to = line, what }) => line < 1 || to < line || to > ORIGINAL.lines || what === '',
    );
    expect(odd).toEqual([]);
    expect(citing.filter((entry) => entry.original.length === 0)).toEqual([]);
  });
});

describe('repairs', () => {
  it('are those that can be left out, each by the configuration that it names', () => {
    expect(Object.fromEntries(REPAIRS.map(({ configuration, id }) => [configuration, id]))).toEqual(WITHOUT_REPAIR);
  });

  it('name a claim that says it fails without them', () => {
    const silent = REPAIRS.filter(({ id, claim }) => !CLAIMS.find((c) => c.id === claim)?.repairs?.includes(id));
    expect(silent.map(({ id }) => id)).toEqual([]);
  });
});
