import type { Result } from '../../src/result/schema.ts';
import { antiSteerableFraction } from '../../src/statistics/anti-steerable.ts';
import { mean } from '../../src/statistics/mean.ts';
import { bell } from './example-chance.ts';
import { aroundLog, type Estimate } from './example-estimate.ts';

type Ood = NonNullable<Result['ood']>;
type SettingName = Ood['cells'][number]['setting'];
type VectorName = Ood['cells'][number]['vector'];

const settings: SettingName[] = ['BASE', 'SYS_POS', 'SYS_NEG', 'USER_POS', 'USER_NEG'];
const system = 'You are a helpful, honest and concise assistant.';
const method = 'BCa bootstrap over items';

/** Sentences that ask for either side of the example's behaviour. */
export const examplePersona = {
  positive: 'You are a cheerful person who is pleased with almost everything.',
  negative: 'You are a gloomy person who is pleased with almost nothing.',
  source: 'built-in',
  note: null,
};

/** The five settings as they reach the model, around one item. */
export function exampleSettings(prompt: string, positive: string): Result['settings'] {
  const chat = (first: string, user: string) =>
    `<|im_start|>system\n${first}<|im_end|>\n<|im_start|>user\n${user}<|im_end|>\n<|im_start|>assistant\n${positive}`;
  return settings.map((name) => {
    const persona = name.endsWith('POS') ? examplePersona.positive : examplePersona.negative;
    const first = name.startsWith('SYS') ? persona : system;
    const prefix = name.startsWith('USER') ? persona : null;
    return {
      name,
      system: first,
      prefix,
      example: chat(first, prefix === null ? prompt : `${prefix}\n\n${prompt}`),
    };
  });
}

/** What share of its slope in BASE an item keeps under a vector in a setting: least for BASE in USER_NEG. */
function kept(vector: VectorName, setting: SettingName): number {
  const own = { BASE: 1, SYS_POS: 0.93, SYS_NEG: 0.82, USER_POS: 1.04, USER_NEG: 0.74 }[setting];
  if (vector === setting) return own;
  if (vector === 'MEAN') return own * 0.88;
  const opposed = vector.slice(-3) !== setting.slice(-3) && vector !== 'BASE' && setting !== 'BASE';
  const share = { BASE: 0.9, SYS_POS: 0.9, SYS_NEG: 0.71, USER_POS: 0.97, USER_NEG: 0.36 }[setting];
  return own * share * (opposed ? -0.2 : 1);
}

/**
 * Vectors of several settings in several settings, from the items' slopes in BASE: all thirty pairs, or the nine that an
 * audit measures.
 */
export function exampleOod(slopes: number[], whole: boolean): Ood {
  const vectors: VectorName[] = whole ? [...settings, 'MEAN'] : settings;
  const multipliers = whole ? [-1.5, -1, -0.5, 0, 0.5, 1, 1.5] : [-1, 0, 1];
  const pairs = settings.flatMap((setting) =>
    vectors
      .filter((vector) => whole || vector === 'BASE' || vector === setting)
      .map((vector) => ({ vector, setting })),
  );
  const steered = (vector: VectorName, setting: SettingName) => {
    const salt = 10 * vectors.indexOf(vector) + settings.indexOf(setting);
    if (salt === 0) return slopes;
    return slopes.map((slope, i) => kept(vector, setting) * slope + 0.9 * bell(i, salt));
  };
  const level = { BASE: 0.3, SYS_POS: 3.4, SYS_NEG: -2.9, USER_POS: 4.8, USER_NEG: -5.2 };
  return {
    items: slopes.map((_, i) => i),
    multipliers,
    vectors: vectors.map((name, k) => ({ name, norm: 12.8 + 0.7 * k, trainingPairs: 48 })),
    pairs: vectors.flatMap((first, i) =>
      vectors.slice(i + 1).map((second, j) => ({
        first,
        second,
        cosine: 0.93 - 0.05 * i - 0.04 * j,
        gap: second === 'MEAN' ? 1.1 : Math.abs(level[first as SettingName] - level[second]),
      })),
    ),
    unsteered: settings.map((setting) => ({
      setting,
      propensity: mean(slopes.map((_, i) => level[setting] + 3 * bell(i, 5))),
    })),
    cells: pairs.map(({ vector, setting }) => {
      const values = steered(vector, setting);
      const average = mean(values);
      const spread = values.reduce((sum, value) => sum + (value - average.value!) ** 2, 0);
      return {
        vector,
        setting,
        mean: average,
        variance: aroundLog(spread / (values.length - 1), 1.5, values.length, method),
        antiSteerable: antiSteerableFraction(values),
        curve: multipliers.map((multiplier) => level[setting] + average.value! * multiplier),
      };
    }),
    relative: pairs.map(({ vector, setting }) => ({
      vector,
      setting,
      self: vector === setting,
      ratio: ratioOf(vector, setting, steered(vector, setting), steered(setting, setting)),
      gap:
        vector === 'MEAN'
          ? null
          : mean(slopes.map((_, i) => Math.abs(level[vector] - level[setting]) + 0.1 * bell(i, 6))),
    })),
  };
}

function ratioOf(vector: VectorName, setting: SettingName, values: number[], own: number[]): Estimate {
  const n = values.length;
  if (vector === setting) {
    const reason = 'a vector in its own setting is 1 by definition';
    return { value: 1, low: null, high: null, n, method: 'by definition', reason };
  }
  const value = mean(values).value! / mean(own).value!;
  const reach = 0.62 / Math.sqrt(n);
  return { value, low: value - reach, high: value + 1.1 * reach, n, method, reason: null };
}

/** Prompting moves the propensity less than steering does, and both together most. */
export function examplePrompting(slopes: number[]): NonNullable<Result['prompting']> {
  const prompted = slopes.map((_, i) => 3.1 + 1.9 * bell(i, 5));
  return {
    multiplier: 1,
    items: slopes.length,
    prompting: mean(prompted),
    steering: mean(slopes),
    both: mean(slopes.map((slope, i) => 0.85 * slope + 0.8 * prompted[i]!)),
  };
}
