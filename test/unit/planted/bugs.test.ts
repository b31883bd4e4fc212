// The list of planted bugs is in order: each can be planted in the text as it is now, names what must catch it, and together
// they put every claim of the catalogue to the test. Nothing is run here; hunts are in hunt.test.ts and in check-model.

import { describe, expect, test } from 'vitest';
import { CONTENTS } from '../../../spec/buffer/contents.ts';
import { DIRECT_CLAIMS, DIRECT_PROGRESS } from '../../../spec/direct/index.ts';
import { CLAIMS, PROGRESS } from '../../../spec/index.ts';
import { BUG_KINDS, OTHER_CLAIMS } from '../../planted/bug.ts';
import { isCatalogued, plantedBug, plantedBugLike, PLANTED_BUGS, UnknownBug } from '../../planted/bugs.ts';
import { checkPatches } from '../../planted/patch.ts';
import { HUNT_TARGETS } from '../../planted/report.ts';
import { CANARIES } from '../../planted/self-check.ts';

/** What the bugs may be planted in, by kind. */
const PLACES = {
  production: /^src\//,
  model: /^model\//,
  tla: /^tla\//,
  device: /^(src\/devices\/memory-device|test\/kit\/)/,
};

describe('every planted bug', () => {
  test.each([...PLANTED_BUGS, ...CANARIES].map((bug) => [bug.name, bug] as const))(
    '%s: can be planted',
    (name, bug) => {
      checkPatches(name, bug.patches);
      for (const { find, replace } of bug.patches) expect(replace).not.toBe(find);
    },
  );

  test('has a name of its own, an origin, a sentence, and a file of its kind', () => {
    expect(new Set(PLANTED_BUGS.map(({ name }) => name)).size).toBe(PLANTED_BUGS.length);
    const odd = PLANTED_BUGS.filter(
      ({ kind, origin, wrong, patches }) =>
        origin === '' || !/^[A-Z].*\.$/.test(wrong) || !patches.every(({ file }) => PLACES[kind].test(file)),
    );
    expect(odd.map(({ name }) => name)).toEqual([]);
  });

  test('names a claim that is checked, or says by what else it is caught', () => {
    const asked = [...CLAIMS, ...DIRECT_CLAIMS].filter(({ status }) => status === 'checked');
    // Claims about bytes hold by construction in states; production is asked about them.
    const checked = [...asked, ...CONTENTS].map(({ id }) => id);
    const odd = PLANTED_BUGS.filter(
      ({ claim, field }) =>
        !(checked.includes(claim) || (OTHER_CLAIMS as readonly string[]).includes(claim)) ||
        (claim === 'snapshot') !== (field !== undefined),
    );
    expect(odd.map(({ name }) => name)).toEqual([]);
  });
});

describe('all planted bugs together', () => {
  test('are as many, and as many of each kind and by claims alone, as is asked', () => {
    const { bugs, ofEachKind, byClaimsAlone } = HUNT_TARGETS;
    expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(bugs);
    for (const kind of BUG_KINDS)
      expect(PLANTED_BUGS.filter((bug) => bug.kind === kind).length, kind).toBeGreaterThanOrEqual(ofEachKind);
    const alone = PLANTED_BUGS.filter(({ kind, claim }) => kind === 'production' && isCatalogued(claim));
    expect(alone.length).toBeGreaterThanOrEqual(byClaimsAlone);
  });

  test('are six or more that clients of files alone notice', () => {
    const only = PLANTED_BUGS.filter((bug) => bug.machine === 'direct' && bug.onlyBy === 'linearizability');
    expect(only.length).toBeGreaterThanOrEqual(6);
    expect(PLANTED_BUGS.filter(({ machine }) => machine === 'direct').length).toBeGreaterThanOrEqual(15);
  });

  test('break every claim that is checked', () => {
    const named = new Set(PLANTED_BUGS.map(({ claim }) => claim));
    const checked = [...CLAIMS, ...DIRECT_CLAIMS].filter(({ status }) => status === 'checked');
    const unbroken = [...checked, ...CONTENTS, ...PROGRESS, ...DIRECT_PROGRESS].filter(({ id }) => !named.has(id));
    expect(unbroken.map(({ id }) => id)).toEqual([]);
  });

  test('are found by name, and a name that is none is told the nearest', () => {
    expect(plantedBug('tla-clean-too-late').kind).toBe('tla');
    expect(() => plantedBug('clean-too')).toThrow(UnknownBug);
    expect(() => plantedBugLike('clean-too')).toThrow(
      "'clean-too' stands in the names of 2 planted bugs: model-clean-too-late, tla-clean-too-late.",
    );
    expect(plantedBugLike('tla-clean').name).toBe('tla-clean-too-late');
    expect(() => plantedBugLike('clean-to-late')).toThrow('the nearest are tla-clean-too-late, model-clean-too-late, ');
  });
});
