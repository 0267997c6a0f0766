import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeRecord } from '../download/file-record.ts';
import { cachedModels, cachedPath, removeCached } from './cache.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('keeps revisions apart', () => {
  expect(cachedPath('/c', 'owner/name', 'main', 'm.gguf')).toBe('/c/models/owner/name/m.gguf');
  expect(cachedPath('/c', 'owner/name', 'v2', 'sub/m.gguf')).toBe('/c/models/owner/name@v2/sub/m.gguf');
});

it('lists and removes a model with all that belongs to it, and nothing else', async () => {
  const names = ['m.gguf', 'm.f16.gguf', 'm.gguf.partial', 'm.gguf.partial.json', 'm-two.gguf', 'm.Q4.gguf'];
  for (const name of names) await put(name, 'GGUF');
  for (const name of ['m.gguf', 'm.f16.gguf', 'm-two.gguf']) {
    await writeRecord(join(folder, 'models/o/n', name), {
      source: 's',
      sha256: 'a'.repeat(64),
      madeFrom: null,
    });
  }
  expect((await cachedModels(folder)).map(({ path }) => path)).toEqual(
    ['m-two.gguf', 'm.f16.gguf', 'm.gguf'].map((name) => join(folder, 'models/o/n', name)),
  );
  const { removed, bytes } = await removeCached(join(folder, 'models/o/n/m.gguf'));
  expect(removed).toHaveLength(6);
  expect(bytes).toBeGreaterThan(16);
  expect((await readdir(join(folder, 'models/o/n'))).sort()).toEqual([
    'm-two.gguf',
    'm-two.gguf.json',
    'm.Q4.gguf',
  ]);
});

async function put(name: string, content: string): Promise<string> {
  const path = join(folder, 'models/o/n', name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}
