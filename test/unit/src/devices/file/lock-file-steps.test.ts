// Locks on a filesystem in memory: every step of taking, taking over and releasing in order, the life of holders of every
// kind without a process, and what a system may refuse, word for word.

import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import { test } from 'vitest';
import { LockFile, type LockHolder } from '../../../../../src/devices/file/lock-file.ts';
import { mustBe, mustEqual } from '../../../../support/must.ts';
import { systemError, FakeFs } from '../../../../support/fake-fs.ts';

const LOCK = '/v.lock';
const GUARD = '/v.lock.takeover';
const TEMPORARY = `${LOCK}.${process.pid}.${threadId}.`;
const OTHER = 4711;

const statOf = (pid: number, start: string, state = 'S'): string =>
  `${pid} (a) name) ${state} ${Array.from({ length: 18 }, (_, i) => i).join(' ')} ${start} 0 0\n`;

/** A disk of a system with us and another process. */
function newDisk(): FakeFs {
  const disk = new FakeFs();
  disk.put('/proc/sys/kernel/random/boot_id', { text: 'this run\n' });
  disk.put(`/proc/${process.pid}/stat`, { text: statOf(process.pid, '77') });
  disk.put(`/proc/${OTHER}/stat`, { text: statOf(OTHER, '99') });
  disk.links.set('/proc/self/ns/pid', 'pid:[4]');
  return disk;
}

const OTHERS: LockHolder = { pid: OTHER, thread: 0, number: 1, started: '99', boot: 'this run', pidNamespace: 'pid:[4]', host: hostname() }; // prettier-ignore

/** Runs with a system whose process of another number answers this to signal 0. */
async function during(disk: FakeFs, answer: 'alive' | 'ESRCH' | 'EPERM', run: () => Promise<void>): Promise<void> {
  const kill = process.kill.bind(process);
  process.kill = (_pid, signal) => {
    if (signal !== 0) throw new Error('Nobody is to be killed.');
    if (answer !== 'alive') throw systemError(answer);
    return true;
  };
  try {
    await disk.during(run);
  } finally {
    process.kill = kill;
  }
}

/** Takes the lock: `taken`, or why not. */
const taking = (): Promise<string> =>
  LockFile.take('/v').then(
    () => 'taken',
    (error: unknown) => (error === null ? 'null' : (error as Error).message),
  );
const refusal = (seen: string): string => `DeviceError: lock on /v was promised to succeed; seen: ${seen}`;
const ALIVE = refusal(`EBUSY, process ${OTHER} has it open. Close it there.`);
const unknown = (host: string): string =>
  refusal(`EBUSY, process ${OTHER} on ${host}, which cannot be seen from here has it open. Close it there, or remove ${LOCK} if that process has ended.`); // prettier-ignore

/** The calls, with our own name and the number of the lock left out. */
const told = ({ told: calls }: FakeFs): string[] => calls.map((call) => call.replaceAll(/\/v\.lock\.\d+\.\d+\.\d+/g, 'OWN')); // prettier-ignore

test('a lock is taken by one link, tells who we are, and is released if it is ours', async () => {
  const disk = newDisk();
  await during(disk, 'alive', async () => {
    const lock = await LockFile.take('/v');
    const { number, ...us } = JSON.parse(disk.entries.get(LOCK)!.text) as LockHolder;
    mustEqual(us, { ...us, pid: process.pid, thread: threadId, started: '77', boot: 'this run', pidNamespace: 'pid:[4]' }); // prettier-ignore
    mustEqual([us.host, disk.entries.get(LOCK)!.text.at(-1)], [hostname(), '\n']);
    mustBe(disk.told[0], `unlink ${TEMPORARY}${number}`);
    mustEqual(told(disk), ['unlink OWN', 'write OWN wx', `link OWN ${LOCK}`, 'unlink OWN']);
    await lock.release();
    mustEqual([told(disk).slice(4), disk.names], [[`unlink ${LOCK}`], []]);
    await lock.release(); // It has gone, by whatever hand.
    disk.put(LOCK, { text: 'another' });
    await lock.release();
    mustEqual([disk.told.length, disk.names], [5, [LOCK]]);
    disk.script = () => {
      throw systemError('EISDIR');
    };
    const error: unknown = await lock.release().catch((thrown: unknown) => thrown);
    const advice = 'Name a regular file or a block device, not a directory.';
    const seen = `EISDIR, illegal operation on a directory. ${advice}`;
    mustBe((error as Error).message, `DeviceError: close on ${LOCK} was promised to succeed; seen: ${seen}`);
  });
});

test('where the system tells nothing, the parts of a lock are empty', async () => {
  const disk = new FakeFs();
  await during(disk, 'alive', async () => {
    await LockFile.take('/v');
    const { started, boot, pidNamespace } = JSON.parse(disk.entries.get(LOCK)!.text) as LockHolder;
    mustEqual([started, boot, pidNamespace], ['', '', '']);
  });
});

test('a holder is dead, alive, or nobody can tell', async () => {
  const cases: readonly (readonly [string, Partial<LockHolder>, 'alive' | 'ESRCH' | 'EPERM'])[] = [
    [ALIVE, {}, 'alive'],
    [ALIVE, {}, 'EPERM'],
    ['taken', {}, 'ESRCH'],
    ['taken', { started: '98' }, 'alive'],
    [ALIVE, { started: '' }, 'alive'],
    ['taken', { boot: 'an earlier run' }, 'alive'],
    [unknown('elsewhere'), { boot: 'an earlier run', host: 'elsewhere' }, 'ESRCH'],
    [unknown(hostname()), { pidNamespace: 'pid:[5]' }, 'ESRCH'],
    [ALIVE, { host: 'renamed' }, 'alive'],
    ['taken', { host: 'renamed' }, 'ESRCH'],
    [ALIVE, { pid: 12 }, 'alive'],
    [unknown('elsewhere'), { boot: 'another run', host: 'elsewhere', pid: process.pid }, 'alive'],
  ];
  for (const [outcome, parts, answer] of cases) {
    const disk = newDisk();
    disk.put(LOCK, { text: JSON.stringify({ ...OTHERS, ...parts }) });
    await during(disk, answer, async () =>
      mustBe(await taking(), outcome.replace(`${OTHER}`, `${parts.pid ?? OTHER}`)),
    );
  }
});

test('a zombie is dead, and so is a process that is just being removed', async () => {
  for (const [state, outcome] of [['Z', 'taken'], ['X', 'taken'], ['D', ALIVE]] as const) {
    const disk = newDisk();
    disk.put(LOCK, { text: JSON.stringify(OTHERS) });
    disk.put(`/proc/${OTHER}/stat`, { text: statOf(OTHER, '99', state) });
    await during(disk, 'alive', async () => mustBe(await taking(), outcome));
  } // prettier-ignore
});

test('a machine without a name for its run is known by its host', async () => {
  for (const [host, answer, outcome] of [
    ['elsewhere', 'ESRCH', unknown('elsewhere')],
    [hostname(), 'ESRCH', 'taken'],
    [hostname(), 'alive', ALIVE],
  ] as const) {
    const disk = new FakeFs();
    disk.put(LOCK, { text: JSON.stringify({ ...OTHERS, boot: '', pidNamespace: '', host }) });
    await during(disk, answer, async () => mustBe(await taking(), outcome));
  }
});

test('a lock that does not tell who holds it is left to a person', async () => {
  const seen = `EBUSY, its lock ${LOCK} does not tell who holds it. If nobody has the file open, remove ${LOCK}.`;
  const parts = ['pid', 'started', 'boot', 'pidNamespace', 'host'] as const;
  const without = parts.flatMap((part) => [
    { ...OTHERS, [part]: undefined },
    { ...OTHERS, [part]: [] },
  ]);
  const texts = ['', '{"pid":', '[]', 'null', '{"pid":1}', ...without.map((holder) => JSON.stringify(holder))];
  for (const text of texts) {
    const disk = newDisk();
    disk.put(LOCK, { text });
    await during(disk, 'ESRCH', async () => mustBe(await taking(), refusal(seen)));
    mustEqual(disk.names, [LOCK]);
  }
});

test('the lock of this process is told as such', async () => {
  const disk = newDisk();
  await during(disk, 'alive', async () => {
    await LockFile.take('/v');
    const seen = 'EBUSY, this process has it open already. Use the device that is open, or close it first.';
    mustBe(await taking(), refusal(seen));
    mustEqual(disk.names, [LOCK]);
  });
});

test('a lock is taken over under a guard, and the guard is removed', async () => {
  const disk = newDisk();
  disk.put(LOCK, { text: JSON.stringify(OTHERS) });
  await during(disk, 'ESRCH', async () => {
    mustBe(await taking(), 'taken');
    const link = `link OWN ${LOCK}`;
    mustEqual(told(disk), ['unlink OWN', 'write OWN wx', link, `link OWN ${GUARD}`, `unlink ${LOCK}`, link, `unlink ${GUARD}`, 'unlink OWN']); // prettier-ignore
    mustEqual(disk.names, [LOCK]);
  });
});

test('under the guard it is looked at again: it may have gone, or be somebody’s who lives', async () => {
  const lives = { ...OTHERS, pid: 12 };
  for (const [text, outcome] of [[undefined, 'taken'], [JSON.stringify(lives), 12]] as const) {
    const disk = newDisk();
    disk.put(LOCK, { text: JSON.stringify({ ...OTHERS, started: '98' }) });
    disk.script = (call) => {
      if (!call.endsWith(GUARD) || !call.startsWith('link')) return;
      if (text === undefined) disk.entries.delete(LOCK);
      else disk.put(LOCK, { text });
    };
    await during(disk, 'alive', async () => {
      mustBe(await taking(), outcome === 12 ? ALIVE.replace(`${OTHER}`, '12') : outcome);
      mustEqual([disk.names, told(disk).includes(`unlink ${LOCK}`)], [[LOCK], false]);
    });
  } // prettier-ignore
});

test('a take-over that is under way is left alone', async () => {
  const disk = newDisk();
  disk.put(LOCK, { text: JSON.stringify(OTHERS) });
  disk.put(GUARD);
  await during(disk, 'ESRCH', async () => {
    const seen = `EBUSY, its lock is being taken over from a process that died (${GUARD} exists). Try again; if nobody is at it, remove ${GUARD}.`;
    mustBe(await taking(), refusal(seen));
    mustEqual([disk.names, told(disk).at(-1)], [[LOCK, GUARD], 'unlink OWN']);
  });
});

test('a lock that is released while somebody looks is linked again', async () => {
  const disk = newDisk();
  disk.put(LOCK, { text: JSON.stringify(OTHERS) });
  disk.script = (call) => {
    if (call === `read ${LOCK}`) disk.entries.delete(LOCK);
  };
  await during(disk, 'alive', async () => {
    mustBe(await taking(), 'taken');
    mustBe(told(disk).filter((call) => call === `link OWN ${LOCK}`).length, 2);
  });
});

test('what the system refuses is told, with what it means for a lock', async () => {
  const links = 'Keep the file on a filesystem that knows hard links, which its lock is made with.';
  const device = 'an error without a description';
  const told: readonly (readonly [call: string, code: string, outcome: string])[] = [
    ['link', 'EPERM', refusal(`EPERM, operation not permitted. ${links}`)],
    ['link', 'ENOTSUP', refusal(`ENOTSUP, operation not supported on socket. ${links}`)],
    ['link', 'EOPNOTSUPP', refusal(`EOPNOTSUPP, ${device}. ${links}`)],
    ['write', 'EACCES', refusal(`EACCES, permission denied. Give this user the right to create ${LOCK}, which keeps others out.`)],
    ['write', 'ENOSPC', refusal('ENOSPC, no space left on device. Free space on the filesystem that holds the file, then write again.')],
    ['unlink', 'EBUSY', refusal('EBUSY, resource busy or locked. Somebody else uses it (or it is mounted); close that first.')],
    [`read ${LOCK}`, 'EIO', refusal('EIO, i/o error. The medium or the way to it failed: read the system log, and do not trust the place until it was rewritten.')],
  ]; // prettier-ignore
  for (const [which, code, outcome] of told) {
    const disk = newDisk();
    disk.put(LOCK, { text: JSON.stringify(OTHERS) });
    disk.script = (call) => {
      if (call.startsWith(which)) throw systemError(code);
    };
    await during(disk, 'alive', async () => mustBe(await taking(), outcome));
    if (which === 'unlink') mustBe(disk.told.length, 1);
  }
});

test('what is no error of the system stays what it is', async () => {
  for (const which of ['unlink', 'write', 'link']) {
    const disk = newDisk();
    disk.script = (call) => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      if (call.startsWith(which)) throw null;
    };
    await during(disk, 'alive', async () => mustBe(await taking(), 'null'));
  }
});
