import { competenceCheck } from '../../plots/competence-check.ts';
import type { Figure, FigureTable, MissingFigure } from '../../plots/figure.ts';
import { formatNumber } from '../../plots/format-number.ts';
import { layerProfile } from '../../plots/layer-profile.ts';
import { nullComparison } from '../../plots/null-comparison.ts';
import { propensityCurve } from '../../plots/propensity-curve.ts';
import { slopeDistribution } from '../../plots/slope-distribution.ts';
import type { Result } from '../../result/schema.ts';
import { type Html, html, trusted } from '../html.ts';

type Draw = (result: Result) => Figure | MissingFigure;

const everything: Draw[] = [
  propensityCurve,
  slopeDistribution,
  nullComparison,
  layerProfile,
  competenceCheck,
];

/** Figures of each kind of run, in their order on the page. */
const figures: Record<Result['experiment'], Draw[]> = {
  audit: everything,
  'in-distribution': everything,
  layers: everything,
  ood: everything,
  paper: everything,
  eval: [propensityCurve, slopeDistribution],
  sweep: [layerProfile, propensityCurve, slopeDistribution],
  extract: [layerProfile],
};

/** The figures, each with how to read it and the numbers behind it; the reason in place of one without data. */
export function figuresSection(result: Result): Html | null {
  const drawn = figures[result.experiment]
    .map((figure) => figure(result))
    // Only an audit owes the reader every figure.
    .filter((figure) => result.experiment === 'audit' || !('missing' in figure));
  if (drawn.length === 0) return null;
  return html`<section class="figures" aria-labelledby="figures">
<h2 id="figures">What was measured</h2>
${drawn.map((figure) => ('missing' in figure ? renderMissing(figure) : renderFigure(figure)))}
</section>`;
}

function renderMissing({ id, title, missing }: MissingFigure): Html {
  return html`<section class="figure" aria-labelledby="${id}"><h3 id="${id}">${title}</h3>
<p class="missing"><b>Not measured.</b> ${missing}</p></section>`;
}

function renderFigure(figure: Figure): Html {
  const { id, title, note, key, help, table } = figure;
  return html`<section class="figure" aria-labelledby="${id}"><h3 id="${id}">${title}</h3>
<figure aria-labelledby="${id}"><p class="small">${note}</p>
${key.length > 0 && html`<ul class="key">${key.map(({ glyph, colour, text }) => html`<li><span class="${colour}" aria-hidden="true">${glyph}</span> ${text}</li>`)}</ul>`}
<div class="wide">${trusted(figure.draw('wide'))}</div><div class="narrow">${trusted(figure.draw('narrow'))}</div>
<figcaption>${help}</figcaption></figure>
${renderTable(id, title, table)}</section>`;
}

function renderTable(id: string, title: string, { columns, rows }: FigureTable): Html {
  return html`<details><summary>Numbers behind this figure</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Numbers: ${title}"><table class="numbers">
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${typeof cell === 'number' && !Number.isInteger(cell) ? formatNumber(cell) : (cell ?? '–')}</td>`)}</tr>`)}</tbody>
</table></div>
<p><a download="${id}.csv" href="${`data:text/csv;charset=utf-8,${encodeURIComponent(toCsv(columns, rows))}`}">Download as CSV, every digit</a></p>
</details>`;
}

function toCsv(columns: string[], rows: FigureTable['rows']): string {
  const cell = (value: string | number | null): string => {
    const text = value === null ? '' : `${value}`;
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
}
