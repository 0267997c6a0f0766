import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/study-statistics.json' with { type: 'json' };
import { jackknife, linearScale, logitScale, logScale } from './jackknife.ts';
import { mean } from './mean.ts';
import { meanOf } from './moments.ts';

const values = golden.variances[0]!.x;
const meanAt = (indices: Uint32Array) => meanOf(Float64Array.from(indices, (i) => values[i]!));

describe('jackknife', () => {
  it('is the t interval for a mean on a linear scale', () => {
    const expected = mean(values);
    const actual = jackknife(values.length, meanAt, linearScale);
    expect(actual.value).toBeCloseTo(expected.value!, 12);
    expect(actual.low).toBeCloseTo(expected.low!, 10);
    expect(actual.high).toBeCloseTo(expected.high!, 10);
  });

  it('carries the interval back from its scale: of exp(mean) on the log scale', () => {
    const expected = mean(values);
    const actual = jackknife(values.length, (at) => Math.exp(meanAt(at)), logScale);
    expect(Math.log(actual.low!)).toBeCloseTo(expected.low!, 10);
    expect(Math.log(actual.high!)).toBeCloseTo(expected.high!, 10);
  });

  it('says why there is no interval', () => {
    expect(jackknife(0, () => 1, linearScale).reason).toBe('there are no items');
    expect(jackknife(5, () => null, linearScale)).toMatchObject({ value: null });
    expect(jackknife(5, () => 2, linearScale).reason).toContain('at least 10 items');
    expect(jackknife(12, () => 2, linearScale).reason).toBe('the statistic does not depend on any one item');
    expect(jackknife(12, () => 1, logitScale).reason).toContain('1 is at the end of its range');
    const needsFirst = (at: Uint32Array) => (at.includes(0) ? 1 + at.length : null);
    expect(jackknife(12, needsFirst, linearScale).reason).toBe(
      'the statistic is undefined without the item at index 0',
    );
  });
});
