import type { Format } from '../dataset/item.ts';
import type { Estimate } from '../statistics/estimate.ts';
import type { Competence } from './competence.ts';

/** Everything that a verdict rests on; null where it was not measured. */
export interface Evidence {
  /** As in a sentence: the behaviour's title, the model's name. */
  behaviour: string;
  model: string;
  format: Format;
  /** Unit of the propensity; slopes are in it per unit of multiplier. */
  unit: 'logits' | 'nats' | 'probability';
  /** Multipliers that were tested. */
  multipliers: readonly number[];
  competence: Competence | null;
  /** Mean slope over the test items. */
  slope: Estimate | null;
  /** Smallest mean slope that so many items could have shown, with 80 % power. */
  smallestDetectable: number | null;
  /** Share of test items with slope ≤ 0. */
  antiSteerable: Estimate | null;
  /** p value among K random directions. */
  randomNull: { p: number | null; k: number } | null;
  /** Mean slope of the test items whose answers share the fewest tokens with training answers; completion only. */
  lowOverlapSlope: Estimate | null;
  /** Root mean square difference of per-item slopes between the run's precision and F32. */
  noiseRms: number | null;
  /** Share of the slopes' variance between items that the factors of bias (answer letter, Yes/No) explain. */
  explainedShare: Estimate | null;
  /** Share of the variance of a slope with a random letter that the letter makes, within items. */
  letterShare: Estimate | null;
  /** 95th percentile of the per-token KL divergence, in nats, on neutral text, by multiplier; null where not finite. */
  damage: readonly { multiplier: number; klP95: number | null }[] | null;
  /** Steerability under another prompt over that under the base prompt, by setting. */
  promptRatios: readonly { setting: string; ratio: Estimate }[] | null;
}
