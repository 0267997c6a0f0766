import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { atomicWrite } from './atomic-write.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-write-'));
});
afterEach(async () => {
  await chmod(folder, 0o755).catch(() => undefined);
  await rm(folder, { recursive: true });
});

test('writes text, bytes and pieces, replaces what was there, and leaves no other file', async () => {
  const path = join(folder, 'a.json');
  await atomicWrite(path, 'grün');
  expect(await readFile(path, 'utf8')).toBe('grün');
  await atomicWrite(path, Uint8Array.of(1, 2, 3));
  expect([...(await readFile(path))]).toEqual([1, 2, 3]);
  await atomicWrite(path, [Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)]);
  expect([...(await readFile(path))]).toEqual([1, 2, 3]);
  expect(await readdir(folder)).toEqual(['a.json']);
});

test('many writers of one name leave one whole content', async () => {
  const path = join(folder, 'a.txt');
  const contents = Array.from({ length: 8 }, (_, i) => String(i).repeat(100_000));
  await Promise.all(contents.map((content) => atomicWrite(path, content)));
  expect(contents).toContain(await readFile(path, 'utf8'));
  expect(await readdir(folder)).toEqual(['a.txt']);
});

test('a failure in the middle keeps the old content and removes the temporary file', async () => {
  const path = join(folder, 'a.txt');
  await writeFile(path, 'old');
  function* pieces(): Generator<Uint8Array> {
    yield Uint8Array.of(1);
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  }
  await expect(atomicWrite(path, pieces())).rejects.toMatchObject({
    code: 'write-failed',
    message: `cannot write "${path}": the disk is full`,
    remedy: 'free some space, then run the same command again',
  });
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['a.txt']);
});

test('names the path and the way out where the target cannot be', async () => {
  await expect(atomicWrite(join(folder, 'none', 'a.txt'), '')).rejects.toMatchObject({
    code: 'write-failed',
    message: `cannot write "${join(folder, 'none', 'a.txt')}": the folder does not exist`,
  });
  await mkdir(join(folder, 'taken'));
  await expect(atomicWrite(join(folder, 'taken'), '')).rejects.toMatchObject({ code: 'write-failed' });
  expect(await readdir(folder)).toEqual(['taken']);
});

// The superuser may write everywhere.
test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
  'a read-only folder is named',
  async () => {
    await chmod(folder, 0o555);
    await expect(atomicWrite(join(folder, 'a.txt'), '')).rejects.toMatchObject({
      code: 'write-failed',
      message: `cannot write "${join(folder, 'a.txt')}": permission denied`,
    });
  },
);
