// Bugs about bytes: everything is at its place and counted, and what stands there is wrong.

import type { BufferBug } from './bug.ts';
import { DEVICE_TRAFFIC, HEADER, META_AND_UNDO, ONE_DATA, READ_ALONG, TWO_VOLUMES } from './scenes.ts';

const BYTES_OF_RECORD = 'io.bp!.bytes.slice(undo.offset, undo.offset + undo.bytes)';
const ZEROED = '    buf.bytes.fill(0);\n';

export const CONTENTS_BUGS: readonly BufferBug[] = [
  {
    name: 'undo-record-is-a-view',
    kind: 'production',
    origin: 'mutant: view instead of copy',
    wrong: 'An UNDO record is a view of the buffer, so what is laid are the new bytes.',
    claim: 'H20',
    scene: META_AND_UNDO,
    patches: [
      {
        file: 'src/core/actions/modify.ts',
        find: BYTES_OF_RECORD,
        replace: BYTES_OF_RECORD.replace('slice', 'subarray'),
      },
    ],
  },
  {
    name: 'undo-record-of-a-header-is-empty',
    kind: 'production',
    origin: 'mutant: forgotten copy',
    wrong: 'The UNDO record of a volume header has the right length and none of the bytes.',
    claim: 'H20',
    scene: HEADER,
    patches: [
      {
        file: 'src/core/actions/modify.ts',
        find: BYTES_OF_RECORD,
        replace: `io.type === 'volume' ? new Uint8Array(undo.bytes) : ${BYTES_OF_RECORD}`,
      },
    ],
  },
  {
    name: 'new-buffer-keeps-old-bytes',
    kind: 'production',
    origin: 'mutant: clrbuf left out',
    wrong: 'A new buffer is not cleared and holds what was in its memory before.',
    claim: 'H22',
    scene: TWO_VOLUMES,
    patches: [{ file: 'src/core/actions/get.ts', find: ZEROED, replace: '' }],
  },
  {
    name: 'write-goes-out-without-its-checksum',
    kind: 'production',
    origin: 'mutant: CRC work forgotten',
    wrong: 'META is written with the checksum of the bytes that it had before.',
    claim: 'I30',
    scene: META_AND_UNDO,
    patches: [{ file: 'src/core/actions/modify.ts', find: '  if (!inval) finalizeCrc(io.bp!.bytes);\n', replace: '' }],
  },
  {
    name: 'write-carries-another-buffer',
    kind: 'production',
    origin: 'mutant: wrong buffer',
    wrong: 'A write that joins others on the run list goes out with another buffer than its own.',
    claim: 'H21',
    scene: TWO_VOLUMES,
    patches: [
      {
        file: 'src/core/actions/write.ts',
        find: 'block: io.block, bytes: buf.bytes });',
        replace:
          'block: io.block, bytes: m.ioRunningSpace === m.blockBytes ? buf.bytes : buf.bytes.slice().fill(0) });',
      },
    ],
  },
  {
    name: 'read-ahead-keeps-the-first-block',
    kind: 'production',
    origin: 'b7de8aa5d2',
    wrong: 'The block that was read ahead gets the bytes of the block before it.',
    claim: 'H23',
    scene: READ_ALONG,
    patches: [
      {
        file: 'src/core/actions/get.ts',
        find: 'copyBlock(ahead.bytes, bytes, m.blockBytes);',
        replace: 'copyBlock(ahead.bytes, bytes.subarray(0, m.blockBytes), 0);',
      },
    ],
  },
  {
    name: 'model-failed-write-arrives',
    kind: 'model',
    origin: 'mutant: fault without effect',
    wrong: 'In the model a write that fails leaves its bytes on the medium.',
    claim: 'H21',
    scene: ONE_DATA,
    patches: [
      {
        file: 'model/buffer/contents.ts',
        find: '    if (!error) this.medium[b]',
        replace: '    this.medium[b]',
      },
    ],
  },
  {
    name: 'model-new-buffer-is-what-was-there',
    kind: 'model',
    origin: 'mutant: read instead of new',
    wrong: 'In the model a new buffer holds what the medium has.',
    claim: 'H22',
    scene: ONE_DATA,
    patches: [
      {
        file: 'model/buffer/contents.ts',
        find: '    this.buffer[b] = ZEROS;',
        replace: '    this.buffer[b] = this.medium[b];',
      },
    ],
  },
  {
    name: 'device-stores-a-view',
    kind: 'device',
    origin: 'D21',
    wrong: 'The device keeps a view of what it is given, so the medium changes with the buffer.',
    claim: 'H21',
    scene: DEVICE_TRAFFIC,
    patches: [
      { file: 'src/devices/memory-device.ts', find: 'new Uint8Array(request.bytes)', replace: 'request.bytes' },
    ],
  },
  {
    name: 'device-writes-next-door',
    kind: 'device',
    origin: 'mutant: off by one',
    wrong: 'A write arrives one block further on.',
    claim: 'H21',
    scene: DEVICE_TRAFFIC,
    patches: [
      {
        file: 'src/devices/memory-device.ts',
        find: 'const writes = medium.unflushed.get(block + i);\n      if (writes === undefined) medium.unflushed.set(block + i, [write]);',
        replace:
          'const writes = medium.unflushed.get(block + i + 1);\n      if (writes === undefined) medium.unflushed.set(block + i + 1, [write]);',
      },
    ],
  },
];
