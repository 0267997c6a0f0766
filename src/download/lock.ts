import { readFileSync } from 'node:fs';
import { open, readFile, stat, unlink, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { systemCode } from '../files/read-failure.ts';
import { cacheWriteFailure } from './disk.ts';
import { pause } from './interruption.ts';

/** How a lock is waited for. */
export interface LockOptions {
  /** Called once, before the first wait, with a description of the holder. */
  onWait?: (holder: string) => void;
  /** Time between two looks at the lock. Default 500. */
  pollMs?: number;
  /** Ends the wait. */
  signal?: AbortSignal;
}

/**
 * Runs a task while a lock file is held, so that two processes never do it at once; a second caller waits its turn.
 *
 * A lock whose process no longer runs (same host: pid and start time; other host: no sign of life for ten minutes) is
 * broken. The folder of the lock must exist.
 *
 * @throws SteerbenchError `interrupted`, when the signal ended the wait; `write-failed`, when the lock cannot be made.
 *
 * @example
 * await withLock('model.gguf.lock', () => download(), { onWait: (holder) => console.error(`waiting for ${holder}`) });
 */
export async function withLock<T>(
  path: string,
  task: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const content = await acquire(path, options);
  const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), 10_000);
  beat.unref();
  try {
    return await task();
  } finally {
    clearInterval(beat);
    await release(path, content);
  }
}

async function acquire(path: string, options: LockOptions): Promise<string> {
  let told = false;
  for (;;) {
    const content = ownContent();
    if (await create(path, content)) return content;
    const holder = await readHolder(path);
    if (holder === 'gone') continue;
    if (isStale(holder)) {
      await breakStale(path);
      continue;
    }
    if (!told) options.onWait?.(describe(holder));
    told = true;
    await pause(options.pollMs ?? 500, options.signal);
  }
}

/** False when the file exists already: `wx` makes the test and the creation one step. */
async function create(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw cacheWriteFailure(path, error);
  }
}

async function release(path: string, content: string): Promise<void> {
  const current = await readFile(path, 'utf8').catch(() => null);
  if (current === content) await unlink(path).catch(() => undefined);
}

/** Two breakers could each remove the other's fresh lock, so that breaking has a lock of its own. */
async function breakStale(path: string): Promise<void> {
  const guard = `${path}.breaking`;
  if (!(await create(guard, ''))) {
    const age = await ageMs(guard);
    if (age !== null && age > guardLifeMs) await unlink(guard).catch(() => undefined);
    await pause(20);
    return;
  }
  try {
    const holder = await readHolder(path);
    if (holder !== 'gone' && isStale(holder)) await unlink(path).catch(() => undefined);
  } finally {
    await unlink(guard).catch(() => undefined);
  }
}

interface Holder {
  pid: number | null;
  startTime: string | null;
  host: string | null;
  ageMs: number;
}

async function readHolder(path: string): Promise<Holder | 'gone'> {
  const text = await readFile(path, 'utf8').catch(() => null);
  const age = await ageMs(path);
  if (text === null || age === null) return 'gone';
  const fields = parse(text);
  return {
    pid: asNumber(fields['pid']),
    startTime: asText(fields['startTime']),
    host: asText(fields['host']),
    ageMs: age,
  };
}

function isStale(holder: Holder): boolean {
  // Created but not yet written, or cut short by a crash.
  if (holder.pid === null) return holder.ageMs > guardLifeMs;
  if (holder.host !== hostname()) return holder.ageMs > foreignLifeMs;
  if (!isRunning(holder.pid)) return true;
  const startTime = processStartTime(holder.pid);
  return holder.startTime !== null && startTime !== null && startTime !== holder.startTime;
}

function describe(holder: Holder): string {
  const where = holder.host === null || holder.host === hostname() ? '' : ` on ${holder.host}`;
  return holder.pid === null ? 'another process' : `process ${holder.pid}${where}`;
}

let locksTaken = 0;

/** Unlike any other lock's content, also one of this process, so that only the own lock is released. */
function ownContent(): string {
  locksTaken += 1;
  const { pid } = process;
  return JSON.stringify({ pid, startTime: processStartTime(pid), host: hostname(), number: locksTaken });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

/** Start of a process in clock ticks since boot (Linux), which tells a reused pid; null elsewhere. */
function processStartTime(pid: number): string | null {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name in parentheses, may hold spaces: count from its end. Field 22 is the start time.
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

async function ageMs(path: string): Promise<number | null> {
  const facts = await stat(path).catch(() => null);
  return facts === null ? null : Date.now() - facts.mtimeMs;
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function asNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A guard, or a lock without content, is older than this only after a crash. */
const guardLifeMs = 10_000;
const foreignLifeMs = 600_000;
