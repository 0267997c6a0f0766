import { behaviourTitle, modelTitle } from '../../plots/study/runs.ts';
import type { Study } from '../../result/study.ts';
import { type Html, html } from '../html.ts';
import { fact } from '../sections/method.ts';

/** Options that only say where something lies, and those that are told elsewhere on the page. */
const untold = new Set(['model', 'out', 'behaviour']);

/** Everything needed to run it again: models, data, versions, and the options that all runs share or differ in. */
export function studyProvenance(study: Study): Html {
  const { versions, models, runs } = study;
  const { shared, differing } = optionsOf(runs);
  return html`<section aria-labelledby="provenance">
<h2 id="provenance">Provenance</h2>
<dl class="facts">
${fact('Experiment', `${study.experiment}, profile ${study.profile}`)}
${fact('Versions', `steerbench ${versions.steerbench}, llama.cpp ${versions.llamaCpp}, node ${versions.node}, ${versions.platform}`)}
${models.map((model) =>
  fact(
    `Model ${modelTitle(study, model.id)}`,
    html`${model.reference}, ${model.precision}, ${model.blocks} blocks${model.published !== null && `, in the paper as ${model.published}`}; file <code class="hash">${model.hash}</code>${model.sourceHash !== model.hash && html`, made from <code class="hash">${model.sourceHash}</code>`}`,
  ),
)}
</dl>
${shared.length > 0 && html`<details><summary>Options that all runs share</summary><dl class="facts">${shared.map(([name, value]) => fact(name, value))}</dl></details>`}
${differing.length > 0 && html`<details><summary>Options that differ between runs</summary><dl class="facts">${differing.map(([name, values]) => fact(name, values.join(' · ')))}</dl></details>`}
${
  runs.length > 0 &&
  html`<details><summary>Data and results by run</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Hashes by run"><table class="hashes"><thead><tr><th scope="col">Behaviour</th><th scope="col">Model</th><th scope="col">Data, sha256</th><th scope="col">result.json, sha256</th></tr></thead>
<tbody>${runs.map((run) => html`<tr><th scope="row">${behaviourTitle(study, run.behaviour)}</th><td>${modelTitle(study, run.model)}</td><td><code>${run.result.behaviour.hash}</code></td><td><code>${run.resultHash}</code></td></tr>\n`)}</tbody></table></div></details>`
}
</section>`;
}

function optionsOf(runs: Study['runs']): { shared: [string, string][]; differing: [string, string[]][] } {
  const names = [...new Set(runs.flatMap(({ result }) => Object.keys(result.options)))].filter(
    (name) => !untold.has(name),
  );
  const shared: [string, string][] = [];
  const differing: [string, string[]][] = [];
  for (const name of names) {
    const values = [...new Set(runs.map(({ result }) => say(result.options[name])))];
    if (values.length === 1) shared.push([name, values[0]!]);
    else differing.push([name, values]);
  }
  return { shared, differing };
}

function say(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none');
}
