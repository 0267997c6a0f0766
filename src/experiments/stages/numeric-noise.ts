import type { Engine } from '../../engine/engine.ts';
import type { Case } from '../../prompts/case.ts';
import type { Result } from '../../result/schema.ts';
import { meanOf } from '../../statistics/moments.ts';
import type { Session } from '../session.ts';
import { type ItemSlope, itemSlope } from './item-slopes.ts';
import { measureItems } from './measure-items.ts';

/** A way to the same weights at F32; or why there is none. */
export type ReferenceEngine = { load: () => Promise<Engine> } | { missing: string };

/**
 * How far the slopes of a few items move when the same weights are measured at F32.
 *
 * Same vector, items and multipliers. Null when a cell failed or a slope could not be computed.
 */
export async function numericNoise(
  session: Session,
  reference: { load: () => Promise<Engine> },
  cases: Case[],
  layer: number,
  vector: Float32Array,
  measured: ItemSlope[],
): Promise<Result['noise']> {
  const { operator, start, multipliers, precision } = session.options;
  const interventions = multipliers.map((multiplier) => ({ layer, vector, multiplier, operator, start }));
  const rows = await measureItems(
    { ...session, engine: reference.load },
    { stage: 'noise', cases, interventions },
  );
  const differences = rows.flatMap((row, place) => {
    const exact = itemSlope(row, multipliers, session.options).fit.slope;
    const slope = measured[place]!.fit.slope;
    return exact === null || slope === null ? [] : [slope - exact];
  });
  if (differences.length === 0) return null;
  return {
    precision,
    reference: 'f32',
    items: differences.length,
    rms: Math.sqrt(meanOf(differences.map((difference) => difference ** 2))),
    largest: Math.max(...differences.map(Math.abs)),
  };
}
