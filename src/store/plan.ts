import { z } from 'zod';
import { experimentSchema } from '../result/schema.ts';

/** Version of plan.json. */
export const planVersion = 2;

/** What a run will do: written before anything is computed, compared when the folder is used again. */
export const planSchema = z.object({
  schema: z.literal('steerbench.plan'),
  version: z.literal(planVersion),
  experiment: experimentSchema,
  /** Every option as resolved. */
  options: z.record(z.string(), z.unknown()),
  behaviour: z.object({ name: z.string(), source: z.string(), hash: z.string() }),
  model: z.object({
    reference: z.string(),
    /** Of the file that is loaded, and of the one it was made from. */
    hash: z.string(),
    sourceHash: z.string(),
  }),
  /** Of a vector that was given; null where the run extracts its own. */
  vectorHash: z.string().nullable(),
  versions: z.object({
    steerbench: z.string(),
    llamaCpp: z.string(),
    node: z.string(),
    platform: z.string(),
  }),
});

/** What a run will do. */
export type Plan = z.infer<typeof planSchema>;

/**
 * Differences between the plan of a folder and a new one, one line each; empty when the run can go on.
 *
 * Node's version does not count: it takes no part in the arithmetic of a cell.
 */
export function planDifferences(found: Plan, wanted: Plan): string[] {
  const before = flatten(found);
  const now = flatten(wanted);
  return [...new Set([...before.keys(), ...now.keys()])]
    .filter((key) => key !== 'versions.node' && before.get(key) !== now.get(key))
    .map((key) => `${key}: ${before.get(key) ?? 'absent'} in the folder, ${now.get(key) ?? 'absent'} now`);
}

function flatten(value: unknown, prefix = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return new Map([[prefix, JSON.stringify(value)]]);
  }
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [
      ...flatten(inner, prefix === '' ? key : `${prefix}.${key}`),
    ]),
  );
}
