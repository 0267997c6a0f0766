import { describe, expect, it } from 'vitest';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { judgeNulls } from './judge-nulls.ts';
import { countingPValue, tailPValue } from './null-distribution.ts';

describe('judgeNulls', () => {
  const unit = [1, -1, 1, -1, 1, -1, 1, -1, 1, -1];

  it('adjusts the tail p over all datasets that have one, in the order given', () => {
    // t(0.975, 10) = 2.228 and t(0.995, 10) = 3.169: tails of 0.05, 0.01 and 1.
    const entries = [
      { observed: 2.2281388519649385, nulls: unit },
      { observed: 5, nulls: [1, 2] },
      { observed: -3.169272667175838, nulls: unit },
      { observed: 0, nulls: unit },
    ];
    const judged = judgeNulls(entries);
    expect(judged.map(({ adjusted }) => adjusted)).toEqual([
      expect.closeTo(0.075, 8),
      null,
      expect.closeTo(0.03, 8),
      expect.closeTo(1, 8),
    ]);
    expect(judged.map(({ beyondRandom }) => beyondRandom)).toEqual([false, null, true, false]);
    expect(judged[0]!.tail).toEqual(tailPValue(entries[0]!.observed, unit));
    expect(judged[1]!.counting).toEqual(countingPValue(5, [1, 2]));
    expect(judged[1]!.tail.reason).toContain('at least 10 null draws');
    expect([0, 2, 3].map((d) => judged[d]!.adjusted)).toEqual(
      Array.from(benjaminiHochberg([0, 2, 3].map((d) => judged[d]!.tail.p!))),
    );
  });

  it('takes an empty list', () => {
    expect(judgeNulls([])).toEqual([]);
  });
});
