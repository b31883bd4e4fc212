// A project of somebody else: a directory outside the repository that knows the package only as the file that `npm pack`
// makes. What it runs is plain JavaScript that its own TypeScript has compiled, under a Node that the test chooses.
//
// Nothing of the project's surroundings leaks in: npm's variables, which tell a child of `npm run` where it was started, and
// loaders named in NODE_OPTIONS are left out. A command that fails throws with what it said.

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FIXTURE = join(ROOT, 'test/package/consumer');
const EXAMPLES = join(ROOT, 'examples');
const README = join(ROOT, 'README.md');
const MINUTES = 60_000;

/** The programs of the fixture and that of the README, and what each prints, among other words, when all that it checks is so. */
export const PROGRAMS: readonly (readonly [name: string, said: string])[] = [
  ['library', 'library: a block was written, made durable and read back'],
  ['files', 'files: a block was made durable in a file and read back by the next mount'],
  ['voices', 'without D35 H5 falls after'],
  ['conformance', 'edges agree, in this process and in another'],
  ['readme', '5 4194304'],
];

/** How TypeScript finds a module's types: as Node does, or as bundlers do. */
export type Resolution = 'nodenext' | 'bundler';

export class ConsumerProject {
  readonly directory: string;

  constructor() {
    this.directory = realpathSync(mkdtempSync(join(tmpdir(), 'hammer-io-kit-consumer-')));
    this.#write('package.json', { name: 'consumer', private: true, type: 'module' });
  }

  /** Packs the repository as for a release and installs the file; answers with its path. */
  installPacked(): string {
    run('npm', ['run', 'pack', '--', '--pack-destination', this.directory], ROOT);
    const tarball = readdirSync(this.directory).find((file) => file.endsWith('.tgz'));
    if (tarball === undefined) throw new Error('npm pack has left no .tgz.');
    this.install(`./${tarball}`);
    return join(this.directory, tarball);
  }

  install(...packages: readonly string[]): void {
    run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages], this.directory);
  }

  /** Takes the fixture, the examples and the README's program over, and the compiler settings of a strict project. */
  takeSources(): void {
    cpSync(FIXTURE, join(this.directory, 'src'), { recursive: true });
    if (existsSync(EXAMPLES)) {
      cpSync(EXAMPLES, join(this.directory, 'src/examples'), {
        recursive: true,
        filter: (file) => !basename(file).includes('.test.'),
      });
    }
    writeFileSync(join(this.directory, 'src/readme.ts'), programIn(readFileSync(README, 'utf8')));
    const strict = {
      target: 'ES2022',
      lib: ['ES2022'],
      types: ['node'],
      rootDir: 'src',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
    };
    this.#write('tsconfig.nodenext.json', {
      compilerOptions: { ...strict, module: 'NodeNext', outDir: 'out' },
      include: ['src'],
    });
    this.#write('tsconfig.bundler.json', {
      compilerOptions: { ...strict, module: 'Preserve', moduleResolution: 'Bundler', noEmit: true },
      include: ['src'],
    });
  }

  /** Compiles everything; with `nodenext` the JavaScript comes to `out`. */
  compile(resolution: Resolution): void {
    const tsc = join(this.directory, 'node_modules/typescript/bin/tsc');
    run(process.execPath, [tsc, '-p', `tsconfig.${resolution}.json`], this.directory);
  }

  /** Names of the examples that came along, without ending. */
  examples(): string[] {
    const directory = join(this.directory, 'src/examples');
    if (!existsSync(directory)) return [];
    return readdirSync(directory).flatMap((file) => (file.endsWith('.ts') ? [file.slice(0, -'.ts'.length)] : []));
  }

  /** Runs compiled `out/NAME.js` in an empty directory of the project; answers with what it printed. */
  run(name: string, node: string = process.execPath): string {
    return run(node, [join(this.directory, 'out', `${name}.js`)], mkdtempSync(join(this.directory, 'run-')));
  }

  /** Runs a program given as text. `module`: the language of its imports. */
  evaluate(text: string, module: 'module' | 'commonjs', node: string = process.execPath): string {
    return run(node, [`--input-type=${module}`, '--eval', text], this.directory);
  }

  /** The files that an installed package consists of, sorted. */
  filesOf(name: string): string[] {
    const directory = join(this.directory, 'node_modules', name);
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
      .sort();
  }

  /** The packages that are installed. */
  packages(): string[] {
    return readdirSync(join(this.directory, 'node_modules')).filter((name) => !name.startsWith('.'));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #write(file: string, content: object): void {
    writeFileSync(join(this.directory, file), JSON.stringify(content, null, 2));
  }
}

/**
 * What the README tells its reader to write: its pieces of TypeScript, but for those quoted from files, one after the other, and
 * what the first of them closes closed at the end.
 */
export function programIn(readme: string): string {
  const pieces = [...readme.matchAll(/(<!-- quoted from .* -->\n)?```ts\n([^]*?)```/g)].flatMap(([, quoted, text]) =>
    quoted === undefined ? [text!] : [],
  );
  const closing = /^await mount\.close\(\);.*\n/m;
  const program = pieces.join('');
  return program.replace(closing, '') + (closing.exec(program)?.[0] ?? '');
}

/** A release of Node for this machine, from the registry: the path of its binary, in a directory of its own within `parent`. */
export function installNode(parent: string, release: string): string {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${system}-${process.arch}`;
  const directory = join(parent, `node-${release}`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{ "private": true }');
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  run('npm', ['install', ...flags, `${name}@${release}`], directory);
  return join(directory, 'node_modules', name, 'bin/node');
}

/** What the command printed on stdout; throws with everything that it said when it fails. */
function run(command: string, args: readonly string[], cwd: string): string {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: cleanEnvironment(),
    encoding: 'utf8',
    timeout: 5 * MINUTES,
    maxBuffer: 64 * 2 ** 20,
  });
  if (status === 0) return stdout;
  const ending = error?.message ?? `exit ${signal ?? status}`;
  throw new Error(`${basename(command)} ${args.join(' ')}: ${ending}\n${stdout}\n${stderr}`);
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  const inherited =
    /^(npm_(lifecycle|package|node|config_(local_prefix|ignore_scripts|loglevel))|NODE_(OPTIONS|ENV|PATH)$|VITEST|INIT_CWD$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !inherited.test(name)));
}
