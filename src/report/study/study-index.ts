import type { StudyFigure } from '../../plots/study/study-figure.ts';
import { type Html, html } from '../html.ts';
import { paperName } from './number-words.ts';

/** Where the paper's figures and tables are, by their numbers. */
export function studyIndex(groups: { figures: StudyFigure[] }[]): Html {
  const numbered = groups
    .flatMap(({ figures }) => figures)
    .filter(({ paper }) => paper !== null)
    .sort(
      (a, b) => Number(a.isTable ?? false) - Number(b.isTable ?? false) || firstNumber(a) - firstNumber(b),
    );
  return html`<nav class="index" aria-labelledby="index">
<h2 id="index">By the paper’s numbers</h2>
<ul>${numbered.map((figure) => html`<li>${linkTo(figure, html`<b>${paperName(figure)}</b> <span>${figure.name}</span>`)}</li>\n`)}</ul>
</nav>`;
}

/** A link to a figure's place in the page, and whether there is anything to see there. */
export function linkTo(figure: StudyFigure, words: Html): Html {
  return html`<a href="#${figure.id}"${'missing' in figure ? html` class="absent"` : null}>${words}</a>${'missing' in figure && html` <small class="absent">not measured</small>`}`;
}

function firstNumber({ paper }: StudyFigure): number {
  return Number.parseInt(paper ?? '', 10);
}
