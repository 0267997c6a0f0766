import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from './lock.ts';

let folder: string;
let lock: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-lock-'));
  lock = join(folder, 'model.lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('lets one task run at a time, and tells the others that they wait', async () => {
  let running = 0;
  let most = 0;
  const waits: string[] = [];
  const task = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((done) => setTimeout(done, 10));
    running -= 1;
  };
  const options = { pollMs: 2, onWait: (holder: string) => waits.push(holder) };
  await Promise.all([1, 2, 3, 4].map(() => withLock(lock, task, options)));
  expect(most).toBe(1);
  expect(waits).toEqual(Array(3).fill(`process ${process.pid}`));
  expect(await readdir(folder)).toEqual([]);
});

it('is released when the task fails', async () => {
  await expect(withLock(lock, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await readdir(folder)).toEqual([]);
});

it('breaks the lock of a process that has ended', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  await hold({ pid, startTime: null, host: hostname() });
  expect(await withLock(lock, async () => 'ran', { pollMs: 2 })).toBe('ran');
});

it('lets only one of several breakers in at a time', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  await hold({ pid, startTime: null, host: hostname() });
  let running = 0;
  let most = 0;
  const task = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((done) => setTimeout(done, 5));
    running -= 1;
  };
  await Promise.all(Array.from({ length: 8 }, () => withLock(lock, task, { pollMs: 1 })));
  expect(most).toBe(1);
});

it.runIf(process.platform === 'linux')(
  'breaks the lock of an ended process whose number was given anew',
  async () => {
    await hold({ pid: process.pid, startTime: '1', host: hostname() });
    expect(await withLock(lock, async () => 'ran', { pollMs: 2 })).toBe('ran');
  },
);

it('waits for another process that runs', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  await hold({ pid: child.pid, startTime: null, host: hostname() });
  const waits: string[] = [];
  const ran = withLock(lock, async () => 'ran', {
    pollMs: 2,
    onWait: (holder) => {
      waits.push(holder);
      child.kill('SIGKILL');
    },
  });
  expect(await ran).toBe('ran');
  expect(waits).toEqual([`process ${child.pid}`]);
});

it('trusts a lock of another machine as long as it shows signs of life', async () => {
  await hold({ pid: 1, startTime: null, host: 'elsewhere' });
  const stop = new AbortController();
  const waiting = withLock(lock, async () => 'ran', {
    pollMs: 2,
    signal: stop.signal,
    onWait: () => stop.abort(),
  });
  await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
  const longAgo = new Date(Date.now() - 3_600_000);
  await utimes(lock, longAgo, longAgo);
  expect(await withLock(lock, async () => 'ran', { pollMs: 2 })).toBe('ran');
});

it('breaks a lock that was left empty by a crash', async () => {
  await writeFile(lock, '');
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(lock, longAgo, longAgo);
  expect(await withLock(lock, async () => 'ran', { pollMs: 2 })).toBe('ran');
});

function hold(holder: object): Promise<void> {
  return writeFile(lock, JSON.stringify(holder));
}
