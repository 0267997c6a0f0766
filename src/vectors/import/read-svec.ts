import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
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
  const parsed = schema.safeParse(await readJson(path));
  if (!parsed.success) {
    const { path: place, message } = parsed.error.issues[0]!;
    throw new RangeError(`its field "${place.join('.')}" is not valid: ${message}`);
  }
  const { model_type: modelHint, directions, explained_variances: variances, num_heads: heads } = parsed.data;
  if (heads !== undefined && heads !== null)
    throw new RangeError('it holds directions of attention heads (num_heads), not of the residual stream');
  const stored = Object.entries(directions);
  if (stored.length === 0) throw new RangeError('its "directions" are empty');
  const nested = stored.filter(([, value]) => Array.isArray(value[0])).length;
  if (nested !== 0 && nested !== stored.length)
    throw new RangeError('some of its directions are lists of numbers, others lists of lists');
  return {
    format: 'svec',
    layout: 'svec',
    entries: stored.map(([key, value]) => entryOf(key, value, stored.length)),
    dtype: 'JSON',
    modelHint: modelHint ?? null,
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

const numbers = z.array(z.number());
const schema = z.object({
  model_type: z.string().nullish(),
  directions: z.record(z.string(), z.union([numbers, z.array(numbers)])),
  explained_variances: z.unknown().optional(),
  num_heads: z.unknown().optional(),
});

function entryOf(key: string, value: number[] | number[][], layers: number): StoredEntry {
  if (!/^(0|[1-9][0-9]{0,5})$/.test(key)) throw new RangeError(`its direction "${key}" is no layer's number`);
  const [first] = value;
  if (Array.isArray(first) && value.length !== 1) {
    throw new RangeError(
      `its direction "${key}" has ${value.length} rows: positions, heads or a plane, not one vector`,
    );
  }
  const row = (Array.isArray(first) ? first : value) as number[];
  requirePlausible(layers, row.length);
  return { name: key, index: Number(key), values: Float32Array.from(row) };
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
