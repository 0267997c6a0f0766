import { SteerbenchError } from '../errors.ts';
import { hashFile } from '../files/hash-file.ts';
import { chooseReading, type ReadingOptions } from './import/choose-reading.ts';
import { convert } from './import/convert.ts';
import type { ModelShape } from './import/producer.ts';
import { readStoredFile } from './import/read-stored.ts';
import { namesOf, type Reading } from './import/readings.ts';
import type { StoredFile } from './import/stored-file.ts';
import { warningsOn } from './import/warnings.ts';
import type { LoadedVector, VectorOrigin } from './loaded-vector.ts';
import type { VectorFacts } from './vector-metadata.ts';

/** How a vector file is read: the producer, the model and the layer, where the file itself does not tell. */
export interface LoadVectorOptions extends Omit<ReadingOptions, 'model'> {
  /**
   * The model that the vector is for, or a function that finds out, called only for a file whose layers depend on the
   * model's number of blocks. `model.facts` will do.
   */
  model?: ModelShape | (() => Promise<ModelShape>);
}

/**
 * Loads a steering vector from a file of steerbench or of any tool in the table of producers.
 *
 * The kind is told by the file's first bytes, never by its name. Whatever the tool means by its numbers, the layers of
 * the result are 0-based blocks at whose output the vector was measured; `source.notes` say what was converted,
 * `source.warnings` what else to know. What a file does not say is null. Check it against a model with checkVector.
 *
 * @throws SteerbenchError `vector-ambiguous` where nothing tells which blocks are meant, with every reading and the
 * producer to give; `vector-malformed` for content that is no vector; `file-refused` for content that is never read,
 * such as a class in a pickle; `read-failed`
 * @example
 * const vector = await loadVector('sentiment.gguf');
 * vector.source.notes; // ['read as repeng writes it, because …', 'direction.29 to direction.1 became layers 1 to 29']
 * checkVector(vector, model.facts);
 */
export async function loadVector(path: string, options: LoadVectorOptions = {}): Promise<LoadedVector> {
  return naming(path, async () => {
    const file = await readStoredFile(path);
    const resolved = await withModel(file, options);
    return toVector(path, file, chooseReading(path, file, resolved), resolved);
  });
}

/** The options with the model looked up, where the file's layers depend on it. */
export async function withModel(
  { layout, entries }: StoredFile,
  { model, ...options }: LoadVectorOptions,
): Promise<ReadingOptions> {
  if (model === undefined) return options;
  if (typeof model !== 'function') return { ...options, model };
  const depends =
    layout === 'rows' || layout === 'axis-rows' || entries.some(({ index }) => (index ?? 0) < 0);
  return depends ? { ...options, model: await model() } : options;
}

/**
 * The vector of a file under a reading.
 *
 * @throws as {@link loadVector}
 */
export async function toVector(
  path: string,
  file: StoredFile,
  reading: Reading,
  options: ReadingOptions,
): Promise<LoadedVector> {
  const model = options.model ?? null;
  const { layers, entries, notes } = convert(path, file, reading, {
    model,
    givenLayer: options.layer ?? null,
  });
  const source: VectorOrigin = {
    path,
    sha256: await hashFile(path, 'vector-malformed'),
    format: file.format,
    dtype: file.dtype,
    producers: reading.producers.map(({ name }) => name),
    recognisedBy: reading.because,
    ...meaningOf(file, reading),
    modelHint: file.modelHint,
    entries,
    notes,
    warnings: warningsOn(file, reading, [...layers.keys()], model),
  };
  return { layers, width: file.entries[0]!.values.length, ...factsOf(file, reading, source), source };
}

/** Adds the file's name to what is wrong in it. */
export async function naming<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new SteerbenchError(
      'vector-malformed',
      `"${path}" holds no readable steering vector: ${cause.message}`,
      { remedy: 'give a vector file of a tool in `steerbench vectors --help`, written whole', cause },
    );
  }
}

function meaningOf(
  { ownFacts }: StoredFile,
  { producers }: Reading,
): Pick<VectorOrigin, 'indexRule' | 'sign' | 'signNote' | 'lengthNote'> {
  if (producers.length === 0) {
    return {
      indexRule: 'the file names no layer',
      sign: 'unknown',
      signNote: 'the file does not tell',
      lengthNote: 'the file does not tell',
    };
  }
  const phrases = (of: (producer: Reading['producers'][number]) => string) => [...new Set(producers.map(of))];
  const meaning = {
    indexRule: producers[0]!.index.rule,
    sign: producers.every(({ sign }) => sign === 'toward-positive')
      ? ('toward-positive' as const)
      : ('unknown' as const),
    signNote: phrases(({ signNote }) => signNote).join('; or '),
    lengthNote: phrases(({ lengthNote }) => lengthNote).join('; or '),
  };
  return producers[0]!.name === 'steerbench' ? { ...meaning, ...ownMeaning(ownFacts) } : meaning;
}

/** What a file of our own says that was made from others. */
function ownMeaning(
  facts: StoredFile['ownFacts'],
): Partial<Pick<VectorOrigin, 'sign' | 'signNote' | 'lengthNote'>> {
  if (facts?.combinedFrom !== undefined)
    return { sign: 'unknown', signNote: 'as it was combined', lengthNote: 'as it was combined' };
  const imported = facts?.importedFrom;
  if (imported === undefined) return {};
  const signNote = `as ${imported.producer ?? 'the file it was imported from'} left it`;
  return { sign: imported.sign, signNote, lengthNote: imported.lengthNote };
}

function factsOf(file: StoredFile, reading: Reading, source: VectorOrigin): VectorFacts {
  if (file.ownFacts !== null && reading.measured === 0) return file.ownFacts;
  const producer = reading.producers.length === 0 ? null : namesOf(reading);
  return {
    method: 'file',
    readPosition: null,
    trainingPairs: null,
    behaviour: null,
    dataHash: null,
    modelName: null,
    // The other tools write the name that transformers has for it, or anything at all.
    architecture: source.producers.includes('llama-cvector-generator') ? file.modelHint : null,
    modelHash: null,
    producedBy: producer,
    importedFrom: {
      producer,
      sha256: source.sha256,
      modelHint: source.modelHint,
      indexRule: source.indexRule,
      sign: source.sign,
      lengthNote: source.lengthNote,
      warnings: source.warnings,
    },
  };
}
