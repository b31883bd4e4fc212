// Runs one check of tla-checker in a worker thread and ends. Plain JavaScript, so that it starts the same way under every
// loader of the parent. In: `workerData` (see `Job` in embedded-engine.ts). Out: one message, the engine's answer with what
// only the engine can tell beside it: the initial states, and the action of each step of a counterexample.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

const { engineDir, source, cfg, maxStates, wantGraph } = workerData;

async function loadEngine() {
  const engine = await import(pathToFileURL(join(engineDir, 'tla_checker.js')).href);
  engine.initSync({ module: readFileSync(join(engineDir, 'tla_checker_bg.wasm')) });
  return engine;
}

/** A state as the trace prints it, from the engine's own `display` of each variable. */
function printed(display, variables) {
  return variables.map((name) => `${name} = ${display[name]}`).join('\n');
}

/** The action names along a trace: from each state take the transition whose target prints as the next state. */
function actionsAlong(engine, start, states) {
  const names = [];
  let at = start.states.find((state) => printed(state.display, start.vars) === states[0]);
  for (const next of states.slice(1)) {
    if (at === undefined) break;
    const answer = JSON.parse(engine.explore_next(source, cfg, '{}', JSON.stringify(at.json)));
    const step = (answer.transitions ?? []).find((t) => printed(t.state.display, start.vars) === next);
    names.push(step?.action);
    at = step?.state;
  }
  return names;
}

/** `State 0\n  x = 1\n  y = 2\nState 1…` as one text per state, without indentation. */
function cutTrace(trace) {
  return trace
    .join('')
    .split(/^State \d+.*\n/m)
    .slice(1)
    .map((state) => state.trimEnd().replace(/^ {2}/gm, ''));
}

const engine = await loadEngine();
const options = {
  cfg_source: cfg,
  max_states: maxStates,
  max_depth: 1_000_000,
  export_dot: wantGraph,
  dot_mode: 'full',
};
const { trace, ...answer } = JSON.parse(engine.check_spec_with_options(source, JSON.stringify(options)));
const start = answer.success || trace ? JSON.parse(engine.explore_init(source, cfg, '{}')) : undefined;
const states = trace ? cutTrace(trace) : [];
parentPort.postMessage({
  answer,
  init: (start?.states ?? []).map((state) => Object.entries(state.display)),
  trace: states,
  actions: start && states.length > 0 ? actionsAlong(engine, start, states) : [],
});
