import { Command, Option } from 'commander';
import {
  type AnswerFlags,
  addAnswerOptions,
  addSamplingOptions,
  type SamplingFlags,
} from '../answer-options.ts';

/**
 * `steerbench chat`: a conversation with a steered model.
 *
 * @example
 * program.addCommand(chatCommand());
 */
export function chatCommand(): Command {
  const command = new Command('chat')
    .description('talk with a model, steered or not')
    .addOption(
      new Option('--system <text>', 'system message, or none (default: that of an audit)').helpGroup(
        'Answers:',
      ),
    )
    .action(async (flags: AnswerFlags & SamplingFlags) => (await import('../chat/chat.ts')).chat(flags));
  return addAnswerOptions(addSamplingOptions(command, { maxTokens: 512 })).addHelpText('after', examples);
}

const examples = `
In the chat: /steer SPEC, /set MULTIPLIER, /off, /compare MESSAGE, /save FILE, /help. Ctrl-C stops an answer, Ctrl-D
ends. Without a terminal every line is a message; answers go to standard output, all else to standard error.

Examples:
  steerbench chat --vectors vectors --steer sentiment@14:1
  steerbench chat --model my-model.gguf --temperature 0.7 --seed 1
  echo 'How was the day?' | steerbench chat --steer runs/mine/vectors/sentiment.safetensors@14:1`;
