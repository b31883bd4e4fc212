// What a figure has to be read with: the machine, the versions, and how busy the machine was.

import { cpus, loadavg, release, totalmem } from 'node:os';

export function machineFacts(): string {
  const [cpu] = cpus();
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  const load = loadavg().map((one) => one.toFixed(2));
  return (
    `${cpus().length} x ${cpu?.model.trim() ?? 'unknown processor'}, ${memory} GiB; ${process.platform} ${release()}; ` +
    `Node ${process.versions.node} (V8 ${process.versions.v8}); load ${load.join(' ')}`
  );
}
