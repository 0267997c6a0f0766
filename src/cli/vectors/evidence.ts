import { SteerbenchError } from '../../errors.ts';
import { vectorsOfModel } from '../../experiments/vectors-of-model.ts';
import { namesOf } from '../../vectors/import/readings.ts';
import type { VectorInspection } from '../../vectors/inspect-vector.ts';
import { type WeighedReadings, weighReadings } from '../../vectors/weigh-readings.ts';
import { interruptible } from '../interruption.ts';
import { modelProgress } from './model-progress.ts';
import { table } from './table.ts';
import type { FileFlags } from './vector-flags.ts';

/** How the readings of a file compare with a model's own vectors. */
export interface Evidence extends WeighedReadings {
  model: string;
  /** Pairs that the model's vectors were made from. */
  pairs: number;
  /** By reading: its tools. */
  producers: string[];
}

/**
 * Extracts vectors from pairs with the model and compares the readings of a file with them.
 *
 * @throws SteerbenchError `vector-dimension` where the model has another width than the file; of model, data and engine
 */
export async function gatherEvidence(
  { stored, readings }: VectorInspection,
  { model, pairs, threads }: FileFlags,
): Promise<Evidence> {
  const { download, done } = await modelProgress();
  const interruption = interruptible(() => process.stderr.write('stopped\n'));
  const both = pairs!.split(',');
  try {
    const extracted = await vectorsOfModel({
      model: model!,
      pairs: both.length === 2 ? [both[0]!, both[1]!] : pairs!,
      ...(threads === undefined ? {} : { threads }),
      signal: interruption.signal,
      download,
    });
    const width = stored.entries[0]!.values.length;
    if (width !== extracted.facts.width) {
      throw new SteerbenchError(
        'vector-dimension',
        `the vector has width ${width}; the model "${extracted.facts.name}" has ${extracted.facts.width}`,
        { remedy: 'use the model that the vector was extracted from' },
      );
    }
    return {
      ...weighReadings(stored.entries, readings, extracted.layers),
      model: extracted.facts.name,
      pairs: extracted.pairs,
      producers: readings.map(namesOf),
    };
  } finally {
    interruption.end();
    done();
  }
}

/** The evidence as a table with its conclusion. */
export function describeEvidence(evidence: Evidence): string {
  const { model, pairs, producers, entries, meanCosines, closest, compared, pointsTo } = evidence;
  const head = producers.map((names) => names);
  const rows = entries.map(({ stored, cosines }) => [stored, ...cosines.map(shown)]);
  const conclusion =
    producers.length === 1
      ? `Only one reading is known: ${producers[0]}.`
      : pointsTo === null
        ? 'This does not tell which reading is right.'
        : `This points to ${producers[pointsTo]}.`;
  return [
    `Cosine of each vector with the one that "${model}" gives for ${pairs} pairs, at the layer of each reading:`,
    table([
      ['', ...head],
      ...rows,
      ['mean', ...meanCosines.map(shown)],
      [`closest of ${compared}`, ...closest.map(String)],
    ]),
    conclusion,
  ].join('\n');
}

function shown(value: number | null): string {
  return value === null ? '-' : value.toFixed(4);
}
