import { mkdir } from 'node:fs/promises';
import { SteerbenchError } from '../../errors.ts';
import { writeFailure } from '../../files/write-failure.ts';
import { saveControlVector } from '../../vectors/save-control-vector.ts';
import { saveVector } from '../../vectors/save-vector.ts';
import type { SteeringVector } from '../../vectors/steering-vector.ts';
import type { RunContext } from '../empty-result.ts';
import type { Prepared } from './prepare.ts';
import { readPosition } from './read-position.ts';

/** Files of a run's vectors, relative to its folder; null where a form cannot hold them. */
export interface SavedVectors {
  safetensors: string;
  gguf: string | null;
  warnings: string[];
}

/** Saves the vectors of all layers under `vectors/`, for this program and for llama.cpp. */
export async function saveVectors(
  { session, behaviour }: RunContext,
  { facts, train }: Prepared,
  layers: Map<number, Float32Array>,
): Promise<SavedVectors> {
  const { folder, options } = session;
  const vector: SteeringVector = {
    layers,
    width: facts.width,
    method: options.method,
    readPosition: readPosition(options),
    trainingPairs: train.length,
    behaviour: behaviour.name,
    dataHash: behaviour.hash,
    modelName: facts.name,
    architecture: facts.architecture,
    modelHash: facts.hash,
    producedBy: `steerbench ${folder.plan.versions.steerbench}`,
  };
  await mkdir(folder.file('vectors'), { recursive: true }).catch((cause) => {
    throw writeFailure(folder.file('vectors'), cause);
  });
  const safetensors = `vectors/${behaviour.name}.safetensors`;
  const gguf = `vectors/${behaviour.name}.gguf`;
  await saveVector(folder.file(safetensors), vector);
  try {
    const warnings = await saveControlVector(folder.file(gguf), vector);
    // A result must not depend on where its folder lies.
    return {
      safetensors,
      gguf,
      warnings: warnings.map((warning) => warning.replaceAll(folder.file(gguf), gguf)),
    };
  } catch (error) {
    // A vector at block 0 alone has no GGUF form; that is no reason to lose it.
    if (!(error instanceof SteerbenchError) || error.code !== 'layer-out-of-range') throw error;
    return { safetensors, gguf: null, warnings: [error.message] };
  }
}
