// The driver of production for file data: DirectIo on a core, over a device in memory, told as actions of the vocabulary.
//
// It decides nothing that production decides. A version is a block full of bytes that only this version has, a different one at
// every position; wherever a version is shown it is read off such bytes, of a front, of the device cache, of the medium, or off
// the checksum of a record, and -1 stands for bytes that are no version, such as a mixture of two. What a client knows by itself
// is kept here: which version comes next, and which was answered last (`newest`). Where an I/O in flight goes is read off its
// request; and whether a wrong checksum was one off the bytes that the device cache had.
//
// Places: a site stands at the block of its own number, so no two are neighbours by accident of the shape. One that cannot be
// looked up lies in no zone, one whose volume is missing on a volume that the core does not have, one beyond the end behind it.

import { Versions } from './versions.ts';
import type { DirectShape, SiteShape } from '../../../spec/direct/snapshot.ts';
import { FIRST_WRITTEN, firstVersionOf } from '../../../spec/direct/snapshot.ts';
import type { DirectAction, DirectOutcome } from '../../../spec/direct/vocabulary.ts';
import type { Answer, DeviceRequest, Handle, Place, Request, Result, Ticket } from '../../../src/index.ts';
import { DirectIo, HammerIoCore, ImpossibleInput, MemoryDevice, NO_HANDLE, NO_TICKET } from '../../../src/index.ts';
import type { DirectFile, Extent, Front } from '../../../src/index.ts';
import { NotOffered } from '../not-offered.ts';
import type { DirectAnswer, DirectDriver, MutableDirectSnapshot } from './driver.ts';
import { EndedTwice } from './driver.ts';

/** Production as a DirectDriver of the shape, with a fresh core and device after each reset. */
export function createDirectDriver(shape: DirectShape): ProductionDirectDriver {
  return new ProductionDirectDriver(shape);
}

const EIO = { code: 'EIO' } as const;

/** Production as a DirectDriver. */
export class ProductionDirectDriver implements DirectDriver {
  core!: HammerIoCore;
  direct!: DirectIo;
  device!: MemoryDevice;
  readonly #shape: DirectShape;
  readonly #places: readonly Place[];
  readonly #versions: Versions;
  #heads: DirectFile[] = [];
  #snapshots: DirectFile[] = [];
  #fronts: Front[] = [];
  /** By site: the buffer that somebody who works on the device holds, live or not, and the load that it waits for. */
  readonly #handles: Handle[];
  readonly #tickets: Ticket[];
  readonly #held: boolean[];
  /** By site: the requests of the core that were issued last. */
  readonly #reads: number[];
  readonly #writes: number[];
  /** By front: its request and where that goes, its ends so far, and the version that it is writing or 0. */
  readonly #transfers: number[];
  readonly #targets: Place[];
  readonly #answered: number[];
  readonly #writing: number[];
  readonly #newest: number[];
  readonly #contents: number[] = [];
  #contentsKnown = false;
  #next = FIRST_WRITTEN;
  #falseAlarm = false;
  readonly #answer = { outcome: 'done' as DirectOutcome, completed: 0 };

  constructor(shape: DirectShape) {
    const { fronts, sites, blockBytes, short } = shape;
    this.#shape = shape;
    this.#places = sites.map((site, i) => placeOf(site, i, shape));
    // Half a block, so that bytes behind the data are as many as the data.
    this.#versions = new Versions(blockBytes, short ? blockBytes / 2 : blockBytes, FIRST_WRITTEN + shape.writesMax + 1);
    this.#handles = sites.map(() => NO_HANDLE);
    this.#tickets = sites.map(() => NO_TICKET);
    this.#held = sites.map(() => false);
    this.#reads = sites.map(() => 0);
    this.#writes = sites.map(() => 0);
    this.#transfers = fronts.map(() => 0);
    this.#targets = fronts.map(() => this.#places[0]!);
    this.#answered = fronts.map(() => 0);
    this.#writing = fronts.map(() => 0);
    this.#newest = shape.home.map(() => 0);
    this.reset();
  }

  reset(): void {
    const { fronts, sites, volumes, home, blockBytes, doubleBuffer, verify } = this.#shape;
    this.core = new HammerIoCore({
      volumes: volumes.map((name) => ({ name, blocks: sites.length })),
      capacityBufs: sites.length,
      blockBytes,
      verify: true,
    });
    // The last volume is missing: its medium is there, but the core does not know it.
    this.device = new MemoryDevice(volumes.length + 1, blockBytes);
    const zones = [...volumes, 'missing'].map((_, volume) => ({ volume, block: 0, blocks: 2 * sites.length }));
    this.direct = new DirectIo({ core: this.core, zones, extentBytes: blockBytes, doubleBuffer, verify });
    this.#heads = home.map((site, head) => {
      const place = this.#places[site]!;
      const version = firstVersionOf(head);
      const crc = this.#versions.crcOf(version);
      this.device.format(place.volume, place.block, this.#versions.bytesOf(version));
      const element = { fileOffset: 0, length: this.#versions.length, crc, ...place };
      return this.direct.openFile(`head ${head}`, [element]);
    });
    this.#snapshots = fronts
      .filter(({ kind }) => kind === 'snapshot')
      .map(({ name, head }) => this.direct.openSnapshot(this.#heads[head]!, name));
    this.#fronts = fronts.map(({ kind, head }, i) => {
      const file = kind === 'head' ? this.#heads[head]! : this.#snapshots[i - this.#heads.length]!;
      return this.direct.openFront(file, 0, new Uint8Array(blockBytes));
    });
    for (const of of [this.#reads, this.#writes, this.#transfers, this.#answered, this.#writing]) of.fill(0);
    this.#handles.fill(NO_HANDLE);
    this.#tickets.fill(NO_TICKET);
    this.#held.fill(false);
    this.#newest.forEach((_, head) => (this.#newest[head] = firstVersionOf(head)));
    this.#next = FIRST_WRITTEN;
    this.#falseAlarm = false;
    this.#contentsKnown = false;
  }

  perform(action: DirectAction): DirectAnswer {
    try {
      this.#answer.outcome = this.#call(action);
    } catch (error) {
      if (error instanceof ImpossibleInput) throw new NotOffered(error.message, { cause: error });
      throw error;
    }
    this.#pump();
    this.core.drainRequests(this.#submitOfCore);
    this.direct.drainRequests(this.#submitDirect);
    this.#collectEnds();
    return this.#answer;
  }

  #call(action: DirectAction): DirectOutcome {
    const { direct, core } = this;
    switch (action.kind) {
      case 'strategyRead':
        return direct.strategyRead(this.#front(action), !action.whole);
      case 'bmap':
        return direct.bmap(this.#front(action));
      case 'recycleFront':
        return direct.recycleFront(this.#front(action));
      case 'resumeRead':
        return direct.resume(this.#front(action));
      case 'resumeWrite':
        return direct.resume(this.#front(action));
      case 'strategyWrite':
        return this.#strategyWrite(action.front, action.site, action.large);
      case 'directReadDone':
        return this.#directReadDone(action.front, action.error);
      case 'directWriteDone':
        return this.#directWriteDone(action.front, action.error);
      case 'commitRecord':
        return direct.commitRecord(this.#place(action));
      case 'resumeCommit':
        return direct.resume(this.#extent(action));
      case 'destroyRecord':
        return direct.destroyRecord(this.#place(action));
      case 'cycle':
        return direct.cycle();
      case 'reserveComplete':
        return direct.reserveComplete(this.#place(action));
      case 'relocate':
        return direct.relocate(this.#place(action), this.#places[action.to]!);
      case 'deviceRead':
        return this.#deviceRead(action.site);
      case 'deviceReadDone':
        return this.#deviceReadDone(action.site, action.error);
      case 'deviceRelease':
        return this.#deviceRelease(action.site);
      case 'deviceRecycle':
        return outcomeOf(core.recycle(...this.#at(action.site)));
      case 'deviceWriteBack':
        return outcomeOf(core.writeBack(...this.#at(action.site)));
      case 'deviceWriteDone':
        return this.#deviceWriteDone(action.site, action.error);
      case 'uncache':
        throw new NotOffered('Production forgets with the move (D14), and has no action for it.');
      default:
        throw new NotOffered(`No such action: ${String(action satisfies never)}.`);
    }
  }

  // ── Actions ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  #strategyWrite(front: number, site: number, large: boolean): DirectOutcome {
    const { bytes } = this.#fronts[front]!;
    const before = bytes.slice();
    bytes.set(this.#versions.bytesOf(this.#next));
    let outcome: DirectOutcome | undefined;
    try {
      outcome = this.direct.strategyWrite(this.#fronts[front]!, this.#places[site]!, this.#versions.length, !large);
    } finally {
      // Nothing has begun: the client takes its new data back, and has its version still to write.
      if (outcome === undefined || outcome === 'refused') bytes.set(before);
    }
    if (outcome !== 'refused' && outcome !== 'error') this.#writing[front] = this.#next++;
    return outcome;
  }

  #directReadDone(front: number, error: boolean): DirectOutcome {
    if (this.#fronts[front]!.at !== 'reading') throw new NotOffered('No direct read of the front is in flight.');
    const { result, bytes } = this.#ended(this.#transfers[front]!, error);
    return this.direct.readDone(this.#transfers[front]!, result, bytes);
  }

  #directWriteDone(front: number, error: boolean): DirectOutcome {
    if (this.#fronts[front]!.at !== 'writing') throw new NotOffered('No direct write of the front is in flight.');
    const { result } = this.#ended(this.#transfers[front]!, error);
    return this.direct.writeDone(this.#transfers[front]!, result);
  }

  #deviceRead(site: number): DirectOutcome {
    if (this.#held[site] || this.#shape.sites[site]!.trouble !== 'none')
      throw new NotOffered('It is held, or cannot be.');
    const answer = this.core.ioRead(...this.#at(site), 'data');
    this.#handles[site] = answer.handle;
    this.#tickets[site] = answer.ticket;
    this.#held[site] = true;
    return outcomeOf(answer);
  }

  #deviceReadDone(site: number, error: boolean): DirectOutcome {
    const { result, bytes } = this.#complete(this.#reads, site, error);
    return outcomeOf(this.core.readDone(this.#reads[site]!, result, bytes));
  }

  #deviceWriteDone(site: number, error: boolean): DirectOutcome {
    const { result } = this.#complete(this.#writes, site, error);
    return outcomeOf(this.core.writeDone(this.#writes[site]!, result));
  }

  #deviceRelease(site: number): DirectOutcome {
    const answer = this.core.release(this.#handles[site]!);
    this.#held[site] = false;
    return outcomeOf(answer);
  }

  #complete(
    requests: readonly number[],
    site: number,
    error: boolean,
  ): { result: Result; bytes: Uint8Array | undefined } {
    return this.#ended(requests[site]!, error);
  }

  #ended(request: number, error: boolean): { result: Result; bytes: Uint8Array | undefined } {
    this.#contentsKnown = false;
    return this.device.complete(request, error ? EIO : undefined);
  }

  #submit(request: DeviceRequest): void {
    this.#contentsKnown = false;
    this.device.submit(request);
  }

  // ── Behind each action ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Tickets of the core that were woken: DirectIo goes on with its own, and who works on the device hears of its load. */
  #pump(): void {
    for (let t = this.core.nextRunnable(); t !== NO_TICKET; t = this.core.nextRunnable()) {
      if (this.direct.resumeCore(t)) continue;
      const site = this.#tickets.indexOf(t);
      if (site < 0) throw new Error(`Ticket ${t} of the core was woken, and nobody has it.`);
      const { handle } = this.core.resume(t);
      this.#tickets[site] = NO_TICKET;
      this.#handles[site] = handle;
      this.#held[site] = handle !== NO_HANDLE;
    }
    while (this.direct.nextRunnable() !== undefined); // Whoever may look again is seen in the snapshot.
  }

  readonly #submitOfCore = (request: Request): void => {
    if (request.kind === 'undo' || request.kind === 'flush')
      throw new Error(`Nobody asked for a request of ${request.kind}.`);
    (request.kind === 'read' ? this.#reads : this.#writes)[this.#siteAt(request)] = request.id;
    this.#submit(request);
  };

  readonly #submitDirect = (request: DeviceRequest): void => {
    if (request.kind === 'flush') throw new Error('Nobody asked for a flush.');
    const { buffer } = request.kind === 'read' ? request.into[0]! : request.bytes;
    const front = this.#fronts.findIndex(({ bytes }) => bytes.buffer === buffer);
    this.#transfers[front] = request.id;
    this.#targets[front] = request;
    this.#submit(request);
  };

  /** Which operations have ended, and what their clients know from then on. */
  #collectEnds(): void {
    while (this.direct.nextEnded() !== undefined); // They are counted in the fronts, with those that ended in their own call.
    let completed = 0;
    this.#fronts.forEach((front, i) => {
      const ends = front.answered - this.#answered[i]!;
      if (ends === 0) return;
      if (ends !== 1)
        throw new EndedTwice(`An operation of front ${this.#shape.fronts[i]!.name} has ended ${ends} times.`);
      this.#answered[i] = front.answered;
      completed |= 1 << i;
      if (front.result === 'error' && front.failure?.reason === 'checksum')
        this.#falseAlarm ||= this.#hasGoodAlias(front.failure);
      if (this.#writing[i] !== 0 && front.result === 'done')
        this.#newest[this.#shape.fronts[i]!.head] = this.#writing[i]!;
      this.#writing[i] = 0;
    });
    this.#answer.completed = completed;
  }

  /** Does the device cache have the bytes of which record or element tell the checksum? */
  #hasGoodAlias(place: Place): boolean {
    const bytes = this.#cachedAt(place);
    return bytes !== undefined && this.#versions.versionOf(bytes) === this.#versionAt(place);
  }

  // ── Looking ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  snapshot(into: MutableDirectSnapshot): void {
    this.#fronts.forEach((front, i) => this.#showFront(front, i, into.fronts[i]!));
    this.#lookAtMedium();
    this.#places.forEach((place, i) => this.#showSite(place, i, into.sites[i]!));
    this.#heads.forEach(({ index }, head) => (into.index[head] = this.#siteOf(index.get(0))));
    this.#snapshots.forEach(({ index }, i) => (into.kept[i] = this.#siteOf(index.get(0))));
    this.#newest.forEach((version, head) => (into.newest[head] = version));
    into.next = this.#next;
    into.criticalError = this.core.view.criticalError;
    into.nullReleased = false; // Production takes no references to volumes, so it has none to give back (I47).
    into.falseAlarm = this.#falseAlarm;
  }

  /** What stands on the medium; it changes only when the device is given something to do or has done it. */
  #lookAtMedium(): void {
    if (this.#contentsKnown) return;
    this.#places.forEach(({ volume, block }, site) => {
      this.#contents[site] = this.#versions.versionOf(this.device.read(volume, block));
    });
    this.#contentsKnown = true;
  }

  #showFront(front: Front, i: number, into: MutableDirectSnapshot['fronts'][number]): void {
    const { at, how, cached, from, bytes, aged, runnable } = front;
    const isWriting = at === 'loading' || at === 'replacing' || at === 'writing';
    into.at = at;
    into.how = how;
    into.cached = this.#siteOf(cached);
    into.from = this.#siteOf(at === 'reading' || at === 'writing' ? this.#targets[i] : from);
    into.version = at === 'valid' || isWriting ? this.#versions.versionOf(bytes) : 0;
    into.aged = aged;
    into.runnable = runnable;
  }

  #showSite(place: Place, site: number, into: MutableDirectSnapshot['sites'][number]): void {
    const extent = this.direct.extentAt(place);
    into.use = extent?.use ?? 'free';
    into.age = extent?.age ?? 0;
    into.head = extent?.file === undefined ? -1 : this.#heads.indexOf(extent.file);
    into.live = extent?.live ?? false;
    into.backend = extent?.backend ?? false;
    into.io = extent?.io ?? false;
    into.wait = extent?.wait ?? false;
    into.inval = extent?.inval ?? false;
    into.failed = extent?.failed ?? false;
    into.version = this.#versionAt(place);
    into.content = this.#contents[site]!;
    const { volume, block } = place;
    into.alias = this.direct.state.aliases.stateOf(volume, block);
    const hasBytes = into.alias !== 'none' && into.alias !== 'loading';
    into.aliasVersion = hasBytes ? this.#versions.versionOf(this.#cachedAt(place)!) : 0;
    into.held = this.#held[site]!;
    into.moving = false;
  }

  /** The version that belongs there by the checksum of its record or element, or 0. */
  #versionAt(place: Place): number {
    const extent = this.direct.extentAt(place);
    return extent === undefined || extent.use === 'delay' ? 0 : this.#versions.versionWith(extent.crc);
  }

  /** The bytes of the device cache, in a buffer of the layer or in one that the layer has given up. */
  #cachedAt({ volume, block }: Place): Uint8Array | undefined {
    const known = this.core.view.volumes[volume];
    return (known?.ios.get(block)?.bp ?? known?.residue.get(block))?.bytes as Uint8Array | undefined;
  }

  // ── Names and numbers ────────────────────────────────────────────────────────────────────────────────────────────────

  #front({ front }: { readonly front: number }): Front {
    return this.#fronts[front]!;
  }

  #place({ site }: { readonly site: number }): Place {
    return this.#places[site]!;
  }

  #at(site: number): [volume: number, block: number] {
    const { volume, block } = this.#places[site]!;
    return [volume, block];
  }

  #extent(action: { readonly site: number }): Extent {
    const extent = this.direct.extentAt(this.#place(action));
    if (extent === undefined) throw new NotOffered('Nothing is reserved there.');
    return extent;
  }

  #siteOf(place: Place | undefined): number {
    return place === undefined ? -1 : this.#siteAt(place);
  }

  #siteAt({ volume, block }: Place): number {
    return this.#places.findIndex((place) => place.volume === volume && place.block === block);
  }
}

function placeOf({ volume, trouble }: SiteShape, site: number, { sites, volumes }: DirectShape): Place {
  if (trouble === 'missing') return { volume: volumes.length, block: site };
  if (trouble === 'beyond') return { volume, block: sites.length + site };
  return { volume, block: trouble === 'lookup' ? 2 * sites.length + site : site };
}

function outcomeOf({ outcome }: Answer): DirectOutcome {
  if (outcome === 'cover' || outcome === 'none' || outcome === 'clean')
    throw new Error(`The core has answered ${outcome}.`);
  return outcome;
}
