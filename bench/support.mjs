// What all benchmarks share: fresh processes, alternating order, raw values kept, medians.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Folder of public data; see its README. */
export const dataFolder = process.env.STEERBENCH_SHARED_DATA ?? join(root, '../shared/data');

/** Python with torch and transformers (bench/python/README.md); null without. */
export function python() {
  found ??= { path: findPython() };
  return found.path;
}

let found;

function findPython() {
  const path = process.env.STEERBENCH_PYTHON;
  if (path === undefined || !existsSync(path)) return null;
  // The tests of the server take the same variable, for a Python without torch.
  return spawnSync(path, ['-c', 'import torch']).status === 0 ? path : null;
}

/** Runs a program in a fresh process and parses the JSON that it prints last. */
export function runJson(command, args, env = {}) {
  const { stdout, stderr, status } = spawnSync(command, args, {
    encoding: 'utf8',
    cwd: root,
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stderr}`);
  return JSON.parse(stdout.slice(stdout.indexOf('{')));
}

/** Runs the variants in turn, `rounds` times, every second round backwards; raw results by variant. */
export function alternate(variants, rounds) {
  const raw = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const names = Object.keys(variants);
    if (round % 2 === 1) names.reverse();
    for (const name of names) {
      process.stderr.write(`round ${round + 1}/${rounds}: ${name}\n`);
      raw[name].push(variants[name]());
    }
  }
  return raw;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Keeps a benchmark's raw values in bench/results, with the machine and the commit. */
export function keep(name, value) {
  mkdirSync(join(root, 'bench/results'), { recursive: true });
  const machine = {
    cpu: cpus()[0].model,
    cores: cpus().length,
    node: process.version,
    platform: process.platform,
  };
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    encoding: 'utf8',
    cwd: root,
  }).trim();
  writeFileSync(
    join(root, `bench/results/${name}.json`),
    `${JSON.stringify({ name, machine, commit, ...value }, null, 1)}\n`,
  );
}

/** Processor time of another process, in microseconds; Linux. */
export function processorTime(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  // Clock ticks of 10 ms.
  return { user: Number(fields[11]) * 1e4, system: Number(fields[12]) * 1e4 };
}
