import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { modelsCommand } from './models.ts';

const model = Buffer.from('GGUF, as far as a download is concerned');
const sha256 = createHash('sha256').update(model).digest('hex');
const reference = 'hf:owner/name/model.gguf';

let folder: string;
let server: Server;
let shown: { stdout: string; stderr: string };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-models-'));
  server = createServer((_, response) => {
    response.writeHead(200, { 'content-length': model.length, etag: `"${sha256}"` }).end(model);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  vi.stubEnv('STEERBENCH_CACHE', folder);
  vi.stubEnv('HF_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  shown = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      shown[stream] += text;
      return true;
    });
  }
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await rm(folder, { recursive: true, force: true });
});

it('pulls, locates, lists and removes a model', async () => {
  const path = join(folder, 'models/owner/name/model.gguf');
  const pulled = JSON.parse((await run('pull', reference, '--json')).stdout);
  expect(pulled).toEqual({ reference, path, sha256, source: reference, alias: null, bytes: model.length });
  expect(shown.stderr).toMatch(/^downloading 39 B of 39 B, 100 %/);

  expect((await run('path', reference)).stdout).toBe(`${path}\n`);

  const listed = JSON.parse((await run('list', '--json')).stdout);
  expect(listed.others).toEqual([{ path, bytes: model.length, source: reference }]);
  expect(listed.aliases[0]).toMatchObject({
    name: 'smollm2-135m-instruct',
    cachedPath: null,
    bytes: 98_362_432,
  });

  const { stdout } = await run('remove', reference);
  expect(stdout).toBe(`removed ${path}\nremoved ${path}.json\n${stdout.split('\n').at(-2)}\n`);
  expect(stdout).toMatch(/\d+ B freed\n$/);
  await expect(run('path', reference)).rejects.toMatchObject({ code: 'model-not-found' });
  await expect(run('remove', reference)).rejects.toMatchObject({ code: 'model-not-found' });
});

it('shows no progress where none is wanted', async () => {
  const { stdout, stderr } = await run('pull', reference, '--quiet');
  expect(stderr).toBe('');
  expect(stdout).toContain(`sha256 ${sha256}`);
});

it('marks a cached alias in the table, and adds up what the cache holds', async () => {
  const name = 'models/bartowski/gemma-2-2b-it-GGUF/gemma-2-2b-it-Q8_0.gguf';
  await mkdir(join(folder, name, '..'), { recursive: true });
  await writeFile(join(folder, name), Buffer.alloc(1500));
  const record = { source: 'here', sha256, bytes: 1500, modifiedMs: 0, madeFrom: null };
  await writeFile(join(folder, `${name}.json`), JSON.stringify(record));
  const lines = (await run('list')).stdout.split('\n');
  expect(lines.find((line) => line.startsWith('gemma-2-2b-it'))).toMatch(/1\.50 kB +cached +14 of 26 +Gemma/);
  expect(lines.find((line) => line.startsWith('llama-2-7b-chat'))).toMatch(/7\.16 GB +13 of 32/);
  expect(lines.at(-2)).toBe(`1.50 kB in ${folder}`);
});

it('never removes a file outside the cache', async () => {
  const path = join(folder, 'mine.gguf');
  await writeFile(path, model);
  await expect(run('remove', path)).rejects.toMatchObject({ code: 'model-not-found' });
});

async function run(...words: string[]): Promise<{ stdout: string; stderr: string }> {
  shown.stdout = '';
  shown.stderr = '';
  await modelsCommand().parseAsync(words, { from: 'user' });
  return shown;
}
