import { readFile, stat } from 'node:fs/promises';
import { SteerbenchError } from '../../errors.ts';
import { readFailure } from '../../files/read-failure.ts';
import { limits, requirePlausible } from './limits.ts';
import type { FilePlace, StoredEntry, StoredFile } from './stored-file.ts';

/**
 * Reads a .svec file (AISteer360, activation-steering): JSON with `directions`, an object of one list of numbers, or of
 * one such list in a list, by layer.
 *
 * @throws RangeError for content that is none; SteerbenchError `vector-malformed` for a file that is no JSON,
 * `file-refused` for one that is too large
 */
export async function readSvecVector(path: string, place: FilePlace): Promise<StoredFile> {
  const content = await readJson(path);
  if (!isObject(content) || !isObject(content['directions']))
    throw new RangeError('it has no "directions" by layer');
  const { model_type: modelHint, directions, explained_variances: variances, num_heads: heads } = content;
  if (heads !== undefined && heads !== null)
    throw new RangeError('it holds directions of attention heads (num_heads), not of the residual stream');
  const stored = Object.entries(directions as Record<string, unknown>);
  if (stored.length === 0) throw new RangeError('its "directions" are empty');
  requirePlausible(stored.length, 0);
  const nested = stored.filter(([, value]) => Array.isArray(value) && Array.isArray(value[0])).length;
  if (nested !== 0 && nested !== stored.length)
    throw new RangeError('some of its directions are lists of numbers, others lists of lists');
  return {
    format: 'svec',
    layout: 'svec',
    entries: stored.map(([key, value]) => entryOf(key, value)),
    dtype: 'JSON',
    modelHint: typeof modelHint === 'string' ? modelHint : null,
    ownFacts: null,
    clues: {
      ...place,
      svec: {
        dimensions: nested > 0 ? 2 : 1,
        explainedVariances: variances !== undefined && variances !== null,
      },
    },
  };
}

// Checked by hand: a schema would collect a fault for each of millions of items.
function entryOf(key: string, value: unknown): StoredEntry {
  if (!/^(0|[1-9][0-9]{0,5})$/.test(key)) throw new RangeError(`its direction "${key}" is no layer's number`);
  if (!Array.isArray(value)) throw new RangeError(`its direction "${key}" is no list`);
  const isNested = Array.isArray(value[0]);
  if (isNested && value.length !== 1) {
    throw new RangeError(
      `its direction "${key}" has ${value.length} rows: positions, heads or a plane, not one vector`,
    );
  }
  const row = (isNested ? value[0] : value) as unknown[];
  requirePlausible(1, row.length);
  const wrong = row.findIndex((item) => typeof item !== 'number');
  if (wrong >= 0) throw new RangeError(`its direction "${key}" has no number at index ${wrong}`);
  return { name: key, index: Number(key), values: Float32Array.from(row as number[]) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > limits.jsonBytes) {
      throw new SteerbenchError(
        'file-refused',
        `"${path}" was not read: it is JSON of ${size} bytes; at most ${limits.jsonBytes} are read`,
        { remedy: 'save the vector in a binary format' },
      );
    }
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw readFailure(path, cause, 'vector-malformed');
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const begun = text.includes('"directions"');
    throw new SteerbenchError(
      'vector-malformed',
      `"${path}" is not a well-formed .svec file: ${begun ? 'its JSON is cut short or damaged' : 'it is no JSON'}`,
      {
        remedy: begun
          ? 'save it again; activation-steering leaves such a file when the model was loaded in float32: load it in float16'
          : 'check that it is the right file',
        cause,
      },
    );
  }
}
