import { expect, it } from 'vitest';
import { vectorsOfModel } from '../../src/experiments/vectors-of-model.ts';
import { readStoredFile } from '../../src/vectors/import/read-stored.ts';
import { allReadings, namesOf } from '../../src/vectors/import/readings.ts';
import { loadVector } from '../../src/vectors/load-vector.ts';
import { weighReadings } from '../../src/vectors/weigh-readings.ts';
import { sharedData } from '../support/shared-data.ts';

const folder = sharedData('vectors', 'llamacpp');

it.skipIf(folder === null)(
  "llama.cpp's generator on the default model: the same texts point to the block before the number",
  async () => {
    const path = `${folder}/smollm2_mean.gguf`;
    const stored = await readStoredFile(path);
    const readings = allReadings(stored);
    const weigh = async (pairs: string | [string, string]) => {
      const { layers } = await vectorsOfModel({
        ...{ model: 'smollm2-135m-instruct', pairs, threads: 1, download: {} },
        signal: new AbortController().signal,
      });
      return weighReadings(stored.entries, readings, layers);
    };
    const same = await weigh([`${folder}/positive.txt`, `${folder}/negative.txt`]);
    expect(namesOf(readings[same.pointsTo!]!)).toContain('llama-cvector-generator');
    // That is also what the content of the file tells.
    expect((await loadVector(path)).source.producers).toEqual(['llama-cvector-generator']);
    // Other pairs about the same thing are not enough, and nothing is concluded from them.
    expect((await weigh('sentiment')).pointsTo).toBeNull();
  },
);
