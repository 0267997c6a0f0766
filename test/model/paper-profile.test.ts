import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profileOptions } from '../../src/experiments/profiles.ts';
import { runExperiment } from '../../src/experiments/run.ts';
import type { RunOptions } from '../../src/experiments/run-options.ts';
import type { Result } from '../../src/result/schema.ts';
import { loadVector } from '../../src/vectors/load-vector.ts';
import { sharedData } from '../support/shared-data.ts';

/** Golden values of the published algorithm, by an independent PyTorch program; see test/reference/model/README.md. */
const golden = JSON.parse(readFileSync(new URL('../golden/paper-profile.json', import.meta.url), 'utf8')) as {
  multipliers: number[];
  layers: number[];
  runs: {
    set: string;
    file: string;
    profile: string;
    trainItems: number[];
    testItems: number[];
    vectors: Record<string, { norm: number }>;
    /** By item, layer, multiplier. */
    propensities: number[][][];
    slopes: number[][];
  }[];
  settings: {
    file: string;
    layer: number;
    vectorNames: string[];
    settings: string[];
    testItems: number[];
    vectors: Record<string, { norm: number }>;
    cosines: number[][];
    unsteered: Record<string, number[]>;
    /** By vector, setting, item, multiplier. */
    propensities: number[][][][];
    meanSlopes: number[][];
    meanGap: number[][];
    gapOfMeans: number[][];
  };
  damage: {
    paragraphs: number[];
    multipliers: number[];
    texts: { nll: number[]; steered: { multiplier: number; kl: number[]; nll: number[] }[] }[];
  };
};

/** What `--profile paper` and its overrides mean, by the golden file's names. */
const profiles: Record<string, string[]> = {
  paper: [],
  'paper-logprob-stripped': ['propensity=logprob', 'start=first-answer-token', 'answer-prefix=space'],
  'paper-logprob-kept': [
    ...['propensity=logprob', 'start=first-answer-token', 'answer-prefix=space'],
    'prompt=template',
  ],
};

const data = sharedData();
const little: Partial<RunOptions> = {
  precision: 'f32',
  measureAnyway: true,
  randomVectors: 0,
  shuffledVectors: 0,
  noiseItems: 0,
  replicates: 0,
  continuedItems: 0,
  damageTexts: 0,
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-paper-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(
  name: string,
  experiment: 'in-distribution' | 'ood',
  file: string,
  options: Partial<RunOptions>,
): Promise<{ result: Result; path: string }> {
  const path = join(folder, name);
  const { result } = await runExperiment(
    {
      experiment,
      behaviour: join(data!, file),
      model: 'smollm2-135m-instruct',
      options: { ...little, ...options },
      out: path,
      vector: null,
    },
    { onProgress: () => {}, signal: new AbortController().signal, download: {} },
  );
  return { result, path };
}

/** Largest difference of two arrays of any depth. */
function largestDifference(found: unknown, expected: unknown): number {
  if (typeof expected === 'number') return Math.abs((found as number) - expected);
  const [a, b] = [found as unknown[], expected as unknown[]];
  expect(a).toHaveLength(b.length);
  return Math.max(...b.map((value, place) => largestDifference(a[place], value)));
}

describe.skipIf(data === null)('the published algorithm, at F32 against PyTorch', () => {
  for (const expected of golden.runs) {
    for (const [place, layer] of golden.layers.entries()) {
      // The variants differ in how prompts are read and scored, which one layer shows as well as two.
      if (expected.profile !== 'paper' && place > 0) continue;
      it(`${expected.set}, ${expected.profile}, layer ${layer}: propensities, slopes, vector`, async () => {
        const { result, path } = await run(
          `${expected.set}-${expected.profile}-${layer}`,
          'in-distribution',
          expected.file,
          {
            ...profileOptions('paper', profiles[expected.profile]!),
            train: '0:12',
            test: '50:58',
            layers: String(layer),
          },
        );
        expect(result.split.trainItems).toEqual(expected.trainItems);
        expect(result.split.testItems).toEqual(expected.testItems);
        const vector = (await loadVector(join(path, result.vector!.safetensors!))).layers.get(layer)!;
        expect(result.vector!.norm!).toBeCloseTo(expected.vectors[layer]!.norm, 4);
        expect(vector).toHaveLength(576);
        const propensities = largestDifference(
          result.items.map((item) => item.propensities),
          expected.propensities.map((item) => item[place]),
        );
        const slopes = largestDifference(
          result.items.map((item) => item.slope),
          expected.slopes.map((item) => item[place]),
        );
        console.info(
          `${expected.set} ${expected.profile} layer ${layer}: largest difference of a propensity ${propensities.toExponential(1)}, of a slope ${slopes.toExponential(1)}`,
        );
        expect(propensities).toBeLessThan(5e-4);
        expect(slopes).toBeLessThan(1e-3);
      });
    }
  }
});

describe.skipIf(data === null)('settings and damage, at F32 against PyTorch', () => {
  const expected = golden.settings;
  let result: Result;
  let path: string;
  beforeAll(async () => {
    process.env['STEERBENCH_DATA'] ??= data!;
    ({ result, path } = await run('settings', 'ood', expected.file, {
      shuffle: false,
      train: '0:12',
      validation: 'none',
      test: '100:106',
      layers: String(expected.layer),
      orders: 'given',
      damageTexts: golden.damage.texts.length,
      damageTokens: 1000,
      damageMultipliers: golden.damage.multipliers,
    }));
  });

  it('steers six vectors in five settings', () => {
    const { ood } = result;
    expect(ood!.items).toEqual(expected.testItems);
    expect(ood!.vectors.map(({ name }) => name)).toEqual(expected.vectorNames);
    for (const { name, norm } of ood!.vectors) expect(norm).toBeCloseTo(expected.vectors[name]!.norm, 4);
    const cells = expected.vectorNames.map((vector) =>
      expected.settings.map(
        (setting) => ood!.cells.find((cell) => cell.vector === vector && cell.setting === setting)!,
      ),
    );
    expect(
      largestDifference(
        cells.map((row) => row.map(({ mean }) => mean.value)),
        expected.meanSlopes,
      ),
    ).toBeLessThan(1e-3);
    const curves = expected.propensities.map((settings) =>
      settings.map((items) =>
        golden.multipliers.map((_, k) => items.reduce((sum, item) => sum + item[k]!, 0) / items.length),
      ),
    );
    expect(
      largestDifference(
        cells.map((row) => row.map(({ curve }) => curve)),
        curves,
      ),
    ).toBeLessThan(5e-4);
  });

  it('tells how alike the vectors are, and how far apart the settings', () => {
    const names = expected.vectorNames;
    for (const { first, second, cosine, gap } of result.ood!.pairs) {
      const [i, j] = [names.indexOf(first), names.indexOf(second)];
      expect(Math.abs(cosine! - expected.cosines[i]![j]!)).toBeLessThan(1e-4);
      expect(Math.abs(gap! - expected.gapOfMeans[i]![j]!)).toBeLessThan(5e-4);
    }
    for (const { vector, setting, gap } of result.ood!.relative) {
      if (vector === 'MEAN') continue;
      const wanted =
        expected.meanGap[expected.settings.indexOf(vector)]![expected.settings.indexOf(setting)]!;
      expect(Math.abs(gap!.value! - wanted)).toBeLessThan(5e-4);
    }
  });

  it('measures damage token by token', () => {
    const cell = JSON.parse(readFileSync(join(path, 'cells/damage-0000.json'), 'utf8')) as {
      texts: { unsteered: number[]; branches: { kl: number[]; nll: number[] }[] }[];
    };
    golden.damage.texts.forEach((text, place) => {
      const found = cell.texts[place]!;
      expect(largestDifference(found.unsteered, text.nll)).toBeLessThan(5e-4);
      text.steered.forEach(({ kl, nll }, branch) => {
        expect(largestDifference(found.branches[branch]!.kl, kl)).toBeLessThan(5e-6);
        expect(largestDifference(found.branches[branch]!.nll, nll)).toBeLessThan(5e-4);
      });
    });
  });
});
