// The commands as a shell meets them: output that nobody reads, disks that are full, Ctrl-C, narrow terminals, other folders. Each row
// is started as a process of its own, with a folder of its own for temporary files, in which nothing may be left.

import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSX = createRequire(import.meta.url).resolve('tsx');
const COMMANDS = {
  'check-model': 'test/check/check-model.ts',
  conform: 'test/check/conform.ts',
  docs: 'test/check/write-docs.ts',
  bench: 'test/bench/bench.ts',
  soak: 'test/bench/soak.ts',
  mutate: 'test/mutation/mutate.ts',
} as const;
type Name = keyof typeof COMMANDS;
const NAMES = Object.keys(COMMANDS) as Name[];
const SMALL = ['--only', 'model', '--config', 'data'];
const TIMEOUT = 60_000;

let temporary: string;
beforeEach(() => (temporary = mkdtempSync(join(tmpdir(), 'commands-'))));
afterEach(() => rmSync(temporary, { recursive: true }));

const quoted = (words: readonly string[]): string =>
  words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
const lineFor = (name: Name, ...args: readonly string[]): string =>
  quoted([process.execPath, '--import', TSX, join(ROOT, COMMANDS[name]), ...args]);

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called with the number of the process. */
  readonly started?: (pid: number) => void;
}

/** Runs a line of bash and waits for its end. Temporary files of what it starts lie in `temporary`. */
function run(line: string, { cwd = ROOT, env = {}, started }: Surroundings = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', line], { cwd, env: { ...process.env, TMPDIR: temporary, ...env } });
    let [stdout, stderr] = ['', ''];
    started?.(child.pid!);
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const leftovers = (): string[] => readdirSync(temporary).filter((name) => name.startsWith('hammer-io-kit'));

describe('output that nobody reads', () => {
  test.each(NAMES)('%s ends at once and in silence', { timeout: TIMEOUT }, async (name) => {
    // `true` reads nothing and is gone; the wait makes sure of that.
    const line = `( sleep 0.2; ${lineFor(name, '--help')} ) | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await run(line);
    expect([stdout, stderr]).toEqual(['141\n', '']);
  });

  test('check-model, after the first line', { timeout: TIMEOUT }, async () => {
    const line = `${lineFor('check-model', '--only', 'model')} | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await run(line);
    expect(stdout).toMatch(/^ +[\d.]+ s {2}model .*\n141\n$/);
    expect(stderr).toBe('');
  });

  test('check-model whose stderr is closed still gives its verdict', { timeout: TIMEOUT }, async () => {
    expect(await run(`${lineFor('check-model', ...SMALL)} 2>&-`)).toMatchObject({ code: 0 });
    expect(await run(`${lineFor('check-model', '--config', 'none')} 2>&-`)).toMatchObject({ code: 2 });
  });
});

describe.skipIf(!existsSync('/dev/full'))('a full disk (/dev/full)', () => {
  test.each(['check-model', 'conform'] as const)(
    '%s says so in one line, and fails',
    { timeout: TIMEOUT },
    async (name) => {
      const { code, stderr } = await run(`${lineFor(name, '--help')} > /dev/full`);
      expect(code).toBe(1);
      expect(stderr).toMatch(new RegExp(`^${name}: The output cannot be written: .*ENOSPC.*\n$`));
    },
  );

  test('check-model cannot write its report: the verdict is printed, then one line, and no half of a file', { timeout: TIMEOUT }, async () => {
    const { code, stdout, stderr } = await run(lineFor('check-model', ...SMALL, '--json', '/dev/full'));
    expect(code).toBe(1);
    expect(stdout).toContain('Everything that was checked holds');
    expect(stderr).toMatch(/^check-model: The report could not be written to \/dev\/full: ENOSPC: [a-z ]+; .*\n$/);
  }); // prettier-ignore
});

describe('a report', () => {
  test('goes to a path with spaces, through a link, and replaces what was there as a whole', { timeout: TIMEOUT }, async () => {
    mkdirSync(join(temporary, 'a b'));
    const [file, link] = [join(temporary, 'a b', 'the report.json'), join(temporary, 'link')];
    symlinkSync(file, link);
    const report = (): unknown => JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, 'what was there before');
    expect(await run(lineFor('check-model', ...SMALL, '--json', link))).toMatchObject({ code: 0 });
    expect(report()).toMatchObject({ verdict: 'holds' });
    expect(readdirSync(join(temporary, 'a b'))).toEqual(['the report.json']);
  }); // prettier-ignore

  test('goes to stdout', { timeout: TIMEOUT }, async () => {
    const { stdout } = await run(`${lineFor('check-model', ...SMALL, '--json', '/dev/stdout')} | cat`);
    expect(JSON.parse(stdout.slice(stdout.indexOf('\n{\n')))).toMatchObject({ verdict: 'holds' });
  });
});

/** Waits until something is so. */
async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const seen = look();
    if (seen !== undefined) return seen;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('signals', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends check-model: its files are gone', { timeout: TIMEOUT }, async (signal, code) => {
    let pid = 0;
    const ended = run(`exec ${lineFor('check-model', '--only', 'bugs')}`, { started: (it) => (pid = it) });
    // The hunt for planted bugs has a directory for patched copies of the specification.
    await until(() => leftovers()[0]);
    process.kill(pid, signal);
    expect(await ended).toMatchObject({ code, stderr: '' });
    expect(leftovers()).toEqual([]);
  });

  test.each(['SIGINT', 'SIGKILL'] as const)('%s ends conform: so is the other process, though it hangs', { timeout: TIMEOUT }, async (signal) => {
    let pid = 0;
    const marker = join(temporary, 'adapter');
    const adapter = `trap "" INT TERM HUP; echo $$ > '${marker}'; exec sleep 1000`;
    const ended = run(`exec ${lineFor('conform', '--exec', adapter, '--timeout', '600')}`, { started: (it) => (pid = it) });
    const hung = await until(() => (existsSync(marker) && Number(readFileSync(marker, 'utf8'))) || undefined);
    process.kill(pid, signal);
    expect((await ended).code).toBe(null); // Ended by the signal itself, as a shell shows it: 130.
    await until(() => (existsSync(`/proc/${hung}`) ? undefined : true));
    await until(() => (leftovers().length === 0 ? true : undefined));
  }); // prettier-ignore
});

describe('surroundings', () => {
  test('another folder, no HOME, a terminal of 40 columns', { timeout: TIMEOUT }, async () => {
    const ended = await run(lineFor('check-model', '--only', 'model', 'tla', '--config', 'data'), {
      cwd: temporary,
      env: { HOME: undefined, COLUMNS: '40' },
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).not.toContain('\x1b[');
  });

  test.each(NAMES)('%s refuses a flag that it does not have, in one line', { timeout: TIMEOUT }, async (name) => {
    const needed = name === 'conform' ? ['--exec', 'true'] : [];
    const { code, stdout, stderr } = await run(lineFor(name, ...needed, '--nonsense'));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(new RegExp(`^${name}: .*--nonsense.*\n$`));
  });
});
