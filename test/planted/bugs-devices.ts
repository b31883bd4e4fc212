// Bugs of the devices that tests are run on: a test bench that lies makes every result that stands on it worthless.

import type { BufferBug } from './bug.ts';
import { DEVICE_TRAFFIC } from './scenes.ts';

const kind = 'device';
const scene = DEVICE_TRAFFIC;

export const DEVICE_BUGS: readonly BufferBug[] = [
  {
    name: 'device-flush-covers-later-writes',
    kind,
    origin: '748efb599f',
    wrong: 'A flush makes durable what completed after it was submitted, so a missing flush is never noticed.',
    claim: 'device',
    device: 'FaultDevice',
    scene,
    patches: [
      {
        file: 'test/kit/fault-device.ts',
        find: "    if (fault?.code !== 'lost') this.#medium(request.volume).flush(clock);\n",
        replace: "    if (fault?.code !== 'lost') this.#medium(request.volume).flush(Infinity);\n",
      },
    ],
  },
  {
    name: 'device-writes-bytes-of-completion',
    kind,
    origin: 'D21',
    wrong: 'What is written is what the bytes are at completion, not what they were at issue.',
    claim: 'device',
    device: 'FaultDevice',
    scene,
    patches: [{ file: 'test/kit/fault-device.ts', find: 'new Uint8Array(request.bytes)', replace: 'request.bytes' }],
  },
  {
    name: 'device-failed-write-arrives',
    kind,
    origin: 'mutant: fault without effect',
    wrong: 'A write that ends in EIO arrives all the same.',
    claim: 'device',
    device: 'FaultDevice',
    scene,
    patches: [
      {
        file: 'test/kit/fault-device.ts',
        find: 'sectors: leadingSectors(fault.arrivedBytes ?? 0) }',
        replace: "sectors: 'all' }",
      },
    ],
  },
  {
    name: 'device-cache-survives-power-loss',
    kind,
    origin: '748efb599f',
    wrong: 'Power loss takes nothing, so every write looks durable when it completes.',
    claim: 'device',
    device: 'FaultDevice',
    scene,
    patches: [
      {
        file: 'test/kit/medium.ts',
        find: 'survivors.get(write.id) ?? NO_SECTORS',
        replace: "survivors.get(write.id) ?? 'all'",
      },
    ],
  },
  {
    name: 'device-second-block-is-the-first',
    kind,
    origin: 'b7de8aa5d2',
    wrong: 'A read that covers two blocks brings the first one twice.',
    claim: 'device',
    device: 'MemoryDevice',
    scene,
    patches: [
      {
        file: 'src/devices/memory-device.ts',
        find: 'medium.unflushed.get(block + i)?.at(-1)?.contents ?? medium.durable.get(block + i)',
        replace: 'medium.unflushed.get(block)?.at(-1)?.contents ?? medium.durable.get(block)',
      },
    ],
  },
  {
    name: 'device-oldest-write-is-read',
    kind,
    origin: 'e405f42bc0',
    wrong: 'A read brings the oldest contents that no flush has covered, not the newest.',
    claim: 'device',
    device: 'MemoryDevice',
    scene,
    patches: [
      {
        file: 'src/devices/memory-device.ts',
        find: '    else writes.push(write);',
        replace: '    else writes.unshift(write);',
      },
    ],
  },
  {
    name: 'device-flush-forgets-the-newest',
    kind,
    origin: '748efb599f',
    wrong: 'A flush leaves the newest write of each block in the volatile cache and reports success.',
    claim: 'I48',
    scene,
    patches: [
      {
        file: 'src/devices/memory-device.ts',
        find: '    const covered = later === -1 ? writes.length : later;',
        replace: '    const covered = later === -1 ? writes.length - 1 : later;',
      },
    ],
  },
  {
    name: 'device-flush-of-another-volume',
    kind,
    origin: 'mutant: wrong volume',
    wrong: 'The device believes that a flush of one volume covers the writes of another.',
    claim: 'I48',
    scene,
    patches: [
      {
        file: 'src/devices/memory-device.ts',
        find: ' && request.volume === volume && submitted',
        replace: ' && submitted',
      },
    ],
  },
  {
    name: 'device-failed-flush-covers',
    kind,
    origin: 'D4',
    wrong: 'A flush that ends in EIO has made everything durable.',
    claim: 'snapshot',
    field: 'volatile',
    scene,
    patches: [
      {
        file: 'src/devices/memory-device.ts',
        find: "    if (request.kind === 'flush' && fault === undefined) flush(",
        replace: "    if (request.kind === 'flush') flush(",
      },
    ],
  },
];
