import { formatMultiplier, formatShare } from '../../plots/format-number.ts';
import type { Result } from '../../result/schema.ts';
import { type Html, html } from '../html.ts';

/** How large each multiplier is beside the residual stream it is added to. */
export function doseSection({ dose, start }: Result): Html | null {
  if (dose.length === 0) return null;
  return html`<section aria-labelledby="dose">
<h2 id="dose">Dose</h2>
<p>Length of what is added as a share of the residual stream’s mean norm at the steered positions, unsteered (from ${start.replaceAll('-', ' ')} on), so that doses compare across layers and models.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="dose"><table class="numbers"><thead><tr><th scope="col">Multiplier</th><th scope="col">Share of the norm</th></tr></thead>
<tbody>${dose.map(({ multiplier, share }) => html`<tr><th scope="row">${formatMultiplier(multiplier)}</th><td>${formatShare(share)}</td></tr>`)}</tbody></table></div>
</section>`;
}
