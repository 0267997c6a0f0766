import type { Figure, FigureTable, MissingFigure } from '../plots/figure.ts';
import { formatNumber } from '../plots/format-number.ts';
import type { Result } from '../result/schema.ts';
import { csvAddress, toCsv } from './csv.ts';
import { type Html, html, trusted } from './html.ts';

/** Draws one figure from the result document alone. */
export type DrawFigure = (result: Result) => Figure | MissingFigure;

/** A group of figures under one heading. */
export interface FigureGroup {
  /** Kebab-case, unique in the page. */
  id: string;
  /** The question that the figures answer. */
  heading: string;
  figures: DrawFigure[];
  /** Stands below the heading. */
  lead?: Html | null;
  /** Stands below the figures. */
  end?: Html | null;
}

/**
 * Figures under one heading, each with how to read it and the numbers behind it.
 *
 * A run that owes every figure names those without data with the reason; the others leave them out. Null where there is
 * nothing to show at all.
 */
export function figureGroup(result: Result, { id, heading, figures, lead, end }: FigureGroup): Html | null {
  const all = figures.map((figure) => figure(result));
  const drawn = all.filter((figure): figure is Figure => !('missing' in figure));
  const missing = owesAll(result) ? all.filter((figure): figure is MissingFigure => 'missing' in figure) : [];
  if (drawn.length + missing.length === 0 && end == null) return null;
  return html`<section class="figures" aria-labelledby="${id}">
<h2 id="${id}">${heading}</h2>
${lead ?? null}
${drawn.map(renderFigure)}
${byReason(missing).map(renderMissing)}
${end ?? null}
</section>`;
}

/** The words that lead from a number to its formula. */
export function explainedIn(section: string): Html {
  return html`<span class="reference">Formulas: <code>docs/science.md</code>, ${section}.</span>`;
}

/** Numbers as a table, written short; every digit is in the file beside it. */
function numberTable(title: string, { columns, rows }: FigureTable): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Numbers: ${title}"><table class="numbers">
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${typeof cell === 'number' && !Number.isInteger(cell) ? formatNumber(cell) : (cell ?? '–')}</td>`)}</tr>`)}</tbody>
</table></div>`;
}

/** A link that saves a table as a CSV file. */
export function downloadLink(id: string, title: string, table: FigureTable): Html {
  return html`<p><a download="${id}.csv" href="${trusted(csvAddress(toCsv(table)))}" aria-label="Download as CSV: ${title}">Download as CSV, every digit</a></p>`;
}

/** An audit owes the reader every figure, unless it stopped at the competence check. */
function owesAll({ experiment, steerability, verdict }: Result): boolean {
  const stopped = verdict?.kind === 'not measurable' && steerability === null;
  return (experiment === 'audit' || experiment === 'paper') && !stopped;
}

/** Figures that are missing for the same reason are named together. */
function byReason(figures: MissingFigure[]): MissingFigure[][] {
  return [...new Set(figures.map(({ missing }) => missing))].map((reason) =>
    figures.filter(({ missing }) => missing === reason),
  );
}

function renderMissing(figures: MissingFigure[]): Html {
  const [first] = figures as [MissingFigure];
  return html`<section class="figure" aria-labelledby="${first.id}"><h3 id="${first.id}">${figures.map(({ title }, k) => (k === 0 ? title : `; ${title.charAt(0).toLowerCase()}${title.slice(1)}`)).join('')}</h3>
<p class="missing"><b>Not measured.</b> ${first.missing}</p></section>`;
}

function renderFigure(figure: Figure): Html {
  const { id, title, note, key, help, section, table } = figure;
  return html`<section class="figure" aria-labelledby="${id}"><h3 id="${id}">${title}</h3>
<figure aria-labelledby="${id}"><p class="small">${keepTogether(note)}</p>
${key.length > 0 && html`<ul class="key">${key.map(({ glyph, colour, text }) => html`<li><span class="${colour}" aria-hidden="true">${glyph}</span> ${text}</li>`)}</ul>`}
<div class="wide">${trusted(figure.draw('wide'))}</div><div class="narrow">${trusted(figure.draw('narrow'))}</div>
<figcaption>${keepTogether(help)} ${explainedIn(section)}</figcaption></figure>
<details><summary>Numbers behind this figure</summary>
${numberTable(title, table)}
${downloadLink(id, title, table)}
</details></section>`;
}

/** Numbers and their per cent sign, and p and its value, stay on one line. */
function keepTogether(text: string): string {
  return text.replace(/ %/g, '\u00a0%').replace(/ = /g, '\u00a0=\u00a0');
}
