import { SteerbenchError } from '../../errors.ts';
import type { ModelShape } from './producer.ts';
import type { ProducerName } from './producer-names.ts';
import { producers } from './producers.ts';
import { namesOf, type Reading, readingAs, readingsOf } from './readings.ts';
import { spanOf } from './span-of.ts';
import type { StoredFile } from './stored-file.ts';

/** What decides how a file is read, beside its content. */
export interface ReadingOptions {
  /** The tool that wrote the file, where its content does not tell, or to read it another way. */
  producer?: ProducerName;
  /** The model that the vector is for: its number of blocks tells what some files leave open. */
  model?: ModelShape;
  /** The layer of a file that holds one vector and no layer: the 0-based block whose output it is for. */
  layer?: number;
}

/**
 * The one reading of a file, by its content or as asked for; never a guess.
 *
 * @param path for messages
 * @throws SteerbenchError `vector-ambiguous` naming every reading and the producer to give; `vector-malformed` for a
 * producer that writes no such files
 */
export function chooseReading(path: string, file: StoredFile, options: ReadingOptions): Reading {
  const model = options.model ?? null;
  requireLayer(path, file, options);
  const reading =
    options.producer === undefined ? unasked(path, file, options) : asked(path, file, options.producer);
  for (const { contradiction } of reading.producers) {
    const against = contradiction?.(file, model) ?? null;
    if (against === null) continue;
    throw new SteerbenchError('vector-ambiguous', `"${path}" does not fit: ${against}`, {
      remedy: 'check the model and the producer',
    });
  }
  return reading;
}

/** A file of one vector whose name has no layer. */
function requireLayer(path: string, { layout, entries }: StoredFile, { layer }: ReadingOptions): void {
  if (layout !== 'one-tensor' || entries[0]!.index !== null || layer !== undefined) return;
  throw new SteerbenchError(
    'vector-ambiguous',
    `"${path}" holds one vector and does not tell the block it belongs to`,
    { remedy: 'give its layer with --layer, or the name that CAA gave it: vec_layer_<layer>_<model>.pt' },
  );
}

function asked(path: string, file: StoredFile, name: ProducerName): Reading {
  const reading = readingAs(name);
  if (!reading.producers[0]!.layouts.includes(file.layout)) {
    const possible = producers.filter(({ layouts }) => layouts.includes(file.layout)).map(({ name }) => name);
    throw new SteerbenchError(
      'vector-malformed',
      `"${path}" holds no vector as ${name} writes it: it is ${layoutNames[file.layout]}`,
      { remedy: `leave the producer out, or give one of ${possible.join(', ')}` },
    );
  }
  return reading;
}

function unasked(path: string, file: StoredFile, options: ReadingOptions): Reading {
  if (file.layout === 'one-tensor' && file.entries[0]!.index === null)
    return { producers: [], measured: 0, because: null };
  const { recognised, readings } = readingsOf(file, options.model ?? null);
  if (recognised && readings.length === 1) return readings[0]!;
  throw new SteerbenchError('vector-ambiguous', describeReadings(path, file, readings), {
    remedy: remedyFor(path, file, readings),
  });
}

/** Every reading with its tools and the layers it gives, for people. */
function describeReadings(path: string, file: StoredFile, readings: readonly Reading[]): string {
  const lines = readings.map((reading) => {
    const layers = file.entries.map(({ index }) => index! + reading.measured).filter((layer) => layer >= 0);
    return `  layers ${spanOf(layers)}, if ${namesOf(reading)} wrote it: ${reading.producers[0]!.index.rule}`;
  });
  return [`"${path}" does not tell which blocks its ${spanOfNames(file)} belong to; they are`, ...lines].join(
    '\n',
  );
}

function remedyFor(path: string, file: StoredFile, readings: readonly Reading[]): string {
  const names = readings.map(({ producers: [first] }) => `--producer ${first!.name}`);
  const give = `give ${names.join(' or ')}`;
  if (file.layout === 'rows') return `${give}, or the model: its number of blocks tells`;
  return `${give}; \`steerbench vectors inspect ${path} --model MODEL --pairs FILE\` shows which lies closer to a vector of the model`;
}

/** The stored names from the first to the last, as a phrase. */
export function spanOfNames({ entries }: StoredFile): string {
  const [first, last] = [entries[0]!.name, entries.at(-1)!.name];
  return first === last ? first : `${first} to ${last}`;
}

const layoutNames: Record<StoredFile['layout'], string> = {
  direction: 'a GGUF with tensors direction.N',
  'own-layer': 'a safetensors file of steerbench',
  'saklas-layer': 'a safetensors file with tensors layer_N',
  'repeng-object': 'an object of the class ControlVector',
  'steering-vectors-object': 'an object of the class SteeringVector',
  'one-tensor': 'one tensor of one dimension',
  rows: 'one tensor with a row a layer',
  'axis-rows': 'a dict with a tensor of one row a layer',
  svec: 'a .svec file',
};
