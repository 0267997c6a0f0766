import { Command, InvalidArgumentError, Option } from 'commander';
import { addAnswerOptions, between, repeated } from '../answer-options.ts';
import type { ServeFlags } from '../serve/serve.ts';
import { wholeNumber } from '../shared-options.ts';

/**
 * `steerbench serve`: a model behind OpenAI's routes, with steering per request.
 *
 * @example
 * program.addCommand(serveCommand());
 */
export function serveCommand(): Command {
  const command = new Command('serve')
    .description('serve a model to any OpenAI client, each request with its own steering')
    .action(async (flags: ServeFlags) => (await import('../serve/serve.ts')).serve(flags));
  addAnswerOptions(command);
  for (const option of networkOptions()) command.addOption(option.helpGroup('Network:'));
  for (const option of limitOptions()) command.addOption(option.helpGroup('Limits:'));
  for (const option of [
    new Option('--json', 'print where it listens as a line of JSON'),
    new Option('--quiet', 'log no requests'),
  ]) {
    command.addOption(option.helpGroup('Output:'));
  }
  return command.addHelpText('after', examples);
}

function networkOptions(): Option[] {
  return [
    new Option('--host <address>', 'another than this machine needs an API key').default('127.0.0.1'),
    new Option('--port <number>', '0 takes any that is free').default(8080).argParser(port),
    new Option('--api-key-file <file>', 'keys that are asked for, one a line; or STEERBENCH_API_KEY'),
    new Option('--allow-host <name>', 'name of this server besides localhost and addresses; repeatable')
      .default([] as string[], 'none')
      .argParser(repeated),
    new Option('--allow-origin <origin>', 'web pages that may ask, as https://example.org; repeatable')
      .default([] as string[], 'none')
      .argParser(repeated),
    new Option('--name <name>', 'name of the model for clients (default: the alias or the name of the file)'),
  ];
}

function limitOptions(): Option[] {
  return [
    new Option('--streams <number>', 'answers at a time').default(8).argParser(wholeNumber(1)),
    new Option('--queue <number>', 'answers that may wait').default(64).argParser(wholeNumber(0)),
    new Option('--max-tokens <number>', 'most tokens of an answer (default: the context)').argParser(
      wholeNumber(1),
    ),
    new Option('--max-body <MiB>', 'largest body of a request').default(4).argParser(between(0.001, 1024)),
    new Option('--timeout <seconds>', 'longest time of a request')
      .default(600)
      .argParser(between(0.1, 86_400)),
    new Option('--grace <seconds>', 'time for running answers when it stops')
      .default(10)
      .argParser(between(0, 3600)),
  ];
}

function port(text: string): number {
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError('Expected a port, from 0 to 65535.');
}

const examples = `
Routes: /v1/chat/completions, /v1/completions, /v1/models, /steering, /steering/vectors, /tokenize, /detokenize,
/tokenizer_info, /health, /metrics, /openapi.json. docs/serve.md says what each takes.

Examples:
  steerbench serve --vectors vectors
  steerbench serve --model my-model.gguf --streams 32 --context 2048 --kv-cache f16
  STEERBENCH_API_KEY=... steerbench serve --host 0.0.0.0 --vectors vectors --steer calm@14:0.8`;
