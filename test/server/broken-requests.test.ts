import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Xoshiro } from '../../src/math/xoshiro.ts';
import { bodyOf, rawSocket, statusOf } from '../support/raw-socket.ts';
import { eventually, metricOf, type TestServer, testServer } from '../support/test-server.ts';

let server: TestServer;
const errors: unknown[] = [];
beforeAll(async () => {
  server = await testServer({
    streams: 1,
    streamTokens: 8192,
    tiny: { context: 8192, endless: true },
    bodyBytes: 10_000,
    onError: (error) => errors.push(error),
  });
});
afterAll(async () => {
  expect(errors).toEqual([]);
  await server.stop();
});

const post = (path: string, body: string, headers = '') =>
  `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body, 'latin1')}\r\nconnection: close\r\n${headers}\r\n${body}`;
const answered = async (text: string) => {
  const raw = await rawSocket(server.url);
  raw.send(text);
  return raw.closed;
};
const chat = (more = '') =>
  `{"messages":[{"role":"user","content":"Hello"}],"temperature":0,"max_tokens":3${more}}`;

describe('a request that is not one', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['no host', 'GET /v1/models HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['another host', 'GET /v1/models HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n', 403],
    ['a host that is none', 'GET /v1/models HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n', 400],
    [
      'another host in its target',
      'GET http://evil.example/v1/models HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
      403,
    ],
    [
      'another origin',
      'GET /v1/models HTTP/1.1\r\nhost: localhost\r\norigin: https://evil.example\r\nconnection: close\r\n\r\n',
      403,
    ],
    [
      'headers too large',
      `GET /v1/models HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
    [
      'a length that is none',
      'POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: many\r\n\r\n',
      400,
    ],
    [
      'length and chunks',
      'POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['an unknown route', 'GET /v2 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n', 404],
    ['a path upwards', 'GET /../../etc/passwd HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n', 404],
    ['another method', 'DELETE /v1/models HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n', 405],
    ['no body', post('/v1/completions', ''), 400],
    ['no JSON', post('/v1/completions', '{"prompt":'), 400],
    ['no object', post('/v1/completions', '"Hello"'), 400],
    ['half a character', post('/v1/completions', '{"prompt":"\xff"}'), 400],
    ['brackets without end', post('/v1/completions', '['.repeat(9000)), 400],
    [
      'a schema nested without end',
      post(
        '/v1/chat/completions',
        chat(
          `,"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":${'{"items":'.repeat(500)}{}${'}'.repeat(500)}}}`,
        ),
      ),
      400,
    ],
    ['a body that is too large', post('/v1/completions', `{"prompt":"${'x'.repeat(20_000)}"}`), 413],
    [
      'a form',
      'POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 3\r\nconnection: close\r\n\r\na=b',
      415,
    ],
    [
      'no media type',
      'POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}',
      415,
    ],
    ['a compressed body', post('/v1/completions', '{}', 'content-encoding: gzip\r\n'), 415],
  ])('%s', async (_, text, status) => {
    const given = await answered(text);
    expect(statusOf(given)).toBe(status);
    expect(bodyOf(given)).toEqual({
      error: { message: expect.any(String), type: expect.any(String), param: null, code: expect.any(String) },
    });
  });

  it('a body too large in chunks is refused when it is, not when it ends', async () => {
    const raw = await rawSocket(server.url);
    raw.send(
      'POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    for (let i = 0; i < 20; i++) raw.send(`400\r\n${'x'.repeat(0x400)}\r\n`);
    const given = await raw.closed;
    expect(statusOf(given)).toBe(413);
  });

  it.each(['zz\r\n', '5\r\nabcdefgh\r\n', '-1\r\n', '5;\u0000\r\n'])(
    'chunks that are none: %j',
    async (chunk) => {
      const raw = await rawSocket(server.url);
      raw.send(
        'POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
      );
      raw.send(chunk);
      expect(statusOf(await raw.closed)).toBe(400);
    },
  );

  it('is no way past the next one on the same connection', async () => {
    const raw = await rawSocket(server.url);
    // The body of a refused request is read as a body, not as a request.
    const inner = 'GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n';
    raw.send(
      `POST /v1/nothing HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${inner.length}\r\n\r\n${inner}`,
    );
    await raw.until('route_not_found');
    raw.send('GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
    const given = await raw.closed;
    expect(given.match(/HTTP\/1\.1/g)).toHaveLength(2);
    expect(given).not.toContain('steerbench_');
  });

  it('random bytes end in an answer or an end, never in silence', async () => {
    const random = new Xoshiro(5);
    const request = post('/v1/chat/completions', chat());
    for (let round = 0; round < 60; round++) {
      const bytes = Buffer.from(request, 'latin1');
      for (let changes = 1 + random.below(4); changes > 0; changes--)
        bytes[random.below(bytes.length)] = random.below(256);
      const raw = await rawSocket(server.url);
      raw.socket.end(bytes);
      const given = await raw.closed;
      if (given !== '') expect(statusOf(given)).toBeGreaterThanOrEqual(200);
      if (given !== '') expect(statusOf(given)).not.toBe(500);
    }
    expect((await server.post('/v1/completions', { prompt: 'a', max_tokens: 1 })).status).toBe(200);
  }, 60_000);
});

describe('a client that is slow, or gone', () => {
  it('one that never ends its head is sent away', async () => {
    const raw = await rawSocket(server.url);
    raw.send('GET /v1/models HTTP/1.1\r\n');
    const timer = setInterval(() => raw.send('x: y\r\n'), 500);
    const began = performance.now();
    const given = await raw.closed;
    clearInterval(timer);
    expect(statusOf(given)).toBe(408);
    expect(bodyOf(given).error.code).toBe('request_timeout');
    expect(performance.now() - began).toBeLessThan(15_000);
  }, 20_000);

  it('one that leaves in the middle of its body costs nothing', async () => {
    const raw = await rawSocket(server.url);
    raw.send(
      'POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"prompt"',
    );
    raw.socket.destroy();
    await eventually(async () => (await metricOf(server.url, 'answers_running')) === 0, 'no answer runs');
  });

  const long = (stream: boolean) =>
    post('/v1/completions', `{"prompt":"Hello","temperature":0,"max_tokens":8000,"stream":${stream}}`);
  const tokens = () => metricOf(server.url, 'answer_tokens_total');

  it.each([
    ['destroys its connection in the middle of a stream', true, 'destroy'],
    ['destroys its connection before a whole answer', false, 'destroy'],
    ['closes its side in the middle of a stream', true, 'half'],
    ['closes its side before a whole answer', false, 'half'],
  ])('one that %s frees its place for the next', async (_, stream, how) => {
    const before = await tokens();
    const raw = await rawSocket(server.url);
    raw.send(long(stream));
    if (stream) await raw.until('data: ');
    else await eventually(async () => (await metricOf(server.url, 'answers_running')) === 1, 'it began');
    if (how === 'half') raw.socket.end();
    else raw.socket.destroy();
    // There is one place only.
    const next = await server.post('/v1/completions', { prompt: 'Hello', max_tokens: 2 });
    expect(next.status).toBe(200);
    expect((await tokens()) - before).toBeLessThan(7000);
  });

  it('one that waits in the queue and leaves is taken out of it', async () => {
    const first = await rawSocket(server.url);
    first.send(long(true));
    await first.until('data: ');
    const second = await rawSocket(server.url);
    second.send(long(false));
    await eventually(async () => (await metricOf(server.url, 'answers_waiting')) === 1, 'it waits');
    second.socket.destroy();
    await eventually(async () => (await metricOf(server.url, 'answers_waiting')) === 0, 'it is gone');
    first.socket.destroy();
    await eventually(async () => (await metricOf(server.url, 'answers_running')) === 0, 'all are gone');
  });

  it('one that reads nothing holds no place while its answer lies ready', async () => {
    const raw = await rawSocket(server.url);
    raw.socket.pause();
    raw.send(post('/v1/completions', '{"prompt":"Hello","max_tokens":3000,"stream":true,"logprobs":20}'));
    await eventually(async () => (await metricOf(server.url, 'answers_running')) === 1, 'it began');
    await eventually(async () => (await metricOf(server.url, 'answers_running')) === 0, 'it was made');
    raw.socket.resume();
    await raw.until('data: [DONE]');
    await raw.closed;
  });

  it('two requests on one connection are answered in order', async () => {
    const raw = await rawSocket(server.url);
    const one = post('/v1/completions', '{"prompt":"Hello","max_tokens":3}').replace(
      'connection: close\r\n',
      '',
    );
    raw.send(one + post('/tokenize', '{"prompt":"a"}'));
    const given = await raw.closed;
    expect(given.indexOf('text_completion')).toBeGreaterThan(0);
    expect(given.indexOf('"tokens":[97]')).toBeGreaterThan(given.indexOf('text_completion'));
  });
});
