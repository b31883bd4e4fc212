// `npm run messages`: provokes every message and writes the list of them.

import { writeFileSync } from 'node:fs';
import { LIST, listOf } from './list.ts';
import { PARTS } from './parts.ts';

writeFileSync(LIST, await listOf(PARTS));
