import { type Command, Option } from 'commander';
import type { ExperimentRequest } from '../experiments/run.ts';
import { layerNumber } from './shared-options.ts';

/** Options of the commands that take a vector from a file. */
export interface VectorFlags {
  vector?: string;
  layer?: number;
}

/** Adds `--vector` and `--layer`. */
export function addVectorOptions(command: Command): Command {
  for (const option of [
    new Option('--vector <file>', 'measure this vector: safetensors, or a GGUF control vector'),
    new Option(
      '--layer <layer>',
      'block of --vector to steer, from 0; needed where the file has several',
    ).argParser(layerNumber),
  ]) {
    command.addOption(option.helpGroup('Vector:'));
  }
  return command;
}

/** The vector that was given; null without one. Throws RangeError for a layer without a vector. */
export function vectorOf({ vector, layer }: VectorFlags): ExperimentRequest['vector'] {
  if (vector !== undefined) return { file: vector, layer: layer ?? null };
  if (layer === undefined) return null;
  throw new RangeError(
    '"--layer" belongs to "--vector": give both, or "--layers" to choose among extracted vectors',
  );
}
