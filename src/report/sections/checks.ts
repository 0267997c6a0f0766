import {
  type Estimate,
  formatEstimate,
  formatNumber,
  formatShare,
  formatShareEstimate,
} from '../../plots/format-number.ts';
import type { Result } from '../../result/schema.ts';
import { explainedIn } from '../figure-group.ts';
import type { Footnotes } from '../footnotes.ts';
import { type Html, html } from '../html.ts';

/** Checks that have no figure: words seen in training, arithmetic noise, letters, predictors before steering. */
export function checksSection(result: Result, footnotes: Footnotes): Html | null {
  const { competence, lexical, noise, unit, vector } = result;
  const rows: Html[] = [];
  if (lexical !== null) {
    row(
      'Words seen in training',
      'Lexical control',
      formatShare(lexical.meanOverlap),
      'Mean share of the test answers’ tokens that also occur in training answers of the same side.',
    );
    estimateRow(
      'Slope on unseen words',
      'Lexical control',
      lexical.lowOverlapSlope,
      `${unit} per unit, on the ${lexical.lowOverlapItems} items with the least overlap (at most ${formatShare(lexical.lowOverlapLimit)}). A vector that only raises words it has seen has none here.`,
    );
  }
  if (noise !== null) {
    row(
      'Numeric noise',
      'Numeric noise',
      formatNumber(noise.rms),
      `${unit} per unit: root mean square difference of slopes between ${noise.precision} and ${noise.reference} on ${noise.items} items; the largest is ${formatNumber(noise.largest)}.`,
    );
  }
  if (vector?.directionalAgreement)
    estimateRow(
      'Directional agreement',
      'Predictors',
      vector.directionalAgreement,
      'Mean cosine between the vector and the differences of validation pairs, before any steering.',
    );
  if (vector !== null && vector.dPrime !== null)
    estimateRow(
      'Separability (d′)',
      'Predictors',
      vector.dPrime,
      'Validation answers projected on the vector, in standard deviations.',
    );
  if (vector !== null && vector.rocAuc !== null)
    estimateRow(
      'ROC AUC',
      'Predictors',
      vector.rocAuc,
      'Chance that a positive validation answer projects higher than a negative one.',
    );
  if (vector !== null && vector.overlap !== null)
    estimateRow(
      'Overlap',
      'Predictors',
      vector.overlap,
      'Share of the validation answers’ projections that no threshold tells apart.',
    );
  if (vector !== null && vector.stability !== null)
    row(
      'Stability of the vector',
      'Uncertainty',
      formatNumber(vector.stability.mean),
      `Mean cosine between the vector and those from ${vector.stability.resamples} resamples of its training pairs; 2.5\u00a0% of them lie below ${formatNumber(vector.stability.low)}. With the vector of infinitely many such pairs: ${formatEstimate(vector.stability.withLimit)}.`,
    );
  if (competence?.letterBias)
    estimateRow(
      'Letter bias',
      'Competence check',
      competence.letterBias,
      'Mean logit (A) − logit (B) on the control questions.',
    );
  if (competence?.contentEffect)
    estimateRow(
      'Effect of the content',
      'Competence check',
      competence.contentEffect,
      'Mean logit of the right letter over the wrong one on the control questions.',
    );
  if (competence?.choiceMass) {
    row(
      'Probability on the two letters',
      'Competence check',
      formatShareEstimate(competence.choiceMass),
      'Mean on the control questions; the rest goes to other tokens.',
      footnotes.mark(competence.choiceMass),
    );
  }
  if (rows.length === 0) return null;
  return html`<section aria-labelledby="checks">
<h2 id="checks">Further checks</h2>
<dl class="checks">${rows}</dl>
</section>`;

  function row(
    name: string,
    section: string,
    value: string,
    meaning: string,
    mark: Html | null = null,
  ): void {
    rows.push(
      html`<div><dt>${name}</dt><dd><span class="value">${value}${mark}</span> <span class="note">${meaning} ${explainedIn(section)}</span></dd></div>`,
    );
  }

  function estimateRow(name: string, section: string, estimate: Estimate, meaning: string): void {
    row(name, section, formatEstimate(estimate), meaning, footnotes.mark(estimate));
  }
}
