import { formatMultiplier } from '../../plots/format-number.ts';
import type { Result } from '../../result/schema.ts';
import { describeTest, headlineOf, statusOf } from '../headline.ts';
import { type Html, html } from '../html.ts';

/** Top of the page: what was looked at, the verdict as headline, under which conditions. */
export function headerSection(result: Result): Html {
  const status = statusOf(result);
  const { behaviour, experiment, model, multipliers, vector } = result;
  return html`<header>
<p class="eyebrow">${experimentNames[experiment]} · <b>${behaviour.title}</b> · <b>${model.name}</b></p>
<p class="status ${status.tone}">${status.text}</p>
<h1>${headlineOf(result)}</h1>
<p class="lead">${describeTest(result)} The positive side is <em>${behaviour.positiveMeaning}</em>, the negative side <em>${behaviour.negativeMeaning}</em>.${
    multipliers.length > 0 && experiment !== 'extract'
      ? ` Multipliers: ${multipliers.map(formatMultiplier).join(', ')}.`
      : ''
  }</p>
${(vector?.warnings ?? []).map((warning) => html`<p class="warning"><b>Warning:</b> ${warning}</p>`)}
</header>`;
}

const experimentNames = {
  audit: 'Steering audit',
  sweep: 'Layer sweep',
  eval: 'Evaluation of a vector',
  extract: 'Extraction',
  'in-distribution': 'Steering in distribution',
  layers: 'Layers',
  ood: 'Steering under other prompts',
  paper: 'Study of one behaviour',
};
