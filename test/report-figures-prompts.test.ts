import { describe, expect, it } from 'vitest';
import { letterAndWord } from '../src/plots/letter-and-word.ts';
import { lettersWithinItems } from '../src/plots/letters-within-items.ts';
import { oodHeatMap } from '../src/plots/ood-heat-map.ts';
import { promptingComparison } from '../src/plots/prompting-comparison.ts';
import { relativeSteerability } from '../src/plots/relative-steerability.ts';
import { varianceShares } from '../src/plots/variance-shares.ts';
import type { Result } from '../src/result/schema.ts';
import { drawn, pictureOf } from './support/drawn-figure.ts';
import { between, type Estimate } from './support/example-estimate.ts';
import { multipleChoice } from './support/example-letters.ts';
import { exampleResult } from './support/example-result.ts';

const example = exampleResult();
const letters = multipleChoice();

describe('prompts', () => {
  const withBase = (bounds: [number, number][]): Result => {
    const settings = ['SYS_POS', 'SYS_NEG', 'USER_POS', 'USER_NEG'] as const;
    const ood = example.ood!;
    const change = <Cell extends { vector: string; setting: string }>(
      cells: Cell[],
      name: 'mean' | 'ratio',
    ) =>
      cells.map((cell) => {
        const k = settings.findIndex((setting) => cell.vector === 'BASE' && cell.setting === setting);
        const [low, high] = bounds[k] ?? [0, 0];
        return k < 0 ? cell : { ...cell, [name]: between((low + high) / 2, low, high) };
      });
    return {
      ...example,
      ood: { ...ood, cells: change(ood.cells, 'mean'), relative: change(ood.relative, 'ratio') },
    };
  };

  it.each<[[number, number][], string]>([
    [
      [
        [1, 2],
        [1, 2],
        [1, 2],
        [1, 2],
      ],
      'The vector of the default prompt steers under all 4 other prompts',
    ],
    [
      [
        [1, 2],
        [1, 2],
        [-1, 2],
        [-2, -1],
      ],
      'The vector of the default prompt steers under 2 of 4 other prompts, and backwards under 1',
    ],
    [
      [
        [-1, 1],
        [-1, 2],
        [-1, 2],
        [-2, 1],
      ],
      'The vector of the default prompt steers under none of 4 other prompts',
    ],
  ])('counts where the default vector steers: %j', (bounds, title) => {
    expect(oodHeatMap(withBase(bounds)).title).toBe(title);
  });

  it.each<[[number, number][], string]>([
    [
      [
        [0.6, 1],
        [0.7, 1],
        [0.8, 1],
        [0.6, 0.8],
      ],
      'Under all 4 other prompts the vector keeps 0.70 or more of what the prompt’s own vector does',
    ],
    [
      [
        [0.6, 1],
        [0.7, 1],
        [0.8, 1],
        [0.2, 0.4],
      ],
      'Under USER_NEG the vector does less than half of what that prompt’s own vector does',
    ],
    [
      [
        [0.1, 0.3],
        [0.7, 1],
        [0.8, 1],
        [0.2, 0.4],
      ],
      'Under 2 of 4 prompts the vector does less than half of what the prompt’s own vector does',
    ],
    [
      [
        [0.6, 1],
        [0.7, 1],
        [0.8, 1],
        [0.4, 0.6],
      ],
      'The vector keeps least under USER_NEG: 0.50 (0.40 to 0.60) of what its own vector does',
    ],
  ])('says what is kept: %j', (bounds, title) => {
    expect(relativeSteerability(withBase(bounds)).title).toBe(title);
  });

  it('are nine cells in an audit and thirty in a study, own ones framed', () => {
    for (const [result, cells, framed] of [
      [example, 9, 5],
      [letters, 30, 5],
    ] as const) {
      const document = pictureOf(oodHeatMap(result));
      const numbers = Array.from(
        document.querySelectorAll('text[font-size="14"] text, g[font-size="14"] text'),
      );
      expect(numbers.length).toBe(cells);
      expect(document.querySelectorAll('g[stroke-width="2"][stroke^="var(--ink"] rect').length).toBe(framed);
    }
  });

  it('are a number in each cell, at the place of its vector and setting', () => {
    const document = pictureOf(oodHeatMap(letters));
    const numbers = Array.from(document.querySelectorAll('g[font-size="14"] text')).map((text) => ({
      text: text.textContent,
      place: /translate\(([\d.]+),([\d.]+)\)/.exec(text.getAttribute('transform')!)!.slice(1).map(Number),
    }));
    const columns = [...new Set(numbers.map(({ place }) => place[0]!))].sort((a, b) => a - b);
    const rows = [...new Set(numbers.map(({ place }) => place[1]!))].sort((a, b) => a - b);
    const settings = ['BASE', 'SYS_POS', 'SYS_NEG', 'USER_POS', 'USER_NEG'];
    expect([columns.length, rows.length]).toEqual([5, 6]);
    for (const { text, place } of numbers) {
      const vector = [...settings, 'MEAN'][rows.indexOf(place[1]!)];
      const setting = settings[columns.indexOf(place[0]!)];
      const cell = letters.ood!.cells.find((each) => each.vector === vector && each.setting === setting)!;
      expect(text).toBe(cell.mean.value!.toFixed(2).replace('-', '−'));
    }
  });

  it.each<[Estimate, Estimate, string]>([
    [between(1, 0.5, 1.5), between(3, 2, 4), 'Steering moves the answers further than asking for it'],
    [between(3, 2, 4), between(1, 0.5, 1.5), 'Asking for it moves the answers further than steering'],
    [between(3, 1, 4), between(2, 0.5, 3.5), 'Steering and asking for it are not clearly apart'],
  ])('compare asking and steering', (prompting, steering, title) => {
    const changed = { ...example, prompting: { ...example.prompting!, prompting, steering } };
    expect(promptingComparison(changed).title).toBe(title);
  });
});

describe('letters', () => {
  it('have one bar of quartiles for each kind of answer, with its number of items', () => {
    const document = pictureOf(letterAndWord(letters));
    const bars = Array.from(document.querySelectorAll('[aria-label="rect"] rect'));
    expect(bars.length).toBe(4);
    const words = Array.from(document.querySelectorAll('text')).map((text) => text.textContent);
    for (const { levels, slope } of letters.bias!.cells) {
      expect(words).toContain(`(${levels[0]}) ${levels[1]}`);
      expect(words).toContain(`${slope.n} items`);
    }
    const [first, second] = letters.bias!.cells.map(({ quartiles }) => quartiles[2] - quartiles[0]);
    const widths = bars.map((bar) => Number(bar.getAttribute('width')));
    expect(widths[0]! / widths[1]!).toBeCloseTo(first! / second!, 1);
  });

  it('share out the whole bar', () => {
    const document = pictureOf(varianceShares(letters));
    const widths = Array.from(document.querySelectorAll('[aria-label="rect"] rect')).map((bar) =>
      Number(bar.getAttribute('width')),
    );
    const bias = letters.bias!;
    const rest = [bias.interaction!, bias.unexplained! - bias.interaction!];
    const shares = [bias.sequential, bias.shapley].flatMap((way) => [
      ...way.map(({ share }) => share),
      ...rest,
    ]);
    expect(widths.length).toBe(8);
    // One pixel of each bar is the gap to the next.
    for (const [k, width] of widths.entries()) expect((width + 1) / 688).toBeCloseTo(shares[k]!, 3);
    expect(widths.reduce((sum, width) => sum + width + 1, 0)).toBeCloseTo(2 * 688, 0);
  });

  it.each<[number, number, string]>([
    [0.61, 0.48, 'Letter and word explain 61.0\u00a0% of how items differ in their slopes'],
    [0.05, -0.1, 'Letter and word explain no clear part of the slopes’ variance'],
  ])('explain a share of %d, at least %d', (value, low, title) => {
    const adjustedR2 = between(value, low, 0.7);
    expect(varianceShares({ ...letters, bias: { ...letters.bias!, adjustedR2 } }).title).toBe(title);
  });

  it('leave out the factor that does not exist, and say why', () => {
    const bias = {
      ...letters.bias!,
      factors: letters.bias!.factors.slice(0, 1),
      absent: [{ name: 'word', reason: 'the options are not Yes and No' }],
      sequential: letters.bias!.sequential.slice(0, 1),
      shapley: letters.bias!.shapley.slice(0, 1),
      interaction: null,
      unexplained: 1 - letters.bias!.sequential[0]!.share,
      cells: [
        { levels: ['A'], slope: between(2, 1, 3), quartiles: [1, 2, 3] as [number, number, number] },
        { levels: ['B'], slope: between(0.2, -0.3, 0.7), quartiles: [-1, 0, 1] as [number, number, number] },
      ],
    };
    const figure = drawn(letterAndWord({ ...letters, bias }));
    expect(figure.title).toBe('Where the answer is (A) the slope is 2.00, where it is (B) 0.200');
    expect(figure.note).toContain('word could not enter: the options are not Yes and No');
    expect(figure.table.columns.slice(0, 2)).toEqual(['letter', 'items']);
    expect(
      pictureOf(varianceShares({ ...letters, bias })).querySelectorAll('[aria-label="rect"] rect').length,
    ).toBe(2);
  });

  it('put every item measured both ways at its two slopes', () => {
    const document = pictureOf(lettersWithinItems(letters));
    const content = letters.items.map(({ slope, swappedSlope }) => slope! + swappedSlope!);
    const backwards = content.filter((sum) => sum <= 0).length;
    const marks = Array.from(document.querySelectorAll('[aria-label="dot"]')).map((group) => ({
      fill: group.getAttribute('fill') ?? '',
      n: group.querySelectorAll('circle,path').length,
    }));
    const count = (tone: string) => marks.find(({ fill }) => fill.startsWith(`var(--${tone}`))?.n;
    const upright = (letter: string) =>
      letters.items.filter((item, k) => item.positiveLetter === letter && content[k]! > 0).length;
    expect(count('warning')).toBe(backwards);
    expect(count('accent')).toBe(upright('A'));
    expect(count('second')).toBe(upright('B'));
  });

  it.each<[Estimate, Estimate, string]>([
    [
      between(1.4, 1, 2),
      between(0.85, 0.7, 1),
      'The content moves the answers by 1.40, the letter by 0.850 towards (A)',
    ],
    [
      between(0.4, 0, 1),
      between(-0.85, -1, -0.7),
      'The letter moves the answers further than the content: 0.850 towards (B) against 0.400',
    ],
    [
      between(1.4, 1, 2),
      between(0.1, -0.2, 0.4),
      'No clear pull of the letter: 0.100 (−0.200 to 0.400) beside 1.40 of the content',
    ],
  ])('weigh content against letter', (content, letter, title) => {
    expect(lettersWithinItems({ ...letters, orders: { ...letters.orders!, content, letter } }).title).toBe(
      title,
    );
  });
});
