// Whether the open modifications of one client have the UNDO records that they wanted: the observable `bare`, about which claim
// H4 speaks. A core cannot tell, as it keeps no list of records: it asks the log for one and believes the answer. Whoever
// stands beside the two sees the request, the answer, and whether a modification is open afterwards. Two things go wrong:
//
//   it was asked for    and the log refused, but the modification stays open (the original's defect D9)
//   it was not asked    although the modification wants a record and there is a log
//
// What is missing stays missing until the last modification of the client is closed.

import type { Action } from '../../../spec/buffer/vocabulary.ts';

export class UndoCover {
  /** A modification that is open lacks its record. */
  isMissing = false;
  /** The latest modification is one that wants a record. */
  #wants = false;
  /** As of the client's latest call: its open modifications, and whether one of them waits for the log. */
  #mods = 0;
  #waits = false;

  /** After a call of the client's, or the log's answer to it: its open modifications, and whether it waits for the log now. */
  note(action: Action, mods: number, waits: boolean, hasLog: boolean): void {
    const { kind } = action;
    if (kind === 'modifyBuffer' || kind === 'modifyVolume') this.#wants = hasLog;
    else if (kind === 'ioModify') this.#wants = false;
    const isUnasked = this.#wants && mods > this.#mods && !waits;
    const isLaid = kind === 'undoLaid' && !action.error;
    const isRefused = this.#waits && !waits && !isLaid && mods >= this.#mods;
    if (mods === 0) this.isMissing = false;
    else if (isUnasked || isRefused) this.isMissing = true;
    this.#mods = mods;
    this.#waits = waits;
  }
}
