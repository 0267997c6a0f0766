import { formatMultiplier, formatShare } from '../../plots/format-number.ts';
import type { Result } from '../../result/schema.ts';
import { explainedIn } from '../figure-group.ts';
import { type Html, html } from '../html.ts';

/** How large each multiplier is beside the residual stream it is added to. */
export function doseTable({ dose, start }: Result): Html | null {
  if (dose.length === 0) return null;
  return html`<section aria-labelledby="dose">
<h3 id="dose">Dose</h3>
<p>Length of what is added as a share of the residual stream’s mean norm at the steered positions, unsteered (from ${start.replaceAll('-', ' ')} on), so that doses compare across layers and models. ${explainedIn('Dose')}</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="dose"><table class="numbers"><thead><tr><th scope="col">Multiplier</th>${dose.map(({ multiplier }) => html`<th scope="col">${formatMultiplier(multiplier)}</th>`)}</tr></thead>
<tbody><tr><th scope="row">Share of the norm</th>${dose.map(({ share }) => html`<td>${formatShare(share)}</td>`)}</tr></tbody></table></div>
</section>`;
}
