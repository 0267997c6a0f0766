import { formatNumber } from '../../plots/format-number.ts';
import type { Result } from '../../result/schema.ts';
import { type Html, html } from '../html.ts';
import { itemTable } from './item-table.ts';

type Item = Result['items'][number];

const shown = 5;
/** Backwards items that are shown in full: questions with lettered options are long. */
const backwardsShown = { completion: 10, 'multiple-choice': 5 };

/** The items that steer most, least, and backwards, with their text. */
export function itemsSection(result: Result): Html | null {
  const { format, items, unit } = result;
  const ranked = items
    .filter(({ slope }) => slope !== null)
    .sort((a, b) => b.slope! - a.slope! || a.item - b.item);
  const without = items.filter(({ slope }) => slope === null);
  if (items.length === 0) return null;
  const forward = ranked.filter(({ slope }) => slope! > 0);
  const backwards = ranked.filter(({ slope }) => slope! <= 0).reverse();
  const most = forward.slice(0, shown);
  const least = forward.slice(most.length).slice(-shown).reverse();
  const groups: [string, string, Item[], number][] = [
    ['Backwards', 'backwards', backwards.slice(0, backwardsShown[format]), backwards.length],
    ['Most', 'most', most, most.length],
    ['Least, but as intended', 'least', least, least.length],
  ];
  return html`<section aria-labelledby="items">
<h2 id="items">Items that steer backwards, most and least</h2>
<p class="small">Beside each item: its slope in ${unit} per unit of multiplier, and how straight its line is (R²). Items are numbered by their line in the source, from 0.</p>
${groups.map(
  ([
    name,
    kind,
    members,
    all,
  ]) => html`<h3>${name}${all > members.length ? ` (${members.length} of ${all})` : ''}</h3>
${members.length === 0 ? html`<p>None.</p>` : html`<ol class="items ${kind}">${members.map(renderItem)}</ol>`}`,
)}
${
  without.length > 0 &&
  html`<h3>Without a slope</h3><ul>${without
    .slice(0, shown)
    .map(({ item, reason }) => html`<li>Item ${item}: ${reason ?? 'no reason given'}</li>`)}${
    without.length > shown && html`<li>and ${without.length - shown} more</li>`
  }</ul>`
}
${itemTable(result)}
</section>`;
}

function renderItem({ item, prompt, positive, negative, slope, r2 }: Item): Html {
  return html`<li><p class="measure"><b>${formatNumber(slope)}</b> <span>R² ${formatNumber(r2)}</span> <span>item ${item}</span></p>
<div>${
    prompt === null
      ? html`<p class="prompt">Text withheld; see line ${item} of the source.</p>`
      : html`<p class="prompt" dir="auto">${prompt.replace(/\n\s*\n/g, '\n')}</p>
<p dir="auto"><span class="side" aria-label="positive answer">+</span> ${positive}</p>
<p dir="auto"><span class="side" aria-label="negative answer">−</span> ${negative}</p>`
  }</div></li>`;
}
