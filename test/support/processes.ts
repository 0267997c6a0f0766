import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Waits until a process has ended; throws when it still runs after 10 seconds. */
export async function waitForEnd(pid: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (!isRunning(pid)) return;
    await wait(50);
  }
  throw new Error(`process ${pid} still runs`);
}

/** Whether a process runs: one that has ended but was not waited for by its parent (a zombie) does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = `/proc/${pid}/stat`;
  try {
    return !existsSync('/proc/self') || !/\) Z /.test(readFileSync(status, 'utf8'));
  } catch {
    return false;
  }
}

/** Children of a process, the first started first; Linux. */
export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
}
