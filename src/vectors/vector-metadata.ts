import { z } from 'zod';
import { norm } from '../math/vector.ts';
import { methods } from './method.ts';
import type { SteeringVector } from './steering-vector.ts';

/** Version of the metadata; a reader refuses a newer one. */
const vectorVersion = 1;

/** Written into every file, for readers that are no programs of ours. */
const layerConvention = 'output of 0-based decoder block N';

/** Prefix of our own keys in a GGUF, which llama.cpp ignores. */
export const ownKeys = 'steerbench.';

/** Everything about a vector but its layers. */
export type VectorFacts = Omit<SteeringVector, 'layers' | 'width'>;

/**
 * The metadata of a vector as pairs of strings, as a file holds them; what is null is left out.
 *
 * `norms` is a JSON object of the Euclidean norm by layer, for people to read: a reader computes them again.
 */
export function describeVector(vector: SteeringVector): [string, string][] {
  const norms = Object.fromEntries([...vector.layers].map(([layer, values]) => [layer, norm(values)]));
  const entries: [string, string | number | null][] = [
    ['version', vectorVersion],
    ['layer_convention', layerConvention],
    ['width', vector.width],
    ['norms', JSON.stringify(norms)],
    ['method', vector.method],
    ['read_position', vector.readPosition],
    ['training_pairs', vector.trainingPairs],
    ['behaviour', vector.behaviour],
    ['data_hash', vector.dataHash],
    ['model_name', vector.modelName],
    ['architecture', vector.architecture],
    ['model_hash', vector.modelHash],
    ['produced_by', vector.producedBy],
    ['imported_from', vector.importedFrom === undefined ? null : JSON.stringify(vector.importedFrom)],
    ['combined_from', vector.combinedFrom ?? null],
  ];
  return entries.flatMap(([key, value]) => (value === null ? [] : [[key, String(value)]]));
}

const text = z.string().nullable().default(null);

const importRecord = z.object({
  producer: z.string().nullable(),
  sha256: z.string(),
  modelHint: z.string().nullable(),
  indexRule: z.string(),
  sign: z.enum(['toward-positive', 'unknown']),
  lengthNote: z.string(),
  warnings: z.array(z.string()),
});

/** The file's strings, checked. */
const metadataSchema = z.object({
  method: z.enum([...methods, 'file']).default('file'),
  read_position: z
    .enum(['letter', 'answer-mean', 'answer-last', 'last-prompt-token', 'all'])
    .nullable()
    .default(null),
  training_pairs: z
    .string()
    .regex(/^[0-9]{1,15}$/, 'not a whole number')
    .transform(Number)
    .nullable()
    .default(null),
  behaviour: text,
  data_hash: text,
  model_name: text,
  architecture: text,
  model_hash: text,
  produced_by: text,
  imported_from: z
    .string()
    .transform((json, context) => {
      const parsed = importRecord.safeParse(parsedOrNull(json));
      if (parsed.success) return parsed.data;
      context.addIssue('not an import record in JSON');
      return z.NEVER;
    })
    .optional(),
  combined_from: z.string().optional(),
});

function parsedOrNull(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/**
 * Reads what {@link describeVector} wrote.
 *
 * @throws RangeError naming the key that is wrong, for a newer version, or for layers that mean something else
 */
export function readDescription(metadata: ReadonlyMap<string, string>): VectorFacts {
  requireOurs(metadata);
  const parsed = metadataSchema.safeParse(Object.fromEntries(metadata));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new RangeError(`its metadata "${path.join('.')}" is not valid: ${message}`);
  }
  const known = parsed.data;
  return {
    method: known.method,
    readPosition: known.read_position,
    trainingPairs: known.training_pairs,
    behaviour: known.behaviour,
    dataHash: known.data_hash,
    modelName: known.model_name,
    architecture: known.architecture,
    modelHash: known.model_hash,
    producedBy: known.produced_by,
    ...(known.imported_from === undefined ? {} : { importedFrom: known.imported_from }),
    ...(known.combined_from === undefined ? {} : { combinedFrom: known.combined_from }),
  };
}

/** A later version may mean something else by its layers, so it is not guessed at. */
function requireOurs(metadata: ReadonlyMap<string, string>): void {
  const version = metadata.get('version');
  if (version !== String(vectorVersion)) {
    throw new RangeError(
      `it is of version ${JSON.stringify(version ?? null)}; this program reads ${vectorVersion}`,
    );
  }
  const convention = metadata.get('layer_convention');
  if (convention !== layerConvention)
    throw new RangeError(`its layers mean ${JSON.stringify(convention ?? null)}, not "${layerConvention}"`);
}
