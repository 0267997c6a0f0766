import { formatMultiplier, formatNumber } from '../../plots/format-number.ts';
import { generationAgreement } from '../../plots/generation-agreement.ts';
import { generationScores } from '../../plots/generation-scores.ts';
import type { Result } from '../../result/schema.ts';
import { figureGroup } from '../figure-group.ts';
import { type Html, html } from '../html.ts';

/** Examples that need no click. */
const shown = 5;

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
  const render = (some: Result['generations']) => some.map((generation) => renderExample(generation, unit));
  const more = generations.length - shown;
  return html`<section aria-labelledby="continuations">
<h3 id="continuations">Test prompts continued</h3>
<p class="small">The likeliest token each time (greedy), steered at every new token. A few examples to look at, not a measurement.</p>
${render(generations.slice(0, shown))}
${more > 0 && html`<details><summary>${more} more</summary>${render(generations.slice(shown))}</details>`}
</section>`;
}

function renderExample({ item, prompt, continuations }: Result['generations'][number], unit: string): Html {
  const ordered = [...continuations].sort((a, b) => a.multiplier - b.multiplier);
  return html`<h4 class="prompt" dir="auto">${prompt}</h4>
<p class="small">Item ${item}</p>
<dl class="continuations">${ordered.map(
    ({ multiplier, text, score }) =>
      html`<div><dt>${sayMultiplier(multiplier)}${score !== null && html`<span class="score">${formatNumber(score)} ${unit}</span>`}</dt><dd dir="auto">${text.trim() === '' ? html`<em>nothing</em>` : text}</dd></div>`,
  )}</dl>`;
}

function sayMultiplier(multiplier: number): string {
  return multiplier === 0 ? 'Unsteered' : `Multiplier ${formatMultiplier(multiplier)}`;
}
