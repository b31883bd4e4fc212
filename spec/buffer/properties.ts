// All claims about one step, in the order of their ids.

import type { Property } from '../claim.ts';
import { inIdOrder } from '../claim-order.ts';
import { DETACH_PROPERTIES } from './properties-detach.ts';
import { VOLUME_PROPERTIES } from './properties-volume.ts';
import { WRITE_PROPERTIES } from './properties-write.ts';

/** The nouns that the step properties speak about, with their claims. */
export const PROPERTY_GROUPS: Readonly<Record<string, readonly Property[]>> = {
  'Detaching and the kernel': DETACH_PROPERTIES,
  'Changes, writes and barriers': WRITE_PROPERTIES,
  'Device flushes': VOLUME_PROPERTIES,
};

/** Claims about every step: what may become of a state. */
export const PROPERTIES: readonly Property[] = inIdOrder(Object.values(PROPERTY_GROUPS).flat());
