import { type Command, Option } from 'commander';
import type { ExperimentRequest } from '../experiments/run.ts';
import { type ProducerName, producerNames } from '../vectors/import/producer-names.ts';
import { layerNumber } from './shared-options.ts';

/** Options of the commands that take a vector from a file. */
export interface VectorFlags {
  vector?: string;
  layer?: number;
  producer?: ProducerName;
}

/** Adds `--vector`, `--layer` and `--producer`. */
export function addVectorOptions(command: Command): Command {
  for (const option of [
    new Option(
      '--vector <file>',
      'measure this vector, from a file of any known tool (steerbench vectors --help)',
    ),
    new Option(
      '--layer <layer>',
      'block of --vector to steer, from 0; needed where the file has several',
    ).argParser(layerNumber),
    producerOption(),
  ]) {
    command.addOption(option.helpGroup('Vector:'));
  }
  return command;
}

/** The vector that was given; null without one. Throws RangeError for a layer or producer without a vector. */
export function vectorOf({ vector, layer, producer }: VectorFlags): ExperimentRequest['vector'] {
  if (vector !== undefined) return { file: vector, layer: layer ?? null, producer: producer ?? null };
  if (producer !== undefined) throw new RangeError('"--producer" belongs to "--vector": give both');
  if (layer === undefined) return null;
  throw new RangeError(
    '"--layer" belongs to "--vector": give both, or "--layers" to choose among extracted vectors',
  );
}

/** `--producer`: how a file is read that does not tell it. */
function producerOption(): Option {
  return new Option(
    '--producer <tool>',
    'the tool that wrote the file, where its content does not tell',
  ).choices(producerNames);
}
