import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeGguf } from '../files/gguf-write.ts';
import { type FindModelOptions, findModel } from './find-model.ts';

const model = gguf('first');
const sha256 = hashOf(model);

let folder: string;
let server: Server | null;
let options: FindModelOptions;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-find-'));
  server = null;
  options = {
    cacheFolder: join(folder, 'cache'),
    environment: { HOME: join(folder, 'home') },
    timing: { retryDelayMs: 1 },
    lockPollMs: 2,
  };
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => (server ? server.close(done) : done(null)));
  await rm(folder, { recursive: true, force: true });
});

describe('a file of the hub', () => {
  const reference = 'hf:owner/name/model.gguf';
  const cached = 'models/owner/name/model.gguf';

  it('is fetched once, with the token, and recorded with the hash that the hub stated', async () => {
    const requests = await serveHub({ 'model.gguf': model });
    options.environment!['HF_TOKEN'] = 'secret';
    const found = await findModel(reference, options);
    const path = join(folder, 'cache', cached);
    expect(found).toEqual({ path, reference, sha256, source: reference, alias: null });
    expect((await readFile(path)).equals(model)).toBe(true);
    expect(await findModel(reference, options)).toEqual(found);
    expect(requests.map((each) => each.url)).toEqual(['/owner/name/resolve/main/model.gguf']);
    expect(requests[0]!.headers.authorization).toBe('Bearer secret');
  });

  it('is fetched once by two callers at the same time; the second says that it waits', async () => {
    const requests = await serveHub({ 'model.gguf': model }, 50);
    const lines: string[] = [];
    const both = { ...options, onMessage: (line: string) => lines.push(line) };
    const [first, second] = await Promise.all([findModel(reference, both), findModel(reference, both)]);
    expect(first).toEqual(second);
    expect(requests).toHaveLength(1);
    expect(lines).toEqual([`process ${process.pid} is fetching "${reference}": waiting for it`]);
  });

  it('is fetched again when the cached bytes have changed', async () => {
    const requests = await serveHub({ 'model.gguf': model });
    const { path } = await findModel(reference, options);
    await writeFile(path, gguf('other'));
    const lines: string[] = [];
    expect(await findModel(reference, { ...options, onMessage: (line) => lines.push(line) })).toMatchObject({
      sha256,
    });
    expect(lines[0]).toContain('is not the file it should be');
    expect((await readFile(path)).equals(model)).toBe(true);
    expect(requests).toHaveLength(2);
  });

  it('is kept when only its time has changed', async () => {
    const requests = await serveHub({ 'model.gguf': model });
    const { path } = await findModel(reference, options);
    await utimes(path, new Date(0), new Date(0));
    expect(await findModel(reference, options)).toMatchObject({ sha256 });
    expect(requests).toHaveLength(1);
  });

  it('that somebody put into the cache is taken, if it is a GGUF', async () => {
    const path = await put(join('cache', cached), model);
    expect(await findModel(reference, options)).toMatchObject({ path, sha256, source: 'put there by hand' });
    await put('cache/models/owner/name/page.gguf', '<html>sign in</html>');
    await expect(findModel('hf:owner/name/page.gguf', options)).rejects.toMatchObject({
      code: 'model-corrupt',
    });
  });

  it('is not fetched where that is not wanted', async () => {
    await expect(findModel(reference, { ...options, download: false })).rejects.toMatchObject({
      code: 'model-not-found',
      remedy: `run \`steerbench models pull ${reference}\``,
    });
  });

  it('that is split is fetched in all its parts', async () => {
    const parts = { 'big-00001-of-00002.gguf': gguf('one'), 'big-00002-of-00002.gguf': gguf('two') };
    await serveHub(parts);
    const found = await findModel('hf:owner/name/big-00001-of-00002.gguf', options);
    expect(found.path).toBe(join(folder, 'cache/models/owner/name/big-00001-of-00002.gguf'));
    const [one, two] = Object.values(parts);
    expect(found.sha256).toBe(hashOf(Buffer.from(`${hashOf(one!)}\n${hashOf(two!)}\n`)));
    expect((await stat(join(dirname(found.path), 'big-00002-of-00002.gguf'))).size).toBe(two!.length);
  });
});

describe('a path', () => {
  it('is found from the home, and its hash is kept until the file changes', async () => {
    const path = await put('home/models/m.gguf', model);
    const found = await findModel('~/models/m.gguf', options);
    expect(found).toEqual({ path, reference: '~/models/m.gguf', sha256, source: path, alias: null });
    // The hash is kept: what stands in the cache is given, without a look at the file.
    const [kept] = await readdir(join(folder, 'cache/hashes'));
    const note = join(folder, 'cache/hashes', kept!);
    await writeFile(note, (await readFile(note, 'utf8')).replace(sha256, 'e'.repeat(64)));
    expect((await findModel(path, options)).sha256).toBe('e'.repeat(64));
    await writeFile(path, gguf('changed'));
    expect((await findModel(path, options)).sha256).toBe(hashOf(gguf('changed')));
  });

  it('to a file that is no GGUF is refused before it is hashed', async () => {
    const path = await put('m.gguf', 'PK\u0003\u0004 something else, long enough for a header');
    await expect(findModel(path, options)).rejects.toMatchObject({ code: 'model-corrupt' });
  });

  it('to a folder names the models in it', async () => {
    const path = await put('models/m.gguf', model);
    await expect(findModel(dirname(path), options)).rejects.toMatchObject({
      code: 'model-not-found',
      remedy: 'name a file in it: m.gguf',
    });
  });

  it('to nothing names files like it', async () => {
    const path = await put('models/gemma.gguf', model);
    await expect(findModel(join(dirname(path), 'gema.gguf'), options)).rejects.toMatchObject({
      code: 'model-not-found',
      remedy: expect.stringContaining('did you mean "gemma.gguf"?'),
    });
  });

  it('to one part of a split model gives the first, and names a missing one', async () => {
    await put('big-00001-of-00002.gguf', gguf('one'));
    const second = join(folder, 'big-00002-of-00002.gguf');
    await expect(findModel(join(folder, 'big-00001-of-00002.gguf'), options)).rejects.toMatchObject({
      message: expect.stringContaining(`lacks its part "${second}"`),
    });
    await put('big-00002-of-00002.gguf', gguf('two'));
    expect((await findModel(second, options)).path).toBe(join(folder, 'big-00001-of-00002.gguf'));
  });
});

describe('another store', () => {
  const digest = `sha256:${sha256}`;
  const manifest = JSON.stringify({
    layers: [
      { mediaType: 'application/vnd.ollama.image.template', digest: `sha256:${'0'.repeat(64)}` },
      { mediaType: 'application/vnd.ollama.image.model', digest },
    ],
  });

  it('Ollama: its library, with the tag "latest" by default', async () => {
    const store = 'home/.ollama/models';
    await put(`${store}/manifests/registry.ollama.ai/library/tiny/latest`, manifest);
    await put(`${store}/manifests/registry.ollama.ai/someone/tiny/1b`, manifest);
    const path = await put(`${store}/blobs/sha256-${sha256}`, model);
    const source = 'ollama:tiny';
    expect(await findModel(source, options)).toEqual({
      path,
      reference: source,
      sha256,
      source,
      alias: null,
    });
    expect(await findModel('ollama:someone/tiny:1b', options)).toMatchObject({ path });
    await expect(findModel('ollama:tiny:2b', options)).rejects.toMatchObject({
      code: 'model-not-found',
      remedy: expect.stringContaining('ollama pull tiny:2b'),
    });
  });

  it('Ollama: the folder that OLLAMA_MODELS names, and what is wrong in it', async () => {
    options.environment!['OLLAMA_MODELS'] = join(folder, 'store');
    await put('store/manifests/registry.ollama.ai/library/tiny/latest', manifest);
    await expect(findModel('ollama:tiny', options)).rejects.toMatchObject({
      message: expect.stringContaining('are missing'),
    });
    await put('store/manifests/registry.ollama.ai/library/broken/latest', '{"layers": 3}');
    await expect(findModel('ollama:broken', options)).rejects.toMatchObject({
      message: expect.stringContaining('names no GGUF'),
    });
    await expect(findModel('ollama:../../x', options)).rejects.toMatchObject({ code: 'model-not-found' });
  });

  it('LM Studio: both of its folders, with names like a wrong one', async () => {
    const path = await put('home/.cache/lm-studio/models/maker/tiny/tiny.gguf', model);
    expect(await findModel('lmstudio:maker/tiny/tiny.gguf', options)).toMatchObject({ path, sha256 });
    await expect(findModel('lmstudio:maker/tiny/tinny.gguf', options)).rejects.toMatchObject({
      remedy: 'did you mean lmstudio:maker/tiny/tiny.gguf?',
    });
    await expect(findModel('lmstudio:../../../x.gguf', options)).rejects.toMatchObject({
      code: 'model-not-found',
    });
  });
});

describe('a name that nothing answers to', () => {
  it('is answered with the aliases like it', async () => {
    await expect(findModel('gema-2-2b', options)).rejects.toMatchObject({
      code: 'model-not-found',
      message: 'there is no model "gema-2-2b"',
      remedy: expect.stringMatching(/^did you mean "gemma-2-2b-it"\?.*models list/),
    });
  });

  it('that is a file of the hub without its scheme is told so', async () => {
    await expect(findModel('owner/name/model.gguf', options)).rejects.toMatchObject({
      remedy: 'for a file of the hub, write hf:owner/name/model.gguf',
    });
  });
});

/** A hub that redirects to its file store and states the hash in the redirect, as the real one does. */
async function serveHub(files: Record<string, Buffer>, delayMs = 0): Promise<IncomingMessage[]> {
  const requests: IncomingMessage[] = [];
  server = createServer((request, response) => {
    const name = request.url!.split('/').at(-1)!;
    const file = files[name]!;
    if (request.url!.startsWith('/store/')) {
      setTimeout(
        () => response.writeHead(200, { 'content-length': file.length, etag: '"v"' }).end(file),
        delayMs,
      );
      return;
    }
    requests.push(request);
    response.writeHead(302, { location: `/store/${name}`, 'x-linked-etag': `"${hashOf(file)}"` }).end();
  });
  await new Promise<void>((ready) => server!.listen(0, '127.0.0.1', ready));
  options.environment!['HF_ENDPOINT'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return requests;
}

async function put(name: string, content: Buffer | string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

function gguf(name: string): Buffer {
  const data = new Float32Array(8).fill(name.length);
  const tensors = [{ name: 'weights', shape: [4, 2], type: 'F32', data } as const];
  return Buffer.concat(
    encodeGguf({ metadata: [['general.name', { type: 'string', value: name }]], tensors }),
  );
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
