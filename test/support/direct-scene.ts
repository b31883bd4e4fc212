// Where units of direct I/O begin: a core and a device in memory, and a file of three blocks with a front over all of it.

import type { DirectFile, Front, Place } from '../../src/index.ts';
import { counting, DirectStage, elementAt, STAGE_BLOCK, type DirectStageOptions } from './direct-core-stage.ts';

const BLOCK = STAGE_BLOCK;

export const at = (block: number, volume = 0): Place => ({ volume, block });

/** A stage with a file of three blocks at block 8, and a front over all of it. */
export class Scene extends DirectStage {
  readonly file8: DirectFile;
  readonly front: Front;

  constructor(options: DirectStageOptions = {}) {
    super(options);
    this.file8 = this.file('f', [elementAt(8, counting(3 * BLOCK))]);
    this.front = this.direct.openFront(this.file8, 0, this.memory(4));
  }

  /** A second front, of another file with nothing in it. */
  other(blocks = 1, name = 'g'): Front {
    return this.direct.openFront(this.direct.openFile(name), 0, this.memory(blocks));
  }

  /** What is answered now, without anything being settled. */
  writing(block = 20): this {
    this.direct.strategyWrite(this.front, at(block));
    this.submit();
    return this;
  }
}
