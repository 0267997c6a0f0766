import { formatNumber, formatP, formatTick } from '../../plots/format-number.ts';
import type { Result } from '../../result/schema.ts';
import type { Footnotes } from '../footnotes.ts';
import { type Html, html } from '../html.ts';
import {
  damageAtOne,
  effectAtEqualDamage,
  explainedShare,
  freeAnswerCorrelation,
  worstPrompt,
} from '../main-findings.ts';
import { estimateTile, percentTile, shareTile, type Tile } from './tiles.ts';

const section = 'Steerability';

/** The numbers to quote, each with its interval. */
export function keyNumbersSection(result: Result, footnotes: Footnotes): Html | null {
  const tiles = [
    ...steerabilityTiles(result, footnotes),
    ...robustnessTiles(result, footnotes),
    ...testTiles(result, footnotes),
    ...shapeTiles(result, footnotes),
  ];
  if (tiles.length === 0) return null;
  return html`<section aria-labelledby="numbers">
<h2 id="numbers">Key numbers</h2>
<p class="small">${sayIntervals(result.steerability)}</p>
<dl class="tiles">${tiles.map(({ name, value, note }) => html`<div><dt>${name}</dt><dd><span class="value">${value}</span> <span class="note">${note}</span></dd></div>`)}</dl>
<details><summary>Where their formulas stand</summary>
<p class="small">In <code>docs/science.md</code>:</p>
<ul class="small">${sectionsOf(tiles).map(([section, names]) => html`<li>${section}: ${names.join(', ')}</li>`)}</ul></details>
</section>`;
}

/** How far, and how many backwards. */
function steerabilityTiles({ replicates, steerability, unit }: Result, footnotes: Footnotes): Tile[] {
  if (steerability === null) return [];
  const { mean, antiSteerable } = steerability;
  return [
    {
      ...estimateTile(
        'Mean steerability',
        mean,
        `${unit} per unit of multiplier, ${mean.n} items`,
        footnotes,
      ),
      section,
    },
    { ...shareTile('Backwards items', antiSteerable, footnotes), section: 'Items that steer backwards' },
    ...(replicates === null
      ? []
      : [
          {
            ...shareTile('Backwards beyond noise', replicates.backwardsBeyondNoise, footnotes),
            section: "Noise of an item's slope",
          },
        ]),
  ];
}

/** What it survives and what it costs. */
function robustnessTiles(result: Result, footnotes: Footnotes): Tile[] {
  const { orders, unit } = result;
  const [worst, explained, damage] = [worstPrompt(result), explainedShare(result), damageAtOne(result)];
  const [equal, correlation] = [effectAtEqualDamage(result), freeAnswerCorrelation(result)];
  const tiles: Tile[] = [];
  if (worst !== null) {
    const note = `of what the prompt’s own vector does, in ${worst.setting}, the least of ${worst.of} prompts`;
    tiles.push({
      ...estimateTile('Under other prompts', worst.ratio, note, footnotes, 2),
      section: 'Other prompts',
    });
  }
  if (explained !== null) {
    const note = `of the slopes’ variance is explained by ${explained.factors}`;
    tiles.push({
      ...percentTile('Letter bias', explained.share, note, footnotes),
      section: 'Bias between items',
    });
  }
  if (orders !== null) {
    const note = 'of the variance of one item’s slope with a random letter';
    tiles.push({
      ...percentTile('Letter within items', orders.letterShare, note, footnotes),
      section: 'Letters within items',
    });
  }
  if (damage !== null) {
    const note = `nats: 95th percentile of KL on neutral text; more than ${formatTick(result.damage!.equal.limit)} is too much`;
    tiles.push({ ...estimateTile('Damage at multiplier 1', damage, note, footnotes), section: 'Damage' });
  }
  if (equal !== null) {
    const note = `${unit}, at ±${formatNumber(equal.multiplier)} where damage reaches ${formatTick(equal.limit)} nat`;
    tiles.push({
      ...estimateTile('Effect at equal damage', equal.effect, note, footnotes),
      section: 'Equal damage',
    });
  }
  if (correlation !== null) {
    const note = 'rank correlation of effects in free text with the slopes';
    tiles.push({
      ...estimateTile('Free answers', correlation, note, footnotes, 2),
      section: 'Free answers',
    });
  }
  return tiles;
}

/** What the test itself is worth. */
function testTiles({ competence, randomNull }: Result, footnotes: Footnotes): Tile[] {
  return [
    ...(randomNull === null
      ? []
      : [
          {
            name: 'Against random',
            section: 'Random and shuffled vectors',
            value: `p = ${formatP(randomNull.p)}`,
            note: `${randomNull.k} random directions of its length`,
          },
        ]),
    ...(competence === null
      ? []
      : [{ ...shareTile('Controls right', competence.share, footnotes), section: 'Competence' }]),
  ];
}

/** How even the items are, and how straight their lines. */
function shapeTiles({ steerability, unit }: Result, footnotes: Footnotes): Tile[] {
  if (steerability === null) return [];
  const { median, sd, monotonicShare, meanR2, smallestDetectable } = steerability;
  return [
    { ...estimateTile('Median', median, `${unit} per unit`, footnotes), section },
    { ...estimateTile('Spread of items', sd, `standard deviation, ${unit} per unit`, footnotes), section },
    { ...shareTile('Rising throughout', monotonicShare, footnotes), section: 'Straightness' },
    ...(meanR2 === null
      ? []
      : [
          {
            name: 'Straightness',
            section: 'Straightness',
            value: formatNumber(meanR2),
            note: 'mean R² of the items’ lines',
          },
        ]),
    ...(smallestDetectable === null
      ? []
      : [
          {
            name: 'Detectable slope',
            section: 'Verdict',
            value: formatNumber(smallestDetectable),
            note: `${unit} per unit: the smallest this test shows with 80\u00a0% power`,
          },
        ]),
  ];
}

function sectionsOf(tiles: Tile[]): [string, string[]][] {
  return [...new Set(tiles.map(({ section }) => section))].map((section) => [
    section,
    tiles.filter((tile) => tile.section === section).map(({ name }) => name),
  ]);
}

function sayIntervals(steerability: Result['steerability']): string {
  const mean = steerability?.mean;
  if (mean?.value != null && mean.low === null)
    return `No intervals: ${mean.reason ?? 'none could be computed'}.`;
  return 'In brackets: 95\u00a0% intervals over items, for this vector.';
}
