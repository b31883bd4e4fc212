// The actions of a small shape without those that change little or nothing: fewer edges, and almost the same states.

import { actsWithout } from './shape-of.ts';

export const QUIET_ACTS = actsWithout(
  'cancel',
  'ioNotmeta',
  'ioFlushMark',
  'ioStart',
  'ioFsync',
  'ioSync',
  'ioMovedeps',
  'ioCheckread',
  'ioCountdeps',
);
