// A consumer of the kit: holds production, as if it were an implementation of the consumer's own, against the model: every
// edge, every broken promise, random programs, a recorded run, and once more in another process over stdin and stdout.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import {
  breakPromises,
  checkTrace,
  conform,
  conformForeign,
  configuration,
  createCoreDriver,
  createMachine,
  executeEdges,
  explore,
  recordDriver,
  StdioAdapter,
  type Driver,
} from 'hammer-io-kit/kit';
import { REPAIR_IDS } from 'hammer-io-kit/spec';

const shape = { ...configuration('without-D35').shape, repairs: REPAIR_IDS };
const exploration = explore(createMachine(shape), { graph: true });
const driver: Driver = createCoreDriver(shape);

const edges = executeEdges(exploration, driver);
assert.equal(edges.mismatch, undefined);
assert.equal(edges.executed, edges.total);
assert.equal(breakPromises(exploration, driver, 20).mismatch, undefined);
// Too few runs to prove what a full run proves; but nothing may differ in them.
assert.equal(conform({ runs: 20, seed: 7 }).failure, undefined);

const lines: string[] = [];
const recording = recordDriver(createCoreDriver(shape), shape, (line) => lines.push(line));
recording.reset();
recording.perform({ kind: 'ioNew', client: 0, io: 0 });
recording.close();
assert.equal(checkTrace(lines).isRun, true);

const adapter = new StdioAdapter({
  command: `'${process.execPath}' '${fileURLToPath(new URL('./adapter.js', import.meta.url))}'`,
  timeoutSeconds: 60,
});
try {
  const report = conformForeign(adapter, { configurations: [{ name: 'small', shape }], runs: 10 });
  assert.deepEqual(report.failure, []);
  assert.equal(report.edges, edges.total);
} finally {
  adapter.close();
}

process.stdout.write(`conformance: ${edges.executed} edges agree, in this process and in another\n`);
