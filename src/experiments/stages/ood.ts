import { cosine } from '../../math/vector.ts';
import { Xoshiro } from '../../math/xoshiro.ts';
import type { SettingName } from '../../prompts/settings.ts';
import type { Result } from '../../result/schema.ts';
import { antiSteerableFraction } from '../../statistics/anti-steerable.ts';
import { type Estimate, noEstimate, withoutInterval } from '../../statistics/estimate.ts';
import { mean } from '../../statistics/mean.ts';
import { meanOf } from '../../statistics/moments.ts';
import { ratio } from '../../statistics/ratio.ts';
import { variance } from '../../statistics/spread.ts';
import type { RunContext } from '../empty-result.ts';
import { knownSlopes } from './item-slopes.ts';
import type { SettingCell } from './setting-slopes.ts';
import type { SettingVector, VectorName } from './setting-vectors.ts';

type Ood = NonNullable<Result['ood']>;

/** Where the published runs stop dividing: a self steerability below it makes any ratio meaningless. */
const publishedLeast = 0.25;

/** Everything that is computed from vectors of several settings, each steered in several settings. */
export function describeOod(
  { session: { options } }: RunContext,
  found: { items: number[]; multipliers: number[]; vectors: SettingVector[]; cells: SettingCell[] },
): Ood {
  const { items, multipliers, vectors, cells } = found;
  const random = new Xoshiro(options.seed);
  const unsteered = unsteeredBySetting(cells, multipliers);
  return {
    items,
    multipliers,
    vectors: vectors.map(({ name, norm, trainingPairs }) => ({ name, norm, trainingPairs })),
    pairs: pairsOf(vectors, unsteered),
    unsteered: [...unsteered].map(([setting, values]) => ({
      setting,
      propensity: mean(values.flatMap((value) => value ?? [])),
    })),
    cells: cells.map((cell) => describeCell(cell, multipliers)),
    relative: cells.flatMap((cell) => {
      const own = cells.find(({ vector, setting }) => vector === cell.setting && setting === cell.setting);
      return own === undefined
        ? []
        : [
            {
              vector: cell.vector,
              setting: cell.setting,
              self: cell.vector === cell.setting,
              ratio: relativeSteerability(cell, own, options.relative, random),
              gap: gapOf(cell, unsteered),
            },
          ];
    }),
  };
}

/** The unsteered propensity of every item by setting: the multiplier 0 of any of its cells. */
function unsteeredBySetting(
  cells: SettingCell[],
  multipliers: number[],
): Map<SettingName, (number | null)[]> {
  const zero = multipliers.indexOf(0);
  const settings = new Map<SettingName, (number | null)[]>();
  for (const { setting, slopes } of cells) {
    if (settings.has(setting)) continue;
    settings.set(
      setting,
      slopes.map(({ propensities }) => (zero < 0 ? null : (propensities[zero] ?? null))),
    );
  }
  return settings;
}

function describeCell({ vector, setting, slopes }: SettingCell, multipliers: number[]) {
  const known = knownSlopes(slopes);
  return {
    vector,
    setting,
    mean: mean(known),
    variance: variance(known),
    antiSteerable: antiSteerableFraction(known),
    curve: multipliers.map((_, place) => {
      const values = slopes.flatMap(({ propensities }) => propensities[place] ?? []);
      return values.length === 0 ? null : meanOf(values);
    }),
  };
}

/** Steerability of a vector in a setting over that of the setting's own vector, by joint resampling of the items. */
function relativeSteerability(
  cell: SettingCell,
  own: SettingCell,
  form: 'bounded' | 'published',
  random: Xoshiro,
): Estimate {
  const both = cell.slopes.flatMap(({ fit }, place) => {
    const other = own.slopes[place]!.fit.slope;
    return fit.slope === null || other === null ? [] : [[fit.slope, other] as const];
  });
  const [numerators, denominators] = [both.map(([top]) => top), both.map(([, bottom]) => bottom)];
  if (form === 'bounded') {
    if (cell === own) return selfRatio(mean(denominators));
    return ratio(numerators, denominators, random.derive(`relative/${cell.vector}/${cell.setting}`));
  }
  const n = both.length;
  const method = 'as published: over the size of the mean, which must exceed 0.25';
  const bottom = n === 0 ? 0 : meanOf(denominators);
  if (!(bottom > publishedLeast))
    return noEstimate(n, method, `the setting's own steerability is ${bottom}, not above ${publishedLeast}`);
  return withoutInterval(
    meanOf(numerators) / Math.abs(bottom),
    n,
    method,
    'the published form has no interval',
  );
}

function selfRatio({ low, n, reason }: Estimate): Estimate {
  const method = 'by definition';
  if (low === null || low <= 0) {
    return noEstimate(n, method, reason ?? `the denominator's interval reaches down to ${low}, not above 0`);
  }
  return withoutInterval(1, n, method, 'a vector in its own setting is 1 by definition');
}

/** Mean over items of the distance between the unsteered propensities of the test and the training setting. */
function gapOf(
  { vector, setting }: SettingCell,
  unsteered: Map<SettingName, (number | null)[]>,
): Estimate | null {
  if (vector === 'MEAN') return null;
  const [here, there] = [unsteered.get(setting), unsteered.get(vector)];
  if (here === undefined || there === undefined) return null;
  return mean(
    here.flatMap((value, item) => {
      const other = there[item] ?? null;
      return value === null || other === null ? [] : [Math.abs(value - other)];
    }),
  );
}

/** Every two vectors with their cosine and the distance of their settings' mean propensities; MEAN has all settings'. */
function pairsOf(vectors: SettingVector[], unsteered: Map<SettingName, (number | null)[]>): Ood['pairs'] {
  const average = (values: (number | null)[]): number | null => {
    const known = values.flatMap((value) => value ?? []);
    return known.length === 0 ? null : meanOf(known);
  };
  const bySetting = new Map<VectorName, number | null>(
    [...unsteered].map(([setting, values]) => [setting, average(values)]),
  );
  bySetting.set('MEAN', average([...bySetting.values()]));
  return vectors.flatMap((first, place) =>
    vectors.slice(place + 1).map((second) => {
      const [a, b] = [bySetting.get(first.name) ?? null, bySetting.get(second.name) ?? null];
      return {
        first: first.name,
        second: second.name,
        cosine: cosine(first.vector, second.vector),
        gap: a === null || b === null ? null : Math.abs(a - b),
      };
    }),
  );
}
