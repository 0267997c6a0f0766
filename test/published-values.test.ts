import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { correlate } from '../src/statistics/correlate.ts';
import { median } from '../src/statistics/median.ts';
import { meanOf } from '../src/statistics/moments.ts';
import { sharedData } from './support/shared-data.ts';

/**
 * The published per-dataset values of the study (Tan et al. 2024, read off its vector figures) through the statistics
 * of this project, against the correlations and counts that the paper prints or that were computed from the same values
 * by others.
 */
type Model = 'llama' | 'qwen';
type Values = Partial<Record<Model, Record<string, number>>>;

const path = sharedData('paper', 'published_values.json');
const datasets: Values[] =
  path === null ? [] : Object.values(JSON.parse(readFileSync(path, 'utf8')) as Record<string, Values>);
const shifts = ['BASE->USER_NEG', 'BASE->USER_POS', 'SYS_POS->USER_NEG', 'SYS_NEG->USER_POS'];

const column = (model: Model, field: string) => datasets.map((values) => values[model]?.[field] ?? null);
const known = (model: Model, field: string) =>
  column(model, field).filter((value): value is number => value !== null);
const rho = (a: [Model, string], b: [Model, string]) => correlate(column(...a), column(...b)).spearman;

function expectRho(a: [Model, string], b: [Model, string], expected: number, n: number): void {
  const { value, low, high, n: pairs } = rho(a, b);
  expect(Math.abs(value! - expected)).toBeLessThan(0.002);
  expect(low!).toBeLessThan(value!);
  expect(high!).toBeGreaterThan(value!);
  expect(pairs).toBe(n);
}

describe.skipIf(path === null)('published values', () => {
  it.each([
    ['steerability in distribution (figure 7)', 'id_mean', 0.769],
    ['steerability, SYS_POS to USER_NEG (figure 7)', 'SYS_POS->USER_NEG', 0.586],
    ['variance in distribution (figure 21)', 'id_var', 0.465],
    ['variance, SYS_POS to USER_NEG (figure 21)', 'var SYS_POS->USER_NEG', 0.491],
  ])('Llama against Qwen, %s: Spearman %d', (...row) => {
    const [, field, expected] = row as [string, string, number];
    expectRho(['llama', field], ['qwen', field], expected, 38);
  });

  it.each<[Model, number[], number[]]>([
    ['llama', [0.902, 0.958, 0.916, 0.951], [0.638, 0.678, 0.536, 0.376]],
    ['qwen', [0.814, 0.643, 0.662, 0.484], [0.713, 0.679, 0.341, 0.546]],
  ])(
    'in against out of distribution, %s: mean and variance, four shifts (figures 5 and 6)',
    (model, means, variances) => {
      for (const [i, shift] of shifts.entries()) {
        expectRho([model, 'id_mean'], [model, shift], means[i]!, 39);
        expectRho([model, 'id_var'], [model, `var ${shift}`], variances[i]!, 39);
      }
    },
  );

  it.each<[Model, number[]]>([
    ['llama', [0.32, 0.73, 0.63, 0.56, 0.64]],
    ['qwen', [0.49, 0.43, 0.47, 0.51, 0.54]],
  ])('mean against variance, %s (figure 22, two decimals)', (model, expected) => {
    const cells = ['id', 'SYS_POS->USER_NEG', 'BASE->USER_NEG', 'BASE->USER_POS', 'SYS_NEG->USER_POS'];
    for (const [i, cell] of cells.entries()) {
      const [mean, variance] = cell === 'id' ? ['id_mean', 'id_var'] : [cell, `var ${cell}`];
      const { value } = rho([model, mean!], [model, variance!]);
      expect(Math.abs(value! - expected[i]!)).toBeLessThan(0.0051);
    }
  });

  it.each<[Model, number[], number[]]>([
    ['llama', [1.52, 1.24, 1.48, 1.19, 1.45], [1, 2, 2, 1]],
    ['qwen', [1.97, 1.67, 1.9, 1.39, 1.94], [3, 3, 10, 2]],
  ])('mean steerability and datasets below 0, %s', (model, means, negative) => {
    for (const [i, field] of ['id_mean', ...shifts].entries())
      expect(Math.abs(meanOf(known(model, field)) - means[i]!)).toBeLessThan(0.0051);
    expect(shifts.map((shift) => known(model, shift).filter((slope) => slope < 0).length)).toEqual(negative);
  });

  it('anti-steerable fractions and explained shares of Llama (figures 1, 4, 18 and 20)', () => {
    // The two sycophancy sets are pooled in these figures and lack their own values: 451 of 1100 items, 65 % by letter.
    const pooled = { median: 0.71, anti: 451 / 1100, var_total: 3.58, var_AB: 0.65 * 3.58, var_YesMarg: 0 };
    const rows = datasets.flatMap(({ llama }) => (llama?.['anti'] === undefined ? [] : [llama]));
    const all = [...rows, pooled] as (typeof pooled)[];
    const anti = all.map((row) => row.anti);
    const explained = all.map((row) => (row.var_AB + row.var_YesMarg) / row.var_total);
    expect(all).toHaveLength(38);
    expect(
      correlate(
        all.map((row) => row.median),
        anti,
      ).spearman.value,
    ).toBeCloseTo(-0.86, 2);
    expect(correlate(explained, anti).spearman.value).toBeCloseTo(0.59, 2);
    expect(meanOf(anti)).toBeCloseTo(0.215, 3);
    expect(median(anti).value).toBeCloseTo(0.218, 3);
    expect([Math.min(...anti), Math.max(...anti)].map((share) => share.toFixed(3))).toEqual([
      '0.005',
      '0.492',
    ]);
    expect([1 / 3, 0.4].map((limit) => anti.filter((share) => share > limit).length)).toEqual([10, 6]);
    expect(meanOf(explained)).toBeCloseTo(0.5, 2);
    expect(median(explained).value).toBeCloseTo(0.6, 2);
    expect(explained.filter((share) => share > 0.5)).toHaveLength(21);
  });
});
