import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saveVector } from '../../src/vectors/save-vector.ts';
import type { SteeringVector } from '../../src/vectors/steering-vector.ts';
import { randomVector } from './cases.ts';

/** A folder with random vectors of width 32 as files. */
export interface TestVectors {
  path: string;
  /** By alias, then by layer. */
  vectors: Map<string, Map<number, Float32Array>>;
  remove: () => Promise<void>;
}

/** Writes `<alias>.safetensors` for each alias, with the layers given, each vector of norm 4 and a direction of its own. */
export async function testVectors(layersByAlias: Record<string, number[]>): Promise<TestVectors> {
  const path = await mkdtemp(join(tmpdir(), 'steerbench-vectors-'));
  const vectors: TestVectors['vectors'] = new Map();
  for (const [place, [alias, layers]] of Object.entries(layersByAlias).entries()) {
    const byLayer = new Map(layers.map((layer) => [layer, randomVector(32, 4, 100 * place + layer + 1)]));
    vectors.set(alias, byLayer);
    await saveVector(join(path, `${alias}.safetensors`), vectorOf(byLayer));
  }
  return { path, vectors, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A vector of some layers, with nothing else known of it. */
export function vectorOf(layers: Map<number, Float32Array>): SteeringVector {
  return {
    layers,
    width: [...layers.values()][0]!.length,
    method: 'mean-difference',
    readPosition: 'answer-mean',
    trainingPairs: 10,
    behaviour: 'test',
    dataHash: null,
    modelName: null,
    architecture: null,
    modelHash: null,
    producedBy: null,
  };
}
