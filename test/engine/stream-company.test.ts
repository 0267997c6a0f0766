import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import type { StreamRequest } from '../../src/engine/streams/stream-request.ts';
import type { Scope } from '../../src/interventions/scope.ts';
import { Xoshiro } from '../../src/math/xoshiro.ts';
import { randomVector } from '../support/cases.ts';
import { answer, greedy, type Told, told } from '../support/streams.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

let tiny: TinyLlama;
let engine: LlamaEngine;
const load = (streams: number) =>
  loadLlama({
    path: tiny.path,
    contextTokens: 256,
    batchRows: 64,
    threads: 1,
    streams,
    streamTokens: 512,
  });
beforeAll(async () => {
  tiny = await tinyLlama({ seed: 33, context: 1024 });
  engine = await load(32);
});
afterAll(async () => {
  await engine.dispose();
  await tiny.remove();
});

const stems = [0, 1, 2].map((seed) => {
  const random = new Xoshiro(1000 + seed);
  return Array.from({ length: 60 + 150 * seed }, () => random.below(256));
});
const scopes: Scope[] = [{ kind: 'all' }, { kind: 'response' }, { kind: 'prompt' }];

/** Prompts of 1 to 400 tokens with common beginnings, half of them steered, some sampled. */
function randomRequest(seed: number): StreamRequest {
  const random = new Xoshiro(seed);
  const stem = stems[random.below(3)]!;
  const own = Array.from({ length: 1 + random.below(30) }, () => random.below(256));
  const prompt = random.below(4) === 0 ? own : [...stem.slice(0, random.below(stem.length)), ...own];
  const interventions = Array.from({ length: random.below(3) }, () => ({
    layer: random.below(4),
    vector: randomVector(32, 4, random.below(3)),
    multiplier: random.below(2) === 0 ? 1 : -0.7,
    operator: 'add' as const,
    scope: scopes[random.below(3)]!,
    gate: null,
  }));
  const sampled = random.below(3) === 0;
  return {
    prompt: Int32Array.from(prompt),
    interventions,
    maxTokens: 1 + random.below(40),
    logprobs: 2,
    sampling: { temperature: sampled ? 1.2 : 0, seed, topK: sampled ? 40 : 0 },
  };
}

const content = ({ tokens, scored, text, end }: Told) => ({
  tokens,
  text,
  logprobs: scored.map(({ logprob, top }) => [logprob, ...top.map((one) => one.logprob)]),
  reason: end.reason,
  positions: end.positions,
});

describe('an answer does not depend on what else runs', () => {
  it('the streams say so when they are opened', async () => {
    expect(await engine.openStreams()).toEqual({ streams: 32, streamTokens: 512, invariant: true });
  });

  it('200 requests: to the last bit alone as among 31 others, that come and go', async () => {
    const requests = Array.from({ length: 200 }, (_, seed) => randomRequest(seed));
    // 32 at a time; each that ends makes room for the next, so that prompts and answers mix.
    const together = await Promise.all(requests.map((request) => told(engine.stream(request))));
    const fresh = await load(2);
    try {
      let solo = 0;
      for (const [place, request] of requests.entries()) {
        const alone = await answer(fresh, request);
        expect(content(alone)).toEqual(content(together[place]!));
        solo += alone.end.cachedTokens;
      }
      // The two engines had different things in their caches.
      expect(solo).not.toBe(together.reduce((sum, { end }) => sum + end.cachedTokens, 0));
    } finally {
      await fresh.dispose();
    }
  });

  it('in another order, with other neighbours, some of whom are cancelled', async () => {
    const requests = Array.from({ length: 60 }, (_, seed) => randomRequest(500 + seed));
    const first = await Promise.all(requests.map((request) => told(engine.stream(request))));
    const cancelled = Array.from({ length: 20 }, (_, seed) => {
      const stream = engine.stream({ ...randomRequest(900 + seed), maxTokens: 100, ignoreEnd: true });
      return (async () => {
        let tokens = 0;
        for await (const event of stream)
          if (event.kind === 'tokens' && ++tokens === 1 + (seed % 5)) stream.cancel();
      })();
    });
    const again = await Promise.all([...requests].reverse().map((request) => told(engine.stream(request))));
    await Promise.all(cancelled);
    again.reverse().forEach((one, place) => {
      expect(content(one)).toEqual(content(first[place]!));
    });
  });
});

describe('cancelling', () => {
  it('frees the place within one step, and leaves the others alone', async () => {
    const small = await load(2);
    try {
      const long = (seed: number): StreamRequest =>
        greedy({ ...randomRequest(seed), maxTokens: 60, ignoreEnd: true });
      const alone = await told(small.stream(long(1)));
      const kept = told(small.stream(long(1)));
      const stream = small.stream(long(2));
      const waiting = small.stream(long(3));
      let tokensOfWaiting = 0;
      let after: number | null = null;
      const readWaiting = (async () => {
        for await (const event of waiting) {
          if (event.kind === 'tokens' && ++tokensOfWaiting === 1) after = performance.now();
        }
      })();
      let seen = 0;
      let reason: string | null = null;
      for await (const event of stream) {
        if (event.kind === 'tokens' && ++seen === 5) stream.cancel();
        if (event.kind === 'end') ({ reason } = event);
      }
      expect(reason).toBe('cancelled');
      // The step that was under way may still give one.
      expect(seen).toBeLessThanOrEqual(7);
      await readWaiting;
      expect(after).not.toBeNull();
      expect(content(await kept)).toEqual(content(alone));
    } finally {
      await small.dispose();
    }
  });

  it('a waiting request, a reader who leaves, and one that has ended', async () => {
    const single = await load(1);
    try {
      const request = greedy({ prompt: Int32Array.of(1, 2, 3), maxTokens: 40, ignoreEnd: true });
      const running = told(single.stream(request));
      const waiting = single.stream(request);
      waiting.cancel();
      expect((await told(waiting)).end).toMatchObject({ reason: 'cancelled', answerTokens: 0 });
      for await (const event of single.stream(request)) if (event.kind === 'tokens') break;
      const ended = single.stream(request);
      const { tokens } = await told(ended);
      ended.cancel();
      expect(tokens).toEqual((await running).tokens);
    } finally {
      await single.dispose();
    }
  });
});

describe('a prompt that is long', () => {
  it('is computed in pieces, between which the others go on', async () => {
    const small = await load(3);
    try {
      const order: string[] = [];
      const note = async (name: string, request: StreamRequest) => {
        for await (const event of small.stream(request)) {
          if (event.kind !== 'end') order.push(`${name}:${event.kind}`);
        }
      };
      const running = note(
        'running',
        greedy({ prompt: Int32Array.of(1, 2, 3, 4), maxTokens: 40, ignoreEnd: true }),
      );
      while (order.length < 3) await new Promise((resolve) => setImmediate(resolve));
      const before = order.length;
      const prompt = Int32Array.from({ length: 400 }, (_, i) => i % 250);
      const joining = note('long', greedy({ prompt, maxTokens: 2, ignoreEnd: true }));
      await Promise.all([running, joining]);
      const until = order.indexOf('long:prompt');
      // 400 tokens in pieces of 64: the running answer gives a token after each.
      expect(until - before).toBeGreaterThanOrEqual(6);
      expect(order.slice(before, until).every((entry) => entry === 'running:tokens')).toBe(true);
    } finally {
      await small.dispose();
    }
  });

  it('shared by many that come at once, is computed once', async () => {
    const fresh = await load(16);
    try {
      const stem = Array.from({ length: 300 }, (_, i) => (i * 7) % 250);
      const requests = Array.from({ length: 16 }, (_, i) =>
        greedy({ prompt: Int32Array.from([...stem, i, i + 1]), maxTokens: 3 }),
      );
      const given = await Promise.all(requests.map((request) => told(fresh.stream(request))));
      expect(given.map(({ end }) => end.cachedTokens)).toEqual([0, ...Array(15).fill(300)]);
    } finally {
      await fresh.dispose();
    }
  });
});
