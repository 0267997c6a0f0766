import type { Xoshiro } from '../math/xoshiro.ts';
import { bestLayer } from './layer-choice.ts';

/** How often each layer would be chosen, were the validation items drawn again. */
export interface LayerStability {
  /** The layer chosen on the items themselves. */
  chosen: number | null;
  /** Share of the resamples that choose each layer, in the order given. */
  shares: { layer: number; share: number }[];
  /** The chosen layer's share. */
  shareOfChosen: number | null;
  /** The fewest layers that hold 95 % of the resamples' choices, ascending. */
  likely: number[];
  /** Number of validation items. */
  n: number;
  resamples: number;
  /** Why all are null or empty; null where they are not. */
  reason: string | null;
}

/** Fewer items repeat so often in a resample that it says little of others. */
const fewestItems = 10;

const heldShare = 0.95;

/**
 * Stability of the choice of a layer: the rule of {@link chooseLayer} on resampled validation items.
 *
 * `slopes` of every layer list the same items in the same order, null where there is none: items are drawn jointly for
 * all layers. `resamples` defaults to 1000. A share near 1 says that other items would choose this layer too; `likely`
 * is the set among which they would choose. How often it holds the best layer: docs/coverage.md. Null with a reason
 * below ten items or where no layer can be chosen. Throws RangeError when the layers differ in the number of items.
 *
 * @example
 * layerStability([{ layer: 9, slopes: a }, { layer: 12, slopes: b }], new Xoshiro(0)).likely; // [9, 12]
 */
export function layerStability(
  candidates: readonly { layer: number; slopes: readonly (number | null)[] }[],
  random: Xoshiro,
  resamples = 1000,
): LayerStability {
  if (!Number.isInteger(resamples) || resamples < 1)
    throw new RangeError(`invalid "resamples"; not an integer from 1 on: ${resamples}`);
  const n = candidates[0]?.slopes.length ?? 0;
  for (const { layer, slopes } of candidates) {
    if (slopes.length !== n)
      throw new RangeError(
        `layers differ in the number of items: ${n}, and ${slopes.length} at layer ${layer}`,
      );
  }
  const chosen = choiceAt(
    candidates,
    Uint32Array.from({ length: n }, (_, i) => i),
  );
  const reason =
    n < fewestItems
      ? `stability needs at least ${fewestItems} validation items; there are ${n}`
      : chosen === null
        ? 'no layer has the two validation slopes that a standard error needs'
        : null;
  if (reason !== null) return { chosen, shares: [], shareOfChosen: null, likely: [], n, resamples, reason };

  const counts = new Map(candidates.map(({ layer }) => [layer, 0]));
  let choices = 0;
  const indices = new Uint32Array(n);
  for (let resample = 0; resample < resamples; resample++) {
    for (let i = 0; i < n; i++) indices[i] = random.below(n);
    const layer = choiceAt(candidates, indices);
    if (layer === null) continue;
    counts.set(layer, counts.get(layer)! + 1);
    choices++;
  }
  const shares = candidates.map(({ layer }) => ({ layer, share: counts.get(layer)! / choices }));
  return {
    chosen,
    shares,
    shareOfChosen: counts.get(chosen!)! / choices,
    likely: smallestSet(shares),
    n,
    resamples,
    reason: null,
  };
}

function choiceAt(
  candidates: readonly { layer: number; slopes: readonly (number | null)[] }[],
  indices: Uint32Array,
): number | null {
  const drawn = candidates.map(({ layer, slopes }) => ({
    layer,
    slopes: Array.from(indices, (i) => slopes[i]!).filter((slope): slope is number => slope !== null),
  }));
  return bestLayer(drawn)?.layer ?? null;
}

function smallestSet(shares: readonly { layer: number; share: number }[]): number[] {
  const layers: number[] = [];
  let held = 0;
  for (const { layer, share } of [...shares].sort((a, b) => b.share - a.share || a.layer - b.layer)) {
    if (held >= heldShare) break;
    layers.push(layer);
    held += share;
  }
  return layers.sort((a, b) => a - b);
}
