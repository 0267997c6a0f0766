import type { Measurement } from '../../engine/engine.ts';
import type { Case } from '../../prompts/case.ts';
import type { SettingName } from '../../prompts/settings.ts';
import type { Session } from '../session.ts';
import { type ItemSlope, itemSlope } from './item-slopes.ts';
import { measureItems } from './measure-items.ts';
import type { SettingVector, VectorName } from './setting-vectors.ts';

/** One vector steered in one setting. */
export interface SettingCell {
  vector: VectorName;
  setting: SettingName;
  /** By item; the same items in every cell. */
  slopes: ItemSlope[];
  /** By item, then multiplier; null for the items of a cell that failed. */
  measurements: (Measurement[] | null)[];
}

/** Steers the items of a setting with each of some vectors, in one pass: what is unsteered is decoded once. */
export async function steerInSetting(
  session: Session,
  setting: SettingName,
  cases: Case[],
  layer: number,
  vectors: readonly SettingVector[],
  multipliers: number[],
): Promise<SettingCell[]> {
  if (vectors.length === 0) return [];
  const { operator, start } = session.options;
  const measured = await measureItems(session, {
    stage: `setting-${setting}`,
    cases,
    shared: true,
    interventions: vectors.flatMap(({ vector }) =>
      multipliers.map((multiplier) => ({ layer, vector, multiplier, operator, start })),
    ),
  });
  return vectors.map(({ name }, place) => {
    const from = place * multipliers.length;
    const measurements = measured.map((row) => row?.slice(from, from + multipliers.length) ?? null);
    return {
      vector: name,
      setting,
      measurements,
      slopes: measurements.map((row) => itemSlope(row, multipliers, session.options)),
    };
  });
}
