import type { Result } from '../../src/result/schema.ts';
import { spearman } from '../../src/statistics/correlation.ts';
import { fraction } from '../../src/statistics/fraction.ts';
import { mean } from '../../src/statistics/mean.ts';
import { bell, wobble } from './example-chance.ts';

type GenerationCheck = NonNullable<Result['generationCheck']>;

const multipliers = [-1, -0.5, 0, 0.5, 1];

/** Free answers of 24 items that follow the log-probabilities loosely. */
export function exampleGenerationCheck(items: { item: number; slope: number }[]): GenerationCheck {
  const shown = items.slice(0, 24);
  const effects = (salt: number) =>
    shown.map(({ slope }, i) => 0.32 * slope + 0.75 * bell(i, salt) + (i % 7 === 3 ? -0.6 : 0));
  return {
    items: shown.length,
    tokens: 48,
    multipliers,
    scorer: {
      kind: 'classifier',
      description:
        'logistic regression on character 2- to 4-grams of the training answers; score: log-odds of the positive side',
      unit: 'log-odds',
      accuracy: fraction(93, 96),
      usable: true,
      reason: null,
    },
    samplings: [sampling('greedy', 0, effects(31), 40), sampling('sampled', 0.8, effects(33), 50)],
    rows: shown.map(({ item, slope }, i) => ({ item, slope, effect: effects(31)[i]! })),
  };

  function sampling(
    name: 'greedy' | 'sampled',
    temperature: number,
    effect: number[],
    salt: number,
  ): GenerationCheck['samplings'][number] {
    const slopes = shown.map(({ slope }) => slope);
    const agreeing = effect.filter((value, i) => value > 0 === slopes[i]! > 0).length;
    return {
      sampling: name,
      temperature,
      points: multipliers.map((multiplier, k) => ({
        multiplier,
        score: mean(effect.map((value, i) => 0.4 + value * multiplier + 0.8 * bell(i, salt + k))),
        repetition: mean(
          effect.map((_, i) => Math.abs(0.03 + 0.05 * multiplier ** 2 + 0.03 * wobble(i, salt + k))),
        ),
      })),
      effect: mean(effect),
      correlation: spearman(slopes, effect),
      sameSign: fraction(agreeing, effect.length),
      unscored: name === 'greedy' ? 0 : 2,
    };
  }
}
