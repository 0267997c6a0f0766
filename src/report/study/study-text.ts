import { formatEstimate, formatP, formatShare } from '../../plots/format-number.ts';
import { behaviourTitle, modelTitle, type Run } from '../../plots/study/runs.ts';
import type { Study } from '../../result/study.ts';
import { plainLine } from '../plain.ts';
import { answerOf, describeStudy, studyHeadline } from './headline.ts';
import { drawStudyFigures } from './study-figures.ts';

const mostRuns = 12;
const mostReasons = 4;

/**
 * The study for a terminal: what it shows, its runs (a dozen of many), what was left out; about 30 lines, no colours.
 *
 * @example
 * process.stdout.write(renderStudyText(study));
 */
export function renderStudyText(study: Study): string {
  const findings = drawStudyFigures(study)
    .filter(({ id }) => id !== 'shown')
    .flatMap((group) => answerOf(group)?.title ?? []);
  const shown = study.runs.slice(0, mostRuns);
  const more = study.runs.length - shown.length;
  const reasons = [
    ...study.runs.flatMap((run) =>
      run.leftOut === null ? [] : [`not counted: ${nameOf(study, run)}: ${run.leftOut}`],
    ),
    ...study.notMeasured.map(({ what, reason }) => `not measured: ${what}: ${reason}`),
  ];
  const lines = [
    plainLine(study.name),
    '',
    plainLine(studyHeadline(study)),
    plainLine(describeStudy(study)),
    ...(findings.length > 0 ? [''] : []),
    ...findings.map((answer) => plainLine(`- ${answer}`)),
    ...(shown.length > 0 ? [''] : []),
    ...table(shown.map((run) => rowOf(study, run))),
    ...(more > 0 ? [`and ${more} more runs, in study.html`] : []),
    ...(reasons.length > 0 ? [''] : []),
    ...reasons.slice(0, mostReasons).map(plainLine),
    ...(reasons.length > mostReasons ? [`and ${reasons.length - mostReasons} more, in study.html`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function rowOf(study: Study, run: Run): string[] {
  const { steerability, unit } = run.result;
  return [
    nameOf(study, run),
    steerability === null ? 'not measured' : `${formatEstimate(steerability.mean)} ${unit}`,
    steerability === null ? '' : `${formatShare(steerability.antiSteerable.value)} backwards`,
    run.adjustedP === null ? '' : `p ${run.adjustedP < 0.001 ? '< 0.001' : formatP(run.adjustedP)}`,
  ];
}

function nameOf(study: Study, run: Run): string {
  const title = behaviourTitle(study, run.behaviour);
  return study.models.length > 1 ? `${title}, ${modelTitle(study, run.model)}` : title;
}

/** Columns padded to their widest cell; the first is cut at 48 characters. */
function table(rows: string[][]): string[] {
  const cut = rows.map((row) =>
    row.map((cell, k) => {
      const text = plainLine(cell);
      const characters = Array.from(text);
      return k === 0 && characters.length > 48 ? `${characters.slice(0, 47).join('')}…` : text;
    }),
  );
  const widths = (cut[0] ?? []).map((_, k) => Math.max(...cut.map((row) => row[k]!.length)));
  return cut.map((row) =>
    row
      .map((cell, k) => cell.padEnd(widths[k]!))
      .join('  ')
      .trimEnd(),
  );
}
