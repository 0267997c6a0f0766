import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PublicFile } from '../src/dataset/catalogue/catalogue.ts';
import { cachedDataPath } from '../src/dataset/catalogue/data-folders.ts';
import { type PullOptions, pullFiles } from '../src/dataset/catalogue/pull.ts';
import { dataSources } from '../src/dataset/catalogue/sources.ts';
import type { DownloadProgress } from '../src/download/download.ts';
import { readRecord } from '../src/download/file-record.ts';
import { type SentBytes, sendBytes } from './support/file-server.ts';

const items = (count: number, word: string) =>
  Buffer.from(
    Array.from({ length: count }, (_, i) =>
      JSON.stringify({ prompt: `${word} ${i}?`, positive: `yes ${i}`, negative: `no ${i}` }),
    ).join('\n'),
  );
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const [first, second] = [items(2000, 'First'), items(300, 'Second')];
const timing = { reachTimeoutMs: 400, stallTimeoutMs: 150, attempts: 3, retryDelayMs: 1, longestWaitMs: 50 };

let folder: string;
let environment: NodeJS.ProcessEnv;
let server: Server | null;
let messages: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-pull-'));
  environment = { STEERBENCH_CACHE: join(folder, 'cache') };
  server = null;
  messages = [];
});

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => (server ? server.close(done) : done(null)));
  await rm(folder, { recursive: true, force: true });
});

/** A file of a made-up catalogue: pinned unless its hash is to be left open. */
function publicFile(path: string, bytes: Buffer, open = false): PublicFile {
  const source = dataSources[0]!;
  return {
    name: `mwe/${path}`,
    names: [`mwe/${path}`],
    label: path.replaceAll('/', '-'),
    source,
    commit: source.commit,
    path,
    sha256: open ? null : sha256(bytes),
    bytes: open ? null : bytes.length,
    items: null,
    kind: 'dataset',
  };
}

const one = publicFile('persona/one.jsonl', first);
const two = publicFile('persona/two.jsonl', second);
const open = publicFile('data/open.jsonl', second, true);

describe('a pull', () => {
  it('fetches each file from its commit, checks it, and leaves alone what is there', async () => {
    const paths = await serve({ [one.path]: first, [two.path]: second });
    const progress: DownloadProgress[] = [];
    const pulled = await pull([one, two], { onProgress: (each) => progress.push(each) });
    expect(pulled.map(({ name, state }) => [name, state])).toEqual([
      [one.name, 'fetched'],
      [two.name, 'fetched'],
    ]);
    expect(paths[0]).toBe(`/anthropics/evals/${one.commit}/persona/one.jsonl`);
    const path = cachedDataPath(one, environment);
    expect(pulled[0]).toMatchObject({ path, sha256: sha256(first), reason: null });
    expect((await readFile(path)).equals(first)).toBe(true);
    expect((await readdir(dirname(path))).sort()).toEqual([
      'one.jsonl',
      'one.jsonl.json',
      'two.jsonl',
      'two.jsonl.json',
    ]);
    const total = first.length + second.length;
    expect(progress.at(-1)).toMatchObject({ bytes: total, total });
    const again = await pull([one, two]);
    expect(again.map(({ state }) => state)).toEqual(['present', 'present']);
    expect(paths).toHaveLength(2);
  });

  it('hashes a file again whose time has changed, and fetches one again that has changed', async () => {
    const paths = await serve({ [one.path]: first });
    await pull([one]);
    const path = cachedDataPath(one, environment);
    await utimes(path, new Date(0), new Date(0));
    expect((await pull([one]))[0]?.state).toBe('present');
    await writeFile(path, second);
    expect((await pull([one]))[0]?.state).toBe('fetched');
    expect((await readFile(path)).equals(first)).toBe(true);
    expect(messages.join()).toMatch(/is not the file it should be: removed, fetching it again/);
    expect(paths).toHaveLength(2);
  });

  it('goes on where a cut connection broke, also in a later call', async () => {
    const ranges: (string | undefined)[] = [];
    await serve({ [one.path]: first }, (request, response, content, count) => {
      ranges.push(request.headers.range);
      sendBytes(request, response, { content, ...(count <= 3 ? { cutAfter: 10_000 } : {}) });
    });
    await expect(pull([one], { timing: { ...timing, attempts: 1 } })).resolves.toMatchObject([
      { state: 'failed', reason: expect.stringMatching(/connection was cut/) },
    ]);
    expect((await pull([one]))[0]).toMatchObject({ state: 'fetched', sha256: sha256(first) });
    expect(ranges).toEqual([undefined, 'bytes=10000-', 'bytes=20000-', 'bytes=30000-']);
  });

  it('passes over wrong bytes and what a server lacks, and brings the rest', async () => {
    await serve({ [one.path]: second, [two.path]: second });
    const absent = publicFile('persona/absent.jsonl', first);
    const pulled = await pull([one, absent, two]);
    expect(pulled.map(({ state }) => state)).toEqual(['failed', 'failed', 'fetched']);
    expect(pulled[0]?.reason).toContain(`sha256 ${sha256(second)} instead of ${sha256(first)}`);
    expect(pulled[1]?.reason).toMatch(/there is no such file \(404\)/);
    expect(await readdir(dirname(cachedDataPath(one, environment)))).toEqual(['two.jsonl', 'two.jsonl.json']);
  });

  it('gives up on a server that fails four times in a row', async () => {
    const paths = await serve({});
    const files = Array.from({ length: 9 }, (_, i) => publicFile(`persona/${i}.jsonl`, first));
    await expect(pull(files)).rejects.toMatchObject({ code: 'download-failed' });
    expect(paths).toHaveLength(4);
  });

  it('ends at once without a network, with the command that needs none', async () => {
    await serve({});
    await new Promise((done) => server!.close(done));
    await expect(pull([one, two])).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/connection was refused/),
      remedy: expect.stringContaining('curl -L --fail --create-dirs'),
    });
  });

  it('that is stopped keeps what there is', async () => {
    await serve({ [one.path]: first, [two.path]: second }, (request, response, content, count) =>
      sendBytes(request, response, { content, ...(count === 2 ? { silentAfter: 5000 } : {}) }),
    );
    const stop = new AbortController();
    const stopped = pull([two, one], {
      signal: stop.signal,
      timing: { ...timing, stallTimeoutMs: 20_000 },
      onProgress: ({ bytes }) => bytes === second.length + 5000 && stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
    expect((await pull([two, one])).map(({ state }) => state)).toEqual(['present', 'fetched']);
  });

  it.runIf(process.platform === 'linux')('names a full disk', async () => {
    await serve({ [one.path]: first });
    const path = cachedDataPath(one, environment);
    await mkdir(dirname(path), { recursive: true });
    await symlink('/dev/full', `${path}.partial`);
    await expect(pull([one])).rejects.toMatchObject({
      code: 'write-failed',
      message: expect.stringMatching(/the disk is full/),
    });
  });

  it('of two processes fetches once', async () => {
    const paths = await serve({ [one.path]: first });
    const both = await Promise.all([pull([one]), pull([one])]);
    expect(both.map(([file]) => file?.state).sort()).toEqual(['fetched', 'present']);
    expect(paths).toHaveLength(1);
  });
});

describe('a file without a pinned hash', () => {
  it('has the hash of its first bytes recorded aloud, which later ones must have', async () => {
    const served = { [open.path]: second };
    await serve(served);
    expect((await pull([open]))[0]).toMatchObject({ state: 'fetched', sha256: sha256(second) });
    expect(messages).toEqual([expect.stringMatching(/^no sha256 of "mwe\/data\/open.jsonl" is pinned/)]);
    expect(messages[0]).toContain(sha256(second));
    const path = cachedDataPath(open, environment);
    expect((await readRecord(path))?.sha256).toBe(sha256(second));

    // The same again after the file was lost; then other bytes.
    await rm(path);
    expect((await pull([open]))[0]?.state).toBe('fetched');
    expect(messages).toHaveLength(1);
    await rm(path);
    served[open.path] = first;
    expect((await pull([open]))[0]).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining(`sha256 ${sha256(first)} instead of ${sha256(second)}`),
    });
  });

  it.each([
    ['a sign-in page', '<html>sign in</html>', /is not that dataset: .*expected one JSON object/],
    ['a file of another kind', '{"name": "x"}', /is not that dataset: .*found the fields name/],
    ['nothing', '', /sent an empty file/],
    ['an empty line', '\n', /is not that dataset: .*no items/],
  ])('is refused where it is %s', async (_, content, reason) => {
    await serve({ [open.path]: Buffer.from(content) });
    expect((await pull([open]))[0]).toMatchObject({ state: 'failed', reason: expect.stringMatching(reason) });
    expect(await readdir(dirname(cachedDataPath(open, environment)))).toEqual([]);
  });

  it('is refused where it has another number of items than is known', async () => {
    await serve({ [open.path]: second });
    expect((await pull([{ ...open, items: 817 }]))[0]?.reason).toMatch(/300 items instead of 817/);
    expect((await pull([{ ...open, items: 300 }]))[0]?.state).toBe('fetched');
  });

  it('is taken where a download ended before its hash was recorded', async () => {
    const path = cachedDataPath(open, environment);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, second);
    await serve({});
    expect((await pull([open]))[0]).toMatchObject({ state: 'present', sha256: sha256(second) });
    expect((await readRecord(path))?.sha256).toBe(sha256(second));
  });
});

describe('a pull from a folder', () => {
  it('knows files by their bytes, whatever they are called', async () => {
    await put('anything/else.jsonl', first);
    await put('persona/two.jsonl', first);
    await put('.hidden/two.jsonl', second);
    const pulled = await pull([one, two], { from: join(folder, 'own') });
    expect(pulled.map(({ state }) => state)).toEqual(['copied', 'missing']);
    expect((await readRecord(cachedDataPath(one, environment)))?.source).toBe(
      join(folder, 'own/anything/else.jsonl'),
    );
    expect(pulled[1]).toMatchObject({ path: null, sha256: null, reason: null });
  });

  it('knows a file without a pinned hash by its path, else by its name', async () => {
    await put('else/open.jsonl', first);
    await put('data/open.jsonl', second);
    expect((await pull([open], { from: join(folder, 'own') }))[0]?.sha256).toBe(sha256(second));
    await rm(join(folder, 'cache'), { recursive: true });
    await rm(join(folder, 'own/data'), { recursive: true });
    expect((await pull([open], { from: join(folder, 'own') }))[0]?.sha256).toBe(sha256(first));
    await rm(join(folder, 'cache'), { recursive: true });
    await put('third/open.jsonl', second);
    expect((await pull([open], { from: join(folder, 'own') }))[0]).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/several files could be .*else\/open.jsonl, .*third\/open.jsonl/),
    });
  });

  it('takes of a file without a pinned hash only what was recorded', async () => {
    await serve({ [open.path]: second });
    await pull([open]);
    await rm(cachedDataPath(open, environment));
    await put('open.jsonl', first);
    expect((await pull([open], { from: join(folder, 'own') }))[0]?.state).toBe('missing');
    await put('open.jsonl', second);
    expect((await pull([open], { from: join(folder, 'own') }))[0]?.state).toBe('copied');
  });

  it('that is not there is an error', async () => {
    await expect(pull([one], { from: join(folder, 'none') })).rejects.toMatchObject({
      code: 'data-not-found',
    });
  });
});

function pull(files: PublicFile[], options: Partial<PullOptions> = {}) {
  return pullFiles(files, {
    environment,
    from: null,
    onMessage: (line) => messages.push(line),
    timing,
    lockPollMs: 2,
    ...options,
  });
}

async function put(path: string, content: Buffer): Promise<void> {
  const whole = join(folder, 'own', path);
  await mkdir(dirname(whole), { recursive: true });
  await writeFile(whole, content);
}

type Send = (request: IncomingMessage, response: ServerResponse, content: Buffer, count: number) => void;

/** Serves files by the end of their path, and gives the paths that were asked for. */
async function serve(files: Record<string, Buffer>, send?: Send): Promise<string[]> {
  const paths: string[] = [];
  server = createServer((request, response) => {
    paths.push(request.url!);
    response.on('error', () => undefined);
    const [, content] = Object.entries(files).find(([path]) => request.url!.endsWith(`/${path}`)) ?? [];
    if (content === undefined) return response.writeHead(404).end();
    const sent: SentBytes = { content };
    if (send !== undefined) return send(request, response, content, paths.length);
    if (content.length === 0) return response.writeHead(200, { 'content-length': 0 }).end();
    return sendBytes(request, response, sent);
  });
  await new Promise<void>((ready) => server!.listen(0, ready));
  environment['STEERBENCH_DATA_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return paths;
}
