import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import type { Sampling, StreamRequest } from '../../src/engine/streams/stream-request.ts';
import { plainForward } from '../support/plain-forward.ts';
import { answer, logSoftmax, type Told, told } from '../support/streams.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

let tiny: TinyLlama;
let engine: LlamaEngine;
beforeAll(async () => {
  tiny = await tinyLlama({ seed: 5 });
  engine = await loadLlama({
    path: tiny.path,
    contextTokens: 256,
    batchRows: 64,
    threads: 1,
    streams: 16,
    streamTokens: 256,
  });
});
afterAll(async () => {
  await engine.dispose();
  await tiny.remove();
});

const prompt = Int32Array.from([72, 101, 108, 108, 111, 44, 32, 119]);

/** Logits of the row that follows these tokens, from the plain forward pass. */
function logitsAfter(tokens: number[]): number[] {
  return [...plainForward(tiny.shape, tiny.weights, [...prompt, ...tokens]).logits.at(-1)!];
}

function best(logits: number[]): number {
  return logits.indexOf(Math.max(...logits));
}

function greedy(sampling: Sampling, more: Partial<StreamRequest> = {}): Promise<Told> {
  return answer(engine, { prompt, maxTokens: 12, ignoreEnd: true, ...more, sampling });
}

/** First tokens of many answers, each with a seed of its own. */
async function drawn(sampling: Sampling, draws: number): Promise<number[]> {
  const given = await Promise.all(
    Array.from({ length: draws }, (_, seed) =>
      told(engine.stream({ prompt, maxTokens: 1, sampling: { ...sampling, seed } })),
    ),
  );
  return given.map(({ tokens, end }) => tokens[0] ?? (end.reason === 'end-token' ? -1 : -2));
}

/** Compares counts with probabilities, up to four standard deviations; a token of probability 0 must not occur. */
function checkShares(tokens: number[], probability: (token: number) => number): void {
  const counts = new Map<number, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  for (const token of counts.keys()) if (token >= 0) expect(probability(token)).toBeGreaterThan(0);
  for (let token = 0; token < 256; token++) {
    const p = probability(token);
    if (p < 0.02) continue;
    const expected = tokens.length * p;
    expect(Math.abs((counts.get(token) ?? 0) - expected)).toBeLessThan(4 * Math.sqrt(expected * (1 - p)));
  }
}

describe('greedy', () => {
  it('takes the likeliest token; a bias moves it, −Infinity forbids it', async () => {
    const { tokens } = await greedy({});
    const forbidden = new Set([256, 258]);
    tokens.forEach((token, step) => {
      const logits = logitsAfter(tokens.slice(0, step)).map((logit, id) =>
        forbidden.has(id) ? Number.NEGATIVE_INFINITY : logit,
      );
      expect(best(logits)).toBe(token);
    });
    const never = await greedy({ logitBias: [{ token: tokens[0]!, bias: Number.NEGATIVE_INFINITY }] });
    expect(never.tokens).not.toContain(tokens[0]);
    const second = logitsAfter([]).map((logit, id) => (id === tokens[0] || id > 255 ? -99 : logit));
    expect(never.tokens[0]).toBe(best(second));
    const pushed = await greedy({ logitBias: [{ token: 33, bias: 1000 }] });
    expect(pushed.tokens).toEqual(Array(12).fill(33));
    expect(pushed.text).toBe('!'.repeat(12));
  });

  it('frequency and presence penalties: by what occurs in the answer, not in the prompt', async () => {
    const [frequencyPenalty, presencePenalty] = [0.9, 1.7];
    const { tokens } = await greedy({ frequencyPenalty, presencePenalty });
    tokens.forEach((token, step) => {
      const made = tokens.slice(0, step);
      const logits = logitsAfter(made).map((logit, id) => {
        const count = made.filter((one) => one === id).length;
        return id > 255 ? -99 : logit - count * frequencyPenalty - (count > 0 ? presencePenalty : 0);
      });
      expect(best(logits)).toBe(token);
    });
    expect(tokens).not.toEqual((await greedy({})).tokens);
  });

  it('repetition penalty: by what occurs in the last tokens of prompt and answer', async () => {
    const [repetitionPenalty, repetitionTokens] = [1.8, 6];
    const { tokens } = await greedy({ repetitionPenalty, repetitionTokens });
    tokens.forEach((token, step) => {
      const made = tokens.slice(0, step);
      const seen = new Set([...prompt, ...made].slice(-repetitionTokens));
      const logits = logitsAfter(made).map((logit, id) => {
        if (id > 255) return -99;
        if (!seen.has(id)) return logit;
        return logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
      });
      expect(best(logits)).toBe(token);
    });
  });
});

describe('drawn tokens', () => {
  const draws = 1500;

  it('temperature: softmax(logits / temperature)', async () => {
    for (const temperature of [0.5, 1]) {
      const p = logSoftmax(logitsAfter([]).map((logit) => logit / temperature)).map(Math.exp);
      checkShares(await drawn({ temperature }, draws), (token) => p[token]!);
    }
  });

  it('top-k, top-p, min-p: only the likeliest, in their own proportions', async () => {
    const p = logSoftmax(logitsAfter([])).map(Math.exp);
    const order = [...p.keys()].sort((a, b) => p[b]! - p[a]!);
    const only = (kept: number[]) => {
      const total = kept.reduce((sum, token) => sum + p[token]!, 0);
      return (token: number) => (kept.includes(token) ? p[token]! / total : 0);
    };
    checkShares(await drawn({ topK: 5 }, draws), only(order.slice(0, 5)));
    let sum = 0;
    const nucleus = order.filter((token) => {
      const before = sum;
      sum += p[token]!;
      return before < 0.4;
    });
    expect(nucleus.length).toBeGreaterThan(2);
    checkShares(await drawn({ topP: 0.4 }, draws), only(nucleus));
    const likely = order.filter((token) => p[token]! >= 0.3 * p[order[0]!]!);
    expect(likely.length).toBeGreaterThan(2);
    checkShares(await drawn({ minP: 0.3 }, draws), only(likely));
  });

  it('are repeatable by their seed', async () => {
    const draw = (seed: number) =>
      answer(engine, { prompt, maxTokens: 30, sampling: { temperature: 1, seed } }).then(
        ({ tokens }) => tokens,
      );
    expect(await draw(4)).toEqual(await draw(4));
    expect(await draw(4)).not.toEqual(await draw(5));
  });
});

describe('log-probabilities', () => {
  it('are the model’s own, before any sampler', async () => {
    const { scored } = await greedy({ temperature: 0.3, topK: 1, frequencyPenalty: 2 }, { logprobs: 3 });
    const tokens = scored.map(({ token }) => token);
    scored.forEach(({ token, logprob, top }, step) => {
      const expected = logSoftmax(logitsAfter(tokens.slice(0, step)));
      expect(logprob).toBeCloseTo(expected[token]!, 4);
      const likeliest = [...expected.keys()].sort((a, b) => expected[b]! - expected[a]!).slice(0, 3);
      expect(top.map((one) => one.token)).toEqual(likeliest);
      for (const one of top) expect([...one.bytes]).toEqual(one.token < 256 ? [one.token] : []);
    });
  });
});

describe('a prompt as text', () => {
  it('is tokenised on arrival, as `tokenize` does', async () => {
    const text = '<|im_start|>Hello';
    for (const parseSpecial of [true, false]) {
      const options = { addSpecial: false, parseSpecial };
      const tokens = await engine.tokenize(text, options);
      const given = await answer(engine, { prompt: { text, ...options }, promptLogprobs: 0 });
      expect(given.prompt!.scored!.map(({ token }) => token)).toEqual([...tokens]);
      expect(given.tokens).toEqual((await answer(engine, { prompt: tokens })).tokens);
    }
  });
});

describe('the end of an answer', () => {
  /** Makes the greedy answer write a text, whatever the model: each token has its own place, so bias cannot do it. */
  const grammarOf = (text: string) => `root ::= ${JSON.stringify(text)} [a-z]*`;

  it('before an end token, which is not told', async () => {
    const { tokens, text, end } = await answer(engine, {
      prompt,
      sampling: { logitBias: [{ token: 258, bias: 1000 }] },
    });
    expect({ tokens, text, reason: end.reason, answerTokens: end.answerTokens }).toEqual({
      tokens: [],
      text: '',
      reason: 'end-token',
      answerTokens: 0,
    });
  });

  it('at the number of tokens asked for; at the end of its context', async () => {
    expect((await greedy({}, { maxTokens: 3 })).end).toMatchObject({ reason: 'max-tokens', answerTokens: 3 });
    const full = await greedy({}, { maxTokens: null });
    // 8 prompt tokens, and 248 rows more; the last token needs none.
    expect(full.end).toMatchObject({ reason: 'context', answerTokens: 249 });
    expect(full.tokens).toHaveLength(249);
  });

  it('before a stop text that runs over several tokens; the text in front of it is given', async () => {
    const sampling = { grammar: grammarOf('Hello END of it') };
    const { text, end } = await greedy(sampling, { stop: ['never', 'END'], maxTokens: 40 });
    expect({ text, reason: end.reason, stop: end.stop }).toEqual({
      text: 'Hello ',
      reason: 'stop-string',
      stop: 'END',
    });
    // The tokens up to the stop text's last were made: "Hello END".
    expect(end.answerTokens).toBe(9);
  });

  it('gives what was held back where the stop text does not come', async () => {
    const sampling = { grammar: 'root ::= "to the EN"' };
    const { text, end } = await answer(engine, { prompt, sampling, stop: ['END'], maxTokens: 40 });
    expect({ text, reason: end.reason }).toEqual({ text: 'to the EN', reason: 'end-token' });
  });

  it('holds a character back until it is whole', async () => {
    const texts: string[] = [];
    const stream = engine.stream({
      prompt,
      maxTokens: 40,
      sampling: { temperature: 0, grammar: 'root ::= "é🦙!"' },
    });
    for await (const event of stream) if (event.kind === 'tokens') texts.push(event.text);
    expect(texts).toEqual(['', 'é', '', '', '', '🦙', '!']);
  });
});

describe('a grammar', () => {
  it('is followed, whatever is likely; drawn tokens too', async () => {
    const grammar = 'root ::= ("yes" | "no" | "maybe") "." [0-9] [0-9]';
    const given = await Promise.all(
      Array.from({ length: 40 }, (_, seed) =>
        told(engine.stream({ prompt, maxTokens: 40, sampling: { temperature: 1, seed, grammar } })),
      ),
    );
    for (const { text, end } of given) {
      expect(text).toMatch(/^(yes|no|maybe)\.\d\d$/);
      expect(end.reason).toBe('end-token');
    }
    expect(new Set(given.map(({ text }) => text)).size).toBeGreaterThan(10);
  });

  it('leaves the proportions of what it allows', async () => {
    const p = logSoftmax(logitsAfter([])).map(Math.exp);
    const digits = Array.from({ length: 10 }, (_, digit) => 48 + digit);
    const total = digits.reduce((sum, token) => sum + p[token]!, 0);
    const tokens = await drawn({ temperature: 1, grammar: 'root ::= [0-9] "x"' }, 1500);
    checkShares(tokens, (token) => (digits.includes(token) ? p[token]! / total : 0));
  });

  it('that cannot be parsed is refused; one that allows no token ends with an error', async () => {
    for (const grammar of ['root ::= (', 'other ::= "a"', 'root ::= root "a"']) {
      await expect(greedy({ grammar })).rejects.toMatchObject({ code: 'grammar-malformed' });
    }
    await expect(
      answer(engine, {
        prompt,
        maxTokens: 9,
        sampling: {
          grammar: 'root ::= "ab"',
          logitBias: [{ token: 98, bias: Number.NEGATIVE_INFINITY }],
        },
      }),
    ).rejects.toMatchObject({ code: 'answer-broken' });
    expect((await greedy({})).tokens).toHaveLength(12);
  });
});

describe('refusals', () => {
  it.each<[string, Partial<StreamRequest>]>([
    ['an empty prompt', { prompt: new Int32Array(0) }],
    ['a token that does not exist', { prompt: Int32Array.of(1, 259) }],
    ['a negative number of tokens', { maxTokens: -1 }],
    ['an empty stop text', { stop: ['a', ''] }],
    ['too many log-probabilities', { logprobs: 101 }],
    ['a negative temperature', { sampling: { temperature: -1 } }],
    ['a top-p above 1', { sampling: { topP: 1.1 } }],
    ['a seed that would not be one', { sampling: { seed: 2 ** 32 - 1 } }],
    ['a bias for no token', { sampling: { logitBias: [{ token: 999, bias: 1 }] } }],
    ['a bias that is no number', { sampling: { logitBias: [{ token: 1, bias: Number.NaN }] } }],
    ['a repetition penalty of 0', { sampling: { repetitionPenalty: 0 } }],
  ])('%s', async (_, request) => {
    await expect(answer(engine, { prompt, ...request })).rejects.toThrow(RangeError);
  });

  it('a prompt longer than the context of an answer', async () => {
    await expect(answer(engine, { prompt: new Int32Array(257) })).rejects.toMatchObject({
      code: 'prompt-too-long',
      message: 'the prompt has 257 tokens; prompt and answer together can have 256',
    });
    const exact = await answer(engine, { prompt: new Int32Array(256), ignoreEnd: true });
    expect(exact.end).toMatchObject({ reason: 'context', answerTokens: 1 });
  });

  it('a model driven out of range ends its own answer only', async () => {
    const vector = new Float32Array(32).fill(1e38);
    const steered = { layer: 1, vector, multiplier: 10, operator: 'add' as const, gate: null };
    const before = await greedy({});
    const broken = answer(engine, {
      prompt,
      interventions: [{ ...steered, scope: { kind: 'after', tokens: 2 } }],
      ignoreEnd: true,
    });
    const beside = greedy({});
    await expect(broken).rejects.toMatchObject({ code: 'answer-broken' });
    expect((await beside).tokens).toEqual(before.tokens);
    const afterwards = await Promise.all(Array.from({ length: 16 }, () => greedy({})));
    for (const { tokens } of afterwards) expect(tokens).toEqual(before.tokens);
  });
});
