import { formatMultiplier, formatNumber } from '../../plots/format-number.ts';
import { generationAgreement } from '../../plots/generation-agreement.ts';
import { generationScores } from '../../plots/generation-scores.ts';
import type { Result } from '../../result/schema.ts';
import { figureGroup } from '../figure-group.ts';
import { type Html, html } from '../html.ts';

/** Does the model write what the log-probabilities say? Scores over items, and test prompts continued side by side. */
export function freeAnswersSection(result: Result): Html | null {
  return figureGroup(result, {
    id: 'free-answers',
    heading: 'What the model writes',
    figures: [generationAgreement, generationScores],
    end: examples(result),
  });
}

function examples({ generations, generationCheck }: Result): Html | null {
  if (generations.length === 0) return null;
  const unit = generationCheck?.scorer.unit ?? 'score';
  return html`<section aria-labelledby="continuations">
<h3 id="continuations">Test prompts continued</h3>
<p class="small">The likeliest token each time (greedy), steered at every new token. A few examples to look at, not a measurement.</p>
${generations.map(
  ({ item, prompt, continuations }) => html`<h4 class="prompt" dir="auto">${prompt}</h4>
<p class="small">Item ${item}</p>
<dl class="continuations">${continuations.map(
    ({ multiplier, text, score }) =>
      html`<div><dt>${sayMultiplier(multiplier)}${score !== null && html`<span class="score">${formatNumber(score)} ${unit}</span>`}</dt><dd dir="auto">${text.trim() === '' ? html`<em>nothing</em>` : text}</dd></div>`,
  )}</dl>`,
)}
</section>`;
}

function sayMultiplier(multiplier: number): string {
  return multiplier === 0 ? 'Unsteered' : `Multiplier ${formatMultiplier(multiplier)}`;
}
