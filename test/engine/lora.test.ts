import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadOptions, MeasureRequest } from '../../src/engine/engine.ts';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import { llamaGguf } from '../../src/experiments/planted/llama-gguf.ts';
import { writeGguf } from '../../src/files/gguf-write.ts';
import { largestDifference, randomCases, randomVector } from '../support/cases.ts';
import { type LoraPair, mergeLora, randomLora, writeLora } from '../support/lora-gguf.ts';
import { makePlantedFolder, type PlantedFolder } from '../support/planted-command.ts';
import { answer } from '../support/streams.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

const [rank, alpha, scale] = [3, 6, 0.5];
const factor = (scale * alpha) / rank;

let tiny: TinyLlama;
let merged: LlamaEngine;
let folder: string;
const at = (name: string) => join(folder, name);
const load = (options: Partial<LoadOptions>) =>
  loadLlama({ path: tiny.path, contextTokens: 256, threads: 1, streams: 2, ...options });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-lora-'));
  tiny = await tinyLlama({ seed: 12 });
  const { width, feedForward } = tiny.shape;
  const pairs: LoraPair[] = [
    randomLora('blk.1.attn_q', width, width, rank, 1),
    randomLora('blk.2.ffn_down', width, feedForward, rank, 2),
    randomLora('output', tiny.tokenizer.vocabulary, width, rank, 3),
  ];
  await writeLora(at('adapter.gguf'), pairs, { alpha, rank });
  const weights = structuredClone(tiny.weights);
  const matrices = [weights.blocks[1]!.query, weights.blocks[2]!.down, weights.output!];
  for (const [place, pair] of pairs.entries()) mergeLora(matrices[place]!, pair, rank, factor);
  await writeGguf(at('merged.gguf'), llamaGguf('merged', tiny.shape, weights, tiny.tokenizer));
  merged = await load({ path: at('merged.gguf') });
});
afterAll(async () => {
  await merged.dispose();
  await tiny.remove();
  await rm(folder, { recursive: true, force: true });
});

const request: MeasureRequest = {
  cases: randomCases(3, { vocabulary: 259, seed: 4 }),
  interventions: [-1, 1].map((multiplier) => ({
    layer: 1,
    vector: randomVector(32, 4, 9),
    multiplier,
    operator: 'add',
    start: 'last-prompt-token',
  })),
  branches: [[], [0], [1]],
  tokens: 'answer',
  logprobs: false,
};

async function logitsOf(engine: LlamaEngine, more: Partial<MeasureRequest> = {}): Promise<number[]> {
  const { measurements } = await engine.measure({ ...request, ...more });
  return measurements.flat().flatMap(({ positive, negative }) => [...positive.logits, ...negative.logits]);
}

describe('a LoRA adapter', () => {
  it('gives what the merged weights give: measurements, activations, answers', async () => {
    const engine = await load({ loras: [{ path: at('adapter.gguf'), scale }] });
    const plain = await load({});
    try {
      for (const more of [{}, { logprobs: true }, { tokens: 'letter' as const }]) {
        expect(largestDifference(await logitsOf(engine, more), await logitsOf(merged, more))).toBeLessThan(
          1e-4,
        );
        expect(largestDifference(await logitsOf(engine, more), await logitsOf(plain, more))).toBeGreaterThan(
          0.1,
        );
      }
      const [a, b] = await Promise.all(
        [engine, merged].map((one) => one.capture(request.cases, 'answer-mean', [0, 3])),
      );
      expect(largestDifference(a!.positive[0]!, b!.positive[0]!)).toBeLessThan(1e-4);
      const prompt = request.cases[0]!.positive.tokens;
      const greedy = { prompt, maxTokens: 12, logprobs: 5 };
      const [given, wanted] = [await answer(engine, greedy), await answer(merged, greedy)];
      expect(given.tokens).toEqual(wanted.tokens);
      given.scored.forEach(({ logprob }, step) => {
        expect(logprob).toBeCloseTo(wanted.scored[step]!.logprob!, 4);
      });
      expect(given.tokens).not.toEqual((await answer(plain, greedy)).tokens);
    } finally {
      await engine.dispose();
      await plain.dispose();
    }
  });

  it('two add up; scale 0 is none', async () => {
    const halves = await load({
      loras: [0.3, 0.2].map((part) => ({ path: at('adapter.gguf'), scale: part })),
    });
    const none = await load({ loras: [{ path: at('adapter.gguf'), scale: 0 }] });
    const plain = await load({});
    expect(largestDifference(await logitsOf(halves), await logitsOf(merged))).toBeLessThan(1e-4);
    expect(largestDifference(await logitsOf(none), await logitsOf(plain))).toBeLessThan(1e-5);
    for (const engine of [halves, none, plain]) await engine.dispose();
  });

  it('makes another model: its hash is of the file, the adapters and their scales', async () => {
    const sha = (...parts: (string | Buffer)[]) =>
      parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');
    const file = sha(readFileSync(tiny.path));
    const adapter = sha(readFileSync(at('adapter.gguf')));
    const engine = await load({ loras: [{ path: at('adapter.gguf'), scale }] });
    expect(engine.facts).toMatchObject({
      fileHash: file,
      hash: sha(`${file}\n${adapter}:0.5`),
      loras: [{ name: 'adapter', hash: adapter, scale: 0.5 }],
    });
    await engine.dispose();
    const plain = await load({ hash: file });
    expect(plain.facts).toMatchObject({ fileHash: file, hash: file, loras: [] });
    await plain.dispose();
  });

  it('that is absent, of another model, or no adapter is refused by its name', async () => {
    const refused = (path: string, more = 1) => load({ loras: [{ path, scale: more }] });
    await expect(refused(at('none.gguf'))).rejects.toMatchObject({
      code: 'model-not-found',
      message: expect.stringContaining('none.gguf'),
    });
    await writeLora(at('foreign.gguf'), [randomLora('blk.1.attn_q', 16, 16, rank, 1)], { alpha, rank });
    await expect(refused(at('foreign.gguf'))).rejects.toMatchObject({
      code: 'model-mismatch',
      message: expect.stringContaining('incorrect shape'),
    });
    await writeLora(at('gemma.gguf'), [randomLora('blk.1.attn_q', 32, 32, rank, 1)], {
      alpha,
      rank,
      architecture: 'gemma2',
    });
    await expect(refused(at('gemma.gguf'))).rejects.toMatchObject({ code: 'model-mismatch' });
    await writeFile(at('text.gguf'), 'no adapter');
    await expect(refused(at('text.gguf'))).rejects.toMatchObject({ code: 'model-mismatch' });
    await expect(refused(tiny.path)).rejects.toMatchObject({ code: 'model-mismatch' });
    await expect(refused(at('adapter.gguf'), Number.NaN)).rejects.toThrow(RangeError);
  });
});

describe('--lora', () => {
  let planted: PlantedFolder;
  beforeAll(async () => {
    planted = await makePlantedFolder();
    const { width } = planted.planted.shape;
    await writeLora(join(planted.path, 'adapter.gguf'), [randomLora('blk.0.attn_q', width, width, rank, 1)], {
      alpha,
      rank,
    });
  });
  afterAll(() => planted.remove());

  it('stands in the plan and in the identity of the model; another scale is another run', () => {
    const extract = (...lora: string[]) =>
      planted.steerbench(
        ...'extract letters.jsonl --model planted.gguf --out run --measure-anyway --threads 1 --layers 1-3 --no-shuffle --train 0:16 --validation 16:24 --test 24:40 --json --quiet'.split(
          ' ',
        ),
        ...lora.flatMap((one) => ['--lora', one]),
      );
    const first = extract('adapter.gguf:0.5');
    expect(first.status).toBe(0);
    const plan = JSON.parse(readFileSync(join(planted.path, 'run/plan.json'), 'utf8'));
    expect(plan.options.loras).toEqual([{ name: 'adapter.gguf', scale: 0.5 }]);
    expect(plan.model.hash).not.toBe(plan.model.sourceHash);
    expect(JSON.parse(first.stdout).model.hash).toBe(plan.model.hash);
    expect(extract('adapter.gguf:0.5').status).toBe(0);
    for (const other of [['adapter.gguf:0.6'], ['adapter.gguf'], []]) {
      const { stderr, status } = extract(...other);
      expect(JSON.parse(stderr).code).toBe('run-conflict');
      expect(status).not.toBe(0);
    }
    expect(JSON.parse(extract('none.gguf').stderr).code).toBe('model-not-found');
  });
});
