// Tokens of random runs: what goes in comes out, and what is not whole is refused in one sentence.

import { describe, expect, test } from 'vitest';
import { REPAIR_IDS } from '../../../../spec/buffer/snapshot.ts';
import { conform, replay } from '../../../kit/random/conform.ts';
import { readToken, TokenError, tokenOf, type TokenContents } from '../../../kit/random/token.ts';
import { shapeOf } from '../../../support/shape-of.ts';
import { but } from '../../../support/model-driver.ts';
import { createCoreDriver } from '../../../kit/core-driver.ts';
import type { Driver } from '../../../kit/driver.ts';
import type { Shape } from '../../../../spec/buffer/snapshot.ts';

const PLAIN: TokenContents = {
  seed: 2 ** 31 - 1,
  path: '249:0:0:0:17:300:0',
  maxCommands: 240,
  compare: true,
  claims: true,
  repairs: REPAIR_IDS,
  kinds: undefined,
  shape: undefined,
  fingerprint: 0xffff,
};

describe('a token', () => {
  test.each<[string, Partial<TokenContents>]>([
    ['of a default run', {}],
    ['of the first program', { seed: 0, path: '0' }],
    ['of claims alone', { compare: false }],
    ['of comparison alone', { claims: false }],
    ['without repairs', { repairs: ['D9', 'D39'] }],
    ['with kinds and a configuration', { kinds: ['ioRead', 'ioCountdeps'], shape: shapeOf() }],
  ])('%s is read as it was written', (_, parts) => {
    const contents = { ...PLAIN, ...parts };
    const token = tokenOf(contents);
    expect(token).toMatch(/^r1-[\w-]+$/);
    expect(readToken(` ${token}\n`)).toEqual(contents);
  });

  test('is refused with any letter changed, lost or added', () => {
    const token = tokenOf(PLAIN);
    const forgeries: string[] = [`${token}A`, `${token}=`];
    for (let i = 3; i < token.length; i++) {
      forgeries.push(token.slice(0, i) + token.slice(i + 1));
      forgeries.push(token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1));
    }
    const accepted = forgeries.filter((forged) => {
      try {
        readToken(forged);
        return true;
      } catch (error) {
        if (!(error instanceof TokenError)) throw error;
        return false;
      }
    });
    expect(accepted).toEqual([]);
  });

  test('is refused in one sentence', () => {
    expect(() => replay('hello')).toThrow(
      "'hello' is not a token: one begins with r1-; copy it whole from the report.",
    );
    expect(() => replay('')).toThrow(TokenError);
    expect(() => replay('r1-')).toThrow("The token 'r1-' is damaged: its checksum does not fit; copy it whole.");
  });

  test('of another revision is refused, not replayed as something else', () => {
    expect(() => replay(tokenOf({ ...PLAIN, path: '0', fingerprint: 0 }))).toThrow(/leads to another program here/);
  });

  test('holds the configuration and the kinds that were given', () => {
    const driver = (shape: Shape): Driver =>
      but(createCoreDriver(shape), (honest) => ({
        perform: (action) => ({ ...honest.perform(action), ...(action.kind === 'ioNew' ? { outcome: 'wait' } : {}) }),
      }));
    const options = {
      shape: shapeOf({ clients: ['Ann'] }),
      kinds: ['ioNew', 'release', 'cleanLoose'] as const,
      driver,
    };
    const { failure } = conform(options);
    expect(failure?.path).toEqual(['Ann ioNew d1 → wait']);
    expect(replay(failure!.token, { driver }).failure).toEqual(failure);
  });
});
