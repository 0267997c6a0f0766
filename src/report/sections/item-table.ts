import type { FigureTable } from '../../plots/figure.ts';
import { formatNumber } from '../../plots/format-number.ts';
import type { Result } from '../../result/schema.ts';
import { downloadLink } from '../figure-group.ts';
import { type Html, html } from '../html.ts';

type Item = Result['items'][number];

/** Every test item, in the order of the slopes, those that steer backwards first. */
export function itemTable({ items, multipliers, unit }: Result): Html | null {
  if (items.length === 0) return null;
  const ordered = [...items].sort((a, b) => (a.slope ?? Infinity) - (b.slope ?? Infinity) || a.item - b.item);
  const has = (pick: (item: Item) => unknown) => items.some((item) => pick(item) !== null);
  const columns: { name: string; cell: (item: Item) => Html | string }[] = [
    { name: 'Slope', cell: ({ slope, reason }) => (slope === null ? (reason ?? '–') : formatNumber(slope)) },
    ...(has(({ swappedSlope }) => swappedSlope)
      ? [{ name: 'Letters exchanged', cell: ({ swappedSlope }: Item) => numberOrDash(swappedSlope) }]
      : []),
    { name: 'R²', cell: ({ r2 }) => numberOrDash(r2) },
    ...(has(({ positiveLetter }) => positiveLetter)
      ? [{ name: 'Letter', cell: ({ positiveLetter }: Item) => positiveLetter ?? '–' }]
      : []),
    ...(has(({ positiveWord }) => positiveWord)
      ? [{ name: 'Word', cell: ({ positiveWord }: Item) => positiveWord ?? '–' }]
      : []),
  ];
  const withTexts = has(({ prompt }) => prompt);
  return html`<details><summary>All ${items.length} items, by slope</summary>
<p class="small">Slopes in ${unit} per unit of multiplier; ▼ marks an item that steers backwards.${!withTexts && ' Texts are withheld: an item is a line of the source, counted from 0.'}</p>
<div class="scroll" tabindex="0" role="region" aria-label="All items, by slope"><table class="numbers all-items">
<thead><tr><th scope="col">Item</th>${columns.map(({ name }) => html`<th scope="col">${name}</th>`)}${withTexts && html`<th scope="col" class="words">Prompt and positive answer</th>`}</tr></thead>
<tbody>${ordered.map(
    (item) =>
      html`<tr><th scope="row">${item.slope !== null && item.slope <= 0 && html`<span class="backwards-mark" role="img" aria-label="backwards">▼</span> `}${item.item}</th>${columns.map(({ cell }) => html`<td>${cell(item)}</td>`)}${withTexts && html`<td class="words" dir="auto">${item.prompt ?? 'withheld'} <b>${item.positive ?? ''}</b></td>`}</tr>\n`,
  )}</tbody></table></div>
${downloadLink('items', 'all items', numbersOf(ordered, multipliers))}
</details>`;
}

function numbersOf(items: Item[], multipliers: number[]): FigureTable {
  return {
    columns: [
      ...['item', 'slope', 'slope, letters exchanged', 'intercept', 'R²', 'rmse', 'spearman', 'monotonic'],
      ...['letter', 'word', ...multipliers.map((multiplier) => `propensity at ${multiplier}`)],
    ],
    rows: items.map((item) => [
      ...[item.item, item.slope, item.swappedSlope, item.intercept, item.r2, item.rmse, item.spearman],
      ...[item.monotonic, item.positiveLetter, item.positiveWord],
      ...multipliers.map((_, k) => item.propensities[k] ?? null),
    ]),
  };
}

function numberOrDash(value: number | null): string {
  return value === null ? '–' : formatNumber(value);
}
