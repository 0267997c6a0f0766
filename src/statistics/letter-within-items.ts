import { antiSteerableFraction } from './anti-steerable.ts';
import { type Estimate, noEstimate } from './estimate.ts';
import { fisherScale, jackknife, logitScale, type Scale } from './jackknife.ts';
import { mean } from './mean.ts';
import { requireFinite } from './moments.ts';
import { standardDeviation } from './spread.ts';

/** The slope of items put with their letters both ways, taken apart into content and letter. */
export interface LetterWithinItems {
  /** Items with both slopes. */
  n: number;
  /** Items that lack one. */
  leftOut: number;
  /** Per item: (slope with the positive answer behind A + slope with it behind B) / 2; null for an item left out. */
  content: (number | null)[];
  /** Per item: (slope behind A - slope behind B) / 2: what standing behind A adds. */
  letter: (number | null)[];
  meanContent: Estimate;
  meanLetter: Estimate;
  /** Spread of the content's slopes over items. */
  sdContent: Estimate;
  /** Share of items with a content slope of 0 or below: backwards whatever the letter. */
  antiSteerableContent: Estimate;
  /** Share of the variance of a randomly lettered slope that is letter: E[l²] / (Var(c) + E[l²]). */
  letterShare: Estimate;
  /** The part of it that is the same in all items: E[l]² / (Var(c) + E[l²]). */
  commonShare: Estimate;
  /** The part that differs from item to item: Var(l) / (Var(c) + E[l²]). */
  specificShare: Estimate;
  /** Why everything is null; null where it is not. */
  reason: string | null;
}

/**
 * Separates letter from content within each item, from its slopes with the positive answer behind A and behind B.
 *
 * An item's slope is c + x·l, x = 1 where the positive answer stands behind A and -1 where behind B: two slopes give
 * content c and letter effect l exactly. Were the letter drawn by a coin, Var(c + x·l) = Var(c) + E[l²], because
 * E[x] = 0 and x² = 1 make the covariance of c and x·l vanish and Var(x·l) = E[l²]. So E[l²]/(Var(c) + E[l²]) of the
 * variance is letter. It falls into E[l]², the same in all items, and Var(l), which differs between them. A regression
 * between items of single orders (Tan et al. 2024, figure 4) finds the first alone: the mean slopes of its two letters
 * differ by 2·E[l], and a letter effect that changes sign from item to item stays in its unexplained part.
 *
 * Estimated with Var(c) by divisor n - 1, E[l] by the mean m, Var(l) by divisor n, so that common and specific add
 * up; the common share is too large by about Var(l)/n over the variance. Intervals of the shares by
 * {@link jackknife}: letter and specific share on the logit scale; the common one on Fisher's scale of its signed
 * root m/√(...), then squared, which covers at E[l] = 0 as well. No interval below ten items.
 *
 * Throws RangeError when the lengths differ or a slope is not finite.
 *
 * @example
 * letterWithinItems([2, 3], [0, 1]); // content 1 and 2, letter 1 and 1: the letter's share is 1/(0.5 + 1)
 */
export function letterWithinItems(
  slopeWhenA: ArrayLike<number | null>,
  slopeWhenB: ArrayLike<number | null>,
): LetterWithinItems {
  if (slopeWhenA.length !== slopeWhenB.length) {
    throw new RangeError(
      `"slopeWhenA" and "slopeWhenB" differ in length: ${slopeWhenA.length} and ${slopeWhenB.length}`,
    );
  }
  const half = (sign: 1 | -1) =>
    Array.from(slopeWhenA, (a, i) => {
      const b = slopeWhenB[i]!;
      return a === null || b === null ? null : (a + sign * b) / 2;
    });
  const [content, letter] = [half(1), half(-1)];
  const known = (values: (number | null)[]) => values.filter((value): value is number => value !== null);
  const [c, l] = [known(content), known(letter)];
  requireFinite(c, 'slopes');
  requireFinite(l, 'slopes');
  const n = c.length;
  const parts = (indices: Uint32Array) => partsAt(c, l, indices);
  const reason =
    n < 2
      ? `a share needs at least two items with both slopes; there are ${n}`
      : parts(Uint32Array.from(c, (_, i) => i)).total > 0
        ? null
        : 'the slopes do not vary';
  const shareOf = (share: (parts: Parts) => number, scale: Scale): Estimate => {
    if (reason !== null) return noEstimate(n, 'jackknife over items', reason);
    const statistic = (indices: Uint32Array) => {
      const at = parts(indices);
      return at.total > 0 ? share(at) : null;
    };
    return jackknife(n, statistic, scale);
  };
  return {
    n,
    leftOut: slopeWhenA.length - n,
    content,
    letter,
    meanContent: mean(c),
    meanLetter: mean(l),
    sdContent: standardDeviation(c),
    antiSteerableContent: antiSteerableFraction(c),
    letterShare: shareOf(({ letter, total }) => letter / total, logitScale),
    commonShare: squared(shareOf(({ common, total }) => common / Math.sqrt(total), fisherScale)),
    specificShare: shareOf(({ specific, total }) => specific / total, logitScale),
    reason,
  };
}

/** Sample values of E[l²], E[l] and Var(l), and of the whole variance Var(c) + E[l²]. */
interface Parts {
  letter: number;
  common: number;
  specific: number;
  total: number;
}

function partsAt(content: readonly number[], letter: readonly number[], indices: Uint32Array): Parts {
  const n = indices.length;
  let contents = 0;
  let letters = 0;
  for (const i of indices) {
    contents += content[i]!;
    letters += letter[i]!;
  }
  const common = letters / n;
  let ofContent = 0;
  let ofLetter = 0;
  for (const i of indices) {
    ofContent += (content[i]! - contents / n) ** 2;
    ofLetter += (letter[i]! - common) ** 2;
  }
  const specific = ofLetter / n;
  const squares = common ** 2 + specific;
  return { letter: squares, common, specific, total: ofContent / (n - 1) + squares };
}

/** The square of an estimate of either sign. */
function squared(root: Estimate): Estimate {
  if (root.value === null) return root;
  const value = root.value ** 2;
  if (root.low === null || root.high === null) return { ...root, value };
  const ends = [root.low ** 2, root.high ** 2];
  const low = root.low <= 0 && root.high >= 0 ? 0 : Math.min(...ends);
  return { ...root, value, low, high: Math.max(...ends) };
}
