// `--explain` knows everything that has a name, and helps with a name that it does not know.

import { describe, expect, it } from 'vitest';
import {
  ACTION_KINDS,
  CLAIMS,
  DEVICE_FAULTS,
  GOALS,
  LABELS,
  PROGRESS,
  PROMISES,
  REPAIRS,
} from '../../../spec/index.ts';
import {
  DIRECT_ACTION_KINDS,
  DIRECT_CLAIMS,
  DIRECT_GOALS,
  DIRECT_LABELS,
  DIRECT_PROGRESS,
  DIRECT_PROMISES,
  DIRECT_REPAIRS,
} from '../../../spec/direct/index.ts';
import { UnknownEntry, explainClaim } from '../../check/explain.ts';

const NAMES = [
  ...CLAIMS.flatMap(({ id, tla }) => [id, tla]),
  ...[...GOALS, ...REPAIRS, ...PROGRESS, ...DEVICE_FAULTS].map(({ id }) => id),
  ...PROMISES.map(({ name }) => name),
  ...ACTION_KINDS,
  ...LABELS,
  ...DIRECT_CLAIMS.flatMap(({ id, tla }) => [id, tla]),
  ...[...DIRECT_GOALS, ...DIRECT_REPAIRS, ...DIRECT_PROGRESS].map(({ id }) => id),
  ...DIRECT_PROMISES.map(({ name }) => name),
  ...DIRECT_ACTION_KINDS,
  ...DIRECT_LABELS,
];

describe('explainClaim', () => {
  it('explains every claim, repair, goal, promise, action, label and device fault', () => {
    const short = NAMES.filter((name) => explainClaim(name).split('\n').length < 3);
    expect(short).toEqual([]);
  });

  it('tells of a claim its reason, its seed lines, and an example as what it differs in from nothing', () => {
    expect(explainClaim('I3')).toBe(
      [
        'I3 RunningIsOnRunList (checked, in every state)',
        '',
        'A write in flight has its buffer, in the hands of the kernel, and stands on the run list exactly once.',
        'Why: A barrier waits for the run list and for nothing else: a write that is not on it escapes every barrier.',
        '',
        'sys/vfs/hammer/hammer_io.c (e8c03636):',
        '  741-747    running, sums, run list, then the write',
        '  1084       at completion the buffer must be the kernel’s',
        '  1140       the entry goes with the completion',
        '  1354-1357  the same for writes that the kernel starts',
        '',
        'A state that breaks it:',
        '  io d1: exists, bp, ondisk, released, running',
        '  mount: ioRunningSpace 16384, runningWriteBytes 16384',
      ].join('\n'),
    );
  });

  it('tells of a step what it changes', () => {
    expect(explainClaim('DisassociateIsSafe')).toContain(
      'by kernel recycle d1 → done to\n  io d1: not bp, not ondisk, not modified, not delwri, modRoot loose',
    );
  });

  it('has one entry for a name, but for the promises that both machines have', () => {
    const labels = [...LABELS, ...DIRECT_LABELS];
    const others = NAMES.filter((name) => !labels.includes(name)).map((name) => name.toLowerCase());
    const twice = others.filter((name, i) => others.indexOf(name) !== i);
    expect(twice).toEqual(['ticketrunnable', 'handleopen']);
    expect(explainClaim('HandleOpen')).toMatch(/Made by: release, [^]*Made by: deviceRelease$/m);
  });

  it('tells of a step of the direct machine whose operation it ends', () => {
    expect(explainClaim('I46')).toMatch(/^by device directReadDone h1 EIO → error, which ends no operation, to$/m);
    expect(explainClaim('H16')).toMatch(/^ {2}front h1: cached s2$/m);
  });

  it('tells of a fault of a device what the layer promises, what reports it, and what holds', () => {
    expect(explainClaim('F4')).toBe(
      [
        'F4 Fails every read of a block with EIO (a fault of a device, on read)',
        '',
        'The layer: detected: an error is reported.',
        'Reported by: the get that caused the read answers error.',
        'Then: Every get ends in error, after one read each; no buffer, structure or reference is left behind.',
        'Why: How often to try is for the caller to decide; a layer that tried for ever would hang its callers.',
        '',
        'sys/vfs/hammer/hammer_io.c (e8c03636):',
        '  309-375  a failed read drops the buffer',
      ].join('\n'),
    );
    expect(explainClaim('F8')).toContain(
      'The layer: outside the contract: no error is reported.\nThen: While the buffer is attached',
    );
    expect(explainClaim('F8')).toContain('\nhasValidCrc on a META block: finds nothing.\n');
  });

  it('takes any capitalisation', () => {
    expect(explainClaim('i3')).toBe(explainClaim('I3'));
  });

  it('names the nearest entries for an unknown one', () => {
    const ask = (id: string) => () => explainClaim(id);
    expect(ask('I999')).toThrow(UnknownEntry);
    expect(ask('ioFlsh')).toThrow(/nearest: ioFlush/);
  });
});
