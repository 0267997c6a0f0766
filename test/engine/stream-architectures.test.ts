import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadLlama } from '../../src/engine/load-llama.ts';
import type { StreamIntervention, StreamRequest } from '../../src/engine/streams/stream-request.ts';
import { sharedData } from '../support/shared-data.ts';
import { answer, logSoftmax, type Told, told } from '../support/streams.ts';

/** Golden values of one architecture, made with transformers; see the README beside them. */
interface Golden {
  no_l_out?: boolean;
  n_layers: number;
  vocab_size: number;
  tokens: number[];
  logits: number[];
  steering: { layer: number; multiplier: number; vector: number[] };
  steered_all: number[];
  tolerance: number;
}

const folder = sharedData('architectures');
const names = folder === null ? [] : readdirSync(folder).filter((name) => name.endsWith('.gguf'));

describe.skipIf(folder === null)('streams of many architectures against transformers', () => {
  for (const file of names) {
    const golden = JSON.parse(readFileSync(join(folder!, file.replace('.gguf', '.json')), 'utf8')) as Golden;
    if (golden.no_l_out) continue;
    const recurrent = file === 'mamba.gguf';

    it(`${file}: steered and unsteered answers side by side`, async () => {
      const engine = await loadLlama({
        path: join(folder!, file),
        contextTokens: 256,
        batchRows: 16,
        threads: 1,
        streams: 4,
        streamTokens: 256,
      });
      try {
        expect(await engine.openStreams()).toEqual(
          recurrent
            ? { streams: 1, streamTokens: 256, invariant: null }
            : { streams: 4, streamTokens: 256, invariant: true },
        );
        const { layer, multiplier } = golden.steering;
        const all: StreamIntervention = {
          layer,
          multiplier,
          vector: Float32Array.from(golden.steering.vector),
          operator: 'add',
          scope: { kind: 'all' },
          gate: null,
        };
        const request = (length: number, interventions: StreamIntervention[]): StreamRequest => ({
          prompt: Int32Array.from(golden.tokens.slice(0, length)),
          interventions,
          maxTokens: 30,
          logprobs: 100,
          ignoreEnd: true,
          sampling: { temperature: 0 },
        });
        const whole = golden.tokens.length;
        const last: StreamIntervention = { ...all, layer: golden.n_layers - 1, scope: { kind: 'response' } };
        const requests = [
          request(whole, []),
          request(whole, [all]),
          request(whole - 3, [last]),
          request(whole - 5, [{ ...all, layer: 0, scope: { kind: 'prompt' } }]),
          request(whole, [all]),
          request(whole, []),
        ];
        const given = await Promise.all(requests.map((one) => told(engine.stream(one))));
        for (const [place, logits] of [
          [0, golden.logits],
          [1, golden.steered_all],
          [4, golden.steered_all],
          [5, golden.logits],
        ] as const) {
          const expected = logSoftmax(logits);
          for (const { token, logprob } of given[place]!.scored[0]!.top)
            expect(Math.abs(logprob - expected[token]!)).toBeLessThan(golden.tolerance);
        }
        // Beyond any window, from a cache that others have filled: as alone in a fresh one.
        const fresh = await loadLlama({
          path: join(folder!, file),
          contextTokens: 256,
          batchRows: 16,
          threads: 1,
          streams: recurrent ? 1 : 2,
          streamTokens: 256,
        });
        try {
          for (const [place, one] of requests.entries())
            expect(numbers(await answer(fresh, one))).toEqual(numbers(given[place]!));
        } finally {
          await fresh.dispose();
        }
      } finally {
        await engine.dispose();
      }
    });
  }
});

function numbers({ scored, end }: Told) {
  return { scored: scored.map(({ logprob, top }) => [logprob, top]), positions: end.positions };
}
