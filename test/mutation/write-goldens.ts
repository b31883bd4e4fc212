// Writes the goldens as the code now behaves. For whoever has changed a model or a claim on purpose.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { DIRECT_GOLDENS_FILE, seeDirectGoldens } from './direct-goldens.ts';
import { GOLDENS_FILE, seeGoldens, type Goldens } from './goldens.ts';

await write(GOLDENS_FILE, seeGoldens());
await write(DIRECT_GOLDENS_FILE, seeDirectGoldens());

async function write(url: URL, goldens: Goldens): Promise<void> {
  const file = fileURLToPath(url);
  const style = await resolveConfig(file);
  writeFileSync(file, await format(JSON.stringify(goldens), { ...style, filepath: file }));
}
