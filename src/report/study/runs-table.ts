import {
  formatEstimate,
  formatNumber,
  formatP,
  formatShare,
  formatShareEstimate,
} from '../../plots/format-number.ts';
import { behaviourTitle, modelTitle, type Run } from '../../plots/study/runs.ts';
import type { Study } from '../../result/study.ts';
import { type Html, html, visibleControls } from '../html.ts';

/** A cell: what is shown, and what it is sorted by (null last). */
interface Cell {
  shown: Html | string;
  key: string | number | null;
  isNumber: boolean;
}

interface Column {
  name: string;
  /** Unit or meaning, in small print. */
  unit: string;
  cell(run: Run, study: Study): Cell;
}

const columns: Column[] = [
  {
    name: 'Behaviour',
    unit: 'format',
    cell: (run, study) => {
      const title = behaviourTitle(study, run.behaviour);
      const name =
        run.folder === null ? html`${title}` : html`<a href="${addressOf(run.folder)}">${title}</a>`;
      const shown = html`${name}<small>${run.result.format.replace('-', ' ')}</small>`;
      return { shown, key: title, isNumber: false };
    },
  },
  { name: 'Model', unit: '', cell: (run, study) => words(modelTitle(study, run.model)) },
  {
    name: 'Steerability',
    unit: 'mean slope, 95 %',
    cell: ({ result: { steerability, unit } }) =>
      steerability === null
        ? nothing
        : number(steerability.mean.value, withInterval(formatEstimate(steerability.mean), unit)),
  },
  {
    name: 'Backwards',
    unit: 'share of items, 95 %',
    cell: ({ result: { steerability } }) =>
      steerability === null
        ? nothing
        : number(
            steerability.antiSteerable.value,
            withInterval(formatShareEstimate(steerability.antiSteerable), ''),
          ),
  },
  { name: 'Items', unit: '', cell: ({ result }) => number(result.items.length, `${result.items.length}`) },
  {
    name: 'Letter, word',
    unit: 'adjusted R²',
    cell: ({ result: { bias } }) =>
      bias === null ? nothing : number(bias.adjustedR2.value, formatShare(bias.adjustedR2.value)),
  },
  {
    name: 'Random',
    unit: 'adjusted p',
    cell: ({ adjustedP }) =>
      adjustedP === null ? nothing : number(adjustedP, adjustedP < 0.001 ? '< 0.001' : formatP(adjustedP)),
  },
  {
    name: 'Damage',
    unit: 'KL at 1, nats',
    cell: ({ result: { damage } }) => {
      const point = damage?.points.find(({ multiplier }) => multiplier === 1);
      return point === undefined ? nothing : number(point.klP95.value, formatNumber(point.klP95.value));
    },
  },
  {
    name: 'Layer',
    unit: '',
    cell: ({ result: { layer } }) => (layer === null ? nothing : number(layer, `${layer}`)),
  },
  {
    name: 'Verdict',
    unit: '',
    cell: ({ leftOut, result: { verdict } }) =>
      words(leftOut === null ? (verdict?.kind ?? 'not judged') : `not counted: ${leftOut}`),
  },
];

/** Every dataset on every model; sorted by its headings where scripts run, complete where they do not. */
export function runsTable(study: Study): Html | null {
  if (study.runs.length === 0) return null;
  return html`<section class="runs" aria-labelledby="runs">
<h2 id="runs">All ${study.runs.length} runs</h2>
<p class="small">In the order of the study${study.runs.some(({ folder }) => folder !== null) ? '; names lead to the report of each run' : ''}. Intervals are 95 %; a dash was not measured, runs in grey are not counted.</p>
<div class="scroll" tabindex="0" role="region" aria-label="All runs"><table class="sortable">
<thead><tr>${columns.map(({ name, unit }) => html`<th scope="col">${name}${unit !== '' && html`<small>${unit}</small>`}</th>`)}</tr></thead>
<tbody>${study.runs.map((run) => html`<tr${run.leftOut === null ? null : html` class="left-out"`}>${columns.map((column, k) => renderCell(column.cell(run, study), k === 0))}</tr>\n`)}</tbody>
</table></div></section>`;
}

const nothing: Cell = { shown: '–', key: null, isNumber: true };

function words(text: string): Cell {
  return { shown: text, key: text, isNumber: false };
}

function number(value: number | null, shown: Html | string): Cell {
  return value === null ? nothing : { shown, key: value, isNumber: true };
}

/** "2.35 (2.02 to 2.68)" as a value with its interval below it. */
function withInterval(estimate: string, unit: string): Html {
  const [value, interval] = estimate.split(' (');
  return html`${value}${unit !== '' && ` ${unit}`}${interval !== undefined && html`<small>${interval.slice(0, -1)}</small>`}`;
}

function renderCell({ shown, key, isNumber }: Cell, heading: boolean): Html {
  const sort = key === null ? null : html` data-key="${key}"`;
  if (heading) return html`<th scope="row"${sort}>${shown}</th>`;
  return html`<td${sort}${isNumber ? html` class="number"` : null}>${shown}</td>`;
}

/** Relative address of a run's report; every part escaped, so that a folder's name is never a scheme. */
function addressOf(folder: string): string {
  const parts = visibleControls(folder).split('/').map(encodeURIComponent);
  return `./${parts.join('/')}/report.html`;
}
