import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import type { StreamIntervention } from '../../src/engine/streams/stream-request.ts';
import type { Gate } from '../../src/interventions/gate.ts';
import { operators, type Start } from '../../src/interventions/intervention.ts';
import { rowsOfScope, type Scope } from '../../src/interventions/scope.ts';
import { dot, norm } from '../../src/math/vector.ts';
import { Xoshiro } from '../../src/math/xoshiro.ts';
import { plainCase, randomVector } from '../support/cases.ts';
import { rowSteeredForward } from '../support/steered-forward.ts';
import { answer, greedy, logSoftmax, type Told, told } from '../support/streams.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

const tolerance = 1e-4;
/** The tiny tokenizer's <|endoftext|> and <|im_end|>, which these answers may not choose. */
const endTokens = [256, 258];
const maxTokens = 6;

let tiny: TinyLlama;
let engine: LlamaEngine;
beforeAll(async () => {
  tiny = await tinyLlama({ seed: 21 });
  engine = await loadLlama({
    path: tiny.path,
    contextTokens: 256,
    batchRows: 32,
    threads: 1,
    streams: 4,
    streamTokens: 256,
  });
});
afterAll(async () => {
  await engine.dispose();
  await tiny.remove();
});

const random = new Xoshiro(3);
const promptOf = (length: number) => Int32Array.from({ length }, () => random.below(256));

const scopes: Scope[] = [
  { kind: 'prompt' },
  { kind: 'response' },
  { kind: 'all' },
  { kind: 'first', tokens: 2 },
  { kind: 'after', tokens: 1 },
  { kind: 'after', tokens: 3 },
];

function steer(layer: number, scope: Scope, more: Partial<StreamIntervention> = {}): StreamIntervention {
  return {
    layer,
    vector: randomVector(32, 5, layer + 7),
    multiplier: 0.8,
    operator: 'add',
    scope,
    gate: null,
    ...more,
  };
}

/** Compares every log-probability that a greedy answer told with the plain forward pass of the whole text at once. */
function checkAgainstWhole(
  { prompt }: { prompt: Int32Array },
  { tokens, scored }: Told,
  acting: StreamIntervention[],
): void {
  const { logits } = rowSteeredForward(
    tiny,
    [...prompt, ...tokens],
    acting.map(({ scope, ...rest }) => ({ ...rest, ...rowsOfScope(scope, prompt.length) })),
  );
  scored.forEach(({ token, logprob, top }, step) => {
    const expected = logSoftmax(logits[prompt.length - 1 + step]!);
    expect(Math.abs(logprob! - expected[token]!)).toBeLessThan(tolerance);
    expect(top).toHaveLength(100);
    for (const one of top) expect(Math.abs(one.logprob - expected[one.token]!)).toBeLessThan(tolerance);
    const best = Math.max(...expected.filter((_, id) => !endTokens.includes(id)));
    expect(best - expected[token]!).toBeLessThan(tolerance);
  });
}

const scoring = { maxTokens, logprobs: 100, ignoreEnd: true };

describe('an answer, token by token, equals the whole text at once', () => {
  for (const scope of scopes) {
    it.each(operators)(`scope ${JSON.stringify(scope)}, operator %s`, async (operator) => {
      const interventions = [steer(1, scope, { operator }), steer(3, scope, { operator })];
      const request = { prompt: promptOf(11), interventions, ...scoring };
      const given = await answer(engine, request);
      expect(given.tokens).toHaveLength(maxTokens);
      checkAgainstWhole(request, given, interventions);
    });
  }

  it('several at once, at one layer and at others, with scopes of their own, beside other answers', async () => {
    const requests = [1, 2, 3, 4, 5, 6].map((seed) => ({
      prompt: promptOf(3 + 9 * seed),
      interventions: [
        steer(2, { kind: 'all' }, { operator: 'ablate' }),
        steer(2, { kind: 'response' }, { vector: randomVector(32, 4, 50 + seed) }),
        steer(0, { kind: 'prompt' }, { multiplier: -1 }),
        steer(1, { kind: 'first', tokens: seed }, { operator: 'clamp' }),
      ],
      ...scoring,
    }));
    const given = await Promise.all(requests.map((request) => answer(engine, request)));
    for (const [place, one] of given.entries())
      checkAgainstWhole(requests[place]!, one, requests[place]!.interventions);
  });

  it('at one layer in the order of the list', async () => {
    const scope: Scope = { kind: 'all' };
    const pair = [steer(1, scope, { operator: 'ablate' }), steer(1, scope, { multiplier: 2 })];
    for (const interventions of [pair, [...pair].reverse()]) {
      const request = { prompt: promptOf(9), interventions, ...scoring };
      checkAgainstWhole(request, await answer(engine, request), interventions);
    }
  });

  it("as llama.cpp's own whole pass has it, where a start says the same as the scope", async () => {
    const starts: [Start, Scope][] = [
      ['all', { kind: 'all' }],
      ['last-prompt-token', { kind: 'response' }],
      ['first-answer-token', { kind: 'after', tokens: 1 }],
    ];
    for (const [start, scope] of starts) {
      const prompt = promptOf(10);
      const intervention = steer(2, scope);
      const { tokens, scored } = await answer(engine, { prompt, interventions: [intervention], ...scoring });
      const { measurements } = await engine.measure({
        cases: [
          plainCase(Int32Array.from([...prompt, ...tokens]), {
            lastPromptToken: prompt.length - 1,
            end: prompt.length + tokens.length,
          }),
        ],
        interventions: [{ ...intervention, start }],
        branches: [[0]],
        tokens: 'answer',
        logprobs: true,
      });
      const { logits, logSumExp } = measurements[0]![0]!.positive;
      scored.forEach(({ logprob }, step) => {
        expect(Math.abs(logprob! - (logits[step]! - logSumExp![step]!))).toBeLessThan(tolerance);
      });
    }
  });

  it('a prompt in many pieces', async () => {
    for (const length of [1, 2, 3, 32, 33, 34, 65, 150]) {
      const interventions = [steer(1, { kind: 'all' }), steer(2, { kind: 'prompt' })];
      const request = { prompt: promptOf(length), interventions, ...scoring };
      checkAgainstWhole(request, await answer(engine, request), interventions);
    }
  });
});

describe('log-probabilities of the prompt', () => {
  it('are those of the whole text at once', async () => {
    const interventions = [steer(1, { kind: 'all' })];
    const prompt = promptOf(70);
    const { prompt: told_, end } = await answer(engine, {
      prompt,
      interventions,
      maxTokens: 0,
      promptLogprobs: 5,
    });
    const { logits } = rowSteeredForward(tiny, prompt, [
      { ...interventions[0]!, from: 0, to: prompt.length },
    ]);
    expect(told_!.scored!.map(({ token }) => token)).toEqual([...prompt]);
    expect(told_!.scored![0]).toMatchObject({ logprob: null, top: [] });
    told_!.scored!.slice(1).forEach(({ token, logprob, top }, place) => {
      const expected = logSoftmax(logits[place]!);
      expect(Math.abs(logprob! - expected[token]!)).toBeLessThan(tolerance);
      expect(Math.abs(top[0]!.logprob - Math.max(...expected))).toBeLessThan(tolerance);
    });
    expect(end).toMatchObject({ reason: 'max-tokens', answerTokens: 0, cachedTokens: 0 });
  });
});

describe('what was applied', () => {
  it('counts the rows: those that predict prompt tokens, answer tokens, or both', async () => {
    const prompt = promptOf(40);
    const all = scopes.map((scope, place) => steer(place % 3, scope));
    const { end } = await answer(engine, { prompt, interventions: all, ...scoring });
    // The last token chosen is never decoded: 5 rows follow the prompt's 40.
    expect(end.positions).toEqual([39, maxTokens, 45, 2, maxTokens - 1, maxTokens - 3]);
  });

  it('counts rows that were steered when they were put into the cache', async () => {
    const request = { prompt: promptOf(40), interventions: [steer(1, { kind: 'all' })], ...scoring };
    const first = await answer(engine, request);
    const second = await answer(engine, request);
    expect(second.end).toMatchObject({ cachedTokens: 38, positions: [45] });
    expect(second.scored).toEqual(first.scored);
    expect(first.end).toMatchObject({ cachedTokens: 0, positions: [45] });
  });

  it('counts nothing for multiplier 0, which is no intervention', async () => {
    const prompt = promptOf(20);
    const plain = await answer(engine, { prompt, ...scoring });
    const zero = await answer(engine, {
      prompt,
      interventions: [steer(1, { kind: 'all' }, { multiplier: 0 })],
      ...scoring,
    });
    expect(zero.scored).toEqual(plain.scored);
    expect(zero.end.positions).toEqual([0]);
  });

  it('at the last block, the rows whose output is computed', async () => {
    const { end } = await answer(engine, {
      prompt: promptOf(20),
      interventions: [steer(3, { kind: 'response' })],
      ...scoring,
    });
    expect(end.positions).toEqual([maxTokens]);
  });
});

describe('a gate', () => {
  const prompt = promptOf(30);
  const condition = randomVector(32, 3, 99);
  const gateAt = (layer: number, more: Partial<Gate> = {}): Gate => ({
    layer,
    vector: condition,
    measure: 'projection',
    open: 'above',
    threshold: 0,
    ...more,
  });
  const valueAt = async (layer: number) => {
    const text = plainCase(prompt, { lastPromptToken: prompt.length - 2, end: prompt.length });
    const { positive } = await engine.capture([text], 'answer-last', [layer]);
    return { h: positive[0]!, projection: dot(positive[0]!, condition) / norm(condition) };
  };

  it('measures the residual stream of the prompt’s last token, and acts or not', async () => {
    for (const layer of [0, 1, 3]) {
      const { h, projection } = await valueAt(layer);
      for (const [shift, open] of [
        [-0.01, true],
        [0.01, false],
      ] as const) {
        const gates = [gateAt(layer, { threshold: projection + shift })];
        const interventions = [steer(3, { kind: 'response' }, { gate: 0 })];
        const request = { prompt, interventions, gates, ...scoring };
        const given = await answer(engine, request);
        expect(given.end.gates[0]!.open).toBe(open);
        expect(given.end.gates[0]!.value).toBeCloseTo(projection, 4);
        expect(given.end.positions).toEqual([open ? maxTokens : 0]);
        checkAgainstWhole(request, given, open ? interventions : []);
      }
      const cosine = gateAt(layer, { measure: 'cosine', open: 'below', threshold: 1 });
      const { end } = await answer(engine, { prompt, gates: [cosine], ...scoring });
      expect(end.gates[0]).toEqual({ value: expect.closeTo(projection / norm(h), 4), open: true });
    }
  });

  it('reads the stream after interventions at lower layers, before those at its own', async () => {
    const lower = steer(0, { kind: 'response' }, { multiplier: 3 });
    const same = steer(2, { kind: 'response' }, { multiplier: 3 });
    const { blockOutputs } = rowSteeredForward(tiny, prompt, [{ ...lower, from: 29, to: 30 }]);
    const expected = dot(blockOutputs[2]![29]!, condition) / norm(condition);
    const { end } = await answer(engine, {
      prompt,
      interventions: [lower, same],
      gates: [gateAt(2)],
      ...scoring,
    });
    expect(end.gates[0]!.value).toBeCloseTo(expected, 4);
  });

  it('two gates at one layer, gated and ungated interventions side by side, beside other gated answers', async () => {
    const { projection } = await valueAt(1);
    const gates = [gateAt(1, { threshold: projection - 1 }), gateAt(1, { threshold: projection + 1 })];
    const interventions = [
      steer(2, { kind: 'response' }, { gate: 0 }),
      steer(2, { kind: 'response' }, { gate: 1, operator: 'ablate' }),
      steer(2, { kind: 'all' }, { multiplier: -0.5 }),
      steer(1, { kind: 'after', tokens: 1 }, { gate: 0 }),
    ];
    const request = { prompt, interventions, gates, ...scoring };
    const others = [1, 2, 3].map((seed) => {
      const other = { ...request, prompt: promptOf(28 + seed) };
      return answer(engine, other).then((given) => ({ other, given }));
    });
    const given = await answer(engine, request);
    expect(given.end.gates.map((gate) => gate!.open)).toEqual([true, false]);
    checkAgainstWhole(request, given, [interventions[0]!, interventions[2]!, interventions[3]!]);
    for (const { other, given: one } of await Promise.all(others)) {
      const open = interventions.filter(({ gate }) => gate === null || one.end.gates[gate]!.open);
      checkAgainstWhole(other, one, open);
    }
  });

  it('cannot act on rows that are computed before it is decided', async () => {
    const refused = (scope: Scope, layer: number) =>
      told(engine.stream({ prompt, gates: [gateAt(2)], interventions: [steer(layer, scope, { gate: 0 })] }));
    await expect(refused({ kind: 'prompt' }, 3)).rejects.toMatchObject({ code: 'steering-malformed' });
    await expect(refused({ kind: 'all' }, 3)).rejects.toMatchObject({ code: 'steering-malformed' });
    await expect(refused({ kind: 'response' }, 1)).rejects.toMatchObject({
      code: 'steering-malformed',
      message:
        "a gate cannot act here: the prompt's last row, which predicts the first answer token, has passed layer 1 before the gate is decided at layer 2",
    });
  });

  it('open and closed answers of one prompt do not share what differs', async () => {
    const { projection } = await valueAt(0);
    const long = promptOf(60);
    const text = plainCase(long, { lastPromptToken: long.length - 2, end: long.length });
    const h = (await engine.capture([text], 'answer-last', [0])).positive[0]!;
    const value = dot(h, condition) / norm(condition);
    expect(projection).not.toBe(value);
    for (const shift of [-1, 1, -1]) {
      const gates = [gateAt(0, { threshold: value + shift })];
      const interventions = [steer(1, { kind: 'response' }, { gate: 0 })];
      const first = { prompt: long, interventions, gates, ...scoring };
      const { tokens } = await answer(engine, first);
      // A second turn whose prompt continues the first answer: its rows are prompt rows now, and unsteered.
      const second = { ...first, prompt: Int32Array.from([...long, ...tokens, 1, 2, 3]), gates: [] };
      second.interventions = [];
      checkAgainstWhole(second, await answer(engine, second), []);
    }
  });
});

describe('the cache', () => {
  it('holds nothing steered for another steering: random requests, each against the whole text', async () => {
    const draw = new Xoshiro(17);
    const stems = [promptOf(40), promptOf(60)];
    const vectors = [0, 1].map((seed) => randomVector(32, 5, 200 + seed));
    const chosen = () => {
      const stem = stems[draw.below(2)]!;
      const cut = 20 + draw.below(stem.length - 20);
      const interventions = Array.from({ length: draw.below(3) }, () =>
        steer(draw.below(3), scopes[draw.below(scopes.length)]!, {
          vector: vectors[draw.below(2)]!,
          multiplier: [1, -1][draw.below(2)]!,
        }),
      );
      return {
        prompt: Int32Array.from([...stem.subarray(0, cut), draw.below(4), draw.below(4)]),
        interventions,
        ...scoring,
        maxTokens: 3,
      };
    };
    let cached = 0;
    for (let round = 0; round < 12; round++) {
      const requests = Array.from({ length: 6 }, chosen);
      const given = await Promise.all(requests.map((request) => told(engine.stream(greedy(request)))));
      given.forEach((one, place) => {
        cached += one.end.cachedTokens;
        checkAgainstWhole(requests[place]!, one, requests[place]!.interventions);
      });
    }
    // Shared prefixes were used all the same.
    expect(cached).toBeGreaterThan(500);
  });

  it('gives an unsteered prompt to a steered answer of scope `response`, and the other way round', async () => {
    const prompt = promptOf(50);
    const interventions = [steer(1, { kind: 'response' })];
    const steered = await answer(engine, { prompt, interventions, ...scoring });
    expect(steered.end.cachedTokens).toBe(0);
    const plain = await answer(engine, { prompt, ...scoring });
    expect(plain.end.cachedTokens).toBe(48);
    checkAgainstWhole({ prompt }, plain, []);
    const other = [steer(1, { kind: 'response' }, { multiplier: 1.3 })];
    const again = await answer(engine, { prompt, interventions: other, ...scoring });
    expect(again.end.cachedTokens).toBe(48);
    checkAgainstWhole({ prompt }, again, other);
    const whole = [steer(1, { kind: 'all' })];
    const all = await answer(engine, { prompt, interventions: whole, ...scoring });
    expect(all.end.cachedTokens).toBe(0);
    checkAgainstWhole({ prompt }, all, whole);
  });
});
