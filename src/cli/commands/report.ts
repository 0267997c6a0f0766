import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { showOutcome } from '../show-outcome.ts';

/**
 * `steerbench report <folder>`: draws a run's documents again, with no model.
 *
 * @example
 * program.addCommand(reportCommand());
 */
export function reportCommand(): Command {
  return new Command('report')
    .description('draw the report of a run or study again; needs no model')
    .argument('<folder>', 'folder of a run or study')
    .option('--recompute', 'also compute every score and interval again from the cells')
    .option('--json', 'print the result document')
    .action(report)
    .addHelpText('after', examples);
}

const examples = `
Examples:
  steerbench report runs/audit-sentiment-smollm2-135m-instruct
  steerbench report runs/mine --recompute`;

async function report(folder: string, flags: { recompute?: boolean; json?: boolean }): Promise<void> {
  if (existsSync(join(folder, 'study-plan.json'))) {
    const [{ redrawStudy }, { showStudy }] = await Promise.all([
      import('../../experiments/study/redraw-study.ts'),
      import('../show-study.ts'),
    ]);
    return showStudy(await redrawStudy(folder), flags);
  }
  const { redraw } = await import('../../experiments/run.ts');
  await showOutcome(await redraw(folder, { recompute: flags.recompute === true }), flags);
}
