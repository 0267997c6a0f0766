import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Answerer } from '../../src/answers/answerer.ts';
import { VectorFolder } from '../../src/steering/vector-folder.ts';
import { plainForward } from '../support/plain-forward.ts';
import { rowSteeredForward } from '../support/steered-forward.ts';
import { logSoftmax } from '../support/streams.ts';
import { type TestServer, testServer } from '../support/test-server.ts';

let server: TestServer;
let answerer: Answerer;
beforeAll(async () => {
  server = await testServer({ tiny: { endless: true } });
  answerer = new Answerer(await server.local(), { vectors: new VectorFolder(server.vectors.path) });
});
afterAll(() => server.stop());

const bytes = (text: string) => [...new TextEncoder().encode(text)];
const complete = async (body: object) => {
  const response = await server.post('/v1/completions', { temperature: 0, ...body });
  expect(response.status).toBe(200);
  return response.json();
};
const events = async (body: object) => {
  const response = await server.post('/v1/completions', { temperature: 0, stream: true, ...body });
  const lines = (await response.text()).split('\n\n').filter((line) => line !== '');
  expect(lines.pop()).toBe('data: [DONE]');
  return lines.map((line) => JSON.parse(line.slice('data: '.length)));
};
/** What evaluation harnesses send. */
const scoring = { max_tokens: 1, logprobs: 1, echo: true };

describe('scoring a prompt', () => {
  it('gives every token the log-probability of the plain forward pass, and the likeliest at its place', async () => {
    // The answer's own token is made to be "!", which is a whole character.
    const { choices, usage } = await complete({ prompt: 'Hello you', ...scoring, logit_bias: { 33: 100 } });
    const [{ text, logprobs }] = choices;
    const tokens = bytes(text);
    expect(text).toBe('Hello you!');
    const { logits } = plainForward(server.tiny.shape, server.tiny.weights, tokens);
    expect(logprobs.tokens.join('')).toBe(text);
    expect(logprobs.text_offset).toEqual([...tokens.keys()]);
    expect([logprobs.token_logprobs[0], logprobs.top_logprobs[0]]).toEqual([null, null]);
    for (let place = 1; place < tokens.length; place++) {
      const expected = logSoftmax(logits[place - 1]!);
      expect(logprobs.token_logprobs[place]).toBeCloseTo(expected[tokens[place]!]!, 4);
      const top = logprobs.top_logprobs[place];
      const best = Math.max(...expected);
      expect(Math.max(...(Object.values(top) as number[]))).toBeCloseTo(best, 4);
      // The chosen token is there too, and no other.
      expect(top[logprobs.tokens[place]]).toBe(logprobs.token_logprobs[place]);
      expect(Object.keys(top).length).toBe(Math.abs(expected[tokens[place]!]! - best) < 1e-4 ? 1 : 2);
    }
    expect(usage).toMatchObject({ prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 });
  });

  it('under steering of every row is that of the steered pass', async () => {
    const steering = [{ vector: 'calm', layers: 2, multiplier: 4, scope: 'all' }];
    const { choices } = await complete({ prompt: 'Hello you', ...scoring, max_tokens: 0, steering });
    const vector = server.vectors.vectors.get('calm')!.get(2)!;
    const tokens = bytes('Hello you');
    const { logits } = rowSteeredForward(server.tiny, tokens, [
      { layer: 2, vector, multiplier: 4, operator: 'add', from: 0, to: Number.POSITIVE_INFINITY },
    ]);
    const [{ text, logprobs, applied_steering: applied }] = choices;
    expect(text).toBe('Hello you');
    for (let place = 1; place < tokens.length; place++)
      expect(logprobs.token_logprobs[place]).toBeCloseTo(logSoftmax(logits[place - 1]!)[tokens[place]!]!, 4);
    expect(applied.entries[0].positions).toEqual([tokens.length]);
  });

  it('warns where its steering does not reach the prompt, the operator once', async () => {
    const notes: string[] = [];
    const told = await testServer({ onNote: (note) => notes.push(note) });
    // The first warning is of the vector itself.
    const ask = async (steering: string) => {
      const body = { prompt: 'Hello', ...scoring, steering };
      return (await (await told.post('/v1/completions', body)).json()).steering_notes.warnings.slice(1);
    };
    const warning = expect.stringContaining('not steered by "calm": the scope is the answer');
    expect(await ask('calm@2:1')).toEqual([warning]);
    expect(await ask('calm@2:2')).toEqual([warning]);
    expect(await ask('calm@2:1,scope=all')).toEqual([]);
    expect(notes).toEqual([warning]);
    await told.stop();
  });

  it('takes tokens, lists of texts and lists of tokens, in their order', async () => {
    const texts = ['Hello', 'Good bye', 'x'];
    const one = await complete({ prompt: texts, ...scoring });
    const other = await complete({ prompt: texts.map(bytes), ...scoring });
    expect(other.choices).toEqual(one.choices);
    expect(one.choices.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2]);
    for (const [place, text] of texts.entries()) {
      const alone = await complete({ prompt: bytes(text), ...scoring });
      expect(one.choices[place]).toEqual({ ...alone.choices[0], index: place });
    }
    expect(one.usage.prompt_tokens).toBe(14);
  });

  it('streams prompt and answer as pieces that add up', async () => {
    const body = {
      prompt: ['Hello', 'x'],
      n: 2,
      echo: true,
      logprobs: 3,
      max_tokens: 5,
      stream_options: { include_usage: true },
    };
    const whole = await complete(body);
    const chunks = await events(body);
    for (const choice of whole.choices) {
      const own = chunks.flatMap(({ choices }) => choices).filter(({ index }) => index === choice.index);
      expect(own.map(({ text }) => text).join('')).toBe(choice.text);
      for (const field of ['tokens', 'token_logprobs', 'top_logprobs', 'text_offset'])
        expect(own.flatMap(({ logprobs }) => logprobs?.[field] ?? [])).toEqual(choice.logprobs[field]);
      expect(own.at(-1)).toMatchObject({
        finish_reason: 'length',
        applied_steering: choice.applied_steering,
      });
    }
    expect(chunks.at(-1).usage).toMatchObject({ prompt_tokens: 6, completion_tokens: 20 });
    expect(whole.usage).toMatchObject({ prompt_tokens: 6, completion_tokens: 20 });
  });

  it('writes tokens that are no whole characters by their bytes', async () => {
    const { choices } = await complete({ prompt: 'é<|im_end|>', ...scoring, max_tokens: 0 });
    const [{ text, logprobs }] = choices;
    expect(text).toBe('é<|im_end|>');
    expect(logprobs.tokens).toEqual(['bytes:\\xc3', 'bytes:\\xa9', '<|im_end|>']);
    expect(logprobs.text_offset).toEqual([0, 0, 1]);
  });
});

describe('a completion', () => {
  it('is the answer of the library', async () => {
    const expected = await answerer
      .complete('Hello', { temperature: 0.8, seed: 11, maxTokens: 9, topK: 40, topP: 0.9, minP: 0.01 })
      .whole();
    const { choices } = await complete({
      prompt: 'Hello',
      temperature: 0.8,
      seed: 11,
      max_tokens: 9,
      top_k: 40,
      top_p: 0.9,
      min_p: 0.01,
    });
    expect(choices[0].text).toBe(expected.text);
  });

  it.each([
    [{ repetition_penalty: 1.8 }, { repetitionPenalty: 1.8 }],
    [{ frequency_penalty: 1.5 }, { frequencyPenalty: 1.5 }],
    [{ presence_penalty: 2 }, { presencePenalty: 2 }],
    [
      { grammar: 'root ::= [0-9]{6}' },
      { format: { kind: 'grammar' as const, grammar: 'root ::= [0-9]{6}' } },
    ],
    [{ logit_bias: { 101: 50 } }, { logitBias: [{ token: 101, bias: 50 }] }],
  ])('%j reaches the sampler', async (asked, meant) => {
    const plain = await answerer.complete('Hello', { temperature: 0, maxTokens: 30 }).whole();
    const expected = await answerer.complete('Hello', { temperature: 0, maxTokens: 30, ...meant }).whole();
    expect(expected.text).not.toBe(plain.text);
    const { choices } = await complete({ prompt: 'Hello', max_tokens: 30, ...asked });
    expect(choices[0].text).toBe(expected.text);
  });

  it('ends at an end token unless it is told not to', async () => {
    const ended = await complete({ prompt: 'Hello', logit_bias: { 258: 100 }, max_tokens: 5 });
    expect(ended.choices[0]).toMatchObject({ text: '', finish_reason: 'stop', stop_reason: null });
    const held = await complete({
      prompt: 'Hello',
      logit_bias: { 258: 100 },
      max_tokens: 5,
      ignore_eos: true,
    });
    expect(held.choices[0].finish_reason).toBe('length');
  });

  it('null is the same as absent', async () => {
    const nothing = Object.fromEntries(
      [
        'n',
        'stream',
        'stop',
        'seed',
        'top_p',
        'top_k',
        'min_p',
        'logit_bias',
        'steering',
        'echo',
        'logprobs',
        'best_of',
        'suffix',
        'user',
        'model',
        'max_tokens',
        'grammar',
        'ignore_eos',
        'stream_options',
        'frequency_penalty',
        'presence_penalty',
        'repetition_penalty',
      ].map((field) => [field, null]),
    );
    const { choices } = await complete({ prompt: 'Hello', ...nothing });
    expect(choices).toEqual((await complete({ prompt: 'Hello' })).choices);
  });

  it.each<[object, number, string, string | null]>([
    [{ prompt: [] }, 400, 'invalid_value', 'prompt'],
    [{ prompt: [[]] }, 400, 'invalid_value', 'prompt[0]'],
    [{ prompt: [1, 'a'] }, 400, 'invalid_value', 'prompt'],
    [{ prompt: [99_999] }, 400, 'invalid_value', null],
    [{ prompt: [99_999], echo: true }, 400, 'invalid_value', 'prompt'],
    [{ prompt: '' }, 400, 'invalid_value', null],
    [{}, 400, 'invalid_value', 'prompt'],
    [{ prompt: 'a', best_of: 3 }, 400, 'unsupported_parameter', 'best_of'],
    [{ prompt: 'a', grammar: 'nonsense' }, 400, 'grammar-malformed', 'grammar'],
    [{ prompt: 'a', suffix: 'b' }, 400, 'invalid_value', 'suffix'],
    [{ prompt: 'a', n: 0 }, 400, 'invalid_value', 'n'],
    [{ prompt: 'a', n: 100 }, 400, 'too_many_answers', null],
    [{ prompt: 'a', logprobs: 21 }, 400, 'invalid_value', 'logprobs'],
    [{ prompt: 'a', seed: 2 ** 32 }, 400, 'invalid_value', 'seed'],
    [{ prompt: 'a', temperature: -1 }, 400, 'invalid_value', 'temperature'],
    [{ prompt: 'a', stop: [''] }, 400, 'invalid_value', 'stop[0]'],
    [{ prompt: 'a', max_tokens: 300 }, 400, 'invalid_value', 'max_tokens'],
    [{ prompt: 'x'.repeat(300) }, 400, 'context_length_exceeded', null],
    [{ prompt: 'a', extra_body: { steering: 'calm' } }, 400, 'unsupported_parameter', 'extra_body'],
    [{ prompt: 'a', messages: [] }, 400, 'unsupported_parameter', 'messages'],
    [
      { prompt: 'a', steering: [{ vector: 'calm', layers: 2, multiplier: 1e300 }] },
      422,
      'answer-broken',
      null,
    ],
  ])('%j is refused', async (body, status, code, param) => {
    const response = await server.post('/v1/completions', body);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      error: { message: expect.any(String), type: 'invalid_request_error', param, code },
    });
  });

  it('of a stream that breaks in the middle ends with an error event, and no more', async () => {
    // The second answer token's row is the first that is steered.
    const steering = [{ vector: 'calm', layers: 2, multiplier: 1e300, scope: { kind: 'after', tokens: 2 } }];
    const response = await server.post('/v1/completions', { prompt: 'a', stream: true, steering });
    expect(response.status).toBe(200);
    const lines = (await response.text()).split('\n\n').filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(1);
    expect(JSON.parse(lines.at(-1)!.slice('data: '.length))).toMatchObject({
      error: { code: 'answer-broken' },
    });
    // What broke it does not reach the next one.
    expect((await complete({ prompt: 'Hello', max_tokens: 8 })).choices[0].text).toBe(
      (await answerer.complete('Hello', { temperature: 0, maxTokens: 8 }).whole()).text,
    );
  });
});

describe('tokens and texts', () => {
  it('are turned into each other, control tokens too', async () => {
    const { tokens, count } = await (await server.post('/tokenize', { prompt: 'é<|im_end|>' })).json();
    expect([tokens, count]).toEqual([[0xc3, 0xa9, 258], 3]);
    expect(await (await server.post('/detokenize', { tokens })).json()).toEqual({ prompt: 'é<|im_end|>' });
    expect(await (await server.post('/detokenize', { tokens: [] })).json()).toEqual({ prompt: '' });
    expect((await server.post('/detokenize', { tokens: [5000] })).status).toBe(400);
    expect((await server.post('/tokenize', { prompt: 5 })).status).toBe(400);
    expect(await (await fetch(`${server.url}/tokenizer_info`)).json()).toMatchObject({
      bos_token: '<|endoftext|>',
      eos_token: '<|im_end|>',
      chat_template: expect.stringContaining('<|im_start|>'),
      vocab_size: 259,
    });
  });
});
