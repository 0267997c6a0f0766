import type { Result } from '../../src/result/schema.ts';
import { around, aroundLog } from './example-estimate.ts';

type Damage = NonNullable<Result['damage']>;

const texts = 15;
const clustered = 'interval of Woodruff, robust to correlation within groups';

/** Damage that grows with the square of the multiplier, a little faster below 0: 1 nat at ±1.4. */
export function exampleDamage(effectPerUnit: number, withLetters: boolean): Damage {
  const size = (multiplier: number) => multiplier ** 2 * (multiplier < 0 ? 1.15 : 1);
  const equal = 1.4;
  const effect = 0.92 * effectPerUnit * equal;
  return {
    texts,
    tokens: 912,
    perplexity: 14.7,
    points: [-2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2].map((multiplier) => ({
      multiplier,
      klMean: aroundLog(
        0.13 * size(multiplier),
        1.25,
        texts,
        't interval, robust to correlation within groups',
      ),
      klP95: aroundLog(0.475 * size(multiplier), 1.3, texts, clustered),
      perplexityRatio: aroundLog(
        Math.exp(0.115 * size(multiplier)),
        1 + 0.05 * Math.abs(multiplier),
        texts,
        't interval on the log scale',
      ),
    })),
    outsideLetters: withLetters
      ? [-1.5, -1, -0.5, 0, 0.5, 1, 1.5].map((multiplier) => ({
          multiplier,
          mass: around(0.06 + 0.05 * size(multiplier), 0.02, 60, 't interval'),
        }))
      : null,
    equal: {
      limit: 1,
      multiplier: equal,
      low: 1.24,
      high: 1.61,
      effect: around(effect, 0.09 * effect, 60, 't interval'),
      reason: null,
    },
  };
}
