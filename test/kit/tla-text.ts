// What a state of the buffer machine is called: the canonical TLA+ text of a Snapshot.
//
// The text is letter for letter what `tla/value.ts` makes of the engine's output for the same state, so graphs of the model
// and of the engines compare by text. Variables: cl, crit, io, iorun, lockedExtra, vol. Counters, lists and sums that the
// specification does not keep are left out; `lockedExtra` is how far the counter of locked buffers is above their number.
// Records repeat in thousands of states: each is written once and then found by a short key.

import type {
  ClientSnapshot,
  IoSnapshot,
  RunEntry,
  Shape,
  Snapshot,
  VolumeSnapshot,
} from '../../spec/buffer/snapshot.ts';
import { NONE_NAME } from './configurations.ts';
import { functionText, record, remember } from './tla/canonical-text.ts';

/** The model value that stands for nobody and nothing. */
const NONE = `#${NONE_NAME}`;

/** Writes the canonical text of a state. */
export type StateWriter = (snapshot: Snapshot) => string;

/** A writer for the states of one shape; it remembers the records that it has written. */
export function stateWriter(shape: Shape): StateWriter {
  const blocks = shape.blocks.map((b) => `#${b.name}`);
  const volumes = shape.volumes.map((name) => `#${name}`);
  const clients = shape.clients.map((name) => `#${name}`);
  const nameOf = (names: readonly string[], index: number): string => (index < 0 ? NONE : names[index]!);
  const ios = new Map<string, string>();
  const holders = new Map<string, string>();

  const io = (s: IoSnapshot): string => {
    const key = `${flagsOf(s)},${s.refs},${s.interlockOwner},${s.modifyRefs},${s.modRoot},${s.residue}`;
    return remember(ios, key, () => ioRecord(s, nameOf(clients, s.interlockOwner)));
  };
  const client = (s: ClientSnapshot): string => {
    const flags =
      Number(s.runnable) |
      (Number(s.wantsUndo) << 1) |
      (Number(s.closing) << 2) |
      (Number(s.interlock) << 3) |
      (Number(s.bare) << 4);
    const key = `${s.at},${s.io},${s.how},${flags},${s.mods},${s.needs.join('')}`;
    return remember(holders, key, () => clientRecord(s, nameOf(blocks, s.io), needs(s.needs)));
  };
  const needs = functionText(volumes, String);
  const ioText = functionText(blocks, io);
  const clientText = functionText(clients, client);
  const volumeText = functionText(volumes, (v: VolumeSnapshot) => `[flush:"${v.flush}",volatile:"${v.volatile}"]`);
  const entry = (e: RunEntry): string => ('io' in e ? blocks[e.io]! : clients[e.client]!);

  return (s) => {
    let locked = 0;
    for (const one of s.ios) if (one.locked) locked++;
    const iorun = s.iorun.length === 0 ? '<>' : `<${s.iorun.map(entry).join(',')}>`;
    return (
      `cl=${clientText(s.clients)};crit=${s.mount.criticalError};io=${ioText(s.ios)};iorun=${iorun};` +
      `lockedExtra=${s.mount.ioLockedCount - locked};vol=${volumeText(s.volumes)}`
    );
  };
}

function flagsOf(s: IoSnapshot): number {
  return (
    Number(s.exists) |
    (Number(s.check) << 1) |
    (Number(s.wanted) << 2) |
    (Number(s.bp) << 3) |
    (Number(s.reading) << 4) |
    (Number(s.ondisk) << 5) |
    (Number(s.released) << 6) |
    (Number(s.modified) << 7) |
    (Number(s.running) << 8) |
    (Number(s.waiting) << 9) |
    (Number(s.waitmod) << 10) |
    (Number(s.waitdep) << 11) |
    (Number(s.reclaim) << 12) |
    (Number(s.ioerror) << 13) |
    (Number(s.gencrc) << 14) |
    (Number(s.locked) << 15) |
    (Number(s.delwri) << 16) |
    (Number(s.notmeta) << 17)
  );
}

function ioRecord(s: IoSnapshot, owner: string): string {
  const { exists, refs, check, wanted, bp, reading, ondisk, released, modified, running, waiting } = s;
  const { modifyRefs, waitmod, waitdep, reclaim, ioerror, gencrc, locked, delwri, notmeta } = s;
  return record({
    ...{ exists, refs, owner, check, wanted, bp, reading, ondisk, released, modified, running, waiting },
    ...{ modifyRefs, waitmod, waitdep, reclaim, ioerror, gencrc, locked, delwri, notmeta },
    modRoot: `"${s.modRoot}"`,
    residue: `"${s.residue}"`,
  });
}

function clientRecord(s: ClientSnapshot, io: string, needs: string): string {
  const { runnable, wantsUndo, closing, mods, interlock, bare } = s;
  return record({ at: `"${s.at}"`, io, runnable, how: `"${s.how}"`, wantsUndo, closing, mods, interlock, bare, needs });
}
