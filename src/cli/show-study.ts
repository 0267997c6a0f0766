import { join } from 'node:path';
import { formatBytes } from '../download/format-bytes.ts';
import type { StudyEstimate } from '../experiments/study/estimate-study.ts';
import type { StudyOutcome } from '../experiments/study/run-study.ts';
import { exitCodes } from './exit-codes.ts';
import { formatSeconds } from './format-seconds.ts';

/** Shows what a study would cost: a line a run, and the sum; or one JSON document. */
export function showEstimate(estimate: StudyEstimate, { json }: { json?: boolean }): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(estimate, null, 2)}\n`);
    return;
  }
  const { models, runs, total } = estimate;
  const width = Math.max(...runs.map(({ id }) => id.length), 'all'.length);
  const line = (name: string, rows: number, seconds: number | null, bytes: number) =>
    `${name.padEnd(width)}  ${`${Math.round(rows / 1000)}`.padStart(7)} thousand rows  ${(seconds === null ? 'time unknown' : formatSeconds(seconds)).padStart(12)}  ${formatBytes(bytes).padStart(9)}`;
  const speeds = models.map(({ id, here, rowsPerSecond, measured }) => {
    const speed =
      rowsPerSecond === null
        ? 'its speed is not known'
        : `${rowsPerSecond.toPrecision(3)} rows/s, ${measured ? 'measured just now' : "supposed from another model's, by the number of weights"}`;
    return `${id}: ${here ? 'on this machine' : 'not on this machine, would be fetched'}; ${speed}`;
  });
  const lines = [
    ...speeds,
    '',
    ...runs.map(({ id, cost, seconds }) => line(id, cost.rows, seconds, cost.diskBytes)),
    line('all', total.rows, total.seconds, total.diskBytes),
    '',
    'Estimated from item lengths and options; nothing was run. Where a model fails the control questions of a format, its',
    'run ends there and takes a small part of this.',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Shows what a study left: the findings as text with the places of its documents, or as JSON. */
export async function showStudy(
  { study, folder, failures, waiting, seconds }: StudyOutcome,
  { json }: { json?: boolean },
): Promise<void> {
  if (failures.length > 0) process.exitCode = exitCodes.failed;
  if (json) {
    if (study !== null) process.stdout.write(`${JSON.stringify(study, null, 2)}\n`);
    process.stderr.write(`${JSON.stringify({ kind: 'done', folder, seconds, failures, waiting })}\n`);
    return;
  }
  const lines: string[] = [];
  if (study === null) {
    lines.push(
      `This part is done; ${waiting.length} runs of other parts are not in "${folder}" yet.`,
      'When all parts are done: steerbench merge PART... --out FOLDER',
    );
  } else {
    // Not before it is used: it brings the drawing library, which no other command needs to start.
    const { renderStudyText } = await import('../report/study/study-text.ts');
    lines.push(renderStudyText(study).trimEnd(), '');
    lines.push(`page    ${join(folder, 'study.html')}`);
    lines.push(`data    ${join(folder, 'study.json')}, ${join(folder, 'figures')}`);
  }
  if (seconds !== null) lines.push(`time    ${formatSeconds(seconds)}`);
  if (failures.length > 0) {
    lines.push('', `${failures.length} runs could not be made; the same command tries them again:`);
    lines.push(...failures.map(({ run, reason }) => `  ${run}: ${reason}`));
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}
