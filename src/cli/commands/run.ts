import { Command, InvalidArgumentError, Option } from 'commander';
import { type StudyKind, studyKinds } from '../../experiments/experiment-kinds.ts';
import { defaultAlias } from '../../models/aliases.ts';
import { addPartOptions } from '../part-options.ts';
import { runStudyCommand } from '../run-study-command.ts';
import { addSharedOptions, type SharedFlags } from '../shared-options.ts';

/** Options of `run` beside the shared ones. */
export interface StudyFlags extends SharedFlags {
  models?: string[];
  dryRun?: boolean;
  transfer: boolean;
}

/**
 * `steerbench run <experiment> [behaviours...]`: an experiment of the paper on many behaviours and models.
 *
 * @example
 * program.addCommand(runStudyExperimentCommand());
 */
export function runStudyExperimentCommand(): Command {
  const command = new Command('run')
    .description('run an experiment of the paper on many behaviours and models, with one report')
    .argument('<experiment>', `one of ${studyKinds.join(', ')}`, experiment)
    .argument(
      '[behaviours...]',
      'built-in names, public datasets, paths; "built-in" (the default) or "paper" for all of them',
    )
    .action((kind: StudyKind, behaviours: string[], flags: StudyFlags) =>
      runStudyCommand(kind, behaviours, flags),
    );
  const options = [
    new Option(
      '--models <model...>',
      `models, each with @precision where it is not its own (default: ${defaultAlias})`,
    ),
    new Option('--dry-run', 'show what would be run and what it would cost; run nothing'),
    new Option('--no-transfer', 'do not try vectors of one precision of a model on its others'),
  ];
  for (const option of options) command.addOption(option.helpGroup('Study:'));
  return addPartOptions(addSharedOptions(command, { model: false })).addHelpText('after', examples);
}

const examples = `
Experiments, each resumable, one run a behaviour and model:
  in-distribution  vectors of BASE training items on BASE test items
  layers           every layer steered on validation items, the chosen one tested, how firmly it was chosen
  ood              vectors of five prompt settings and their mean, each in five settings
  paper            all of it, with damage, nulls, predictors, prompting and free answers

Examples:
  steerbench run ood sentiment french risk
  steerbench run in-distribution --models smollm2-135m-instruct@f16 smollm2-135m-instruct@q4_0
  steerbench run paper paper --models llama-2-7b-chat qwen1.5-14b-chat --profile paper --dry-run
  steerbench run paper --shard 1/4 --out studies/part-1`;

function experiment(text: string): StudyKind {
  if ((studyKinds as readonly string[]).includes(text)) return text as StudyKind;
  throw new InvalidArgumentError(`Expected one of ${studyKinds.join(', ')}.`);
}
