import { Command } from 'commander';
import { runCommand } from '../run-command.ts';
import { addSharedOptions, type SharedFlags } from '../shared-options.ts';
import { addVectorOptions, type VectorFlags, vectorOf } from '../vector-options.ts';

/**
 * `steerbench eval <behaviour> --vector FILE`: a given vector on a given set.
 *
 * @example
 * program.addCommand(evalCommand());
 */
export function evalCommand(): Command {
  const command = new Command('eval')
    .description('measure a vector that you have on a dataset')
    .argument('<behaviour>', 'built-in or public name, or path of a dataset file')
    .action((behaviour: string, flags: SharedFlags & VectorFlags) => {
      const vector = vectorOf(flags);
      if (vector === null) throw new RangeError('"eval" needs a vector: give --vector FILE');
      return runCommand('eval', behaviour, flags, vector);
    });
  return addSharedOptions(addVectorOptions(command)).addHelpText('after', examples);
}

const examples = `
Nothing is extracted and no layer is chosen: the vector is applied to the test items as it is. --layer L is always the
output of the 0-based block L, whatever the file itself counts; what was converted is said.

Examples:
  steerbench eval sentiment --vector runs/mine/vectors/sentiment.safetensors --layer 14
  steerbench eval mine.jsonl --vector control.gguf --layer 15 --test 0%:100%`;
