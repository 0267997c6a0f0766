import { type GgufFile, openGguf } from '../../files/gguf-read.ts';
import { ownKeys, readDescription } from '../vector-metadata.ts';
import type { DirectionClues } from './direction-clues.ts';
import { requirePlausible } from './limits.ts';
import type { FilePlace, StoredEntry, StoredFile } from './stored-file.ts';

/**
 * Reads a GGUF control vector: one F32 tensor `direction.N` of one dimension a layer.
 *
 * @throws RangeError for content that is none; SteerbenchError `vector-malformed` for a file that is no GGUF
 */
export async function readGgufVector(path: string, place: FilePlace): Promise<StoredFile> {
  const file = await openGguf(path, { arrays: [], code: 'vector-malformed' });
  try {
    const entries = await readDirections(file);
    const direction = cluesOf(file, entries);
    return {
      format: 'gguf',
      layout: 'direction',
      entries,
      dtype: 'F32',
      modelHint: text(file, `${prefixOf(direction)}.model_hint`),
      ownFacts: ownFacts(file),
      clues: { ...place, direction },
    };
  } finally {
    await file.close();
  }
}

async function readDirections(file: GgufFile): Promise<StoredEntry[]> {
  const tensors = [...file.tensors.values()];
  for (const { name, type, shape } of tensors) {
    if (!/^direction\.(0|[1-9][0-9]{0,5})$/.test(name))
      throw new RangeError(`tensor "${name}" is no "direction.<N>"`);
    // As strict as llama.cpp's common_control_vector_load, which refuses the whole file.
    if (type !== 'F32') throw new RangeError(`tensor "${name}" is of type ${type}, not F32`);
    if (shape.slice(1).some((extent) => extent !== 1))
      throw new RangeError(`tensor "${name}" has the shape [${shape.join(', ')}], not one dimension`);
    requirePlausible(tensors.length, shape[0] ?? 1);
  }
  const entries: StoredEntry[] = [];
  for (const { name } of tensors) {
    const index = Number(name.slice('direction.'.length));
    entries.push({ name, index, values: await file.readRows(name, 0, 1) });
  }
  return entries;
}

function cluesOf(file: GgufFile, entries: readonly StoredEntry[]): DirectionClues {
  const steeringKeys = [...file.metadata.keys()].some((key) => key.startsWith('steeringvector.'));
  const count = file.metadata.get(`${prefixOf({ steeringKeys })}.layer_count`);
  return {
    architecture: text(file, 'general.architecture'),
    steeringKeys,
    ...(count?.type === 'uint32' || count?.type === 'int32'
      ? { countType: count.type as 'uint32' | 'int32', count: count.value }
      : { countType: null, count: null }),
    method: file.metadata.has('controlvector.method'),
    indexes: entries.map(({ index }) => index!),
  };
}

function prefixOf({ steeringKeys }: Pick<DirectionClues, 'steeringKeys'>): string {
  return steeringKeys ? 'steeringvector' : 'controlvector';
}

function text(file: GgufFile, key: string): string | null {
  const entry = file.metadata.get(key);
  return entry?.type === 'string' && entry.value !== '' ? entry.value : null;
}

/** What a file of our own says; null where it has none of our keys. */
function ownFacts(file: GgufFile): StoredFile['ownFacts'] {
  const own = new Map<string, string>();
  for (const [key, entry] of file.metadata) {
    if (key.startsWith(ownKeys) && entry.type === 'string') own.set(key.slice(ownKeys.length), entry.value);
  }
  return own.size === 0 ? null : readDescription(own);
}
