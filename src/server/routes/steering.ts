import type { z } from 'zod';
import { norm } from '../../math/vector.ts';
import { parseSteering } from '../../steering/parse-spec.ts';
import { checkSteering } from '../../steering/steering-value.ts';
import type { FolderEntry } from '../../steering/vector-folder.ts';
import { checkVector } from '../../vectors/check-vector.ts';
import type { putSteeringSchema } from '../schemas/other-requests.ts';
import type { defaultSteeringSchema, vectorsSchema } from '../schemas/responses.ts';
import type { ServerContext } from '../server-context.ts';

/** The default steering, resolved. */
export async function getSteering({
  defaultSteering,
}: ServerContext): Promise<z.input<typeof defaultSteeringSchema>> {
  const { resolved, doses, warnings } = await defaultSteering.answerer.steering(defaultSteering.value);
  return { steering: defaultSteering.value, fingerprint: resolved.fingerprint, doses, warnings };
}

/** Sets the default steering of the requests to come; those that run are as they were. */
export async function putSteering(
  { steering }: z.output<typeof putSteeringSchema>,
  context: ServerContext,
): Promise<z.input<typeof defaultSteeringSchema>> {
  const value = typeof steering === 'string' ? parseSteering(steering) : checkSteering(steering);
  const { resolved, doses, warnings } = await context.answerer.steering(value);
  context.defaultSteering = { value, answerer: context.answerer };
  return { steering: value, fingerprint: resolved.fingerprint, doses, warnings };
}

/** The vectors of the folder, as they are now. */
export async function listVectors(context: ServerContext): Promise<z.input<typeof vectorsSchema>> {
  const entries = (await context.folder?.list()) ?? [];
  return { object: 'list', data: entries.map((entry) => describe(entry, context)) };
}

function describe({ alias, file, vector, error }: FolderEntry, { engine, residualNorms }: ServerContext) {
  const fit = vector === null ? { error: error!.message, warnings: [] } : fitOf(vector.vector, engine.facts);
  return {
    alias,
    file,
    hash: vector?.hash ?? null,
    behaviour: vector?.vector.behaviour ?? null,
    producer: vector?.vector.producedBy ?? null,
    layers: [...(vector?.vector.layers ?? [])].map(([layer, values]) => ({
      layer,
      norm: norm(values),
      residual_norm: residualNorms.get(layer) ?? null,
    })),
    usable: fit.error === null,
    ...fit,
  };
}

function fitOf(...given: Parameters<typeof checkVector>): { error: string | null; warnings: string[] } {
  try {
    return { error: null, warnings: checkVector(...given) };
  } catch (error) {
    return { error: (error as Error).message, warnings: [] };
  }
}
