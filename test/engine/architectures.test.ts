import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MeasureRequest } from '../../src/engine/engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import type { Intervention, Start } from '../../src/interventions/intervention.ts';
import { largestDifference, plainCase } from '../support/cases.ts';
import { sharedData } from '../support/shared-data.ts';

/** Golden values of one architecture, made with transformers; see the README beside them. */
interface Golden {
  no_l_out?: boolean;
  n_layers: number;
  hidden_size: number;
  vocab_size: number;
  tokens: number[];
  positions: number[];
  block_outputs: number[][][];
  logits: number[];
  steering: { layer: number; multiplier: number; from_position: number; vector: number[] };
  steered: number[];
  steered_all: number[];
  steered_first_block: number[];
  steered_last_block: number[];
  tolerance: number;
}

const folder = sharedData('architectures');
const names = folder === null ? [] : readdirSync(folder).filter((name) => name.endsWith('.gguf'));

describe.skipIf(folder === null)('small models of many architectures against transformers', () => {
  for (const file of names) {
    const golden = JSON.parse(readFileSync(join(folder!, file.replace('.gguf', '.json')), 'utf8')) as Golden;
    const load = () =>
      loadLlama({ path: join(folder!, file), contextTokens: 256, batchRows: 64, threads: 1 });

    if (golden.no_l_out) {
      it(`${file}: refused by the name of its architecture`, async () => {
        await expect(load()).rejects.toMatchObject({
          code: 'model-unsupported',
          message: expect.stringContaining('plamo2'),
        });
      });
      continue;
    }

    it(`${file}: block outputs, logits and steered logits`, async () => {
      const engine = await load();
      try {
        const blockRows: number[] = [];
        const tokens = Int32Array.from(golden.tokens);
        const last = tokens.length - 1;
        const item = plainCase(tokens, {
          lastPromptToken: golden.steering.from_position,
          end: tokens.length,
        });
        const layers = Array.from({ length: golden.n_layers }, (_, layer) => layer);
        const captured = await engine.capture([item], 'all', layers);
        const width = golden.hidden_size;
        for (const layer of layers) {
          golden.positions.forEach((position, row) => {
            const start = (layer * tokens.length + position) * width;
            const h = captured.positive[0]!.subarray(start, start + width);
            expect(largestDifference(h, golden.block_outputs[layer]![row]!)).toBeLessThan(golden.tolerance);
          });
        }
        const vector = Float32Array.from(golden.steering.vector);
        const at = (layer: number, start: Start): Intervention => ({
          layer,
          vector,
          multiplier: golden.steering.multiplier,
          operator: 'add',
          start,
        });
        const interventions = [
          at(golden.steering.layer, 'last-prompt-token'),
          at(golden.steering.layer, 'all'),
          at(0, 'last-prompt-token'),
          at(golden.n_layers - 1, 'last-prompt-token'),
        ];
        const expected = [
          golden.logits,
          golden.steered,
          golden.steered_all,
          golden.steered_first_block,
          golden.steered_last_block,
        ];
        // One case for each vocabulary token asked for: the logit of token t after the last position.
        const asked = [0, 1, 17, 150, golden.vocab_size - 1];
        const request = (logprobs: boolean): MeasureRequest => ({
          cases: asked.map((token) =>
            plainCase(Int32Array.from([...tokens, token]), {
              lastPromptToken: golden.steering.from_position,
              letter: last + 1,
              end: last + 2,
            }),
          ),
          interventions,
          branches: [[], [0], [1], [2], [3]],
          tokens: 'letter',
          logprobs,
        });
        for (const logprobs of [false, true]) {
          const { measurements, work } = await engine.measure(request(logprobs));
          asked.forEach((token, place) => {
            expected.forEach((logits, branch) => {
              const { logits: found, logSumExp } = measurements[place]![branch]!.positive;
              expect(Math.abs(found[0]! - logits[token]!)).toBeLessThan(golden.tolerance);
              if (logprobs) {
                const sum = Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0));
                expect(Math.abs(logSumExp![0]! - sum)).toBeLessThan(golden.tolerance);
              }
            });
          });
          if (!engine.facts.recurrent) expect(work.decodedTokens).toBe(work.distinctTokens);
        }
        // One layer, many branches: the blocks below are computed once, those above once a branch.
        const several = [1.5, -1, 0.5, 2, -2, 1].map((factor) => ({
          ...at(golden.steering.layer, 'last-prompt-token'),
          multiplier: factor,
        }));
        for (const logprobs of [false, true]) {
          const split = await engine.measure({
            ...request(logprobs),
            interventions: several,
            branches: several.map((_, index) => [index]),
          });
          asked.forEach((token, place) => {
            const found = split.measurements[place]![0]!.positive.logits[0]!;
            expect(Math.abs(found - golden.steered[token]!)).toBeLessThan(golden.tolerance);
          });
          expect(split.work.steeredRows).toEqual([
            { layer: golden.steering.layer, rows: expect.any(Number) },
          ]);
          blockRows.push(split.work.blockRows / (split.work.decodedTokens * golden.n_layers));
        }
        // Window patterns, learnt positions and recurrent states forbid the split; everything else must use it.
        const whole = ['gemma2', 'gpt2', 'mamba'].includes(file.replace('.gguf', ''));
        for (const share of blockRows) expect(share < 0.7).toBe(!whole);
      } finally {
        await engine.dispose();
      }
    });
  }
});
