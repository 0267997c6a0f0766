import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/statistics.json' with { type: 'json' };
import {
  binomialCdf,
  incompleteBeta,
  logGamma,
  normalCdf,
  normalQuantile,
  tCdf,
  tQuantile,
} from './distributions.ts';

const expected = golden.distributions;

/** Relative agreement, with a floor for values at 0. */
function expectClose(actual: number, value: number, tolerance: number): void {
  expect(Math.abs(actual - value)).toBeLessThanOrEqual(tolerance * Math.max(Math.abs(value), 1e-30));
}

describe('distributions, against mpmath and scipy', () => {
  it.each(expected.log_gamma)('logGamma(%d)', (x, value) => {
    expect(Math.abs(logGamma(x!) - value!)).toBeLessThan(1e-13 * Math.max(1, Math.abs(value!)));
  });

  it.each(expected.beta)('incompleteBeta(%d, %d, %d)', (x, a, b, value) => {
    expectClose(incompleteBeta(x!, a!, b!), value!, 1e-11);
  });

  it.each(expected.normal_cdf)('normalCdf(%d)', (x, value) => {
    expectClose(normalCdf(x!), value!, 1e-12);
  });

  it.each(expected.normal_quantile)('normalQuantile(%d)', (p, value) => {
    expect(Math.abs(normalQuantile(p!) - value!)).toBeLessThan(1e-13);
  });

  it.each(expected.t_cdf)('tCdf(%d, %d)', (t, degrees, value) => {
    expectClose(tCdf(t!, degrees!), value!, 1e-12);
  });

  it.each(expected.t_quantile)('tQuantile(%d, %d)', (p, degrees, value) => {
    expectClose(tQuantile(p!, degrees!), value!, 1e-10);
  });

  it.each(expected.binomial_cdf)('binomialCdf(%d, %d, 0.5)', (k, n, value) => {
    expectClose(binomialCdf(k!, n!, 0.5), value!, 1e-11);
  });
});

describe('distributions, by their own symmetry', () => {
  it('inverts the normal and the t', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
        fc.integer({ min: 1, max: 500 }),
        (p, df) => {
          expectClose(normalCdf(normalQuantile(p)), p, 1e-11);
          expectClose(tCdf(tQuantile(p, df), df), p, 1e-10);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('takes the ends and refuses what lies beyond', () => {
    expect([normalQuantile(0), normalQuantile(1), normalCdf(-50), normalCdf(50)]).toEqual([
      -Infinity,
      Infinity,
      0,
      1,
    ]);
    expect([binomialCdf(-1, 5, 0.5), binomialCdf(5, 5, 0.5)]).toEqual([0, 1]);
    expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1]);
    expect(() => normalQuantile(1.1)).toThrow(RangeError);
    expect(() => tQuantile(0, 5)).toThrow(RangeError);
    expect(() => tQuantile(0.5, 0)).toThrow(RangeError);
    expect(() => logGamma(0)).toThrow(RangeError);
    expect(() => incompleteBeta(-0.1, 1, 1)).toThrow(RangeError);
  });
});
