import { formatNumber } from '../../plots/format-number.ts';
import type { Result } from '../../result/schema.ts';
import { type Html, html } from '../html.ts';

/** How the vector was made, how the items were put and divided, and why this layer. */
export function methodSection(result: Result): Html {
  const { behaviour, format, layer, layerChoice, operator, prompt, split, start, unit, vector } = result;
  const propensity =
    format === 'completion'
      ? `log-probability of the positive answer minus that of the negative one, summed over their tokens, in ${unit}`
      : `logit of the positive answer’s letter minus that of the negative one’s, in ${unit}`;
  return html`<section aria-labelledby="method">
<h2 id="method">Method</h2>
<dl class="facts">
${fact('Profile', profileWords[result.profile])}
${fact('Propensity', propensity)}
${fact('Steerability', 'least-squares slope of propensity on the multiplier, per item; an item is backwards when its slope is 0 or below')}
${vector !== null && fact('Vector', sayVector(vector, layer))}
${fact('Applied', `operator "${operator}", to the output of the block, from ${start.replaceAll('-', ' ')} on`)}
${layerChoice !== null && fact('Layer', layerChoice)}
${fact('Items', saySplit(split))}
${fact('Data', `${behaviour.items} items, ${behaviour.family}, ${behaviour.source}${sayBalance(behaviour.balance)}`)}
${behaviour.notes.map((note) => fact('Note on the data', note))}
${fact('System message', prompt.system ?? 'none')}
${fact('Answer prefix', prompt.answerPrefix)}
${prompt.seamsMoved > 0 && fact('Seams moved', `${prompt.seamsMoved} items: prompt and answer tokenise differently where they meet, so the answer begins at their common prefix`)}
</dl>
<p class="small">Quantities as in Tan et al., <cite>Analyzing the Generalization and Reliability of Steering Vectors</cite> (NeurIPS 2024, arXiv 2407.12404); intervals, nulls and the verdict’s rules are this program’s own.</p>
</section>`;
}

const profileWords: Record<Result['profile'], string> = {
  corrected: 'corrected: no test item was trained on, prompts as the model expects them',
  paper: 'paper: as the published runs were made, their quirks included',
};

/** A name and what it stands for, as one entry of a list of facts. */
export function fact(name: string, value: string | number | Html): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function sayVector(vector: NonNullable<Result['vector']>, layer: number | null): string {
  return [
    vector.method.replaceAll('-', ' '),
    vector.trainingPairs === null ? null : `from ${vector.trainingPairs} training pairs`,
    vector.readPosition === null ? null : `read at: ${vector.readPosition.replaceAll('-', ' ')}`,
    vector.norm === null
      ? null
      : `norm ${formatNumber(vector.norm)}${layer === null ? '' : ` at layer ${layer}`}`,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

function saySplit(split: Result['split']): string {
  const parts = [
    `${split.trainItems.length} training (${split.train})`,
    `${split.validationItems.length} validation (${split.validation})`,
    `${split.testItems.length} test (${split.test})`,
  ];
  const order = split.shuffled ? `shuffled with seed ${split.seed}` : 'in file order';
  const leak = split.leaked === 0 ? 'disjoint' : `${split.leaked} of the test items are training items too`;
  return `${parts.join(', ')}; ${leak}; ${order}${split.stratified ? '; stratified by letter and word' : ''}`;
}

function sayBalance(balance: Result['behaviour']['balance']): string {
  if (balance === null) return '';
  return `; positive answer is (A) in ${balance.A}, (B) in ${balance.B}, Yes in ${balance.Yes}, No in ${balance.No}`;
}
