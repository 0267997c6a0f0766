import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Answerer } from '../../src/answers/answerer.ts';
import { VectorFolder } from '../../src/steering/vector-folder.ts';
import { rowSteeredForward } from '../support/steered-forward.ts';
import { logSoftmax } from '../support/streams.ts';
import { eventually, metricOf, type TestServer, testServer } from '../support/test-server.ts';

let server: TestServer;
let client: OpenAI;
let answerer: Answerer;
beforeAll(async () => {
  // A context long enough that a client can leave in the middle of an answer.
  server = await testServer({ streamTokens: 8192, tiny: { context: 8192, endless: true } });
  client = server.client;
  answerer = new Answerer(await server.local(), { vectors: new VectorFolder(server.vectors.path) });
});
afterAll(() => server.stop());

const messages = [
  { role: 'system' as const, content: 'Be brief.' },
  { role: 'user' as const, content: 'Hello' },
];
const greedy = { model: 'tiny', messages, temperature: 0, max_tokens: 8 };

describe('chat by the official client', () => {
  it('is the answer of the library, with usage and a finish reason', async () => {
    const { data, response } = await client.chat.completions.create(greedy).withResponse();
    const expected = await answerer.chat(messages, { temperature: 0, maxTokens: 8 }).whole();
    expect(data).toMatchObject({
      object: 'chat.completion',
      model: 'tiny',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: expected.text, refusal: null },
          logprobs: null,
          finish_reason: 'length',
        },
      ],
      usage: {
        prompt_tokens: expected.usage.promptTokens,
        completion_tokens: 8,
        total_tokens: expected.usage.promptTokens + 8,
      },
    });
    expect(data.id).toMatch(/^chatcmpl-[0-9a-f]{24}$/);
    expect(response.headers.get('content-type')).toBe('application/json');
  });

  it('takes what the client sends back, and parts of text', async () => {
    const first = await client.chat.completions.create(greedy);
    const again = await client.chat.completions.create({
      ...greedy,
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hel' },
            { type: 'text', text: 'lo' },
          ],
        },
        first.choices[0]!.message,
        { role: 'user', content: 'More' },
      ],
    });
    const expected = await answerer
      .chat(
        [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Hel\nlo' },
          { role: 'assistant', content: first.choices[0]!.message.content! },
          { role: 'user', content: 'More' },
        ],
        { temperature: 0, maxTokens: 8 },
      )
      .whole();
    expect(again.choices[0]!.message.content).toBe(expected.text);
  });

  it('streams the same text, with role, end and usage in their places', async () => {
    const whole = await client.chat.completions.create(greedy);
    const stream = await client.chat.completions.create({
      ...greedy,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks[0]!.choices[0]!.delta).toEqual({ role: 'assistant', content: '' });
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(
      whole.choices[0]!.message.content,
    );
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks.filter(({ choices }) => choices[0]?.finish_reason === 'length')).toHaveLength(1);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 8 } });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    const assembled = await client.chat.completions.stream({ ...greedy, n: 2 }).finalChatCompletion();
    expect(assembled.choices.map(({ message }) => message.content)).toEqual(
      Array(2).fill(whole.choices[0]!.message.content),
    );
  });

  it('leaving a stream frees its place within one step', async () => {
    const stream = await client.chat.completions.create({ ...greedy, max_tokens: 8000, stream: true });
    let seen = 0;
    for await (const _ of stream) if (++seen === 5) break;
    await eventually(async () => (await metricOf(server.url, 'answers_running')) === 0, 'the answer ended');
    const controller = new AbortController();
    const asked = client.chat.completions.create(
      { ...greedy, max_tokens: 8000 },
      { signal: controller.signal },
    );
    await eventually(async () => (await metricOf(server.url, 'answers_running')) === 1, 'the answer began');
    controller.abort();
    await expect(asked).rejects.toThrow(OpenAI.APIUserAbortError);
    await eventually(async () => (await metricOf(server.url, 'answers_running')) === 0, 'the answer ended');
    // Neither was computed to its end.
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text).toContain('steerbench_answers_total{reason="cancelled",steered="false"} 2');
    expect(await metricOf(server.url, 'answer_tokens_total')).toBeLessThan(8000);
  });

  it('log-probabilities are those of the plain forward pass', async () => {
    const { choices } = await client.chat.completions.create({ ...greedy, logprobs: true, top_logprobs: 4 });
    const { content } = choices[0]!.logprobs!;
    const prompt = [
      ...(await (
        await server.local()
      ).tokenize(answerer.render(messages), { addSpecial: false, parseSpecial: true })),
    ];
    const chosen = content!.flatMap(({ bytes }) => bytes!);
    expect(chosen).toHaveLength(8);
    const { logits } = rowSteeredForward(server.tiny, [...prompt, ...chosen], []);
    for (const [step, { token, bytes, logprob, top_logprobs: top }] of content!.entries()) {
      const expected = logSoftmax(logits[prompt.length - 1 + step]!);
      expect(logprob).toBeCloseTo(expected[bytes![0]!]!, 4);
      expect(token).toBe(new TextDecoder().decode(Uint8Array.from(bytes!)));
      expect(top).toHaveLength(4);
      const likeliest = [...expected].sort((a, b) => b - a).slice(0, 4);
      for (const [place, one] of top.entries()) expect(one.logprob).toBeCloseTo(likeliest[place]!, 4);
    }
  });

  it('draws n answers with seeds that count up; the seed of a request without one is told', async () => {
    const drawn = { ...greedy, temperature: 1, n: 3 };
    const one = await client.chat.completions.create({ ...drawn, seed: 5 });
    const texts = one.choices.map(({ message }) => message.content);
    for (const [place, text] of texts.entries())
      expect(text).toBe(
        (await answerer.chat(messages, { temperature: 1, maxTokens: 8, seed: 5 + place }).whole()).text,
      );
    expect(new Set(texts).size).toBe(3);
    expect(one.usage!.completion_tokens).toBe(24);
    const free = await client.chat.completions.create(drawn);
    const { seed } = free as unknown as { seed: number };
    const again = await client.chat.completions.create({ ...drawn, seed });
    expect(again.choices).toEqual(free.choices);
    const another = (await client.chat.completions.create(drawn)) as unknown as { seed: number };
    expect(another.seed).not.toBe(seed);
  });

  it('stops at stop texts, and says which', async () => {
    const { text } = await answerer.chat(messages, { temperature: 0, maxTokens: 8 }).whole();
    const stop = [...text].slice(2, 4).join('');
    const { choices } = await client.chat.completions.create({ ...greedy, stop: ['never', stop] });
    expect(choices[0]).toMatchObject({ finish_reason: 'stop', stop_reason: stop });
    expect(choices[0]!.message.content).toBe(text.slice(0, text.indexOf(stop)));
  });

  it('bans tokens by logit bias', async () => {
    const { choices } = await client.chat.completions.create({ ...greedy, logprobs: true });
    const [first] = choices[0]!.logprobs!.content!;
    const banned = await client.chat.completions.create({
      ...greedy,
      logprobs: true,
      logit_bias: { [String(first!.bytes![0])]: -100 },
    });
    const tokens = banned.choices[0]!.logprobs!.content!.map(({ bytes }) => bytes![0]);
    expect(tokens).not.toContain(first!.bytes![0]);
  });

  it('gives structured output that parses', async () => {
    const answer = z.object({ name: z.enum(['tea', 'coffee']), cups: z.number().int(), hot: z.boolean() });
    const { choices } = await client.chat.completions.parse({
      model: 'tiny',
      messages,
      temperature: 0.8,
      seed: 3,
      max_tokens: 400,
      response_format: zodResponseFormat(answer, 'drink'),
    });
    expect(answer.parse(choices[0]!.message.parsed)).toEqual(JSON.parse(choices[0]!.message.content!));
  });
});

describe('steering by the official client', () => {
  it('goes as an extra field, and comes back as what was applied', async () => {
    const steering = [{ vector: 'calm', layers: 2, multiplier: 5 }];
    // The field is none of OpenAI's, so its types do not know it.
    const body = { ...greedy, logprobs: true, steering } as OpenAI.ChatCompletionCreateParamsNonStreaming;
    const { choices } = await client.chat.completions.create(body);
    const prompt = [
      ...(await (
        await server.local()
      ).tokenize(answerer.render(messages), { addSpecial: false, parseSpecial: true })),
    ];
    const { content } = choices[0]!.logprobs!;
    const vector = server.vectors.vectors.get('calm')!.get(2)!;
    const { logits } = rowSteeredForward(
      server.tiny,
      [...prompt, ...content!.flatMap(({ bytes }) => bytes!)],
      [
        {
          layer: 2,
          vector,
          multiplier: 5,
          operator: 'add',
          from: prompt.length - 1,
          to: Number.POSITIVE_INFINITY,
        },
      ],
    );
    for (const [step, { bytes, logprob }] of content!.entries())
      expect(logprob).toBeCloseTo(logSoftmax(logits[prompt.length - 1 + step]!)[bytes![0]!]!, 4);
    expect(choices[0]).toMatchObject({
      applied_steering: {
        entries: [{ vector: 'calm', layers: [2], multiplier: 5, positions: [8], gate: null }],
      },
    });
  });

  it('stands in the last chunk of a stream', async () => {
    const body = {
      ...greedy,
      stream: true,
      steering: 'calm@2:5',
    } as OpenAI.ChatCompletionCreateParamsStreaming;
    const ends = [];
    for await (const { choices } of await client.chat.completions.create(body))
      if (choices[0]!.finish_reason !== null) ends.push(choices[0]);
    expect(ends).toMatchObject([{ applied_steering: { entries: [{ vector: 'calm', positions: [8] }] } }]);
  });

  it.each<[object, string, RegExp]>([
    [{ steering: 'absent' }, 'vector-not-found', /has no vector "absent"; give one of calm, loud/],
    [{ steering: '../calm.safetensors@2' }, 'vector-not-found', /has no vector/],
    [{ steering: '/etc/passwd' }, 'vector-not-found', /has no vector/],
    [{ steering: 'loud' }, 'steering-malformed', /has 2 layers/],
    [{ steering: [{ vector: 'calm', strength: 1 }] }, 'unsupported_parameter', /steering\[0\]\.strength/],
    [{ steering: 5 }, 'invalid_value', /expected a list of/],
    [{ messages: [] }, 'invalid_value', /messages/],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'invalid_value', /messages/],
    [{ tools: [{ type: 'function', function: { name: 'f' } }] }, 'invalid_value', /tools/],
    [{ frobnicate: 1 }, 'unsupported_parameter', /"frobnicate" is not supported/],
    [{ store: true }, 'invalid_value', /store/],
    [{ top_logprobs: 3 }, 'invalid_value', /needs "logprobs"/],
    [{ max_tokens: 9000 }, 'invalid_value', /gives 8192 at most/],
    [{ max_completion_tokens: 4 }, 'invalid_value', /not both/],
    [{ logit_bias: { 999: 1 } }, 'invalid_value', /token 999 does not exist/],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { not: {} } } } },
      'grammar-malformed',
      /not/,
    ],
    [{ grammar: 'nonsense' }, 'grammar-malformed', /nonsense/],
    [{ grammar: 'root ::= "a"', response_format: { type: 'json_object' } }, 'invalid_value', /not both/],
    [{ messages: [{ role: 'user', content: 'x'.repeat(9000) }] }, 'context_length_exceeded', /tokens/],
  ])('%j is refused as a bad request, in words', async (more, code, message) => {
    const asked = client.chat.completions.create({
      ...greedy,
      ...more,
    } as OpenAI.ChatCompletionCreateParamsNonStreaming);
    const error = await asked.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({ status: 400, code, type: 'invalid_request_error' });
    expect((error as Error).message).toMatch(message);
    if (code === 'grammar-malformed') expect((error as { param: string }).param).toBe(Object.keys(more)[0]);
  });
});

describe('the other routes by the official client', () => {
  it('lists the model, and knows no other', async () => {
    const models = [];
    for await (const model of client.models.list()) models.push(model.id);
    expect(models).toEqual(['tiny']);
    expect(await client.models.retrieve('tiny')).toMatchObject({ id: 'tiny', blocks: 4, width: 32 });
    await expect(client.models.retrieve('gpt/4')).rejects.toThrow(OpenAI.NotFoundError);
    await expect(client.chat.completions.create({ ...greedy, model: 'gpt-4' })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
    });
  });

  it('says that embeddings are left out', async () => {
    await expect(client.embeddings.create({ model: 'tiny', input: 'x' })).rejects.toMatchObject({
      status: 404,
      code: 'not_supported',
    });
  });

  it('completions, whole and streamed', async () => {
    const request = { model: 'tiny', prompt: 'Hello', temperature: 0, max_tokens: 6 };
    const expected = await answerer.complete('Hello', { temperature: 0, maxTokens: 6 }).whole();
    const whole = await client.completions.create(request);
    expect(whole.choices[0]).toMatchObject({ text: expected.text, finish_reason: 'length', logprobs: null });
    let text = '';
    for await (const chunk of await client.completions.create({ ...request, stream: true }))
      text += chunk.choices[0]!.text;
    expect(text).toBe(expected.text);
    expect(
      (await client.completions.create({ model: 'tiny', prompt: 'Hello' })).usage!.completion_tokens,
    ).toBe(16);
  });
});
