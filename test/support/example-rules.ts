import type { Result } from '../../src/result/schema.ts';
import type { Estimate } from './example-estimate.ts';

type Rules = NonNullable<Result['verdict']>['rules'];

/** The verdict's rules for the example, in their order, with its numbers. */
export function exampleRules({ value, low, high }: Estimate, backwards: number, worst: Estimate): Rules {
  const slope = `${value!.toFixed(2)} nats per unit of multiplier (95 % interval ${low!.toFixed(2)} to ${high!.toFixed(2)})`;
  return [
    {
      rule: 'not measurable in this format',
      outcome: 'holds',
      because: '22 of 24 control questions are right: lower bound 74 %, which must exceed 60 %.',
    },
    {
      rule: 'inconclusive',
      outcome: 'holds',
      because: `The interval of the mean slope, ${slope}, does not contain 0. 60 items could have shown a slope of 0.94 (80 % power).`,
    },
    {
      rule: 'steers the wrong way',
      outcome: 'holds',
      because: `The upper bound of the mean slope, ${high!.toFixed(2)}, is above 0.`,
    },
    {
      rule: 'not beyond random',
      outcome: 'holds',
      because:
        'p = 0.048 among 20 random directions of the same norm (at most 0.05 is asked; the least that 20 can give is 0.048).',
    },
    {
      rule: 'backwards on many',
      outcome: 'holds',
      because: `${((100 * backwards) / 60).toFixed(1)} % of 60 items go backwards; the lower bound may not exceed 10 %.`,
    },
    {
      rule: 'below the numeric noise',
      outcome: 'holds',
      because: `The mean slope's size, ${value!.toFixed(2)} nats, against the rms noise of one item's slope at this precision, 0.0041.`,
    },
    {
      rule: 'mostly letter or Yes/No bias',
      outcome: 'not measured',
      because: 'The share that letter and Yes/No explain was not measured.',
    },
    {
      rule: 'only words it has seen',
      outcome: 'holds',
      because:
        'On the 20 items whose answers share the fewest words with training answers the mean slope is 4.1; its lower bound must be above 0.',
    },
    {
      rule: 'damaging',
      outcome: 'holds',
      because:
        'The 95th percentile of the per-token KL divergence on neutral text at multiplier 1 is 0.475 nats; at most 1 is in order.',
    },
    {
      rule: 'brittle to the prompt',
      outcome: 'flag',
      because: `Relative steerability is lowest in USER_NEG: ${worst.value!.toFixed(2)} (95 % interval ${worst.low!.toFixed(2)} to ${worst.high!.toFixed(2)}); the upper bound may not be below 0.5.`,
    },
  ];
}
