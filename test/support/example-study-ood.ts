import type { Xoshiro } from '../../src/math/xoshiro.ts';
import type { Result } from '../../src/result/schema.ts';
import { antiSteerableFraction } from '../../src/statistics/anti-steerable.ts';
import { mean } from '../../src/statistics/mean.ts';
import { meanOf } from '../../src/statistics/moments.ts';
import { ratio } from '../../src/statistics/ratio.ts';
import { variance } from '../../src/statistics/spread.ts';
import { bell, wobble } from './example-chance.ts';
import { exampleMultipliers, type Truth } from './example-truth.ts';

const settings = ['BASE', 'SYS_POS', 'SYS_NEG', 'USER_POS', 'USER_NEG'] as const;
const vectors = [...settings, 'MEAN'] as const;

/** How far each setting pushes the unsteered propensity, in units of the behaviour's own push. */
const push = { BASE: 0, SYS_POS: 1, SYS_NEG: -0.9, USER_POS: 1.5, USER_NEG: -1.6, MEAN: 0 };

/** Vectors of five settings and their mean, each in five settings. */
export function exampleOod(
  truth: Truth,
  slopes: number[],
  chance: Xoshiro,
  resamples: number,
): NonNullable<Result['ood']> {
  const own = 1.2 + 0.5 * Math.abs(truth.strength);
  const start = (setting: (typeof settings)[number]) =>
    slopes.map(
      (_, i) => own * push[setting] + bell(i, truth.salt + 40) * 2 + 0.5 * bell(i, push[setting] * 10),
    );
  const starts = Object.fromEntries(settings.map((setting) => [setting, start(setting)]));
  const slopesIn = (vector: (typeof vectors)[number], setting: (typeof settings)[number]) => {
    const far = Math.abs(push[vector] - push[setting]) + 0.3 * Math.abs(push[setting]);
    const kept = 1 - (0.14 + 0.1 * wobble(truth.salt, 21)) * far;
    const salt = truth.salt + vectors.indexOf(vector) * 7 + settings.indexOf(setting);
    return vector === 'BASE' && setting === 'BASE'
      ? slopes
      : slopes.map((slope, i) => kept * slope + 0.35 * far * bell(i, salt) - 0.12 * far);
  };
  const all = vectors.flatMap((vector) =>
    settings.map((setting) => ({ vector, setting, slopes: slopesIn(vector, setting) })),
  );
  const ownSlopes = (setting: string) =>
    all.find((cell) => cell.vector === setting && cell.setting === setting)!.slopes;
  const gapOf = (vector: (typeof vectors)[number], setting: (typeof settings)[number]) =>
    vector === 'MEAN' ? null : starts[setting]!.map((value, i) => Math.abs(value - starts[vector]![i]!));
  return {
    items: slopes.map((_, i) => i),
    multipliers: exampleMultipliers,
    vectors: vectors.map((name, k) => ({ name, norm: 9 + wobble(truth.salt, k), trainingPairs: 40 })),
    pairs: vectors.flatMap((first, k) =>
      vectors.slice(k + 1).map((second, j) => {
        const gap = own * Math.abs(push[first] - push[second]);
        return {
          first,
          second,
          cosine: Math.max(-0.2, 0.97 - 0.09 * gap + 0.06 * wobble(k * 6 + j, truth.salt)),
          gap,
        };
      }),
    ),
    unsteered: settings.map((setting) => ({ setting, propensity: mean(starts[setting]!) })),
    cells: all.map(({ vector, setting, slopes: found }) => ({
      vector,
      setting,
      mean: mean(found),
      variance: variance(found),
      antiSteerable: antiSteerableFraction(found),
      curve: exampleMultipliers.map((m) => meanOf(found) * m),
    })),
    relative: all.map(({ vector, setting, slopes: found }) => {
      const gap = gapOf(vector, setting);
      return {
        vector,
        setting,
        self: vector === setting,
        ratio: ratio(found, ownSlopes(setting), chance, resamples),
        gap: gap === null ? null : mean(gap),
      };
    }),
  };
}
