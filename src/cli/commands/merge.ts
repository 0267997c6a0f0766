import { Command } from 'commander';

/**
 * `steerbench merge <folders...>`: the parts of a run or study that several machines made, as one.
 *
 * @example
 * program.addCommand(mergeCommand());
 */
export function mergeCommand(): Command {
  return new Command('merge')
    .description('put the parts of a sharded run or study together; needs no model')
    .argument('<folders...>', 'folders of the parts')
    .requiredOption('--out <folder>', 'folder of the whole; may be one of the parts')
    .option('--json', 'print the document of the whole')
    .action(merge)
    .addHelpText('after', examples);
}

const examples = `
Cells, or whole runs of a study, are copied together and the documents made of them. A cell that two parts have must be
the same in both, to the last byte.

Examples:
  steerbench audit sentiment --shard 1/2 --out runs/part-1
  steerbench audit sentiment --shard 2/2 --out runs/part-2
  steerbench merge runs/part-1 runs/part-2 --out runs/sentiment`;

async function merge(folders: string[], flags: { out: string; json?: boolean }): Promise<void> {
  const [{ mergeFolders }, { redraw }] = await Promise.all([
    import('../../experiments/study/merge.ts'),
    import('../../experiments/run.ts'),
  ]);
  const { kind } = await mergeFolders(folders, flags.out);
  if (kind === 'run') {
    const { showOutcome } = await import('../show-outcome.ts');
    return showOutcome(await redraw(flags.out, { recompute: true }), flags);
  }
  const [{ redrawStudy }, { showStudy }] = await Promise.all([
    import('../../experiments/study/redraw-study.ts'),
    import('../show-study.ts'),
  ]);
  await showStudy(await redrawStudy(flags.out), flags);
}
