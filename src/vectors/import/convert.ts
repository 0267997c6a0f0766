import { SteerbenchError } from '../../errors.ts';
import { norm } from '../../math/vector.ts';
import { spanOfNames } from './choose-reading.ts';
import type { ModelShape } from './producer.ts';
import { namesOf, type Reading } from './readings.ts';
import { spanOf } from './span-of.ts';
import type { StoredFile } from './stored-file.ts';

/** One vector of a file, and what became of it. */
export interface ImportedEntry {
  /** Its name or place in the file. */
  stored: string;
  /** The 0-based block at whose output it was measured: the layer it has here; null where it was left out. */
  layer: number | null;
  /** The block at whose output the tool that uses such files adds it; −1 is before block 0, null is not known. */
  appliedAt: number | null;
  /** Euclidean length. */
  norm: number;
}

/** The layers of a file under a reading. */
export interface Converted {
  /** By 0-based block output, ascending. */
  layers: Map<number, Float32Array>;
  /** In the order of the file. */
  entries: ImportedEntry[];
  /** What was done, one sentence each without a full stop. */
  notes: string[];
}

/**
 * Turns stored numbers into 0-based block outputs.
 *
 * @param givenLayer for a file of one vector and no layer
 * @throws SteerbenchError `vector-ambiguous` for numbers that count from the end while the model is not known;
 * RangeError where nothing is left, or two vectors fall on one block
 */
export function convert(
  path: string,
  file: StoredFile,
  reading: Reading,
  options: { model: ModelShape | null; givenLayer: number | null },
): Converted {
  const [producer] = reading.producers;
  const layers: [number, Float32Array][] = [];
  const entries = file.entries.map(({ name, index, values }): ImportedEntry => {
    const stored = resolved(path, index ?? options.givenLayer!, options.model);
    const layer = stored + reading.measured;
    if (layer >= 0) layers.push([layer, values]);
    return {
      stored: name,
      layer: layer < 0 ? null : layer,
      appliedAt: producer === undefined ? null : stored + producer.index.applied,
      norm: norm(values),
    };
  });
  layers.sort(([a], [b]) => a - b);
  if (layers.length === 0)
    throw new RangeError(`${spanOfNames(file)} is the output of the embedding, not of a block`);
  const twice = layers.findIndex(([layer], place) => layer === layers[place + 1]?.[0]);
  if (twice >= 0) throw new RangeError(`two of its vectors belong to block ${layers[twice]![0]}`);
  return { layers: new Map(layers), entries, notes: notesOn(file, reading, entries) };
}

/** Negative numbers count from the last block, as Python's do. */
function resolved(path: string, index: number, model: ModelShape | null): number {
  if (index >= 0) return index;
  if (model === null) {
    throw new SteerbenchError(
      'vector-ambiguous',
      `"${path}" has the layer ${index}, which counts from the last block of a model that is not known`,
      { remedy: 'give the model' },
    );
  }
  if (index < -model.blocks)
    throw new RangeError(`its layer ${index} is none of a model with ${model.blocks} blocks`);
  return model.blocks + index;
}

function notesOn(file: StoredFile, reading: Reading, entries: readonly ImportedEntry[]): string[] {
  const [producer] = reading.producers;
  if (producer === undefined) return [`the file names no layer; it was read as layer ${entries[0]!.layer}`];
  if (producer.name === 'steerbench') return [];
  const because = reading.because ?? 'asked for';
  const kept = entries.flatMap(({ layer }) => layer ?? []);
  const notes = [
    `read as a file of ${namesOf(reading)} (${because}): ${producer.index.rule}`,
    `${spanOfNames(file)} became ${kept.length === 1 ? 'layer' : 'layers'} ${spanOf(kept)}`,
  ];
  const left = entries.filter(({ layer }) => layer === null);
  if (left.length > 0)
    notes.push(`${left[0]!.stored} is the output of the embedding, not of a block, and was left out`);
  if (file.dtype === 'F64') notes.push('its 64-bit floats were rounded to 32 bits');
  return notes;
}
