import type { Result } from '../../result/schema.ts';
import { type Html, html } from '../html.ts';
import { fact } from './method.ts';

/** Everything needed to run it again: model, hashes, versions, options, and the work that was done. */
export function provenanceSection(result: Result): Html {
  const { behaviour, model, options, vector, versions, work } = result;
  const files = [vector?.safetensors, vector?.gguf].filter((file) => file != null);
  return html`<section aria-labelledby="provenance">
<h2 id="provenance">Provenance</h2>
<dl class="facts">
${fact('Model', `${model.name} (${model.reference}): ${model.description}; ${model.architecture}, ${model.blocks} blocks, width ${model.width}, vocabulary ${model.vocabulary}`)}
${fact('Precision', `weights ${model.precision}, KV cache ${model.kvCache}`)}
${fact('Model file', html`<code class="hash">${model.hash}</code>`)}
${model.sourceHash !== model.hash && fact('Made from', html`<code class="hash">${model.sourceHash}</code>`)}
${fact('Data', html`<code class="hash">${behaviour.hash}</code>`)}
${files.length > 0 && fact('Vector files', files.join(', '))}
${fact('Versions', `steerbench ${versions.steerbench}, llama.cpp ${versions.llamaCpp}, node ${versions.node}, ${versions.platform}`)}
${fact('Computed on', `${model.backends.join(', ')}; ${model.threads} threads, ${model.batchRows} rows a batch`)}
</dl>
<details><summary>Every option</summary><dl class="facts">${Object.entries(options).map(([name, value]) => fact(name, typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none')))}</dl></details>
${work.length > 0 && renderWork(work)}
</section>`;
}

function renderWork(work: Result['work']): Html {
  const total = (pick: (stage: Result['work'][number]) => number): number =>
    work.reduce((sum, stage) => sum + pick(stage), 0);
  const rows = [
    ...work,
    {
      stage: 'all',
      decodedTokens: total((s) => s.decodedTokens),
      distinctTokens: total((s) => s.distinctTokens),
      batches: total((s) => s.batches),
      steeredRows: total((s) => s.steeredRows),
    },
  ];
  return html`<details><summary>Tokens decoded, and rows steered</summary>
<p class="small">Decoded equals distinct where no token was decoded twice. Rows steered were counted in the engine and agree with the plan.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Tokens decoded, by stage"><table class="numbers"><thead><tr><th scope="col">Stage</th><th scope="col">Decoded</th><th scope="col">Distinct</th><th scope="col">Batches</th><th scope="col">Rows steered</th></tr></thead>
<tbody>${rows.map((row) => html`<tr><th scope="row">${row.stage}</th><td>${row.decodedTokens}</td><td>${row.distinctTokens}</td><td>${row.batches}</td><td>${row.steeredRows}</td></tr>`)}</tbody></table></div></details>`;
}
