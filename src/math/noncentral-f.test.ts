import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/study-statistics.json' with { type: 'json' };
import { incompleteBeta } from './distributions.ts';
import { noncentralFCdf, noncentralityAt } from './noncentral-f.ts';

describe('noncentralFCdf', () => {
  it.each(golden.noncentral_f)("agrees with scipy's ncf at F = %d (%d, %d), noncentrality %d", (...row) => {
    const [f, top, bottom, noncentrality, expected] = row as [number, number, number, number, number];
    expect(noncentralFCdf(f, top, bottom, noncentrality)).toBeCloseTo(expected, 11);
  });

  it('is the central F without noncentrality, 0 at 0, and falls as the noncentrality grows', () => {
    expect(noncentralFCdf(2, 3, 20, 0)).toBe(incompleteBeta(6 / 26, 1.5, 10));
    expect(noncentralFCdf(0, 3, 20, 5)).toBe(0);
    const falling = [0, 0.1, 1, 10, 100].map((noncentrality) => noncentralFCdf(4, 3, 20, noncentrality));
    expect([...falling].sort((a, b) => b - a)).toEqual(falling);
  });

  it('refuses what cannot be', () => {
    expect(() => noncentralFCdf(-1, 1, 1, 0)).toThrow('invalid "f"');
    expect(() => noncentralFCdf(1, 1, 1, -1)).toThrow('invalid "noncentrality"');
    expect(() => noncentralityAt(1, 1, 1, 1)).toThrow('invalid "probability"');
  });
});

describe('noncentralityAt', () => {
  it.each(golden.noncentrality)("agrees with a root of scipy's ncf at F = %d (%d, %d), p %d", (...row) => {
    const [f, top, bottom, probability, expected] = row as [number, number, number, number, number];
    const relative = noncentralityAt(f, top, bottom, probability) / (expected || 1);
    expect(relative).toBeCloseTo(expected === 0 ? 0 : 1, 9);
  });
});
