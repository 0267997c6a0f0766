import { Command } from 'commander';
import { runCommand } from '../run-command.ts';
import { addSharedOptions, type SharedFlags } from '../shared-options.ts';

/**
 * `steerbench sweep <behaviour>`: steerability at every layer.
 *
 * @example
 * program.addCommand(sweepCommand());
 */
export function sweepCommand(): Command {
  const command = new Command('sweep')
    .description('measure the steering of every layer at every multiplier')
    .argument('<behaviour>', 'built-in or public name, or path of a dataset file')
    .action((behaviour: string, flags: SharedFlags) => runCommand('sweep', behaviour, flags, null));
  return addSharedOptions(command).addHelpText('after', examples);
}

const examples = `
Extracts a vector at each layer from training items and measures all of them on test items. Prompts are decoded once
for all layers and multipliers, so thirty layers cost little more than one.

Examples:
  steerbench sweep sentiment
  steerbench sweep french --layers 8-20 --multipliers=-1,0,1
  steerbench sweep mine.jsonl --start first-answer-token --format multiple-choice --test 0:100`;
