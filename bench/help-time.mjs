// How long `steerbench --help` takes: the median of ten runs, which must stay under 200 ms.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const runs = 10;
const limitMs = 200;

// Node that does nothing, in turn with the others: what of the time is not ours.
const commands = {
  'node alone': ['-e', ''],
  'steerbench --help': [main, '--help'],
  'steerbench audit --help': [main, 'audit', '--help'],
};
const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
for (let run = 0; run < runs; run++) {
  for (const [name, words] of Object.entries(commands)) times[name].push(timeMs(words));
}
for (const [name, all] of Object.entries(times)) {
  const sorted = all.toSorted((a, b) => a - b);
  const median = (sorted[runs / 2 - 1] + sorted[runs / 2]) / 2;
  const raw = all.map((time) => time.toFixed(0)).join(' ');
  console.log(`${name}: median ${median.toFixed(0)} ms of ${runs} (${raw})`);
  if (median <= limitMs) continue;
  console.error(`over the limit of ${limitMs} ms`);
  process.exitCode = 1;
}

/** Wall time of one process from its start to its end, in ms. */
function timeMs(words) {
  const began = performance.now();
  execFileSync(process.execPath, words, { stdio: 'ignore' });
  return performance.now() - began;
}
