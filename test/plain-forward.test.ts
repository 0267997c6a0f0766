import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { largestDifference } from './support/cases.ts';
import { plainForward } from './support/plain-forward.ts';
import { readLlama } from './support/read-llama.ts';
import { sharedData } from './support/shared-data.ts';
import { tinyLlama } from './support/tiny-llama.ts';

const model = sharedData('architectures', 'llama.gguf');

interface Golden {
  tokens: number[];
  positions: number[];
  block_outputs: number[][][];
  logits: number[];
  steered: number[];
  steered_all: number[];
  steered_first_block: number[];
  steered_last_block: number[];
  steering: { vector: number[]; layer: number; multiplier: number; from_position: number };
  tolerance: number;
}

test.skipIf(model === null)(
  'agrees with transformers on a llama model, block by block and steered',
  async () => {
    const golden: Golden = JSON.parse(readFileSync(model!.replace(/gguf$/, 'json'), 'utf8'));
    const { shape, weights } = await readLlama(model!);
    const last = golden.tokens.length - 1;
    const plain = plainForward(shape, weights, golden.tokens);
    for (const [block, rows] of golden.block_outputs.entries()) {
      for (const [i, expected] of rows.entries()) {
        expect(largestDifference(plain.blockOutputs[block]![golden.positions[i]!]!, expected)).toBeLessThan(
          1e-4,
        );
      }
    }
    expect(largestDifference(plain.logits[last]!, golden.logits)).toBeLessThan(1e-4);

    const { vector, layer, multiplier, from_position: start } = golden.steering;
    const steered = (at: number, from: number) =>
      plainForward(shape, weights, golden.tokens, (block, position, h) =>
        block === at && position >= from ? h.map((value, i) => value + multiplier * vector[i]!) : undefined,
      ).logits[last]!;
    expect(largestDifference(steered(layer, start), golden.steered)).toBeLessThan(1e-4);
    expect(largestDifference(steered(layer, 0), golden.steered_all)).toBeLessThan(1e-4);
    expect(largestDifference(steered(0, start), golden.steered_first_block)).toBeLessThan(1e-4);
    expect(largestDifference(steered(shape.blocks - 1, start), golden.steered_last_block)).toBeLessThan(1e-4);
  },
);

test('a tiny model is read back from its file as it was made, and is of a size where differences show', async () => {
  for (const tied of [false, true]) {
    const tiny = await tinyLlama({ tied, merges: [['(', 'A']], chatTemplate: null, seed: 3 });
    const { shape, weights } = await readLlama(tiny.path);
    await tiny.remove();
    expect(shape).toEqual({ ...tiny.shape, epsilon: Math.fround(1e-5) });
    expect(weights).toEqual(tiny.weights);
    expect(weights.embedding).toHaveLength(260 * 32);
    const { blockOutputs, logits } = plainForward(shape, weights, [72, 101, 108, 259, 41]);
    const rms = (values: Float64Array) =>
      Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
    for (const rows of blockOutputs) for (const h of rows) expect(rms(h)).toBeGreaterThan(0.4);
    expect(rms(blockOutputs[3]![4]!)).toBeLessThan(10);
    expect(rms(logits[4]!)).toBeGreaterThan(0.5);
    expect(rms(logits[4]!)).toBeLessThan(10);
  }
});
