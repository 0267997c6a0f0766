import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Answerer } from '../../src/answers/answerer.ts';
import { hashFile } from '../../src/files/hash-file.ts';
import { Xoshiro } from '../../src/math/xoshiro.ts';
import type { SteeringInput } from '../../src/steering/steering-value.ts';
import { VectorFolder } from '../../src/steering/vector-folder.ts';
import { rawSocket } from '../support/raw-socket.ts';
import { eventually, metricOf, type TestServer, testServer } from '../support/test-server.ts';

const [clients, requestsEach, streams] = [16, 5, 8];
let server: TestServer;
let answerer: Answerer;
const errors: unknown[] = [];
beforeAll(async () => {
  server = await testServer({
    streams,
    streamTokens: 1024,
    tiny: { context: 1024, endless: true },
    onError: (error) => errors.push(error),
  });
  answerer = new Answerer(await server.local(), { vectors: new VectorFolder(server.vectors.path) });
});
afterAll(() => server.stop());

interface Drawn {
  chat: boolean;
  text: string;
  steering: SteeringInput;
  stream: boolean;
  temperature: number;
  seed: number;
  maxTokens: number;
  /** The client leaves after so many events; null: it stays. */
  leaveAfter: number | null;
}

const scopes = [
  'response',
  'prompt',
  'all',
  { kind: 'first', tokens: 3 },
  { kind: 'after', tokens: 2 },
] as const;
const stem = 'What is said at the beginning of every second prompt. ';

function drawn(seed: number): Drawn {
  const random = new Xoshiro(seed);
  const entries = Array.from({ length: random.below(3) }, () => {
    const loud = random.below(2) === 0;
    const gated = random.below(3) === 0;
    return {
      vector: loud ? 'loud' : 'calm',
      layers: loud ? [1, 3] : [2],
      multiplier: (1 + random.below(60)) / 10 - 3,
      scope: gated ? scopes[4] : scopes[random.below(scopes.length)]!,
      ...(gated ? { when: { vector: 'calm', layer: 2, above: 0.5 * random.normal() } } : {}),
    };
  });
  const stream = random.below(2) === 0;
  return {
    chat: random.below(2) === 0,
    text: `${random.below(2) === 0 ? stem : ''}Number ${random.below(40)}`,
    steering: entries,
    stream,
    temperature: random.below(3) === 0 ? 1.2 : 0,
    seed,
    maxTokens: 4 + random.below(30),
    leaveAfter: stream && random.below(4) === 0 ? 1 + random.below(8) : null,
  };
}

function bodyOf(request: Drawn): object {
  const { chat, text, steering, stream, temperature, seed, maxTokens: max_tokens } = request;
  const prompt = chat ? { messages: [{ role: 'user', content: text }] } : { prompt: text };
  return { ...prompt, steering, stream, temperature, seed, max_tokens };
}

/** Text and record of an answer, streamed or whole; of one that was left, the text until then. */
async function asked(request: Drawn): Promise<{ text: string; applied: unknown }> {
  const response = await fetch(`${server.url}/v1/${request.chat ? 'chat/' : ''}completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(bodyOf(request)),
  });
  expect(response.status).toBe(200);
  if (!request.stream) {
    const [choice] = (await response.json()).choices;
    return { text: choice.text ?? choice.message.content, applied: choice.applied_steering };
  }
  let [text, rest, applied, events] = ['', '', null as unknown, 0];
  const decoder = new TextDecoder();
  const reader = response.body!.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    rest += decoder.decode(part.value, { stream: true });
    const lines = rest.split('\n\n');
    rest = lines.pop()!;
    for (const line of lines.filter((one) => one !== 'data: [DONE]')) {
      const [choice] = JSON.parse(line.slice('data: '.length)).choices;
      text += choice.text ?? choice.delta.content ?? '';
      applied = choice.applied_steering ?? applied;
      if (++events === request.leaveAfter) {
        await reader.cancel();
        return { text, applied: null };
      }
    }
  }
  return { text, applied };
}

async function alone({ chat, text, steering, temperature, seed, maxTokens }: Drawn) {
  const options = { steering, temperature, seed, maxTokens };
  const answer = chat
    ? answerer.chat([{ role: 'user', content: text }], options)
    : answerer.complete(text, options);
  return answer.whole();
}

/** What breaks off, or is no request at all. */
async function nonsense(random: Xoshiro): Promise<void> {
  const body = ['{"prompt": "x", ', '{"prompt": 1}', '{"prompt":"x","steering":"absent"}', 'null'][
    random.below(5)
  ];
  if (body !== undefined) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${server.url}/v1/completions`, { method: 'POST', headers, body });
    expect(response.status).toBe(400);
    expect((await response.json()).error.type).toBe('invalid_request_error');
    return;
  }
  const raw = await rawSocket(server.url);
  raw.send('POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 90\r\n\r\n{"prompt": "x", ');
  raw.socket.destroy();
}

describe('a server under mixed load', () => {
  it('answers each request as alone, and says what was done to it and to no other', async () => {
    const given = await Promise.all(
      Array.from({ length: clients }, async (_, client) => {
        const random = new Xoshiro(10_000 + client);
        const answers: { request: Drawn; text: string; applied: unknown }[] = [];
        for (let i = 0; i < requestsEach; i++) {
          const request = drawn(requestsEach * client + i);
          answers.push({ request, ...(await asked(request)) });
          if (random.below(2) === 0) await nonsense(random);
        }
        return answers;
      }),
    );
    const hashes = new Map<string, string>();
    for (const alias of ['calm', 'loud'])
      hashes.set(alias, await hashFile(join(server.vectors.path, `${alias}.safetensors`)));
    let left = 0;
    for (const { request, text, applied } of given.flat()) {
      const solo = await alone(request);
      if (request.leaveAfter !== null && applied === null) {
        left++;
        expect(solo.text.startsWith(text)).toBe(true);
        continue;
      }
      expect(text).toBe(solo.text);
      expect(applied).toEqual(solo.appliedSteering);
      expect(applied).toMatchObject({
        entries: request.steering.map(({ vector, layers, multiplier, scope }) => ({
          vector,
          hash: hashes.get(vector),
          layers,
          multiplier,
          scope: typeof scope === 'string' ? { kind: scope } : scope,
        })),
      });
    }
    expect(left).toBeGreaterThan(3);
    expect(new Set(given.flat().map(({ text }) => text)).size).toBeGreaterThan(60);
    expect(errors).toEqual([]);
  });

  it('has every row free afterwards', async () => {
    await eventually(async () => (await metricOf(server.url, 'answers_running')) === 0, 'none is running');
    expect(await metricOf(server.url, 'answers_waiting')).toBe(0);
    // As many as there are rows begin before any of them ends.
    const long = { prompt: 'x', temperature: 0, max_tokens: 1000, stream: true };
    const began = await Promise.all(
      Array.from({ length: streams }, () => server.post('/v1/completions', long)),
    );
    expect(await metricOf(server.url, 'answers_running')).toBe(streams);
    expect(await metricOf(server.url, 'answers_waiting')).toBe(0);
    await Promise.all(began.map((response) => response.body!.cancel()));
    await eventually(async () => (await metricOf(server.url, 'answers_running')) === 0, 'all have ended');
  });
});
