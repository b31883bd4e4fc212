// A fresh core over a device, with buffers of block 3 in the states that misuse begins with.

import type { Handle } from '../../../src/index.ts';
import { CoreStage } from '../core-stage.ts';
import type { Entry } from './list.ts';

/** A fresh core over a device, and buffers of block 3 in the states that misuse begins with. */
export class Misuse {
  readonly stage = new CoreStage();
  readonly core = this.stage.core;

  /** A handle with an open modification. */
  readonly modifying = (): Handle => {
    const handle = this.stage.get(3);
    this.core.ioModify(handle);
    return handle;
  };

  /** A handle whose buffer is being written. */
  readonly writing = (): Handle => {
    const handle = this.stage.get(3);
    this.stage.write(handle, 1);
    this.core.ioFlush(handle);
    return handle;
  };
}

const HEADED = { volumes: [{ name: 'v1', blocks: 16, headerBlock: 0 }] };

export function withHeader(): CoreStage {
  return new CoreStage(HEADED);
}

/** The header was loaded once, and the kernel has taken its buffer. */
export function headerWithoutBuffer(): CoreStage {
  const stage = withHeader();
  stage.core.release(stage.get(0, 'volume'));
  stage.core.recycle(0, 0);
  return stage;
}

/** Each misuse of a fresh core. */
export function misused(
  rows: readonly (readonly [what: string, misuse: (misuse: Misuse) => unknown])[],
): readonly Entry[] {
  return rows.map(([what, misuse]) => [what, () => misuse(new Misuse())]);
}
