import type { FigureTable } from '../../plots/figure.ts';
import { formatNumber } from '../../plots/format-number.ts';
import type {
  MissingStudyFigure,
  StudyFigure,
  StudyPicture,
  StudyPrompts,
  StudyTable,
} from '../../plots/study/study-figure.ts';
import { csvAddress, toCsv } from '../csv.ts';
import { type Html, html, trusted } from '../html.ts';
import { showPrompt } from '../sections/seen-text.ts';
import { paperName } from './number-words.ts';

/** Rows that a table shows in the page; all of them are in its CSV. */
const mostRows = 60;

/** One figure, table or prompt of the page, with the numbers behind it; the reason in its place where it is missing. */
export function renderStudyFigure(figure: StudyFigure): Html {
  const number = paperName(figure);
  return html`<section class="figure" id="${figure.id}" aria-labelledby="${figure.id}-heading">
<p class="eyebrow">${number === null ? 'Not in the paper' : html`<b>${number}</b> of the paper`} · ${figure.name}</p>
<h3 id="${figure.id}-heading">${figure.title}</h3>
${bodyOf(figure)}</section>`;
}

function bodyOf(figure: StudyFigure): Html {
  if ('missing' in figure) return missingBody(figure);
  if ('prompts' in figure) return promptsBody(figure);
  if ('draw' in figure) return pictureBody(figure);
  return tableBody(figure);
}

function missingBody({ missing }: MissingStudyFigure): Html {
  return html`<p class="missing"><b>Not measured.</b> ${missing}</p>`;
}

function pictureBody(figure: StudyPicture): Html {
  const { id, title, note, key, help, table, section } = figure;
  const wide = figure.draw('wide');
  return html`<figure aria-labelledby="${id}-heading"><figcaption>
${key.length > 0 && html`<ul class="key">${key.map(({ glyph, colour, text }) => html`<li><span class="${colour}" aria-hidden="true">${glyph}</span> ${text}</li>`)}</ul>`}
<p class="note">${note}</p>
<p class="help">${help} ${explainedIn(section)}</p></figcaption>
<div class="wide${fitsOnPaper(wide) && ' on-paper'}">${trusted(wide)}</div><div class="narrow">${trusted(figure.draw('narrow'))}</div></figure>
${numbersBehind(id, title, table, 'Numbers behind this figure')}`;
}

/** Whether a drawing can be read when it is made small enough for one sheet; taller ones run over several. */
function fitsOnPaper(svg: string): boolean {
  const [, width, height] = / viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
  return Number(height) / Number(width) < 2.2;
}

function promptsBody({ id, title, note, help, prompts, table, section }: StudyPrompts): Html {
  return html`<p class="small">${note} Dots are spaces, ↵ ends a line, special tokens are boxed.</p>
${prompts.map(
  ({ heading, text }) => html`<h4>${heading}</h4>
<pre class="seen" dir="auto">${showPrompt(text)}</pre>`,
)}
<p class="small">${help} ${explainedIn(section)}</p>
${download(id, title, table)}`;
}

function tableBody({ id, title, note, help, table, section }: StudyTable): Html {
  return html`<p class="small">${note}</p>
${table.rows.length === 0 ? html`<p>None.</p>` : tableOf(title, { ...table, rows: table.rows.slice(0, mostRows) })}
${sayMore(table)}<p class="small">${help} ${explainedIn(section)}</p>
${download(id, title, table)}`;
}

function explainedIn(section: string): Html {
  return html`<span class="reference">Formulas: <code>docs/science.md</code>, ${section}.</span>`;
}

function numbersBehind(id: string, title: string, table: FigureTable, summary: string): Html {
  return html`<details><summary>${summary}</summary>
${tableOf(title, { ...table, rows: table.rows.slice(0, mostRows) })}
${sayMore(table)}${download(id, title, table)}
</details>`;
}

function sayMore({ rows }: FigureTable): Html | null {
  return rows.length <= mostRows
    ? null
    : html`<p class="small">${mostRows} of ${rows.length} rows; all of them are in the file.</p>\n`;
}

function tableOf(title: string, { columns, rows }: FigureTable): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Numbers: ${title}"><table class="numbers">
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td${typeof cell === 'string' && html` class="${cell.length > 40 ? 'text long' : 'text'}"`}>${typeof cell === 'number' && !Number.isInteger(cell) ? formatNumber(cell) : (cell ?? '–')}</td>`)}</tr>`)}</tbody>
</table></div>`;
}

function download(id: string, title: string, table: FigureTable): Html {
  return html`<p><a download="${id}.csv" href="${trusted(csvAddress(toCsv(table)))}" aria-label="Download as CSV: ${title}">Download as CSV, every digit</a></p>`;
}
