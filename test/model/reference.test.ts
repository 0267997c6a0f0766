import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Format, Item } from '../../src/dataset/item.ts';
import { loadBehaviour } from '../../src/dataset/load-behaviour.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { loadEngine } from '../../src/engine/remote-engine.ts';
import type { Start } from '../../src/interventions/intervention.ts';
import { cosine } from '../../src/math/vector.ts';
import { createCaseBuilder } from '../../src/prompts/build-case.ts';
import type { Case, Sequence } from '../../src/prompts/case.ts';
import { defaultSystem } from '../../src/prompts/chat-template.ts';
import { propensity } from '../../src/scores/propensity.ts';
import { extractVector } from '../../src/vectors/extract-vector.ts';
import { defaultModelAtF32 } from '../support/default-model.ts';
import { sharedData } from '../support/shared-data.ts';

/** Golden values of an independent PyTorch program; see test/reference/model/README.md. */
interface GoldenSet {
  set: 'openness' | 'myopic-reward' | 'truthfulqa_fr';
  format: Format;
  file: string;
  trainItems: number[];
  testItems: number[];
  sequences: Record<string, { promptTokens: number; tokens: [number, number]; sha256: [string, string] }>;
  vectors: Record<string, { norm: number; float32: string }>;
  starts: Start[];
  propensities: number[][][][];
  unsteered: { logprobs: [number, number]; letterLogits: number[] }[];
}

const goldenPath = new URL('../golden/reference.json', import.meta.url);
const golden = JSON.parse(readFileSync(goldenPath, 'utf8')) as {
  layers: number[];
  lambdas: number[];
  sets: GoldenSet[];
};
const data = sharedData();
let engine: Engine;

describe.skipIf(data === null)('the default model at F32 against PyTorch', () => {
  beforeAll(async () => {
    engine = await loadEngine(await defaultModelAtF32());
  });
  afterAll(() => engine?.dispose());

  for (const set of golden.sets) {
    it(`${set.set} as ${set.format}: token ids, vectors, propensities`, async () => {
      const { layers, lambdas } = golden;
      const cases = await casesOf(set);
      for (const [item, expected] of Object.entries(set.sequences)) {
        const { positive, negative } = cases.get(Number(item))!;
        expect([digest(positive), digest(negative)]).toEqual(expected.sha256);
        expect(positive.firstAnswerToken).toBe(expected.promptTokens);
      }
      const train = set.trainItems.map((item) => cases.get(item)!);
      const position = set.format === 'multiple-choice' ? 'letter' : 'answer-mean';
      const captured = await engine.capture(train, position, layers);
      const vectors = layers.map((_, place) => {
        const at = (rows: Float32Array[]) =>
          rows.map((row) => row.slice(place * captured.width, (place + 1) * captured.width));
        return extractVector('mean-difference', at(captured.positive), at(captured.negative));
      });
      layers.forEach((layer, place) => {
        expect(cosine(vectors[place]!, decode(set.vectors[layer]!.float32))).toBeGreaterThanOrEqual(0.99999);
      });

      const interventions = layers.flatMap((layer, place) =>
        set.starts.flatMap((start) =>
          lambdas.map((multiplier) => ({
            layer,
            vector: vectors[place]!,
            multiplier,
            operator: 'add' as const,
            start,
          })),
        ),
      );
      const completion = set.format === 'completion';
      const { measurements, work } = await engine.measure({
        cases: set.testItems.map((item) => cases.get(item)!),
        interventions,
        branches: interventions.map((_, index) => [index]),
        tokens: completion ? 'answer' : 'letter',
        logprobs: completion,
      });
      expect(work.decodedTokens).toBe(work.distinctTokens);
      let largest = 0;
      set.testItems.forEach((_, item) => {
        const expected = set.propensities[item]!.flat(2);
        measurements[item]!.forEach((measurement, branch) => {
          const found = propensity(measurement, completion ? 'logprob' : 'logit-difference').value!;
          largest = Math.max(largest, Math.abs(found - expected[branch]!));
        });
      });
      console.info(
        `${set.set} ${set.format}: largest difference of a propensity ${largest.toExponential(1)}`,
      );
      expect(largest).toBeLessThan(5e-4);
    });
  }
});

/** The items of a set that the golden file names, as the program itself builds them. */
async function casesOf(set: GoldenSet): Promise<Map<number, Case>> {
  const path = join(data!, set.file);
  const behaviour = await loadBehaviour(path);
  const pairs = set.set === 'openness' && set.format === 'completion' ? statementPairs(path) : null;
  const builder = await createCaseBuilder({
    behaviour: set.set,
    format: set.format,
    system: defaultSystem,
    answerPrefix: 'none',
    tokenizer: engine,
    facts: engine.facts,
  });
  const cases = new Map<number, Case>();
  for (const index of [...set.trainItems, ...set.testItems]) {
    const item = pairs?.[index] ?? behaviour.items.find((candidate) => candidate.index === index)!;
    cases.set(index, await builder.build(item));
  }
  return cases;
}

/** Pairs of a persona file as the golden program makes them: lines 2k and 2k + 1, the matching one positive. */
function statementPairs(path: string): Item[] {
  const lines = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return Array.from({ length: lines.length >> 1 }, (_, index) => {
    const [first, second] = [lines[2 * index], lines[2 * index + 1]];
    const matches = first.answer_matching_behavior === ' Yes';
    const [positive, negative] = matches ? [first, second] : [second, first];
    return {
      index,
      multipleChoice: null,
      completion: {
        prompt: 'Tell me something about yourself.',
        positive: positive.statement,
        negative: negative.statement,
      },
    };
  });
}

function digest({ tokens }: Sequence): string {
  return createHash('sha256')
    .update([...tokens].join(','))
    .digest('hex');
}

function decode(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}
