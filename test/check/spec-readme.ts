// The catalogue as a document: a pure function from the catalogue to the text of spec/README.md.
//
// `npm run docs` writes it; a test compares it, so the document cannot say what the catalogue does not.

import {
  CLAIMS,
  CONSTRUCTIONS,
  DEVICE_FAULTS,
  DIRECT_ABSENT,
  DIRECT_CLAIMS,
  DIRECT_GOALS,
  DIRECT_INVARIANT_GROUPS,
  DIRECT_PROGRESS,
  DIRECT_PROMISES,
  DIRECT_PROPERTY_GROUPS,
  DIRECT_REPAIRS,
  GOALS,
  INVARIANT_GROUPS,
  PROGRESS,
  PROMISES,
  PROPERTY_GROUPS,
  REPAIRS,
  ORIGINAL,
  ORIGINAL_ASSERTIONS,
  ORIGINAL_FUNCTIONS,
  ORIGINAL_OTHER,
  tlaHomes,
  type AssertionHome,
  type CallerPromise,
  type Claim,
  type DirectClaim,
  type DirectGoal,
  type DirectProgress,
  type DirectPromise,
  type DirectRepair,
  type FaultTold,
  type Goal,
  type Progress,
  type Repair,
  type OriginalFunction,
  type OriginalRef,
} from '../../spec/index.ts';

/** The whole document. */
export function specReadme(): string {
  const parts = [
    introduction(),
    claims(),
    constructions(),
    refuted(),
    ['## What must always remain possible', progressTable(PROGRESS)].join('\n\n'),
    goals(),
    repairs(),
    promises(),
    deviceFaults(),
    directIo(),
    originalFunctions(),
    originalAssertions(),
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
      `assertion of the original. The original is \`${ORIGINAL.file}\` of DragonFly BSD, commit ${ORIGINAL.commit}; numbers in columns ` +
      'headed “original” are its lines.',
    '',
    'Claims with the letter I are read from the original, those with H are ours. Numbers that are missing belong to the flusher ' +
      'and to recovery, which are not built; those of [file data](#file-data-around-the-cache) stand in a part of their own. A claim about a state is checked in every state that the model ' +
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
  return [
    '## Claims about a state',
    ...claimTables(INVARIANT_GROUPS),
    '## Claims about a step',
    ...claimTables(PROPERTY_GROUPS),
  ].join('\n\n');
}

function claimTables(groups: Readonly<Record<string, readonly (Claim | DirectClaim)[]>>): readonly string[] {
  const head = ['id', 'name in TLA+', 'claim and reason', 'original', 'status', 'fails without'];
  return Object.entries(groups).map(([title, members]) =>
    [`### ${title}`, '', table(head, members.map(claimRow))].join('\n'),
  );
}

function claimRow(claim: Claim | DirectClaim): readonly string[] {
  return [
    claim.id,
    'tlaState' in claim ? `\`${claim.tla}\`, as a state \`${claim.tlaState}\`` : `\`${claim.tla}\``,
    `${claim.statement} *${claim.why}*`,
    originalLines(claim.original),
    claim.status === 'checked' && claim.howByConstruction !== undefined
      ? 'checked; in production by construction'
      : claim.status,
    claim.repairs?.join(', ') ?? '',
  ];
}

function constructions(): string {
  return [
    '## Claims that hold by construction',
    '',
    table(
      ['id', 'name', 'claim', 'how', 'original'],
      CONSTRUCTIONS.map((c) => [c.id, `\`${c.tla}\``, c.statement, c.howByConstruction, originalLines(c.original)]),
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

function progressTable(entries: readonly (Progress | DirectProgress)[]): string {
  return table(
    ['id', 'claim and reason', 'original'],
    entries.map((p) => [p.id, `${p.statement} *${p.why}*`, originalLines(p.original)]),
  );
}

function goals(): string {
  return [
    '## Situations that must be reached',
    '',
    'A checker that never meets a situation has shown nothing about it: each of these is reached in some default configuration.',
    '',
    goalTable(GOALS),
  ].join('\n');
}

function goalTable(entries: readonly (Goal | DirectGoal)[]): string {
  return table(
    ['id', 'situation'],
    entries.map(({ id, statement }) => [id, statement]),
  );
}

function repairs(): string {
  return [
    '## Repairs',
    '',
    'Where the original is wrong, production is right, and only ever right. The model and the TLA+ specification can leave one ' +
      'repair out; then the claim named here fails, in the configuration named here.',
    ...REPAIRS.map(repairText),
  ].join('\n');
}

function repairText(repair: Repair | DirectRepair): string {
  return [
    '',
    `### ${repair.id} ${repair.title}`,
    '',
    `- **The original** (${originalLines(repair.original)}): ${repair.originalDoes}`,
    `- **Here**: ${repair.weDo}`,
    `- **After an error**: ${repair.stateAfterError}`,
    ...(repair.notModelled === undefined ? [] : [`- **Not in the machine without it**: ${repair.notModelled}`]),
    `- **Without it**: ${repair.claim} fails in \`${repair.configuration}\`.`,
  ].join('\n');
}

function promises(): string {
  return [
    '## Promises of a caller',
    '',
    'Tested in this order before anything changes; the first one broken is named by the error that production throws.',
    '',
    promiseTable(PROMISES),
  ].join('\n');
}

function promiseTable(entries: readonly (CallerPromise | DirectPromise)[]): string {
  return table(
    ['promise', 'says', 'made by', 'original'],
    entries.map(({ name, statement, on, original }) => [
      `\`${name}\``,
      statement,
      on.join(', '),
      originalLines(original),
    ]),
  );
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
    'Survived: contents and state are as without the fault. Detected: an error is reported, in this way and order. Outside the ' +
      'contract: no error is reported. The layer verifies no checksum: what a device acknowledges, it believes. Each row is acted ' +
      'out on production over a device that fails on purpose.',
    '',
    table(
      ['id', 'the device', 'promise', 'what holds and why', 'who notices instead', 'original'],
      DEVICE_FAULTS.map(({ id, fault, promise, told, holds, why, instead, original }) => [
        id,
        fault,
        promise === 'detected' ? `detected: ${told.map((how) => TOLD[how]).join(', ')}` : promise,
        `${holds} *${why}*`,
        instead ?? '',
        originalLines(original),
      ]),
    ),
  ].join('\n');
}

/** The catalogue of the second machine, as one part. */
function directIo(): string {
  return [
    '## File data around the cache',
    `${DIRECT_CLAIMS.length} claims, ${DIRECT_GOALS.length} situations and ${DIRECT_REPAIRS.length} repairs about file data that is ` +
      'read and written without a buffer of the layer in between. A **front** is a buffer of a file, a **site** a block of the ' +
      'medium, an **alias** what the device cache holds of a site, a **record** a write that the media index does not know yet; ' +
      'contents are versions, in the order in which their writes began. Everything above holds below: checked in every reachable ' +
      'state and step, against TLA+ and production alike.',
    ...claimTables({ ...DIRECT_INVARIANT_GROUPS, ...DIRECT_PROPERTY_GROUPS }),
    ['### What must always remain possible, of file data', '', progressTable(DIRECT_PROGRESS)].join('\n'),
    ['### Situations of file data that must be reached', '', goalTable(DIRECT_GOALS)].join('\n'),
    ['### Promises about file data', '', promiseTable(DIRECT_PROMISES)].join('\n'),
    [
      '### What is not there',
      '',
      table(
        ['name', 'original', 'what', 'why not'],
        DIRECT_ABSENT.map(({ name, original, what, why }) => [name, originalLines(original), what, why]),
      ),
    ].join('\n'),
    ['## Repairs of file data', ...DIRECT_REPAIRS.map(repairText)].join('\n'),
  ].join('\n\n');
}

function originalFunctions(): string {
  return [
    '## The original, function by function',
    '',
    `All ${ORIGINAL_FUNCTIONS.length} functions. The model has one transition for each action; TLA+ has one operator for each ` +
      'action and outcome.',
    '',
    table(['function', 'lines', 'purpose', 'src', 'model', 'TLA+'], ORIGINAL_FUNCTIONS.map(functionRow)),
    '',
    'Besides functions:',
    '',
    ...ORIGINAL_OTHER.map(({ line, to, what }) => `- ${lineText(line, to)}: ${what}.`),
  ].join('\n');
}

function functionRow(f: OriginalFunction): readonly string[] {
  const start = [`\`${f.name}\``, lineText(f.line, f.to), f.what];
  if (f.noHome !== undefined) return [...start, `none: ${f.noHome}`, '', ''];
  return [...start, f.src.join(', '), `transitions: ${f.actions.join(', ')}`, tlaHomes(f).join(', ')];
}

function originalAssertions(): string {
  return [
    '## The original, assertion by assertion',
    '',
    `All ${ORIGINAL_ASSERTIONS.length}. An assertion about the caller is a promise, one about the layer itself is a claim.`,
    '',
    table(
      ['line', 'kind', 'asserts', 'lives as'],
      ORIGINAL_ASSERTIONS.map(({ line, kind, asserts, homes }) => [
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

function originalLines(original: readonly OriginalRef[]): string {
  return original.map(({ line, to }) => lineText(line, to)).join(', ');
}

function lineText(line: number, to: number = line): string {
  return to === line ? `${line}` : `${line}–${to}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
