// A mount with a cache policy of one's own, and the suite of the kit that says whether a policy keeps its word.
//
//   npx tsx examples/own-policy.ts

import { formatDevice, MemoryVolumes, Mount } from 'hammer-io-kit';
import { cachePolicyCases } from 'hammer-io-kit/kit';
import { FifoPolicy } from './parts/fifo-policy.ts';

// Every case, for whoever has no test runner; with one it is `cachePolicySuite(subject, test)`.
const cases = cachePolicyCases({ name: 'FifoPolicy', makePolicy: () => new FifoPolicy() });
for (const { run } of cases) await run();
console.log(`FifoPolicy passes ${cases.length} cases`);

const BLOCKS = 500;
const BLOCK_BYTES = 4096;
const device = new MemoryVolumes({ blocks: [BLOCKS + 1], blockBytes: BLOCK_BYTES });
await formatDevice(device);
const policy = new FifoPolicy();
const mount = await Mount.open({ device, cacheBytes: 50 * BLOCK_BYTES, policy });
for (let block = 1; block <= BLOCKS; block++) await mount.update(block, (bytes) => void bytes.fill(block & 255));
let right = 0;
for (let block = 1; block <= BLOCKS; block++) if ((await mount.read(block))[100] === (block & 255)) right++;
await mount.close();

const { recycled, writtenBack, refusals } = policy.statistics;
console.log(`50 buffers, ${right} of ${BLOCKS} blocks right`);
console.log(`${recycled} buffers given up, ${writtenBack} blocks written for room, ${refusals} refusals`);
