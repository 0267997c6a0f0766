import { renderCard } from '../report/card.ts';
import { renderReport } from '../report/report.ts';
import type { Result } from '../result/schema.ts';
import type { RunFolder } from '../store/run-folder.ts';
import type { RunContext } from './empty-result.ts';
import { type ScoreRows, writeScores } from './scores-table.ts';

/** Writes everything that a finished run shows: result.json, scores.parquet, report.html, card.md. */
export async function writeDocuments(context: RunContext, result: Result, scores: ScoreRows): Promise<void> {
  const { folder } = context.session;
  await folder.writeDocument('result.json', `${JSON.stringify(result, null, 1)}\n`);
  await writeScores(folder.file('scores.parquet'), context, scores);
  await drawDocuments(folder, result);
}

/** Draws what is made of the result alone. */
export async function drawDocuments(folder: RunFolder, result: Result): Promise<void> {
  await folder.writeDocument('report.html', renderReport(result));
  await folder.writeDocument('card.md', renderCard(result));
}
