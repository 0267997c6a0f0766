import { Command } from 'commander';
import { addPartOptions } from '../part-options.ts';
import { runCommand } from '../run-command.ts';
import { addSharedOptions, type SharedFlags } from '../shared-options.ts';
import { addVectorOptions, type VectorFlags, vectorOf } from '../vector-options.ts';

/**
 * `steerbench audit [behaviour]`: whether a steering vector can be trusted, with a report.
 *
 * @example
 * program.addCommand(auditCommand());
 */
export function auditCommand(): Command {
  const command = new Command('audit')
    .description('find out whether a steering vector works, how reliably, and write a report')
    .argument('[behaviour]', 'built-in or public name, or path of a dataset file', 'sentiment')
    .action((behaviour: string, flags: SharedFlags & VectorFlags) =>
      runCommand('audit', behaviour, flags, vectorOf(flags)),
    );
  return addPartOptions(addSharedOptions(addVectorOptions(command))).addHelpText('after', examples);
}

const examples = `
Extracts a vector from training items, chooses the layer on validation items, measures on test items, compares with
random directions and shuffled labels, looks for bias, damage and what another prompt leaves of it, lets the model answer
freely, and says by fixed rules whether the vector can be trusted. Other prompts are tried unasked for a built-in
behaviour where that costs no more than some two minutes on two cores; --prompts asks for them.

Examples:
  steerbench audit
  steerbench audit formality --layers 10-20 --out runs/formality
  steerbench audit mine.jsonl --model hf:bartowski/gemma-2-2b-it-GGUF/gemma-2-2b-it-Q4_K_M.gguf
  steerbench audit sentiment --vector vector.gguf --layer 14
  steerbench audit introversion --format multiple-choice --multipliers=-1,-0.5,0,0.5,1 --json > result.json`;
