// Repairs: where the original (or our own first design) is wrong, and production does otherwise.
//
// Model and TLA+ can leave one out; then the claim named here must fail in the configuration named here. Production has no
// such switch. A repair’s id is the number under which the defect was found.

import type { Repair } from '../claim.ts';

/** Every repair, with the claim that fails without it and the configuration that shows it. */
export const REPAIRS: readonly Repair[] = [
  {
    id: 'D2',
    title: 'A completed write marks its volume',
    original: [
      { line: 748, what: 'the layer’s own writes mark the volume when issued' },
      { line: 1353, to: 1362, what: 'writes that the kernel starts mark nothing' },
    ],
    originalDoes:
      'Marks the volume as needing a device flush when the layer issues a write, and not at all when the kernel does. A barrier may find the volume unmarked while completed writes sit in the volatile cache of the device.',
    weDo: 'Every completed write marks its volume, whoever started it; issuing marks nothing.',
    stateAfterError:
      'After a write that failed the volume is marked as well: part of it may have reached the volatile cache.',
    claim: 'I48',
    configuration: 'without-D2',
  },
  {
    id: 'D4',
    title: 'A device flush counts when it succeeds, for what it covers',
    original: [
      { line: 1970, what: 'the mark is cleared at issue' },
      { line: 1986, what: 'the result is dropped' },
    ],
    originalDoes:
      'Clears the mark when the flush is issued and ignores what the flush answers. A second caller finds the mark clear and goes on while the flush is still in flight; a failed flush passes for a good one.',
    weDo: 'A volume is clean only after a flush that succeeded and that was issued later than the last completion. A caller joins a flush in flight if it covers what has completed, else it waits for the next one.',
    stateAfterError:
      'A failed flush leaves the volume failed and the mount in critical error, both for good; every caller that waited for it, and every later one, is answered error.',
    notModelled:
      'Several device flushes of one volume in flight: in the original whoever finds a mark issues a flush of its own at once, also while an earlier one is under way, and waits for that one alone. The machine without the repair has one flush of a volume in flight and lets a caller wait for the next. Orders such as mark, sync, mark, sync and a third sync are in the graph of three-syncs, with the repair; whether the machine without it should follow the original there is not settled.',
    claim: 'I48',
    configuration: 'without-D4',
  },
  {
    id: 'D9',
    title: 'No UNDO record, no modification',
    original: [
      { line: 871, what: 'the answer of the UNDO log is dropped for a volume header' },
      { line: 893, what: 'and for META' },
    ],
    originalDoes: 'Ignores that the UNDO record could not be laid, and lets the bytes be changed without one.',
    weDo: 'The modification waits until its record is laid; if that fails it is closed again and the caller is answered error.',
    stateAfterError:
      'The buffer is dirty and held as if it had been modified with no byte changed; the handle has no open modification, and whoever waited for the modifiers to leave is woken.',
    claim: 'H4',
    configuration: 'without-D9',
  },
  {
    id: 'D11',
    title: 'The count of locked buffers moves with the flag',
    original: [
      { line: 1321, to: 1322, what: 'a refused write counts again what is locked already' },
      { line: 1304, to: 1307, what: 'the guarded form stands a few lines above' },
    ],
    originalDoes:
      'Adds one to the count of locked buffers at every refused write, although the flag may be set already.',
    weDo: 'The count moves only when the flag does.',
    stateAfterError: 'A buffer that was refused any number of times counts once, and not at all when it is let go.',
    claim: 'I21',
    configuration: 'without-D11',
  },
  {
    id: 'D30',
    title: 'waitdep and reclaim end with what they were set for',
    original: [
      { line: 140, to: 143, what: 'detaching clears reclaim and leaves waitdep' },
      { line: 556, what: 'every last release looks at waitdep' },
      { line: 565, what: 'and at reclaim' },
      { line: 801, to: 804, what: 'modifying again leaves reclaim' },
    ],
    originalDoes:
      'Never clears waitdep, and keeps reclaim on a buffer that is modified again: from then on it is written at every release and thrown away in the end, although it is in use again.',
    weDo: 'Both end when the buffer is detached; reclaim ends too when the buffer is modified again.',
    stateAfterError: 'A buffer whose drop was refused and that was modified since is an ordinary dirty buffer.',
    notModelled:
      'A last release in the middle of another step (of a withdrawn get, or of a header when the last structure on it goes) sleeps until the write in flight ends. Steps of the machine are atomic, so without the repair it does not offer such a step until that write is over.',
    claim: 'H2',
    configuration: 'without-D30',
  },
  {
    id: 'D35',
    title: 'A waiting interlock stops new modifiers',
    original: [
      { line: 777, to: 780, what: 'modifiers stop only for an interlock that is held' },
      { line: 836, to: 839, what: 'while the interlock waits for all of them' },
    ],
    originalDoes:
      'Lets modifiers in while an interlock waits; two that relieve one another keep the interlock, and the flush behind it, waiting for ever.',
    weDo: 'A handle that is not inside a modification stops behind a waiting interlock; a handle that is inside may open another one, because the interlock waits for it anyway. The price: two clients that take the interlock in turn keep a modifier waiting for ever (live-two-interlocks); the flusher, who takes interlocks, is one.',
    stateAfterError:
      'There is no error: the modifier waits, and is woken when the interlock is given back or withdrawn.',
    claim: 'H5',
    configuration: 'without-D35',
  },
  {
    id: 'D39',
    title: 'A pin goes when its buffer goes',
    original: [
      { line: 1113, to: 1116, what: 'a failed write pins the structure' },
      { line: 556, to: 577, what: 'a release that waited for that write detaches the buffer all the same' },
    ],
    originalDoes:
      'Pins the structure when a write fails, although an invalidation or unload waits for that write and then detaches the buffer: the structure stays, referenced by the pin, without the bytes that the pin was to keep.',
    weDo: 'Detaching a buffer takes the pin with it: whoever invalidates gives up the contents.',
    stateAfterError:
      'The mount is in critical error; the invalidated structure is gone, or serves those that queued for it.',
    claim: 'H3',
    configuration: 'without-D39',
  },
];
