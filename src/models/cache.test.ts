import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  cachedModels,
  cachedPath,
  cacheFolder,
  matchesRecord,
  readRecord,
  removeCached,
  writeRecord,
} from './cache.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('is where the platform keeps caches', () => {
  expect(cacheFolder({ HOME: '/home/a' }, 'linux')).toBe('/home/a/.cache/steerbench');
  expect(cacheFolder({ HOME: '/home/a', XDG_CACHE_HOME: '/x' }, 'linux')).toBe('/x/steerbench');
  expect(cacheFolder({ HOME: '/Users/a' }, 'darwin')).toBe('/Users/a/Library/Caches/steerbench');
  expect(cacheFolder({ LOCALAPPDATA: '/local' }, 'win32')).toBe('/local/steerbench');
  expect(cacheFolder({ HOME: '/home/a', STEERBENCH_CACHE: '/mine', XDG_CACHE_HOME: '/x' }, 'linux')).toBe(
    '/mine',
  );
});

it('keeps revisions apart', () => {
  expect(cachedPath('/c', 'owner/name', 'main', 'm.gguf')).toBe('/c/models/owner/name/m.gguf');
  expect(cachedPath('/c', 'owner/name', 'v2', 'sub/m.gguf')).toBe('/c/models/owner/name@v2/sub/m.gguf');
});

it('records a file, and notices when it changes', async () => {
  const path = await put('m.gguf', 'GGUF');
  const record = await writeRecord(path, { source: 'here', sha256: 'a'.repeat(64), madeFrom: null });
  expect(await readRecord(path)).toEqual(record);
  expect(record).toMatchObject({ bytes: 4, source: 'here' });
  expect(await matchesRecord(path, record)).toBe(true);
  await utimes(path, new Date(0), new Date(0));
  expect(await matchesRecord(path, record)).toBe(false);
  await writeFile(`${path}.json`, '{"sha256": "short"}');
  expect(await readRecord(path)).toBeNull();
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
