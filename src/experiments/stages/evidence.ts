import type { Result } from '../../result/schema.ts';
import type { Evidence } from '../../scores/verdict-evidence.ts';

/** What a result holds for a verdict; rules whose data it does not hold get null and say so. */
export function evidenceOf(result: Result): Evidence {
  return {
    behaviour: result.behaviour.title,
    model: result.model.name,
    format: result.format,
    unit: result.unit,
    multipliers: result.multipliers,
    competence: result.competence,
    slope: result.steerability?.mean ?? null,
    smallestDetectable: result.steerability?.smallestDetectable ?? null,
    antiSteerable: result.steerability?.antiSteerable ?? null,
    randomNull: result.randomNull,
    lowOverlapSlope: result.lexical?.lowOverlapSlope ?? null,
    noiseRms: result.noise?.rms ?? null,
    explainedShare: result.bias?.adjustedR2 ?? null,
    letterShare: result.orders?.letterShare ?? null,
    damage:
      result.damage?.points.map(({ multiplier, klP95 }) => ({ multiplier, klP95: klP95.value })) ?? null,
    promptRatios:
      result.ood?.relative
        .filter(({ vector, self }) => vector === 'BASE' && !self)
        .map(({ setting, ratio }) => ({ setting, ratio })) ?? null,
  };
}
