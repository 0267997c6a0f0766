import { meanOf, varianceOf } from '../statistics/moments.ts';
import { plain } from './plain-number.ts';

/** What the training pairs say about a layer. */
export interface LayerSeparability {
  layer: number;
  /** Cross-validated d′ of the training pairs; null where it could not be computed. */
  separability: number | null;
}

/** What the validation items say about a layer. */
export interface LayerSlopes {
  layer: number;
  /** Per-item slopes, those that could be computed. */
  slopes: readonly number[];
}

/** The layer that was chosen, and why. */
export interface LayerChoice {
  /** Null where no layer has two slopes. */
  layer: number | null;
  /** One sentence with the numbers. */
  reason: string;
}

/** Layers that are steered on validation items: each costs a pass over them, and neighbours say much the same. */
export const shortlistLength = 6;

/**
 * The layers worth trying: the six with the highest cross-validated separability, in ascending order.
 *
 * Ties go to the earlier layer; layers without a separability come last.
 *
 * @example
 * shortlistLayers([{ layer: 0, separability: 0.1 }, { layer: 1, separability: 2 }]); // [0, 1]
 */
export function shortlistLayers(profile: readonly LayerSeparability[]): number[] {
  const height = ({ separability }: LayerSeparability) => separability ?? Number.NEGATIVE_INFINITY;
  return [...profile]
    .sort((a, b) => compare(height(b), height(a)) || a.layer - b.layer)
    .slice(0, shortlistLength)
    .map(({ layer }) => layer)
    .sort((a, b) => a - b);
}

/** A difference would be NaN for two layers without a separability. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Chooses the layer with the highest mean slope minus its standard error (sd/√n) on validation items.
 *
 * Ties go to the earlier layer; layers with fewer than two slopes are left out. The test items play no part.
 *
 * @example
 * chooseLayer([{ layer: 9, slopes: [1, 1.2] }, { layer: 12, slopes: [0, 4] }]).layer; // 9: 1.1 - 0.1 is above 2 - 2
 */
export function chooseLayer(candidates: readonly LayerSlopes[]): LayerChoice {
  const best = bestLayer(candidates);
  if (best === null) {
    return { layer: null, reason: 'No layer has the two validation slopes that a standard error needs.' };
  }
  const layers = candidates
    .filter(usable)
    .map(({ layer }) => layer)
    .sort((a, b) => a - b);
  const among =
    layers.length === 1
      ? 'the only layer tried'
      : `the highest of the ${layers.length} layers tried (${layers.join(', ')})`;
  return {
    layer: best.layer,
    reason: `Layer ${best.layer}: its mean slope less the standard error, ${plain(best.mean)} - ${plain(best.standardError)} = ${plain(best.height)}, is ${among}, on ${best.n} validation items.`,
  };
}

/** A layer as the rule sees it. */
export interface RankedLayer {
  layer: number;
  mean: number;
  standardError: number;
  /** Mean less standard error. */
  height: number;
  n: number;
}

/** The layer with the highest mean less standard error, the earlier of equals; null where none has two slopes. */
export function bestLayer(candidates: readonly LayerSlopes[]): RankedLayer | null {
  const [best] = candidates
    .filter(usable)
    .map(({ layer, slopes }) => {
      const mean = meanOf(slopes);
      const standardError = Math.sqrt(varianceOf(slopes) / slopes.length);
      return { layer, mean, standardError, height: mean - standardError, n: slopes.length };
    })
    .sort((a, b) => compare(b.height, a.height) || a.layer - b.layer);
  return best ?? null;
}

function usable({ slopes }: LayerSlopes): boolean {
  return slopes.length >= 2;
}
