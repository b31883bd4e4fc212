// Writes `goldens.json` as the code now behaves. For whoever has changed the model or a claim on purpose.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { GOLDENS_FILE, seeGoldens } from './goldens.ts';

const file = fileURLToPath(GOLDENS_FILE);
const style = await resolveConfig(file);
writeFileSync(file, await format(JSON.stringify(seeGoldens()), { ...style, filepath: file }));
