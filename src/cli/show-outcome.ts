import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ExperimentOutcome } from '../experiments/run.ts';
import { exitCodes } from './exit-codes.ts';
import { formatSeconds } from './format-seconds.ts';

/** Documents of a run folder that people open, with what they are called here. */
const documents = [
  ['report', 'report.html'],
  ['card', 'card.md'],
  ['result', 'result.json'],
] as const;

/**
 * Shows what a run left: the result as text with the places of its documents, or as JSON; failed cells set exit code 1.
 *
 * @example
 * await showOutcome(await redraw('runs/mine', { recompute: false }), { json: false });
 */
export async function showOutcome(
  { result, folder, failures, waiting, seconds }: ExperimentOutcome,
  { json }: { json?: boolean },
): Promise<void> {
  if (failures.length > 0) process.exitCode = exitCodes.failed;
  if (json) {
    if (waiting === 0) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    process.stderr.write(`${JSON.stringify({ kind: 'done', folder, seconds, failures, waiting })}\n`);
    return;
  }
  if (waiting > 0) {
    process.stdout.write(
      `This part is done; ${waiting} cells of other parts are not in "${folder}" yet.\nWhen all parts are done: steerbench merge PART... --out FOLDER\n`,
    );
    return;
  }
  const { renderText } = await import('../report/text.ts');
  const places = documents
    .map(([name, file]) => [name, join(folder, file)] as const)
    .filter(([, path]) => existsSync(path))
    .map(([name, path]) => `${name.padEnd(8)}${path}`);
  const lines = [renderText(result).trimEnd(), '', ...places, `time    ${formatSeconds(seconds)}`];
  if (failures.length > 0) {
    lines.push(
      '',
      failures.length === 1
        ? '1 cell failed twice and is missing; the same command tries it again:'
        : `${failures.length} cells failed twice and are missing; the same command tries them again:`,
    );
    lines.push(...failures.map(({ cell, reason }) => `  ${cell}: ${reason}`));
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}
