import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNeutralText } from '../../src/behaviours/index.ts';
import { loadBehaviour } from '../../src/dataset/load-behaviour.ts';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import type { StreamRequest } from '../../src/engine/streams/stream-request.ts';
import type { Scope } from '../../src/interventions/scope.ts';
import { Xoshiro } from '../../src/math/xoshiro.ts';
import { createPromptRenderer, defaultSystem } from '../../src/prompts/chat-template.ts';
import { randomVector } from '../support/cases.ts';
import { defaultModelAtF32 } from '../support/default-model.ts';
import { answer, type Told, told } from '../support/streams.ts';

const requests = 200;
let engine: LlamaEngine;
let alone: LlamaEngine;
let prompts: Int32Array[];

beforeAll(async () => {
  const options = {
    ...(await defaultModelAtF32()),
    contextTokens: 256,
    splitBlocks: false,
    threads: 1,
    streamTokens: 768,
  };
  engine = await loadLlama({ ...options, streams: 32 });
  alone = await loadLlama({ ...options, streams: 2 });
  const { items } = await loadBehaviour('sentiment');
  const { render } = createPromptRenderer(engine.facts, defaultSystem);
  const long = (await readNeutralText()).slice(0, 1500);
  prompts = await Promise.all(
    items.slice(0, 40).map(({ completion }, place) => {
      // Every tenth prompt is longer than the unit of the cache, 256 tokens.
      const text = place % 10 === 9 ? `${long}\n\n${completion!.prompt}` : completion!.prompt;
      return engine.tokenize(render(text), { addSpecial: false, parseSpecial: true });
    }),
  );
});
afterAll(async () => {
  await engine?.dispose();
  await alone?.dispose();
});

const scopes: Scope[] = [{ kind: 'response' }, { kind: 'all' }, { kind: 'first', tokens: 5 }];

/** Greedy and drawn answers of 4 to 12 tokens, two thirds of them steered hard enough to be felt. */
function requestOf(seed: number): StreamRequest {
  const random = new Xoshiro(seed);
  const steered = random.below(3) > 0;
  const drawn = random.below(4) === 0;
  return {
    prompt: prompts[random.below(prompts.length)]!,
    interventions: steered
      ? [
          {
            layer: 5 + random.below(20),
            vector: randomVector(engine.facts.width, 20, seed),
            multiplier: 1,
            operator: 'add',
            scope: scopes[random.below(3)]!,
            gate: null,
          },
        ]
      : [],
    maxTokens: 4 + random.below(9),
    logprobs: 1,
    sampling: drawn ? { temperature: 0.9, topP: 0.95, seed } : { temperature: 0 },
  };
}

const content = ({ tokens, text, scored, end }: Told) => ({
  tokens,
  text,
  logprobs: scored.map(({ logprob }) => logprob),
  positions: end.positions,
});

describe('the default model at F32', () => {
  it('says that its answers do not depend on each other', async () => {
    expect(await engine.openStreams()).toMatchObject({ streams: 32, invariant: true });
  });

  it(`${requests} answers: to the last bit alone as among 31 others`, async () => {
    const given = await Promise.all(
      Array.from({ length: requests }, (_, seed) => told(engine.stream(requestOf(seed)))),
    );
    for (const [seed, one] of given.entries())
      expect(content(await answer(alone, requestOf(seed)))).toEqual(content(one));
    // They are answers, not one answer: steering and prompts are felt.
    expect(new Set(given.map(({ text }) => text)).size).toBeGreaterThan(requests / 2);
  }, 1_800_000);
});
