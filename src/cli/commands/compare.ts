import { Command } from 'commander';

/**
 * `steerbench compare <folders...>`: finished runs beside one another.
 *
 * @example
 * program.addCommand(compareCommand());
 */
export function compareCommand(): Command {
  return new Command('compare')
    .description('compare finished runs: models, precisions, methods, layers; needs no model')
    .argument(
      '<folders...>',
      "folders of runs or studies; published:llama, published:qwen for the paper's values",
    )
    .requiredOption('--out <folder>', 'folder of the comparison')
    .option('--json', 'print the study document')
    .action(compare)
    .addHelpText('after', examples);
}

const examples = `
Runs that differ in model, precision, method, operator, start, layers or profile count as different models; each two are
correlated over the behaviours that both have.

Examples:
  steerbench compare runs/audit-sentiment-a runs/audit-sentiment-b --out studies/a-and-b
  steerbench compare studies/ood published:llama --out studies/beside-the-paper
  steerbench compare published:llama published:qwen --out studies/published`;

async function compare(folders: string[], flags: { out: string; json?: boolean }): Promise<void> {
  const [{ compareRuns }, { showStudy }] = await Promise.all([
    import('../../experiments/study/compare.ts'),
    import('../show-study.ts'),
  ]);
  const study = await compareRuns(folders, flags.out);
  await showStudy({ study, folder: flags.out, failures: [], waiting: [], seconds: null }, flags);
}
