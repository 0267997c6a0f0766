import { behaviourTitle, modelTitle } from '../../plots/study/runs.ts';
import type { Study } from '../../result/study.ts';
import { type Html, html } from '../html.ts';

/** Runs that are shown but not counted, and what was not measured, each with its reason. */
export function leftOutSection(study: Study): Html | null {
  const leftOut = study.runs.filter((run) => run.leftOut !== null);
  if (leftOut.length + study.notMeasured.length === 0) return null;
  return html`<section aria-labelledby="left-out">
<h2 id="left-out">What was left out, and why</h2>
${
  leftOut.length > 0 &&
  html`<h3>Shown, but not counted</h3>
<ul>${leftOut.map((run) => html`<li><b>${behaviourTitle(study, run.behaviour)}</b> on ${modelTitle(study, run.model)}: ${run.leftOut}</li>`)}</ul>`
}
${
  study.notMeasured.length > 0 &&
  html`<h3>Not measured</h3>
<ul>${study.notMeasured.map(({ what, reason }) => html`<li><b>${what}</b>: ${reason}</li>`)}</ul>`
}
</section>`;
}
