import { Command, Option } from 'commander';
import { addAnswerOptions, addSamplingOptions } from '../answer-options.ts';
import type { CompleteFlags } from '../complete/complete.ts';
import { wholeNumber } from '../shared-options.ts';

/**
 * `steerbench complete [prompt]`: continuations of a prompt, or of a file of prompts.
 *
 * @example
 * program.addCommand(completeCommand());
 */
export function completeCommand(): Command {
  const command = new Command('complete')
    .description('continue a prompt, or every prompt of a file, steered or not')
    .argument('[prompt]', 'text to continue')
    .addOption(
      new Option('--file <file>', 'prompts instead: a text a line, or JSON Lines (.jsonl)').helpGroup(
        'Prompts:',
      ),
    )
    .addOption(
      new Option('--chat', "put each prompt as a user's message, by the model's chat template").helpGroup(
        'Prompts:',
      ),
    )
    .addOption(
      new Option(
        '--system <text>',
        'with --chat: system message, or none (default: that of an audit)',
      ).helpGroup('Prompts:'),
    )
    .action(async (prompt: string | undefined, flags: CompleteFlags) =>
      (await import('../complete/complete.ts')).complete(prompt, flags),
    );
  addAnswerOptions(addSamplingOptions(command, { maxTokens: 128 }));
  for (const option of [
    new Option('--streams <number>', 'prompts that are answered at a time')
      .default(8)
      .argParser(wholeNumber(1)),
  ])
    command.addOption(option.helpGroup('Machine:'));
  for (const option of [
    new Option('--out <file>', 'write JSON Lines there; the same command again goes on where it stopped'),
    new Option('--json', 'print a line of JSON for a single prompt too'),
    new Option('--quiet', 'show no progress'),
  ])
    command.addOption(option.helpGroup('Output:'));
  return command.addHelpText('after', examples);
}

const examples = `
A line of JSON Lines has "prompt" or "messages", and may have "id", "steering" (a list, or a spec as --steer takes it),
"max_tokens", "temperature", "seed" and "stop". Lines of output stand in the order of the prompts; each says what was
applied, in "applied_steering".

Examples:
  steerbench complete 'The weather today is' --vectors vectors --steer sentiment@14:1
  steerbench complete --file prompts.txt --chat --steer sentiment@14:1 --vectors vectors --out answers.jsonl
  steerbench complete --file prompts.jsonl --vectors vectors --out answers.jsonl`;
