import { setTimeout as wait } from 'node:timers/promises';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../../src/server/server.ts';
import { isWhole, muchToRead, rawSocket, statusOf } from '../support/raw-socket.ts';
import { eventually, metricOf, requestsTo, type TestServer, testServer } from '../support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer({
    streams: 2,
    queue: 2,
    streamTokens: 8192,
    answerTokens: 8000,
    tiny: { context: 8192, endless: true },
  });
});
afterAll(() => server.stop());

const long = { prompt: 'Hello', temperature: 0, max_tokens: 8000 };
const running = () => metricOf(server.url, 'answers_running');
const waiting = () => metricOf(server.url, 'answers_waiting');

describe('a server that is full', () => {
  it('says 429 and when to come again, and serves the next one when there is room', async () => {
    const abort = new AbortController();
    const open = Array.from({ length: 4 }, () =>
      fetch(`${server.url}/v1/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(long),
        signal: abort.signal,
      }).catch(() => null),
    );
    await eventually(async () => (await running()) === 2 && (await waiting()) === 2, 'it is full');
    const refused = await server.post('/v1/completions', { ...long, max_tokens: 1 });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await refused.json()).toMatchObject({ error: { type: 'rate_limit_error', code: 'server_full' } });
    await expect(server.client.completions.create({ model: 'tiny', prompt: 'x' })).rejects.toThrow(
      OpenAI.RateLimitError,
    );
    // Other routes are served all the same.
    expect((await server.post('/tokenize', { prompt: 'x' })).status).toBe(200);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    abort.abort();
    await Promise.all(open);
    await eventually(async () => (await running()) === 0, 'it is empty');
    expect((await server.post('/v1/completions', { ...long, max_tokens: 1 })).status).toBe(200);
  });

  it('the official client comes again by itself', async () => {
    const abort = new AbortController();
    const body = JSON.stringify({ ...long, n: 4 });
    const open = fetch(`${server.url}/v1/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: abort.signal,
    }).catch(() => null);
    await eventually(async () => (await waiting()) === 2, 'it is full');
    const patient = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'x', maxRetries: 3 });
    const asked = patient.completions.create({ model: 'tiny', prompt: 'x', max_tokens: 1 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    abort.abort();
    expect((await asked).choices).toHaveLength(1);
    await open;
  });

  it('refuses for good what can never fit', async () => {
    const refused = await server.post('/v1/completions', { prompt: ['a', 'b', 'c'], n: 2 });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { code: 'too_many_answers' } });
  });
});

describe('time', () => {
  const options = { streams: 2, streamTokens: 8192, tiny: { context: 8192, endless: true } };
  let hasty: TestServer;
  beforeAll(async () => {
    // Less than any machine takes for sixteen thousand tokens of this model.
    hasty = await testServer({ ...options, timeoutMs: 700 });
  });
  afterAll(() => hasty.stop());

  it('ends an answer that takes too long: 504, not to be sent again', async () => {
    const response = await hasty.post('/v1/completions', { ...long, n: 2 });
    expect(response.status).toBe(504);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(await response.json()).toMatchObject({ error: { type: 'server_error', code: 'timeout' } });
    await eventually(async () => (await metricOf(hasty.url, 'answers_running')) === 0, 'the answer ended');
    expect(await metricOf(hasty.url, 'answer_tokens_total')).toBeLessThan(16_000);
  });

  it('an answer that nobody reads is not kept for ever', async () => {
    const patient = await testServer({ ...options, timeoutMs: 1000 });
    const raw = await rawSocket(patient.url);
    raw.socket.pause();
    raw.send(muchToRead);
    await eventually(async () => (await requestsTo(patient.url, '/tokenize')) === 1, 'it was answered');
    await wait(4000);
    raw.socket.resume();
    const read = await raw.closed;
    await patient.stop();
    expect(statusOf(read)).toBe(200);
    expect(isWhole(read)).toBe(false);
  });

  it('ends a stream with an error event', async () => {
    const response = await hasty.post('/v1/completions', { ...long, n: 2, stream: true });
    expect(response.status).toBe(200);
    const lines = (await response.text()).trimEnd().split('\n\n');
    expect(JSON.parse(lines.at(-1)!.slice(6))).toMatchObject({ error: { code: 'timeout' } });
    await expect(
      (async () => {
        for await (const _ of await hasty.client.completions.create({
          ...long,
          model: 'tiny',
          n: 2,
          stream: true,
        }));
      })(),
    ).rejects.toThrow(OpenAI.APIError);
  });
});

describe('who may listen where', () => {
  const load = () => ({
    path: server.tiny.path,
    contextTokens: 256,
    threads: 1,
    streams: 1,
    streamTokens: 64,
  });

  it('other machines only with a key; a key is no short word', async () => {
    const start = (more: object) => startServer({ load: load(), modelName: 'tiny', port: 0, ...more });
    await expect(start({ host: '0.0.0.0' })).rejects.toThrow(/give an API key/);
    await expect(start({ host: '::' })).rejects.toThrow(RangeError);
    await expect(start({ host: '127.example.org' })).rejects.toThrow(/give an API key/);
    await expect(start({ apiKeys: ['short'] })).rejects.toThrow(/at least 8/);
    const open = await start({ host: '0.0.0.0', apiKeys: ['a-long-secret'] });
    try {
      const { port } = new URL(open.url);
      const url = `http://127.0.0.1:${port}`;
      expect((await fetch(`${url}/health`)).status).toBe(200);
      const missing = await fetch(`${url}/v1/models`);
      expect(missing.status).toBe(401);
      expect(await missing.json()).toMatchObject({
        error: { type: 'authentication_error', code: 'missing_api_key' },
      });
      const wrong = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'another-secret', maxRetries: 0 });
      await expect(wrong.models.list()).rejects.toThrow(OpenAI.AuthenticationError);
      const right = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'a-long-secret', maxRetries: 0 });
      expect((await right.models.list()).data).toHaveLength(1);
      for (const path of ['/metrics', '/steering', '/openapi.json', '/nothing'])
        expect((await fetch(`${url}${path}`)).status).toBe(401);
    } finally {
      await open.stop(0);
    }
  });

  it('an address that is taken is told', async () => {
    const { port } = new URL(server.url);
    await expect(startServer({ load: load(), modelName: 'tiny', port: Number(port) })).rejects.toMatchObject({
      code: 'listen-failed',
      message: expect.stringContaining('another program listens there'),
    });
  });

  it('pages of allowed origins get what their browser asks for', async () => {
    const allowed = await startServer({
      load: load(),
      modelName: 'tiny',
      port: 0,
      allowedOrigins: ['https://app.example'],
      allowedHosts: ['box.lan'],
    });
    try {
      const preflight = await fetch(`${allowed.url}/v1/completions`, {
        method: 'OPTIONS',
        headers: {
          origin: 'https://app.example',
          'access-control-request-headers': 'content-type,x-stainless-os',
        },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type,x-stainless-os');
      const asked = await fetch(`${allowed.url}/v1/models`, { headers: { origin: 'https://app.example' } });
      expect(asked.headers.get('access-control-allow-origin')).toBe('https://app.example');
      const other = await fetch(`${allowed.url}/v1/models`, { headers: { origin: 'https://evil.example' } });
      expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([403, null]);
      const raw = await rawSocket(allowed.url);
      raw.send('GET /v1/models HTTP/1.1\r\nhost: box.lan:80\r\nconnection: close\r\n\r\n');
      expect(await raw.closed).toMatch(/^HTTP\/1\.1 200/);
    } finally {
      await allowed.stop(0);
    }
  });
});
