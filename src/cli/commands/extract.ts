import { Command } from 'commander';
import { runCommand } from '../run-command.ts';
import { addSharedOptions, type SharedFlags } from '../shared-options.ts';

/**
 * `steerbench extract <behaviour>`: vectors of all layers, saved; nothing is measured with them.
 *
 * @example
 * program.addCommand(extractCommand());
 */
export function extractCommand(): Command {
  const command = new Command('extract')
    .description('extract steering vectors and save them as safetensors and GGUF')
    .argument('<behaviour>', 'built-in or public name, or path of a dataset file')
    .action((behaviour: string, flags: SharedFlags) => runCommand('extract', behaviour, flags, null));
  return addSharedOptions(command).addHelpText('after', examples);
}

const examples = `
Reads the activations of the training items in one pass over all layers. The vectors lie in the run folder under
vectors/: safetensors with their provenance, and a GGUF control vector that llama.cpp loads as it is.

Examples:
  steerbench extract sentiment
  steerbench extract sentiment --method logistic --layers 14
  steerbench extract mine.jsonl --train 0%:100% --out runs/mine`;
