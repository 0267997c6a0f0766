import type { Study } from '../../result/study.ts';
import { type Html, html, trusted } from '../html.ts';
import { styles } from '../styles.ts';
import { renderStudyFigure } from './figure.ts';
import { answerOf, describeStudy, studyHeadline } from './headline.ts';
import { leftOutSection } from './left-out.ts';
import { runsTable } from './runs-table.ts';
import { sortScript, sortScriptHash } from './sort-script.ts';
import { drawStudyFigures } from './study-figures.ts';
import { linkTo, studyIndex } from './study-index.ts';
import { studyProvenance } from './study-provenance.ts';
import { studyStyles } from './study-styles.ts';

/**
 * The study as one HTML file: what it shows, every figure of the paper and ours with the numbers behind them, every
 * run, what was left out, and how to make it again.
 *
 * Nothing comes from a network. The page's own policy allows no script but the one that sorts the table of runs, by
 * its hash; without scripts nothing is missing. All texts of the document are escaped.
 *
 * @example
 * await writeFile('runs/paper/study.html', renderStudy(study));
 */
export function renderStudy(study: Study): string {
  const groups = drawStudyFigures(study);
  const page = html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src ${trusted(sortScriptHash())}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="steerbench ${study.versions.steerbench}">
<title>${study.name} (steerbench)</title>
<style>${styles}${studyStyles}</style>
</head>
<body>
<main>
${header(study, groups)}
${studyIndex(groups)}
${runsTable(study)}
${groups.map(
  ({ id, question, figures }) => html`<section class="figures" aria-labelledby="${id}">
<h2 id="${id}">${question}</h2>
${figures.map(renderStudyFigure)}
</section>`,
)}
${leftOutSection(study)}
${studyProvenance(study)}
</main>
<footer><p>Made by steerbench ${study.versions.steerbench} from <code>study.json</code>; every number on this page is in that file. Values of the paper: Tan et al. 2024, arXiv 2407.12404.</p></footer>
<script>${trusted(sortScript)}</script>
</body>
</html>
`;
  return `<!doctype html>\n${page.source}`;
}

function header(study: Study, groups: ReturnType<typeof drawStudyFigures>): Html {
  return html`<header>
<p class="eyebrow">${experimentNames[study.experiment]} · <b>${study.name}</b></p>
<h1>${studyHeadline(study)}</h1>
<p class="lead">${describeStudy(study)}</p>
<dl class="findings">${groups.map(
    (group) => html`<div><dt><a href="#${group.id}">${group.question}</a></dt>
<dd>${group.id !== 'shown' && html`<p>${answerOf(group) === null ? 'Not measured.' : `${answerOf(group)!.title}.`}</p>`}
<ul>${group.figures.map((figure) => html`<li>${linkTo(figure, html`${figure.name}`)}</li>`)}</ul></dd></div>\n`,
  )}</dl>
</header>`;
}

const experimentNames: Record<Study['experiment'], string> = {
  audit: 'Steering audits',
  sweep: 'Layer sweeps',
  eval: 'Evaluations of vectors',
  extract: 'Extractions',
  'in-distribution': 'Steering in distribution',
  layers: 'Layers',
  ood: 'Steering under other prompts',
  paper: 'The study of Tan et al. 2024',
  compare: 'Comparison of runs',
};
