import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { competenceCheck } from '../src/plots/competence-check.ts';
import { damageProfile } from '../src/plots/damage-profile.ts';
import type { Layout } from '../src/plots/figure.ts';
import { generationAgreement } from '../src/plots/generation-agreement.ts';
import { generationScores } from '../src/plots/generation-scores.ts';
import { itemNoise } from '../src/plots/item-noise.ts';
import { layerProfile } from '../src/plots/layer-profile.ts';
import { letterAndWord } from '../src/plots/letter-and-word.ts';
import { lettersWithinItems } from '../src/plots/letters-within-items.ts';
import { multiplierRanges } from '../src/plots/multiplier-ranges.ts';
import { nullComparison } from '../src/plots/null-comparison.ts';
import { oodHeatMap } from '../src/plots/ood-heat-map.ts';
import { promptingComparison } from '../src/plots/prompting-comparison.ts';
import { propensityCurve } from '../src/plots/propensity-curve.ts';
import { relativeSteerability } from '../src/plots/relative-steerability.ts';
import { slopeDistribution } from '../src/plots/slope-distribution.ts';
import { varianceShares } from '../src/plots/variance-shares.ts';
import type { Result } from '../src/result/schema.ts';
import { drawn, readable } from './support/drawn-figure.ts';
import { multipleChoice } from './support/example-letters.ts';
import { exampleResult } from './support/example-result.ts';
import { nothingComputed, notMeasurable, sweep, withoutIntervals } from './support/result-variants.ts';

const example = exampleResult();
const letters = multipleChoice();
const figures = [
  ...[propensityCurve, slopeDistribution, nullComparison, layerProfile, competenceCheck],
  ...[oodHeatMap, relativeSteerability, promptingComparison, itemNoise, multiplierRanges],
  ...[damageProfile, generationAgreement, generationScores],
].map((figure) => ({ name: figure.name, figure, result: example }));
const ofLetters = [letterAndWord, varianceShares, lettersWithinItems].map((figure) => ({
  ...{ name: figure.name, figure, result: letters },
}));
/** Six vectors in five settings, where an audit has nine pairs of them. */
const whole = [oodHeatMap, relativeSteerability].map((figure) => ({
  ...{ name: `${figure.name}, whole`, figure, result: letters },
}));

describe.each([...figures, ...ofLetters, ...whole])('$name', ({ name, figure, result }) => {
  it.each(['wide', 'narrow'] as Layout[])('draws the same picture as before, %s', async (layout) => {
    const { id, draw } = drawn(figure(result));
    const file = `${id}${name.endsWith('whole') ? '-whole' : ''}-${layout}`;
    await expect(readable(draw(layout))).toMatchFileSnapshot(`__snapshots__/figures/${file}.svg`);
  });

  it('draws the same bytes twice, with numbers of at most two decimals and no generated names', () => {
    const { draw } = drawn(figure(result));
    expect(draw('wide')).toBe(draw('wide'));
    expect(draw('wide')).not.toMatch(/class=|<style/);
    const { document } = parseHTML(draw('wide'));
    for (const element of Array.from(document.querySelectorAll('*'))) {
      for (const { name, value } of Array.from(element.attributes)) {
        if (['d', 'transform', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'r'].includes(name)) {
          expect(value).not.toMatch(/\.\d{3}|NaN|e-/);
        }
        if (name === 'font-family') expect(value).toBe('system-ui, sans-serif');
      }
    }
  });

  it('gives a reason where its section is null', () => {
    const bare = { ...notMeasurable(), competence: null };
    expect(figure(bare)).toMatchObject({ missing: expect.stringMatching(/^[A-Z].*\.$/) });
  });

  it('has words and numbers for all that it draws', () => {
    const { id, title, note, help, section, description, table } = drawn(figure(result));
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    for (const text of [title, note, help, section, description])
      expect(text).not.toMatch(/undefined|null|NaN|\[object/);
    expect(title).not.toMatch(/[.]$/);
    expect(table.rows.length).toBeGreaterThan(0);
    for (const row of table.rows) expect(row.length).toBe(table.columns.length);
  });

  it('draws what it can without intervals, and without values', () => {
    for (const poor of [withoutIntervals(), nothingComputed()]) {
      const made = figure(poor);
      if ('missing' in made) continue;
      for (const layout of ['wide', 'narrow'] as const)
        expect(made.draw(layout)).not.toMatch(/NaN|undefined|Infinity/);
    }
  });
});

describe('what the titles say', () => {
  const withSlopes = (slopes: number[]): Result => ({
    ...example,
    items: slopes.map((slope, k) => ({ ...example.items[k]!, slope })),
  });
  const withMean = (value: number, low: number, high: number): Result => ({
    ...example,
    steerability: { ...example.steerability!, mean: { ...example.steerability!.mean, value, low, high } },
  });

  it.each([
    [[1, 2, 0, -1], '2 of 4 items steer backwards'],
    [[1, 2, 3, 0], '1 of 4 items steers backwards'],
    [[1, 2, 3], 'None of the 3 items steers backwards'],
    [[-1, -2], 'All 2 items steer backwards'],
  ])('counts slopes %j', (slopes, title) => expect(slopeDistribution(withSlopes(slopes)).title).toBe(title));

  it.each([
    [2, 1, 3, 'The mean propensity rises by 2.00 nats per unit of multiplier'],
    [0.1, -1, 1.2, 'No clear slope: 0.10 (−1.00 to 1.20) nats per unit of multiplier'],
    [-2, -3, -1, 'The mean propensity falls by 2.00 nats per unit: backwards'],
  ])('reads the mean %d (%d to %d)', (value, low, high, title) => {
    expect(propensityCurve(withMean(value, low, high)).title).toBe(title);
  });

  it('counts null vectors that reach the real one, on either side', () => {
    const randomNull = { ...example.randomNull!, real: -1, slopes: [0.2, 1, -1.5, 0.9], k: 4 };
    expect(nullComparison({ ...example, randomNull }).title).toBe(
      '2 of 4 random directions steer as far as the vector',
    );
  });

  it('name the layer and how many were tried', () => {
    expect(layerProfile(example).title).toBe('Layer 17 moves the validation items most, of 6 tried');
    expect(layerProfile({ ...example, layer: 20 }).title).toBe(
      'Layer 20 was chosen of 6 tried on validation items',
    );
    expect(layerProfile(sweep()).title).toBe('Layer 18 moves the test items most, of 30 tried');
  });

  it('say whether the model can take the test', () => {
    expect(competenceCheck(example).title).toBe(
      '22 of 24 control questions right: the model can take this test',
    );
    expect(competenceCheck(notMeasurable()).title).toBe(
      '5 of 24 control questions right: the model cannot take this test',
    );
  });
});

describe('what the pictures show', () => {
  it('is one triangle for each backwards item and one circle for each other', () => {
    const { document } = parseHTML(drawn(slopeDistribution(example)).draw('wide'));
    const backwards = example.items.filter((item) => item.slope! <= 0).length;
    expect(document.querySelectorAll('[aria-label="dot"] path').length).toBe(backwards);
    expect(document.querySelectorAll('[aria-label="dot"] circle').length).toBe(60 - backwards);
  });

  it('is bars in place of dots for hundreds of items, backwards ones outlined', () => {
    const items = Array.from({ length: 3000 }, (_, k) => ({ ...example.items[k % 60]!, item: k }));
    const { document } = parseHTML(drawn(slopeDistribution({ ...example, items })).draw('narrow'));
    expect(document.querySelectorAll('circle').length).toBe(0);
    expect(
      document.querySelectorAll('[aria-label="rect"][stroke^="var(--warning"] rect').length,
    ).toBeGreaterThan(0);
  });

  it('is a mean at the height that its axis gives', () => {
    const { document } = parseHTML(drawn(propensityCurve(example)).draw('wide'));
    const ticks = Array.from(document.querySelectorAll('[aria-label="y-axis tick label"] text')).map(
      (tick) => ({
        value: Number(tick.textContent.replace('−', '-')),
        y: Number(/,([\d.]+)\)/.exec(tick.getAttribute('transform')!)![1]),
      }),
    );
    const [first, last] = [ticks[0]!, ticks.at(-1)!];
    const perUnit = (last.y - first.y) / (last.value - first.value);
    const heights = Array.from(document.querySelectorAll('circle')).map((circle) =>
      Number(circle.getAttribute('cy')),
    );
    const expected = example.curve.map(
      ({ propensity }) => first.y + (propensity.value! - first.value) * perUnit,
    );
    for (const [k, y] of heights.entries()) expect(y).toBeCloseTo(expected[k]!, 1);
    expect(heights.length).toBe(7);
  });

  it('is at most 120 thin lines', () => {
    const items = Array.from({ length: 500 }, (_, k) => ({ ...example.items[k % 60]!, item: k }));
    const figure = drawn(propensityCurve({ ...example, items }));
    const { document } = parseHTML(figure.draw('wide'));
    expect(document.querySelectorAll('[aria-label="line"] path').length).toBe(121);
    expect(figure.note).toContain('120 of the items');
  });
});
