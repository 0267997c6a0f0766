import type { Item } from '../../dataset/item.ts';
import { Xoshiro } from '../../math/xoshiro.ts';
import type { Result } from '../../result/schema.ts';
import { explainedByFactors, type Factor } from '../../statistics/explained-by-factors.ts';
import { varianceOf } from '../../statistics/moments.ts';
import { quantileOfSorted } from '../../statistics/sorted-quantile.ts';
import { type Measured, notMeasured } from './part.ts';

type Bias = NonNullable<Result['bias']>;

/** What part of the slopes' variance do the answer's letter, its Yes/No word and named properties of items explain? */
export async function explainBias(measured: Measured): Promise<void> {
  const { context, prepared, test, result } = measured;
  const { factors: named, format, seed } = context.session.options;
  const known = test.slopes.flatMap(({ fit }, place) =>
    fit.slope === null ? [] : [{ slope: fit.slope, item: prepared.split.test[place]! }],
  );
  const items = known.map(({ item }) => item);
  const candidates = [...letterFactors(format, items), ...named.map((name) => metadataFactor(name, items))];
  if (candidates.length === 0) {
    const reason = 'the answers have no letters, and no property of the items was named as a factor';
    return notMeasured(measured, 'letter and Yes/No bias', reason);
  }
  const usable = candidates.filter((factor): factor is Factor => !('reason' in factor));
  const absent = candidates.flatMap((factor) =>
    'reason' in factor ? [{ name: factor.name, reason: factor.reason }] : [],
  );
  const slopes = known.map(({ slope }) => slope);
  result.bias = describeBias(slopes, usable, absent, new Xoshiro(seed).derive('bias'));
  if (result.bias.reason !== null) notMeasured(measured, 'letter and Yes/No bias', result.bias.reason);
}

type Candidate = Factor | { name: string; reason: string };

/** A and Y of the paper (6.1): the positive answer stands behind (A); it says Yes. */
function letterFactors(format: string, items: readonly Item[]): Candidate[] {
  if (format !== 'multiple-choice') return [];
  const words = items.map(({ multipleChoice }) => multipleChoice?.word ?? null);
  return [
    { name: 'letter', levels: items.map(({ multipleChoice }) => multipleChoice!.positive) },
    words.includes(null)
      ? { name: 'word', reason: 'the options of the items are not Yes and No' }
      : { name: 'word', levels: words },
  ];
}

function metadataFactor(name: string, items: readonly Item[]): Candidate {
  const levels = items.map(({ metadata }) => metadata?.[name] ?? null);
  if (levels.every((level) => level === null)) return { name, reason: `no item has a field "${name}"` };
  return { name, levels };
}

function describeBias(slopes: number[], factors: Factor[], absent: Bias['absent'], random: Xoshiro): Bias {
  const found = explainedByFactors(slopes, factors, random);
  const shares = found.factors.flatMap(({ name, share, shapley }) =>
    share.value === null ? [] : [{ name, share, shapley }],
  );
  return {
    factors: factors.map(({ name, levels }) => ({
      name,
      levels: [...new Set(levels.filter((level) => level !== null))].sort(),
    })),
    absent: [
      ...absent,
      ...found.factors.flatMap(({ name, share }) =>
        share.value === null ? [{ name, reason: share.reason ?? 'it could not be told apart' }] : [],
      ),
    ],
    variance: slopes.length < 2 ? null : varianceOf(slopes),
    sequential: shares.map(({ name, share }) => ({ factor: name, share: share.value!, estimate: share })),
    shapley: shares.flatMap(({ name, shapley }) =>
      shapley === null ? [] : [{ factor: name, share: shapley }],
    ),
    interaction: found.interaction.value,
    interactionEstimate: found.interaction,
    unexplained: found.unexplained,
    adjustedR2: found.adjustedR2,
    permutation: found.permutation,
    cells: found.cells.map(({ levels, slope }) => ({
      levels: Object.values(levels),
      slope,
      quartiles: quartilesOf(slopesIn(slopes, factors, levels)),
    })),
    reason: found.reason,
  };
}

/** Slopes of the items at these levels. */
function slopesIn(slopes: number[], factors: Factor[], levels: Readonly<Record<string, string>>): number[] {
  const wanted = factors.filter(({ name }) => name in levels);
  return slopes.filter((_, item) => wanted.every((factor) => factor.levels[item] === levels[factor.name]));
}

function quartilesOf(slopes: number[]): [number, number, number] {
  const sorted = Float64Array.from(slopes).sort();
  return [0.25, 0.5, 0.75].map((share) => quantileOfSorted(sorted, share)) as [number, number, number];
}
