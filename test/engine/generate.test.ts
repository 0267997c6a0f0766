import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerateRequest } from '../../src/engine/engine.ts';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import { type Intervention, operators, type Start, starts } from '../../src/interventions/intervention.ts';
import type { Sequence } from '../../src/prompts/case.ts';
import { plainCase, randomCases, randomVector } from '../support/cases.ts';
import { sharedData } from '../support/shared-data.ts';
import { steeredForward } from '../support/steered-forward.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

const tolerance = 1e-4;
const maxTokens = 10;
const prompts = randomCases(4, { vocabulary: 256, seed: 31 }).map(({ positive }) =>
  positive.tokens.slice(0, positive.firstAnswerToken),
);
/** The tiny tokenizer's <|endoftext|> and <|im_end|>. */
const endTokens = [256, 258];

let tiny: TinyLlama;
let engine: LlamaEngine;
beforeAll(async () => {
  tiny = await tinyLlama({ seed: 6 });
  engine = await loadLlama({ path: tiny.path, contextTokens: 1024, batchRows: 64, threads: 1 });
});
afterAll(async () => {
  await engine.dispose();
  await tiny.remove();
});

const interventions = [
  ...starts.map((start, index) => steer(index, start)),
  ...operators.map((operator, index) => ({ ...steer(index % 4, 'last-prompt-token'), operator })),
];
const branches = [[], ...interventions.map((_, index) => [index]), [0, 2], [1]];

describe('greedy continuation', () => {
  it('is the likeliest token of the plain forward pass at every step, under every branch', async () => {
    const { tokens, work } = await engine.generate(greedy({ prompts: prompts.slice(0, 2) }));
    tokens.forEach((row, prompt) => {
      expect(row).toHaveLength(branches.length);
      row.forEach((made, branch) => {
        const acting = branches[branch]!.map((index) => interventions[index]!);
        checkGreedy(prompts[prompt]!, made, acting);
      });
    });
    expect(work.steeredRows.map(({ layer }) => layer)).toEqual([0, 1, 2, 3]);
  });

  it('is steered differently by each start', async () => {
    const strong = starts.map((start) => ({ ...steer(1, start), multiplier: 2 }));
    const { tokens } = await engine.generate(
      greedy({ interventions: strong, branches: [[], [0], [1], [2]], prompts }),
    );
    const joined = [0, 1, 2, 3].map((branch) => tokens.map((row) => row[branch]!.join(',')).join(';'));
    expect(new Set(joined).size).toBe(4);
    // The first answer token is chosen by the last prompt token's row, which this start leaves alone.
    const later = starts.indexOf('first-answer-token') + 1;
    for (const row of tokens) expect(row[later]![0]).toBe(row[0]![0]);
  });

  it('counts the rows steered: each new token that is decoded', async () => {
    const request = greedy({
      prompts: [prompts[0]!],
      interventions: [steer(2, 'first-answer-token')],
      branches: [[0]],
    });
    const { tokens, work } = await engine.generate(request);
    expect(tokens[0]![0]).toHaveLength(maxTokens);
    // The last new token is never decoded.
    expect(work.steeredRows).toEqual([{ layer: 2, rows: maxTokens - 1 }]);
    expect(work.decodedTokens).toBe(prompts[0]!.length + maxTokens - 1);
  });

  it('ends before an end token', async () => {
    const { width } = tiny.shape;
    const towardsEnd = tiny.weights.output!.slice(258 * width, 259 * width);
    const push = { ...steer(3, 'first-answer-token'), vector: towardsEnd, multiplier: 200 };
    const { tokens, texts } = await engine.generate(
      greedy({ interventions: [push, { ...push, start: 'all' }], branches: [[0], [1]] }),
    );
    for (const [one, none] of tokens) {
      expect(one).toHaveLength(1);
      expect(none).toHaveLength(0);
    }
    for (const row of texts) expect(row[1]).toBe('');
  });

  it('turns tokens to text as `detokenize` does', async () => {
    const { tokens, texts } = await engine.generate(greedy({}));
    expect(texts[1]![2]).toBe(await engine.detokenize(tokens[1]![2]!));
  });
});

describe('several streams', () => {
  it('equal each alone, also where they do not fit together', async () => {
    const together = await engine.generate(greedy({}));
    const narrow = await loadLlama({ path: tiny.path, contextTokens: 256, batchRows: 5, threads: 1 });
    try {
      expect((await narrow.generate(greedy({}))).tokens).toEqual(together.tokens);
      for (const [index, prompt] of prompts.entries()) {
        for (const [place, branch] of branches.entries()) {
          const alone = await narrow.generate(greedy({ prompts: [prompt], branches: [branch] }));
          expect(alone.tokens[0]![0]).toEqual(together.tokens[index]![place]);
        }
      }
    } finally {
      await narrow.dispose();
    }
  });
});

describe('sampling', () => {
  const sample = (seed: number) =>
    engine.generate(greedy({ temperature: 1, seed, branches: [[], [], [0]] })).then(({ tokens }) => tokens);

  it('is repeatable by its seed; equal streams differ', async () => {
    const first = await sample(7);
    expect(await sample(7)).toEqual(first);
    expect(await sample(8)).not.toEqual(first);
    expect(first[0]![0]).not.toEqual(first[0]![1]);
  });

  it('draws from softmax(logits / temperature)', async () => {
    const [prompt] = prompts as [Int32Array];
    const [temperature, streams] = [0.4, 2000];
    const { tokens } = await engine.generate(
      greedy({
        prompts: [prompt],
        branches: Array.from({ length: streams }, () => [0]),
        temperature,
        maxTokens: 1,
      }),
    );
    const row = steeredForward(tiny, sequenceOf(prompt, prompt), [interventions[0]!]).logits.at(-1)!;
    const weights = row.map((logit) => Math.exp(logit / temperature));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const likely = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]!).slice(0, 5);
    for (const token of likely) {
      const p = weights[token]! / sum;
      expect(p).toBeGreaterThan(0.01);
      const found = tokens[0]!.filter((made) => made[0] === token).length;
      expect(Math.abs(found - streams * p)).toBeLessThan(4 * Math.sqrt(streams * p * (1 - p)));
    }
  });
});

describe('refusals', () => {
  it('a prompt that does not fit with its new tokens', async () => {
    const request = greedy({ prompts: [new Int32Array(1020)] });
    await expect(engine.generate(request)).rejects.toMatchObject({
      code: 'out-of-memory',
      message: 'a prompt and 10 new tokens are 1030 tokens; the context holds 1024',
    });
    expect((await engine.generate(greedy({}))).tokens).toHaveLength(prompts.length);
  });

  it('a prompt without tokens', async () => {
    await expect(engine.generate(greedy({ prompts: [new Int32Array(0)] }))).rejects.toThrow(
      new RangeError('prompt 0 has no token to continue from'),
    );
  });
});

const mamba = sharedData('architectures', 'mamba.gguf');

describe.skipIf(mamba === null)('a recurrent model', () => {
  it('continues under steering with the token that measures highest', async () => {
    const golden = JSON.parse(readFileSync(mamba!.replace(/gguf$/, 'json'), 'utf8')) as {
      tokens: number[];
      logits: number[];
      steered_all: number[];
      steering: { vector: number[]; layer: number; multiplier: number };
    };
    const recurrent = await loadLlama({ path: mamba!, contextTokens: 256, batchRows: 8, threads: 1 });
    try {
      const prompt = Int32Array.from(golden.tokens);
      const { layer, multiplier } = golden.steering;
      const vector = Float32Array.from(golden.steering.vector);
      const steering: Intervention = { layer, multiplier, vector, operator: 'add', start: 'all' };
      const request: GenerateRequest = {
        ...greedy({
          prompts: [prompt, prompt.subarray(0, 7)],
          interventions: [steering],
          branches: [[], [0]],
        }),
        maxTokens: 6,
      };
      const { tokens } = await recurrent.generate(request);
      const [plain, steered] = tokens[0]! as [Int32Array, Int32Array];
      expect(plain[0]).toBe(golden.logits.indexOf(Math.max(...golden.logits)));
      expect(steered[0]).toBe(golden.steered_all.indexOf(Math.max(...golden.steered_all)));
      for (const [branch, made] of [plain, steered].entries()) {
        const before = [...prompt, ...made.subarray(0, 5)];
        const { measurements } = await recurrent.measure({
          cases: Array.from({ length: recurrent.facts.vocabulary }, (_, token) =>
            plainCase(Int32Array.from([...before, token]), {
              lastPromptToken: before.length - 1,
              end: before.length + 1,
            }),
          ),
          interventions: [steering],
          branches: branch === 0 ? [[]] : [[0]],
          tokens: 'answer',
          logprobs: false,
        });
        const logits = measurements.map(([measured]) => measured!.positive.logits[0]!);
        expect(logits.indexOf(Math.max(...logits))).toBe(made[5]);
      }
    } finally {
      await recurrent.dispose();
    }
  });
});

function steer(layer: number, start: Start): Intervention {
  return { layer, vector: randomVector(32, 5, layer), multiplier: 1, operator: 'add', start };
}

function greedy(request: Partial<GenerateRequest>): GenerateRequest {
  return { prompts, interventions, branches, maxTokens, temperature: 0, seed: 0, ...request };
}

function sequenceOf(prompt: Int32Array, tokens: Int32Array): Sequence {
  return plainCase(tokens, { lastPromptToken: prompt.length - 1, end: tokens.length }).positive;
}

function checkGreedy(prompt: Int32Array, made: Int32Array, acting: Intervention[]): void {
  const sequence = sequenceOf(prompt, Int32Array.from([...prompt, ...made]));
  const { logits } = steeredForward(tiny, sequence, acting);
  for (let step = 0; step < Math.min(made.length + 1, maxTokens); step++) {
    const row = logits[prompt.length - 1 + step]!;
    const best = Math.max(...row);
    const ends = step === made.length;
    const chosen = ends ? Math.max(...endTokens.map((token) => row[token]!)) : row[made[step]!]!;
    // Where two tokens are closer than the tolerance, either may be chosen.
    expect(best - chosen).toBeLessThan(tolerance);
  }
}
