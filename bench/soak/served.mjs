// `steerbench serve` as a process of its own, and its memory.
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../support.mjs';

/**
 * Starts the server on a free port.
 *
 * @returns `{ url, pid, enginePid, log, ended, stop }`; `log`: what it wrote to standard error
 */
export async function startServed(args) {
  const child = spawn(
    process.execPath,
    [join(root, 'dist/cli/main.js'), 'serve', '--port', '0', '--json', '--quiet', ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const log = [];
  child.stderr.setEncoding('utf8').on('data', (text) => log.push(text));
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ?? code)));
  const listening = new Promise((resolve) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part) => {
      text += part;
      if (text.includes('\n')) resolve(JSON.parse(text));
    });
  });
  const first = await Promise.race([listening, ended]);
  if (typeof first !== 'object') throw new Error(`the server ended: ${first}\n${log.join('')}`);
  const stop = async () => {
    child.kill('SIGTERM');
    return ended;
  };
  return { url: first.url, pid: first.pid, enginePid: first.enginePid, log, ended, stop };
}

/** Resident memory of the server and of its engine, MiB; 0 for what is not there. */
export function memoryOf(pid) {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' });
  let [server, engine] = [0, 0];
  for (const line of table.trim().split('\n')) {
    const [own, parent, kilobytes] = line.trim().split(/\s+/).map(Number);
    if (own === pid) server = kilobytes / 1024;
    if (parent === pid) engine += kilobytes / 1024;
  }
  return { server, engine };
}

/** A gauge or counter of the server's metrics. */
export async function metric(url, name) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`steerbench_${name} `));
  return Number(line?.split(' ')[1] ?? Number.NaN);
}
