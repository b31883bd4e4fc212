// The catalogue as a document: a pure function from the catalogue to the text of spec/README.md.
//
// `npm run docs` writes it; a test compares it, so the document cannot say what the catalogue does not.

import {
  CLAIMS,
  CONSTRUCTIONS,
  DEVICE_FAULTS,
  GOALS,
  INVARIANT_GROUPS,
  PROGRESS,
  PROMISES,
  PROPERTY_GROUPS,
  REPAIRS,
  SEED,
  SEED_ASSERTIONS,
  SEED_FUNCTIONS,
  SEED_OTHER,
  tlaHomes,
  type AssertionHome,
  type Claim,
  type FaultTold,
  type SeedFunction,
  type SeedRef,
} from '../../spec/index.ts';

/** The whole document. */
export function specReadme(): string {
  const parts = [
    introduction(),
    claims(),
    constructions(),
    refuted(),
    progress(),
    goals(),
    repairs(),
    promises(),
    deviceFaults(),
    seedFunctions(),
    seedAssertions(),
  ];
  return `${parts.join('\n\n')}\n`;
}

function introduction(): string {
  const checked = CLAIMS.length - CONSTRUCTIONS.length;
  return [
    '# What must hold',
    '',
    '<!-- Generated from spec/*.ts by `npm run docs`. -->',
    '',
    `This is the catalogue: ${checked} claims that are checked and ${CONSTRUCTIONS.length} that hold by construction, ` +
      `${GOALS.length} situations that must be reached, ${REPAIRS.length} repairs, and the place of every function and ` +
      `assertion of the seed. The seed is \`${SEED.file}\` of DragonFly BSD, commit ${SEED.commit}; numbers in columns ` +
      'headed “seed” are its lines.',
    '',
    'Claims with the letter I are read from the seed, those with H are ours. Numbers that are missing belong to the flusher, ' +
      'to recovery and to direct I/O, which are not built. A claim about a state is checked in every state that the model ' +
      'reaches and after every step of production; a claim about a step in every step. “Fails without” names the repairs ' +
      'without which the checker finds a violation. Each claim carries an example that breaks it: ' +
      '`npm run check-model -- --explain I3` shows it.',
    '',
    'A buffer is **held** when the layer keeps the kernel’s buffer locked, and **passive** when the kernel has it but must ask ' +
      'before it writes or takes it. Its io is in one of eight states: Absent (no structure), Unloaded (a structure whose ' +
      'buffer is still to come), Loose (the kernel has taken the buffer), HeldClean, HeldDirty, PassiveDirty (the kernel ' +
      'may write it, after asking), Writing, PassiveClean (the kernel may take it, after asking).',
  ].join('\n');
}

function claims(): string {
  const group = (title: string, members: readonly Claim[]): string =>
    [
      `### ${title}`,
      '',
      table(['id', 'name in TLA+', 'claim and reason', 'seed', 'status', 'fails without'], members.map(claimRow)),
    ].join('\n');
  return [
    '## Claims about a state',
    ...Object.entries(INVARIANT_GROUPS).map(([title, members]) => group(title, members)),
    '## Claims about a step',
    ...Object.entries(PROPERTY_GROUPS).map(([title, members]) => group(title, members)),
  ].join('\n\n');
}

function claimRow(claim: Claim): readonly string[] {
  return [
    claim.id,
    claim.form === 'step' && claim.tlaState !== undefined
      ? `\`${claim.tla}\`, as a state \`${claim.tlaState}\``
      : `\`${claim.tla}\``,
    `${claim.statement} *${claim.why}*`,
    seedLines(claim.seed),
    claim.status,
    claim.repairs?.join(', ') ?? '',
  ];
}

function constructions(): string {
  return [
    '## Claims that hold by construction',
    '',
    table(
      ['id', 'name', 'claim', 'how', 'seed'],
      CONSTRUCTIONS.map((c) => [c.id, `\`${c.tla}\``, c.statement, c.howByConstruction, seedLines(c.seed)]),
    ),
  ].join('\n');
}

function refuted(): string {
  const told = CLAIMS.flatMap(({ id, refutation }) => (refutation === undefined ? [] : [{ id, ...refutation }]));
  return [
    '## Refuted statements',
    '',
    'Believed once, and false. The claim of that id is the corrected form; a test replays each trace. ' +
      '`d` is a block of DATA, `A` and `B` are clients.',
    ...told.map(({ id, statementRefuted, trace }) =>
      [`\n**${id}**: ${statementRefuted}\n`, ...trace.map((step, i) => `${i + 1}. ${step}`)].join('\n'),
    ),
  ].join('\n');
}

function progress(): string {
  return [
    '## What must always remain possible',
    '',
    table(
      ['id', 'claim and reason', 'seed'],
      PROGRESS.map((p) => [p.id, `${p.statement} *${p.why}*`, seedLines(p.seed)]),
    ),
  ].join('\n');
}

function goals(): string {
  return [
    '## Situations that must be reached',
    '',
    'A checker that never meets a situation has shown nothing about it: each of these is reached in some default configuration.',
    '',
    table(
      ['id', 'situation'],
      GOALS.map((goal) => [goal.id, goal.statement]),
    ),
  ].join('\n');
}

function repairs(): string {
  return [
    '## Repairs',
    '',
    'Where the seed is wrong, production is right, and only ever right. The model and the TLA+ specification can leave one ' +
      'repair out; then the claim named here fails, in the configuration named here.',
    ...REPAIRS.map((repair) =>
      [
        '',
        `### ${repair.id} ${repair.title}`,
        '',
        `- **The seed** (${seedLines(repair.seed)}): ${repair.seedDoes}`,
        `- **Here**: ${repair.weDo}`,
        `- **After an error**: ${repair.stateAfterError}`,
        `- **Without it**: ${repair.claim} fails in \`${repair.configuration}\`.`,
      ].join('\n'),
    ),
  ].join('\n');
}

function promises(): string {
  return [
    '## Promises of a caller',
    '',
    'Tested in this order before anything changes; the first one broken is named by the error that production throws.',
    '',
    table(
      ['promise', 'says', 'made by', 'seed'],
      PROMISES.map(({ name, statement, on, seed }) => [`\`${name}\``, statement, on.join(', '), seedLines(seed)]),
    ),
  ].join('\n');
}

const TOLD: Readonly<Record<FaultTold, string>> = {
  get: 'the get answers error',
  criticalError: 'critical error',
  sync: 'every sync answers error',
  ImpossibleInput: '`ImpossibleInput`',
};

function deviceFaults(): string {
  return [
    '## Faults of a device',
    '',
    'Survived: contents and state are as without the fault. Detected: somebody is told, in this way and order. Outside the ' +
      'contract: nobody is told. The layer verifies no checksum: what a device acknowledges, it believes. Each row is acted ' +
      'out on production over a device that fails on purpose.',
    '',
    table(
      ['id', 'the device', 'promise', 'what holds and why', 'who notices instead', 'seed'],
      DEVICE_FAULTS.map(({ id, fault, promise, told, holds, why, instead, seed }) => [
        id,
        fault,
        promise === 'detected' ? `detected: ${told.map((how) => TOLD[how]).join(', ')}` : promise,
        `${holds} *${why}*`,
        instead ?? '',
        seedLines(seed),
      ]),
    ),
  ].join('\n');
}

function seedFunctions(): string {
  return [
    '## The seed, function by function',
    '',
    `All ${SEED_FUNCTIONS.length} functions. The model has one transition for each action; TLA+ has one operator for each ` +
      'action and outcome.',
    '',
    table(['function', 'lines', 'purpose', 'src', 'model', 'TLA+'], SEED_FUNCTIONS.map(functionRow)),
    '',
    'Besides functions:',
    '',
    ...SEED_OTHER.map(({ line, to, what }) => `- ${lineText(line, to)}: ${what}.`),
  ].join('\n');
}

function functionRow(f: SeedFunction): readonly string[] {
  const start = [`\`${f.name}\``, lineText(f.line, f.to), f.what];
  if (f.noHome !== undefined) return [...start, `none: ${noHomeText(f.noHome)}`, '', ''];
  return [...start, f.src.join(', '), `transitions: ${f.actions.join(', ')}`, tlaHomes(f).join(', ')];
}

function noHomeText(why: NonNullable<SeedFunction['noHome']>): string {
  switch (why) {
    case 'direct I/O':
      return 'direct I/O, not built yet';
    case 'disabled in the seed':
      return why;
  }
}

function seedAssertions(): string {
  return [
    '## The seed, assertion by assertion',
    '',
    `All ${SEED_ASSERTIONS.length}. An assertion about the caller is a promise, one about the layer itself is a claim.`,
    '',
    table(
      ['line', 'kind', 'asserts', 'lives as'],
      SEED_ASSERTIONS.map(({ line, kind, asserts, homes }) => [
        String(line),
        kind,
        asserts,
        homes.map(homeText).join('; '),
      ]),
    ),
  ].join('\n');
}

function homeText(home: AssertionHome): string {
  if ('promise' in home) return `promise \`${home.promise}\``;
  if ('claim' in home) return `claim ${home.claim}`;
  if ('unreachable' in home) return `unreachable: ${home.unreachable}`;
  return `not built yet: ${home.notBuilt}`;
}

function seedLines(seed: readonly SeedRef[]): string {
  return seed.map(({ line, to }) => lineText(line, to)).join(', ');
}

function lineText(line: number, to: number = line): string {
  return to === line ? `${line}` : `${line}–${to}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
