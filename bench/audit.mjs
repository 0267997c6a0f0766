// The main job as a user runs it: time, first progress line, peak memory of all its processes.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keep, root } from './support.mjs';

/** Runs the default audit in a new folder. */
export async function auditBench() {
  const out = mkdtempSync(join(tmpdir(), 'steerbench-bench-'));
  rmSync(out, { recursive: true });
  const began = performance.now();
  const child = spawn(process.execPath, [join(root, 'dist/cli/main.js'), 'audit', '--out', out], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let firstLineSeconds = null;
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      firstLineSeconds ??= (performance.now() - began) / 1000;
      output += data;
    });
  }
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, memoryOf(child.pid));
  }, 200);
  const code = await new Promise((resolve) => child.on('exit', resolve));
  clearInterval(timer);
  const seconds = (performance.now() - began) / 1000;
  const { work } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
  const rows = work.reduce((sum, stage) => sum + stage.decodedTokens, 0);
  rmSync(out, { recursive: true });
  console.log(output);
  console.log(
    `audit: exit ${code}, ${seconds.toFixed(1)} s, first line after ${firstLineSeconds?.toFixed(2)} s, ${rows} rows, peak ${(peakBytes / 2 ** 20).toFixed(0)} MiB resident (proportional set size, all processes)`,
  );
  keep('audit', { seconds, firstLineSeconds, rows, peakBytes, code });
}

/** Proportional set size of a process and its descendants, in bytes: shared pages count once. Linux only. */
function memoryOf(pid) {
  let bytes = 0;
  const pending = [pid];
  while (pending.length > 0) {
    const one = pending.pop();
    try {
      bytes +=
        Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${one}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024;
      for (const task of readdirSync(`/proc/${one}/task`)) {
        pending.push(
          ...readFileSync(`/proc/${one}/task/${task}/children`, 'utf8')
            .split(' ')
            .filter(Boolean)
            .map(Number),
        );
      }
    } catch {
      // The process has gone.
    }
  }
  return bytes;
}
