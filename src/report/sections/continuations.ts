import { formatMultiplier } from '../../plots/format-number.ts';
import type { Result } from '../../result/schema.ts';
import { type Html, html } from '../html.ts';

/** Test prompts continued by the model, unsteered and steered both ways. */
export function continuationsSection({ generations }: Result): Html | null {
  if (generations.length === 0) return null;
  return html`<section aria-labelledby="continuations">
<h2 id="continuations">What the model writes</h2>
<p class="small">The likeliest token each time (greedy), steered at every new token. A few examples to look at, not a measurement.</p>
${generations.map(
  ({ item, prompt, continuations }) => html`<h3 class="prompt" dir="auto">${prompt}</h3>
<p class="small">Item ${item}</p>
<dl class="continuations">${continuations.map(
    ({ multiplier, text }) =>
      html`<div><dt>${sayMultiplier(multiplier)}</dt><dd dir="auto">${text.trim() === '' ? html`<em>nothing</em>` : text}</dd></div>`,
  )}</dl>`,
)}
</section>`;
}

function sayMultiplier(multiplier: number): string {
  return multiplier === 0 ? 'Unsteered' : `Multiplier ${formatMultiplier(multiplier)}`;
}
