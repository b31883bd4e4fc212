// Error paths: what is given back that was never had, and what is called broken that is good.

import type { DirectInvariant } from './claim.ts';
import { directExample, element } from './example.ts';
import { someFront } from './reading.ts';
import type { FrontSnapshot } from './snapshot.ts';

export const I47: DirectInvariant = {
  form: 'state',
  status: 'checked',
  id: 'I47',
  tla: 'VolumesBalance',
  statement: 'Every volume that is released has been got.',
  why: 'Releasing one that could not be got is a jump through a null pointer, on a path that only a broken medium takes.',
  original: [
    { line: 1472, what: 'a direct read releases the volume, whatever came of getting it' },
    { line: 1556, what: 'so does an indirect read' },
    { line: 1737, what: 'and a direct write' },
  ],
  repairs: ['D8'],
  howByConstruction:
    'Production takes no references to volumes: it looks one up and keeps nothing, so there is nothing to release. Model and specification can break it.',
  // A snapshot does not show which volumes are missing, so there is no state of which it says nothing.
  applies: () => true,
  holds: (s) => !s.nullReleased,
  violation: directExample({ sites: [element(1)], whole: { nullReleased: true } }),
};

const isVerifying = ({ how }: FrontSnapshot): boolean => how === 'verified';

export const I49: DirectInvariant = {
  form: 'state',
  status: 'checked',
  id: 'I49',
  tla: 'CrcCoversRecord',
  statement:
    'A verified read compares the checksum over exactly the bytes of the record: good bytes are never answered with an error.',
  why: 'A checksum over the whole buffer covers what lies behind the record, and calls every short record broken.',
  original: [
    { line: 1610, to: 1614, what: 'the size of the device buffer is checksummed' },
    { line: 1616, what: 'of which only that it covers the request is known' },
  ],
  repairs: ['D13'],
  applies: (s) => s.falseAlarm || someFront(s, isVerifying),
  holds: (s) => !s.falseAlarm,
  violation: directExample({ sites: [element(1)], whole: { falseAlarm: true } }),
};

/** Claims about error paths. */
export const ERROR_INVARIANTS: readonly DirectInvariant[] = [I47, I49];
