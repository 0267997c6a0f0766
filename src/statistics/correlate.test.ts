import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/statistics.json' with { type: 'json' };
import { correlate } from './correlate.ts';
import { pearson, spearman } from './correlation.ts';

describe('correlate', () => {
  it.each(golden.pairs)('agrees with scipy on the $name pairs, gaps left out', (pair) => {
    const x = [null, ...pair.x, 3];
    const y = [1, ...pair.y, null];
    const both = correlate(x, y);
    expect(both.spearman.value).toBeCloseTo(pair.spearman, 12);
    expect(both.pearson.low).toBeCloseTo(pair.pearson[1]!, 12);
    expect(both).toEqual({
      spearman: spearman(pair.x, pair.y),
      pearson: pearson(pair.x, pair.y),
      n: pair.x.length,
      leftOut: 2,
    });
  });

  it('has no interval below ten pairs, and no value below four', () => {
    const four = correlate([1, 2, 3, 4], [1, 2, 4, 3]);
    expect(four.spearman).toMatchObject({ value: expect.closeTo(0.8, 12), low: null });
    const three = correlate([1, 2, 3, null], [1, 2, 4, 3]);
    expect(three).toMatchObject({ n: 3, leftOut: 1, pearson: { value: null }, spearman: { value: null } });
    expect(three.spearman.reason).toBe('a correlation needs at least 4 pairs; there are 3');
    expect(correlate([1, 2, 3, 4], [1, 1, 1, 1]).spearman.reason).toBe('one side does not vary');
    expect(() => correlate([1], [])).toThrow('differ in length');
  });
});
