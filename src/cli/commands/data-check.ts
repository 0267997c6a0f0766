import { describeBalance } from '../../dataset/balance.ts';
import { describeFault } from '../../dataset/fault.ts';
import { type LintReport, lintDataset } from '../../dataset/lint.ts';
import { readDataset } from '../../dataset/locate.ts';

/** The text of `steerbench data check`, and how many faults there are. */
export async function checkFile(file: string, json: boolean): Promise<{ text: string; faults: number }> {
  const { bytes, name } = await readDataset(file);
  const report = lintDataset(bytes, name);
  return {
    text: json ? JSON.stringify(report, null, 2) : describeReport(file, report),
    faults: report.faults.length,
  };
}

/** Warnings beyond this number are only counted: a published file can have hundreds. */
const shownWarnings = 20;

function describeReport(file: string, report: LintReport): string {
  const { faults, warnings, lengths, firstWordAccuracy: accuracy } = report;
  const lines = [
    ...faults.map((fault) => `fault: ${describeFault(file, fault)}`),
    ...warnings.slice(0, shownWarnings).map((warning) => `warning: ${describeFault(file, warning)}`),
  ];
  if (warnings.length > shownWarnings) lines.push(`… and ${warnings.length - shownWarnings} more warnings`);
  lines.push(...report.notes.map((note) => `note: ${note}`));
  if (report.balance !== null) lines.push(describeBalance(report.balance));
  if (lengths !== null) {
    const size = (side: typeof lengths.positive) =>
      `${side.words.toFixed(1)} words, ${side.characters.toFixed(1)} characters`;
    lines.push(`Mean length: positive ${size(lengths.positive)}; negative ${size(lengths.negative)}.`);
  }
  if (accuracy !== null) lines.push(`First word alone: ${Math.round(accuracy * 100)} % right (chance 50 %).`);
  const family = report.family === null ? '' : ` (${report.family})`;
  const counts = [counted(faults.length, 'fault'), counted(warnings.length, 'warning')].join(', ');
  lines.push(`${counted(report.items, 'item')}${family}, ${counts}`);
  return lines.join('\n');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
