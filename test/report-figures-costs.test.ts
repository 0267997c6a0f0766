import { describe, expect, it } from 'vitest';
import { damageProfile } from '../src/plots/damage-profile.ts';
import { generationAgreement } from '../src/plots/generation-agreement.ts';
import { generationScores } from '../src/plots/generation-scores.ts';
import { itemNoise } from '../src/plots/item-noise.ts';
import { layerProfile } from '../src/plots/layer-profile.ts';
import { multiplierRanges } from '../src/plots/multiplier-ranges.ts';
import type { Result } from '../src/result/schema.ts';
import { drawn, pictureOf } from './support/drawn-figure.ts';
import { between } from './support/example-estimate.ts';
import { multipleChoice } from './support/example-letters.ts';
import { exampleResult } from './support/example-result.ts';
import { sweep } from './support/result-variants.ts';

const example = exampleResult();
const letters = multipleChoice();

describe('noise and ranges', () => {
  it.each<[number, number, string]>([
    [0.1, 0.05, '3 of the 6 backwards items are so beyond the noise'],
    [0.1, 0, 'None of the 6 backwards items are so beyond the noise'],
    [1 / 60, 1 / 60, '1 of the 1 backwards item is so beyond the noise'],
    [0, 0, 'No item is backwards on average over presentations'],
  ])('count %d backwards, %d beyond the noise', (all, beyond, title) => {
    const share = (value: number) => ({ ...between(value, 0, 0.2), n: 60 });
    const replicates = {
      ...example.replicates!,
      ...{ backwards: share(all), backwardsBeyondNoise: share(beyond) },
    };
    expect(itemNoise({ ...example, replicates }).title).toBe(title);
  });

  it.each<[number, string]>([
    [1.2, 'The slope is much the same in every range of multipliers'],
    [4, 'The slope rises as the range of multipliers widens'],
    [-4, 'The slope falls as the range of multipliers widens'],
  ])('compare ranges: from 1 to %d', (last, title) => {
    const ranges = example.ranges.map((range, k) => {
      const value = 1 + ((last - 1) * k) / 2;
      return { ...range, mean: between(value, value - 0.5, value + 0.5) };
    });
    expect(multiplierRanges({ ...example, ranges }).title).toBe(title);
  });
});

describe('damage', () => {
  it('is compared with its limit at multiplier 1', () => {
    const points = example.damage!.points.map((point) =>
      point.multiplier === 1 ? { ...point, klP95: between(1.62, 1.2, 2) } : point,
    );
    expect(damageProfile(example).title).toBe(
      'At multiplier 1 steering does not damage other text: 0.475 nats of 1 allowed',
    );
    expect(damageProfile({ ...example, damage: { ...example.damage!, points } }).title).toBe(
      'At multiplier 1 steering damages other text: 1.62 nats of 1 allowed',
    );
  });

  it('is marked where it reaches the limit, with the effect there at its height', () => {
    const document = pictureOf(damageProfile(example));
    const panel = Array.from(document.querySelectorAll('svg > svg')).at(-1)!;
    const tick = (axis: 'x' | 'y') =>
      Array.from(panel.querySelectorAll(`[aria-label="${axis}-axis tick label"] text`)).map((label) => {
        const [x, y] = /translate\(([\d.]+),([\d.]+)\)/
          .exec(label.getAttribute('transform')!)!
          .slice(1)
          .map(Number);
        return {
          value: Number(label.textContent.replace('±', '').replace('−', '-')),
          at: axis === 'x' ? x! : y!,
        };
      });
    const place = (axis: 'x' | 'y', value: number) => {
      const [from, to] = [tick(axis)[0]!, tick(axis).at(-1)!];
      return from.at + ((value - from.value) / (to.value - from.value)) * (to.at - from.at);
    };
    const { multiplier, effect } = example.damage!.equal;
    const diamonds = Array.from(panel.querySelectorAll('[aria-label="dot"][fill^="var(--ink"] path'));
    const [x, y] = /translate\(([\d.]+),([\d.]+)\)/
      .exec(diamonds[0]!.getAttribute('transform')!)!
      .slice(1)
      .map(Number);
    expect(diamonds.length).toBe(1);
    expect(x).toBeCloseTo(place('x', multiplier!), 0);
    expect(y).toBeCloseTo(place('y', effect!.value!), 0);
  });

  it('says why the limit is not reached', () => {
    const equal = {
      limit: 1,
      multiplier: null,
      low: null,
      high: null,
      effect: null,
      reason: 'damage stays below 1 up to multiplier 2',
    };
    const figure = drawn(damageProfile({ ...example, damage: { ...example.damage!, equal } }));
    expect(figure.description).toContain(
      'The damage of 1 nat is not reached: damage stays below 1 up to multiplier 2.',
    );
    expect(pictureOf(figure).querySelectorAll('[fill^="var(--ink"] path').length).toBe(0);
  });

  it('has a fourth panel for the probability outside the letters', () => {
    const panels = (result: Result) => pictureOf(damageProfile(result)).querySelectorAll('svg > svg').length;
    expect([panels(example), panels(letters)]).toEqual([3, 4]);
  });
});

describe('free answers', () => {
  it('are one mark an item, a triangle where text and log-probability disagree', () => {
    const document = pictureOf(generationAgreement(example));
    const rows = example.generationCheck!.rows;
    const against = rows.filter(({ slope, effect }) => slope! > 0 !== effect! > 0).length;
    expect(against).toBeGreaterThan(0);
    expect(document.querySelectorAll('[aria-label="dot"] path').length).toBe(against);
    expect(document.querySelectorAll('[aria-label="dot"] circle').length).toBe(rows.length - against);
  });

  it.each<[number, number, string]>([
    [0.4, 0.8, 'Free answers follow the log-probabilities'],
    [-0.3, 0.4, 'Free answers do not clearly follow the log-probabilities'],
    [-0.8, -0.2, 'Free answers run against the log-probabilities'],
  ])('go with the slopes where the interval is %d to %d', (low, high, title) => {
    const check = example.generationCheck!;
    const samplings = check.samplings.map((sampling) => ({
      ...sampling,
      correlation: between((low + high) / 2, low, high),
    }));
    const figure = generationAgreement({ ...example, generationCheck: { ...check, samplings } });
    expect(figure.title.startsWith(title)).toBe(true);
  });

  it('have no scatter and no scores where the scorer cannot tell texts apart', () => {
    const check = example.generationCheck!;
    const reason = 'its accuracy on held-out answers, 0.71 (0.61 to 0.79), is not above 0.8';
    const generationCheck = {
      ...check,
      scorer: { ...check.scorer, usable: false, reason },
      rows: check.rows.map((row) => ({ ...row, effect: null })),
      samplings: check.samplings.map((sampling) => ({
        ...{ ...sampling, effect: null, correlation: null, sameSign: null },
        points: sampling.points.map((point) => ({ ...point, score: null })),
      })),
    };
    const result = { ...example, generationCheck };
    expect(generationAgreement(result)).toMatchObject({ missing: expect.stringContaining(reason.slice(4)) });
    const scores = drawn(generationScores(result));
    expect(scores.title).toBe('Free answers were written, but not scored');
    expect(scores.note).toContain(reason);
    expect(pictureOf(scores).querySelectorAll('svg > svg').length).toBe(1);
  });
});

describe('stability of the layer', () => {
  it('is a bar for each layer that a resample chose, filled where it is needed for 95 %', () => {
    const bars = Array.from(pictureOf(layerProfile(example)).querySelectorAll('[aria-label="rect"] rect'));
    const heights = bars.map((bar) => Number(bar.getAttribute('height')));
    const shares = example.layerStability!.shares.map(({ share }) => share);
    for (const [k, share] of shares.entries())
      expect(heights[k]! / heights[0]!).toBeCloseTo(share / shares[0]!, 1);
    expect(bars.filter((bar) => bar.getAttribute('fill')!.startsWith('var(--paper')).length).toBe(1);
  });

  it('is left out where it was not measured, and slopes say which items they are from', () => {
    expect(pictureOf(layerProfile({ ...example, layerStability: null })).querySelector('rect')).toBeNull();
    for (const experiment of ['audit', 'in-distribution', 'layers', 'ood', 'paper'] as const)
      expect(layerProfile({ ...example, experiment }).title).toContain('validation items');
    expect(layerProfile(sweep()).title).toContain('test items');
  });
});
