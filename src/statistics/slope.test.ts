import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/statistics.json' with { type: 'json' };
import { fitSlope } from './slope.ts';

const multipliers = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5];

describe('fitSlope', () => {
  it.each(golden.slopes)("agrees with statsmodels' OLS ($slope)", (expected) => {
    const fit = fitSlope(expected.multipliers, expected.propensities);
    expect(fit.slope).toBeCloseTo(expected.slope, 12);
    expect(fit.intercept).toBeCloseTo(expected.intercept, 12);
    expect(fit.r2).toBeCloseTo(expected.r2, 12);
    expect(fit.sse).toBeCloseTo(expected.sse, 12);
    expect(fit.rmse).toBeCloseTo(expected.rmse, 12);
    expect(fit.spearman).toBeCloseTo(expected.spearman, 12);
    expect(fit.reason).toBeNull();
  });

  it('is one seventh of Σ λ m for the seven symmetric multipliers', () => {
    const propensities = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), {
      minLength: 7,
      maxLength: 7,
    });
    fc.assert(
      fc.property(propensities, (m) => {
        const short = m.reduce((sum, value, i) => sum + value * multipliers[i]!, 0) / 7;
        expect(fitSlope(multipliers, m).slope).toBeCloseTo(short, 10);
      }),
    );
  });

  it('tells rising, falling and neither apart, whatever the order of the multipliers', () => {
    const at = (m: (lambda: number) => number, lambdas = multipliers) =>
      fitSlope(lambdas, lambdas.map(m)).monotonic;
    expect(at((lambda) => Math.exp(lambda))).toBe('increasing');
    expect(at((lambda) => -(lambda ** 3))).toBe('decreasing');
    expect(at((lambda) => lambda ** 2)).toBe('no');
    expect(at((lambda) => Math.sign(lambda))).toBe('no');
    expect(at((lambda) => 2 * lambda, [0.5, -1, 1.5, 0])).toBe('increasing');
  });

  it('has no R2 and no Spearman where the propensity is constant', () => {
    const fit = fitSlope(multipliers, new Array(7).fill(0.3));
    expect(fit).toMatchObject({ slope: 0, r2: null, spearman: null, monotonic: 'no' });
    expect(fit.reason).toContain('the same at every multiplier');
  });

  it('has no R2 at two multipliers', () => {
    expect(fitSlope([-1, 1], [1, 5])).toMatchObject({
      slope: 2,
      intercept: 3,
      sse: 0,
      r2: null,
      spearman: 1,
    });
  });

  it('is null as a whole where a propensity is missing or nothing varies', () => {
    expect(fitSlope([-1, 0, 1], [1, null, 3])).toMatchObject({
      slope: null,
      rmse: null,
      monotonic: null,
      reason: 'the propensity at multiplier 0 is null',
    });
    expect(fitSlope([1, 1], [1, 2])).toMatchObject({ slope: null, n: 2 });
    expect(fitSlope([], []).reason).toContain('at least two different multipliers');
    expect(() => fitSlope([1], [1, 2])).toThrow('differ in length');
    expect(() => fitSlope([1, 2], [1, Number.NaN])).toThrow('not finite');
  });
});
