import { z } from 'zod';
import type { StreamEnd } from '../engine/streams/stream-request.ts';
import { operators } from '../interventions/intervention.ts';
import type { ResolvedSteering } from './resolve-steering.ts';

const nameFields = {
  vector: z.string().describe('Alias or path, as asked for'),
  hash: z.string().describe("Sha256 of the vector's file"),
};

/** What was done to an answer: part of every answer that a server or a command gives. */
export const appliedSteeringSchema = z.object({
  fingerprint: z.string().describe('Sha256 of the steering: equal for equal steering'),
  entries: z.array(
    z.object({
      ...nameFields,
      layers: z.array(z.number().int()),
      multiplier: z.number(),
      operator: z.enum(operators),
      scope: z.object({ kind: z.string(), tokens: z.number().int().optional() }),
      positions: z
        .array(z.number().int())
        .describe('By layer: rows it acted on, those in reused cache included; counted as they were changed'),
      gate: z
        .object({
          ...nameFields,
          layer: z.number().int(),
          measure: z.enum(['projection', 'cosine']),
          above: z.number().optional(),
          below: z.number().optional(),
          value: z
            .number()
            .nullable()
            .describe('What was measured; null where the prompt was never finished'),
          open: z.boolean(),
        })
        .nullable(),
    }),
  ),
});

/** What was done to an answer. */
export type AppliedSteering = z.infer<typeof appliedSteeringSchema>;

/**
 * The record of what was done to an answer, from the steering that was asked for and what the engine counted.
 *
 * @example
 * appliedSteering(steering, end).entries[0].positions; // [40]
 */
export function appliedSteering(
  { entries, conditions, fingerprint }: ResolvedSteering,
  end: Pick<StreamEnd, 'positions' | 'gates'>,
): AppliedSteering {
  return {
    fingerprint,
    entries: entries.map(({ vector, layers, multiplier, operator, scope, gate, interventions }) => ({
      vector: vector.name,
      hash: vector.hash,
      layers,
      multiplier,
      operator,
      scope,
      positions: interventions.map((index) => end.positions[index]!),
      gate: gate === null ? null : describeGate(conditions[gate]!, end.gates[gate]!),
    })),
  };
}

function describeGate(
  { vector, gate }: ResolvedSteering['conditions'][number],
  state: StreamEnd['gates'][number],
): NonNullable<AppliedSteering['entries'][number]['gate']> {
  return {
    vector: vector.name,
    hash: vector.hash,
    layer: gate.layer,
    measure: gate.measure,
    ...(gate.open === 'above' ? { above: gate.threshold } : { below: gate.threshold }),
    value: state?.value ?? null,
    open: state?.open ?? false,
  };
}
