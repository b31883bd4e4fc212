// Our core as a foreign implementation: a process that speaks the protocol over stdin and stdout. The first argument is JSON
// and says what is wrong with it, if anything.

import type * as CoreDriverModule from '../kit/core-driver.ts';
import type { Hello } from '../kit/foreign/protocol.ts';
import { serveDriver } from '../kit/foreign/serve-driver.ts';
import { ORIGINAL_PATCHES, type OriginalId } from './original-patches.ts';

export interface AdapterFlaws {
  /** Repairs that are taken out of production's source. */
  readonly seed?: readonly OriginalId[];
  /** What it says to have. */
  readonly hello?: Partial<Hello>;
  /** Requests to answer before it … */
  readonly dieAfter?: number;
  readonly hangAfter?: number;
  readonly garbleAfter?: number;
  /** Tells every buffer that is being written as clean of CRC work, except that it is not. */
  readonly lies?: boolean;
}

const flaws = JSON.parse(process.argv[2] ?? '{}') as AdapterFlaws;
const patches = (flaws.seed ?? []).flatMap((id) => ORIGINAL_PATCHES[id]);
let answered = 0;

const { createCoreDriver } =
  patches.length === 0
    ? await import('../kit/core-driver.ts')
    : await (
        await import('../planted/patch.ts')
      ).loadPatched<typeof CoreDriverModule>('test/kit/core-driver.ts', patches);

serveDriver({
  driver(shape) {
    const driver = createCoreDriver(shape);
    if (flaws.lies !== true) return driver;
    return {
      reset: () => driver.reset(),
      perform: (action) => driver.perform(action),
      snapshot(into) {
        driver.snapshot(into);
        for (const io of into.ios) io.gencrc = io.running || io.gencrc;
      },
    };
  },
  ...(flaws.hello && { hello: flaws.hello }),
  line(answer) {
    if (answered === flaws.dieAfter) {
      process.stderr.write('the disk is on fire\n');
      process.exit(3);
    }
    if (answered === flaws.hangAfter) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    if (answered === flaws.garbleAfter) return 'Segmentation fault';
    answered++;
    return JSON.stringify(answer);
  },
});
