import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestServer, testServer } from '../support/test-server.ts';

interface OpenApi {
  openapi: string;
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: { $ref: string } }> }> }>
  >;
  components: { schemas: Record<string, object> };
}

let server: TestServer;
let document: OpenApi;
let ajv: Ajv2020;
beforeAll(async () => {
  server = await testServer({ tiny: { endless: true } });
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApi;
  ajv = new Ajv2020({ strict: false });
  ajv.addSchema({ $id: 'http://server/', components: document.components });
});
afterAll(() => server.stop());

const faultsOf = (name: string, value: unknown) => {
  const validate = ajv.getSchema(`http://server/#/components/schemas/${name}`)!;
  return validate(value) ? null : validate.errors;
};
/** Names of the schema that an operation has for a status. */
const schemaOf = (path: string, method: string, status: number) =>
  document.paths[path]![method]!.responses[String(status)]!.content!['application/json']!.schema.$ref.split(
    '/',
  ).at(-1)!;

describe('the OpenAPI document', () => {
  it('has every route, and resolves its references', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).sort()).toEqual([
      '/detokenize',
      '/health',
      '/metrics',
      '/openapi.json',
      '/steering',
      '/steering/vectors',
      '/tokenize',
      '/tokenizer_info',
      '/v1/chat/completions',
      '/v1/completions',
      '/v1/embeddings',
      '/v1/models',
      '/v1/models/{model}',
    ]);
    for (const [, name] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g))
      expect(document.components.schemas[name!]).toBeTypeOf('object');
  });

  it('asks for a key where the server does', async () => {
    const keyed = await testServer({ apiKeys: ['a-long-secret'] });
    const response = await fetch(`${keyed.url}/openapi.json`, {
      headers: { authorization: 'Bearer a-long-secret' },
    });
    expect(await response.json()).toMatchObject({
      security: [{ key: [] }],
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    });
    await keyed.stop();
  });
});

const chat = { messages: [{ role: 'user', content: 'Hello' }], max_tokens: 4 };
const steering = [
  { vector: 'calm', layers: 2, multiplier: 2, when: { vector: 'loud', layer: 1, above: -100 } },
];

describe('answers are as the document says', () => {
  it.each<[string, 'get' | 'post' | 'put', object | null]>([
    ['/v1/chat/completions', 'post', chat],
    ['/v1/chat/completions', 'post', { ...chat, n: 2, logprobs: true, top_logprobs: 2, steering }],
    ['/v1/completions', 'post', { prompt: 'Hello', max_tokens: 4 }],
    ['/v1/completions', 'post', { prompt: ['a', 'b'], echo: true, logprobs: 2, max_tokens: 4, steering }],
    ['/v1/models', 'get', null],
    ['/v1/models/tiny', 'get', null],
    ['/steering', 'get', null],
    ['/steering', 'put', { steering }],
    ['/steering/vectors', 'get', null],
    ['/tokenize', 'post', { prompt: 'Hello' }],
    ['/detokenize', 'post', { tokens: [1, 2] }],
    ['/tokenizer_info', 'get', null],
    ['/health', 'get', null],
  ])('%s %s %j', async (path, method, body) => {
    const response = await fetch(`${server.url}${path}`, {
      method: method.toUpperCase(),
      headers: { 'content-type': 'application/json' },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    });
    expect(response.status).toBe(200);
    const template = path.startsWith('/v1/models/') ? '/v1/models/{model}' : path;
    expect(faultsOf(schemaOf(template, method, 200), await response.json())).toBeNull();
    const request = { '/v1/chat/completions': 'ChatRequest', '/v1/completions': 'CompletionRequest' }[path];
    if (request !== undefined) expect(faultsOf(request, body)).toBeNull();
  });

  it.each([
    ['/v1/chat/completions', 'ChatChunk', { ...chat, logprobs: true, top_logprobs: 2, steering }],
    [
      '/v1/completions',
      'CompletionChunk',
      { prompt: 'Hello', echo: true, logprobs: 2, max_tokens: 4, steering },
    ],
  ])('%s as a stream of %s', async (path, name, body) => {
    const response = await server.post(path, {
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const lines = (await response.text()).trimEnd().split('\n\n').slice(0, -1);
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(faultsOf(name, JSON.parse(line.slice(6)))).toBeNull();
  });

  it('refusals too', async () => {
    for (const [path, body] of [
      ['/v1/completions', {}],
      ['/v1/embeddings', {}],
      ['/nothing', {}],
    ] as const)
      expect(faultsOf('Error', await (await server.post(path, body)).json())).toBeNull();
  });

  it('metrics are what Prometheus reads', async () => {
    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const families = new Map<string, string>();
    for (const line of (await response.text()).trimEnd().split('\n')) {
      const type = /^# TYPE (steerbench_\w+) (counter|gauge|histogram)$/.exec(line);
      if (type !== null) families.set(type[1]!, type[2]!);
      if (line.startsWith('#')) continue;
      const [, name, , value] =
        /^(steerbench_\w+?)(\{[a-z]+="[^"\n]*"(?:,[a-z]+="[^"\n]*")*\})? (-?[\d.e+]+)$/.exec(line)!;
      const family = families.get(name!) ?? families.get(name!.replace(/_(bucket|sum|count)$/, ''));
      expect(family, line).toBeDefined();
      expect(Number.isFinite(Number(value))).toBe(true);
      if (family === 'counter') expect(name).toMatch(/_total$/);
    }
    expect(families.size).toBe(12);
  });

  it('counts what it did', async () => {
    const text = async () => (await fetch(`${server.url}/metrics`)).text();
    const value = (all: string, line: string) =>
      Number(
        all
          .split('\n')
          .find((one) => one.startsWith(line))
          ?.split(' ')[1] ?? 0,
      );
    const before = await text();
    await server.post('/v1/completions', { prompt: 'Hello', max_tokens: 4, n: 2, steering: 'calm@2' });
    const after = await text();
    const grown = (line: string) => value(after, line) - value(before, line);
    expect(grown('steerbench_requests_total{route="/v1/completions",status="200"}')).toBe(1);
    expect(grown('steerbench_answers_total{reason="max-tokens",steered="true"}')).toBe(2);
    expect(grown('steerbench_answer_tokens_total')).toBe(8);
    expect(grown('steerbench_prompt_tokens_total')).toBe(10);
    expect(grown('steerbench_first_token_seconds_count')).toBe(2);
    expect(grown('steerbench_answer_seconds_bucket{le="+Inf"}')).toBe(2);
    // A path that nobody knows is no line of its own.
    await fetch(`${server.url}/nothing/${'x'.repeat(50)}`);
    expect(await text()).not.toContain('/nothing');
  });
});
