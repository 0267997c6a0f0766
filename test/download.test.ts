import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DownloadOptions, type DownloadProgress, downloadFile } from '../src/download/download.ts';
import { redirect, repeatableBytes, type SentBytes, sendBytes } from './support/file-server.ts';

const body = repeatableBytes('first', 300_000);
const sha256 = createHash('sha256').update(body).digest('hex');
const timing = {
  reachTimeoutMs: 400,
  stallTimeoutMs: 150,
  attempts: 4,
  retryDelayMs: 1,
  longestWaitMs: 5000,
};

let folder: string;
let target: string;
let server: Server | null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-download-'));
  target = join(folder, 'model.gguf');
  server = null;
});

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => (server ? server.close(done) : done(null)));
  await rm(folder, { recursive: true, force: true });
});

describe('a whole answer', () => {
  it('is written, hashed and reported', async () => {
    const { url } = await serve((request, response) => sendFile(request, response));
    const progress: DownloadProgress[] = [];
    const result = await download(url, { sha256, onProgress: (each) => progress.push(each) });
    expect(result).toEqual({ sha256, bytes: body.length });
    expect((await readFile(target)).equals(body)).toBe(true);
    expect(await readdir(folder)).toEqual(['model.gguf']);
    expect(progress.at(-1)).toMatchObject({ bytes: body.length, total: body.length });
    expect(progress.map((each) => each.bytes)).toEqual(
      progress.map((each) => each.bytes).sort((a, b) => a - b),
    );
  });

  it('is found behind redirects, relative and to another host, which gets no token', async () => {
    const tokens: (string | undefined)[] = [];
    const { url, port } = await serve((request, response) => {
      tokens.push(request.headers.authorization);
      if (request.url === '/file') return redirect(response, '/second');
      if (request.url === '/second') return redirect(response, `http://localhost:${port}/third`);
      sendFile(request, response);
    });
    await download(url, { sha256, headers: { authorization: 'Bearer secret' } });
    expect((await readFile(target)).equals(body)).toBe(true);
    expect(tokens).toEqual(['Bearer secret', 'Bearer secret', undefined]);
  });

  it('is refused when redirects go in a circle', async () => {
    const { url, requests } = await serve((_, response) => redirect(response, '/file'));
    await expect(download(url)).rejects.toThrow(/redirects/);
    expect(requests.length).toBeLessThan(12);
  });

  it('without a stated length is taken to its end', async () => {
    const { url } = await serve((_, response) => response.end(body));
    expect(await download(url)).toEqual({ sha256, bytes: body.length });
  });
});

describe('a cut connection', () => {
  it('is continued where it broke, with the version of the file named', async () => {
    const { url, requests } = await serve((request, response, count) => {
      sendFile(request, response, count <= 2 ? { cutAfter: 100_000 } : {});
    });
    const lines: string[] = [];
    await download(url, { sha256, onMessage: (line) => lines.push(line) });
    expect((await readFile(target)).equals(body)).toBe(true);
    expect(requests).toHaveLength(3);
    expect(requests[0]!.range).toBeUndefined();
    expect(requests[1]).toMatchObject({ range: 'bytes=100000-', 'if-range': '"v1"' });
    expect(requests[2]).toMatchObject({ range: 'bytes=200000-', 'if-range': '"v1"' });
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/connection was cut; trying again/);
  });

  it('is continued by a later call', async () => {
    const { url, requests } = await serve((request, response, count) => {
      sendFile(request, response, count === 1 ? { cutAfter: 100_000 } : {});
    });
    await expect(download(url, { timing: { attempts: 1 } })).rejects.toMatchObject({
      code: 'download-failed',
    });
    expect((await readdir(folder)).sort()).toEqual(['model.gguf.partial', 'model.gguf.partial.json']);
    expect(await download(url, { sha256 })).toEqual({ sha256, bytes: body.length });
    expect(requests[1]).toMatchObject({ range: 'bytes=100000-' });
    expect(await readdir(folder)).toEqual(['model.gguf']);
  });

  it('starts over where the server ignores ranges', async () => {
    const { url, requests } = await serve((request, response, count) => {
      sendFile(request, response, { ranges: false, ...(count === 1 ? { cutAfter: 100_000 } : {}) });
    });
    expect(await download(url, { sha256 })).toEqual({ sha256, bytes: body.length });
    expect(requests).toHaveLength(2);
  });

  it('starts over where the server names no version', async () => {
    const { url, requests } = await serve((request, response, count) => {
      sendFile(request, response, { etag: null, ...(count === 1 ? { cutAfter: 100_000 } : {}) });
    });
    expect(await download(url, { sha256 })).toEqual({ sha256, bytes: body.length });
    expect(requests[1]!.range).toBeUndefined();
  });

  it('starts over when the file has changed meanwhile', async () => {
    const changed = repeatableBytes('second', 250_000);
    const { url } = await serve((request, response, count) => {
      if (count === 1) sendFile(request, response, { cutAfter: 100_000 });
      else sendFile(request, response, { content: changed, etag: '"v2"' });
    });
    await download(url);
    expect((await readFile(target)).equals(changed)).toBe(true);
  });

  it('starts over when a server sends a part of another version', async () => {
    const changed = repeatableBytes('second', 250_000);
    const { url } = await serve((request, response, count) => {
      if (count === 1) return sendFile(request, response, { cutAfter: 100_000 });
      sendFile(request, response, { content: changed, etag: '"v2"', heedsIfRange: false });
    });
    await download(url);
    expect((await readFile(target)).equals(changed)).toBe(true);
  });

  it('gives up after the stated number of attempts without a new byte', async () => {
    const { url, requests } = await serve((request, response) => {
      sendFile(request, response, { ranges: false, cutAfter: 100_000 });
    });
    await expect(download(url)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/4 attempts/),
    });
    expect(requests).toHaveLength(4);
  });

  it('counts a silent connection as cut', async () => {
    const { url, requests } = await serve((request, response, count) => {
      sendFile(request, response, count === 1 ? { silentAfter: 100_000 } : {});
    });
    const lines: string[] = [];
    expect(
      await download(url, { timing: { stallTimeoutMs: 150 }, onMessage: (line) => lines.push(line) }),
    ).toMatchObject({ sha256 });
    expect(lines[0]).toMatch(/sent nothing for 0\.15 s/);
    expect(requests[1]).toMatchObject({ range: 'bytes=100000-' });
  });
});

describe('what an earlier download left', () => {
  it('is finished when every byte was there already', async () => {
    const { url, requests } = await serve((request, response) => sendFile(request, response));
    await writeFile(`${target}.partial`, body);
    await writeFile(`${target}.partial.json`, JSON.stringify({ url, etag: '"v1"' }));
    expect(await download(url, { sha256 })).toEqual({ sha256, bytes: body.length });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ range: `bytes=${body.length}-` });
  });

  it('is thrown away when it came from another address', async () => {
    const { url, requests } = await serve((request, response) => sendFile(request, response));
    await writeFile(`${target}.partial`, repeatableBytes('else', 1000));
    await writeFile(`${target}.partial.json`, JSON.stringify({ url: `${url}-else`, etag: '"v1"' }));
    expect(await download(url, { sha256 })).toMatchObject({ sha256 });
    expect(requests[0]!.range).toBeUndefined();
  });

  it('is thrown away when it is longer than the file', async () => {
    const { url } = await serve((request, response) => sendFile(request, response));
    await writeFile(`${target}.partial`, repeatableBytes('else', 400_000));
    await writeFile(`${target}.partial.json`, JSON.stringify({ url, etag: '"v1"' }));
    expect(await download(url, { sha256 })).toMatchObject({ sha256 });
  });
});

describe('a wrong file', () => {
  it('is removed, and both hashes are named', async () => {
    const { url } = await serve((request, response) => sendFile(request, response));
    const wanted = 'a'.repeat(64);
    const error = await download(url, { sha256: wanted }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'hash-mismatch' });
    expect((error as Error).message).toContain(`sha256 ${sha256} instead of ${wanted}`);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is refused before its bytes when the hub states another hash', async () => {
    let bodies = 0;
    const { url } = await serve((request, response) => {
      if (request.url === '/file') return redirect(response, '/second', { 'x-linked-etag': `"${sha256}"` });
      bodies += 1;
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.subarray(0, 10));
    });
    const options = { sha256: 'b'.repeat(64), hashFromHub: true };
    await expect(download(url, options)).rejects.toMatchObject({ code: 'hash-mismatch' });
    expect(bodies).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is noticed by the hash that the hub states', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/file')
        return redirect(response, '/second', { 'x-linked-etag': `"${'c'.repeat(64)}"` });
      sendFile(request, response);
    });
    await expect(download(url, { hashFromHub: true })).rejects.toMatchObject({ code: 'hash-mismatch' });
  });

  it('is refused where nobody states a hash', async () => {
    const { url } = await serve((_, response) => response.end('<html>sign in</html>'));
    const failure = download(url, { hashFromHub: true });
    await expect(failure).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/no sha256/),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('is refused where it is empty', async () => {
    const { url } = await serve((_, response) => response.writeHead(200, { 'content-length': 0 }).end());
    await expect(download(url)).rejects.toThrow(/sent an empty file/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('may state its hash as its own etag', async () => {
    const { url } = await serve((request, response) => sendFile(request, response, { etag: `"${sha256}"` }));
    expect(await download(url, { hashFromHub: true })).toMatchObject({ sha256 });
  });
});

describe('a refusal', () => {
  it('404 is not repeated, and the command to fetch by hand is given', async () => {
    const { url, requests } = await serve((_, response) => response.writeHead(404).end('no'));
    const error = await download(url).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/no such file \(404\)/),
    });
    expect((error as { remedy: string }).remedy).toContain(
      `curl -L --fail --create-dirs -o "${target}" "${url}"`,
    );
    expect(requests).toHaveLength(1);
  });

  it('401 says what the caller knows about access', async () => {
    const { url } = await serve((_, response) => response.writeHead(401).end());
    await expect(download(url, { refusedRemedy: 'set a token' })).rejects.toMatchObject({
      code: 'download-failed',
      remedy: expect.stringMatching(/^set a token; or fetch it by hand/),
    });
  });

  it('429 is repeated after the time it asks for', async () => {
    const times: number[] = [];
    const { url } = await serve((request, response, count) => {
      times.push(performance.now());
      if (count === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else sendFile(request, response);
    });
    expect(await download(url)).toMatchObject({ sha256 });
    expect(times[1]! - times[0]!).toBeGreaterThan(950);
  });

  it('429 that asks for too long a wait is final', async () => {
    const { url, requests } = await serve((_, response) =>
      response.writeHead(429, { 'retry-after': '900' }).end(),
    );
    await expect(download(url)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/asks to wait 900 s/),
    });
    expect(requests).toHaveLength(1);
  });

  it('503 is repeated, with growing pauses, a limited number of times', async () => {
    const { url, requests } = await serve((_, response) => response.writeHead(503).end());
    await expect(download(url)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/status 503 \(4 attempts\)/),
    });
    expect(requests).toHaveLength(4);
  });

  it('503 that passes does no harm', async () => {
    const { url } = await serve((request, response, count) => {
      if (count <= 2) response.writeHead(503).end();
      else sendFile(request, response);
    });
    expect(await download(url)).toMatchObject({ sha256 });
  });
});

describe('no network', () => {
  it('a server that never answers costs one wait', async () => {
    const { url, requests } = await serve(() => undefined);
    const start = performance.now();
    await expect(download(url, { timing: { reachTimeoutMs: 400 } })).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/no answer within 0\.4 s/),
    });
    expect(performance.now() - start).toBeLessThan(2000);
    expect(requests).toHaveLength(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('a refused connection is said to be one', async () => {
    const { url } = await serve(() => undefined);
    await new Promise((done) => server!.close(done));
    await expect(download(url)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/connection was refused/),
    });
  });
});

describe('the disk', () => {
  it.runIf(process.platform === 'linux')('that is full is named', async () => {
    const { url } = await serve((request, response) => sendFile(request, response));
    await symlink('/dev/full', `${target}.partial`);
    await expect(download(url)).rejects.toMatchObject({
      code: 'write-failed',
      message: expect.stringMatching(/the disk is full/),
    });
  });

  it('that is too small is named before anything is written', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': String(2 ** 60) });
      response.write('x');
    });
    await expect(download(url)).rejects.toMatchObject({
      code: 'write-failed',
      message: expect.stringMatching(/not enough disk space/),
    });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a stop', () => {
  it('keeps what there is, and the next call continues', async () => {
    const { url, requests } = await serve((request, response, count) => {
      sendFile(request, response, count === 1 ? { silentAfter: 100_000 } : {});
    });
    const stop = new AbortController();
    const stopped = download(url, {
      signal: stop.signal,
      timing: { stallTimeoutMs: 20_000 },
      onProgress: ({ bytes }) => bytes === 100_000 && stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
    expect(await download(url, { sha256 })).toMatchObject({ sha256 });
    expect(requests[1]).toMatchObject({ range: 'bytes=100000-' });
  });
});

function download(url: string, options: DownloadOptions = {}): ReturnType<typeof downloadFile> {
  return downloadFile(url, target, { ...options, timing: { ...timing, ...options.timing } });
}

/** {@link sendBytes} with the model's bytes. */
function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  options: Partial<SentBytes> = {},
): void {
  sendBytes(request, response, { content: body, ...options });
}

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => unknown;

async function serve(
  handler: Handler,
): Promise<{ url: string; port: number; requests: IncomingMessage['headers'][] }> {
  const requests: IncomingMessage['headers'][] = [];
  server = createServer((request, response) => {
    requests.push(request.headers);
    response.on('error', () => undefined);
    handler(request, response, requests.length);
  });
  await new Promise<void>((ready) => server!.listen(0, ready));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/file`, port, requests };
}
