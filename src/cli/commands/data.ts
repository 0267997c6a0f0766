import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { pullTargets } from '../../dataset/catalogue/pull-targets.ts';
import { dataSources } from '../../dataset/catalogue/sources.ts';
import type { PullFlags } from './data-pull.ts';
import type { ShowOptions } from './data-show.ts';

/**
 * `steerbench data list|pull|show|check`: the behaviours there are, the fetching of public datasets, an item as a model
 * gets it, and the check of a dataset.
 *
 * @example
 * program.addCommand(dataCommand());
 */
export function dataCommand(): Command {
  const data = new Command('data').description('list, fetch, show and check behaviour datasets');
  data
    .command('list')
    .addArgument(
      new Argument('[source]', 'a public source, to see each of its datasets').choices(
        dataSources.map(({ name }) => name),
      ),
    )
    .description('show the built-in behaviours and the public datasets')
    .option('--json', 'print one JSON document')
    .action(list);
  data
    .command('pull')
    .addArgument(
      new Argument('<source>', 'what to fetch; paper: all that the paper used').choices(pullTargets),
    )
    .description(
      'fetch public datasets into the cache; what is there is left alone, a cut download continues',
    )
    .option('--only <names...>', 'only these datasets')
    .option('--from <dir>', 'copy from this folder in place of the network; checked in the same way')
    .option('--json', 'print one JSON document')
    .option('--quiet', 'show no progress')
    .action(pull);
  data
    .command('show')
    .argument('<behaviour>', 'built-in or public name, or path of a dataset file')
    .description('print an item exactly as it is put to a model')
    .option('--item <number>', 'line of the item in its source, from 0; default: the first item', wholeNumber)
    .addOption(
      new Option('--format <format>', 'how the item is put')
        .choices(['auto', 'multiple-choice', 'completion'])
        .default('auto'),
    )
    .option('--tokens', 'load the model; print its tokens with the named positions marked')
    .option(
      '--model <model>',
      'load this model and print the text that it gets; default with --tokens: the default model',
    )
    .option('--system <text>', 'system message, or "none"; default: the message of the published runs')
    .addOption(
      new Option('--answer-prefix <prefix>', 'what stands before the answer')
        .choices(['auto', 'none', 'space'])
        .default('auto'),
    )
    .option('--json', 'print one JSON document')
    .action(show);
  data
    .command('check')
    .argument('<file>', 'dataset file, or built-in or public name')
    .description('check a dataset; exit code 1 where it has faults')
    .option('--json', 'print one JSON document')
    .action(check);
  data.addHelpText('after', examples);
  return data;
}

const examples = `
Examples:
  steerbench data list
  steerbench data pull paper
  steerbench data pull mwe --only openness narcissism
  steerbench data pull all --from ~/evals
  steerbench data show sentiment
  steerbench data show introversion --item 4 --tokens
  steerbench data show mine.jsonl --format completion --model hf:bartowski/gemma-2-2b-it-GGUF/gemma-2-2b-it-Q4_K_M.gguf
  steerbench data check mine.jsonl

Public datasets go to the cache (STEERBENCH_CACHE); STEERBENCH_DATA names folders with copies of your own, which come first.`;

async function list(source: string | undefined, { json }: { json?: boolean }): Promise<void> {
  const { listData } = await import('./data-list.ts');
  print(await listData(source ?? null, json === true));
}

async function pull(source: string, flags: PullFlags): Promise<void> {
  const { pullData } = await import('./data-pull.ts');
  await pullData(source, flags);
}

async function show(behaviour: string, options: ShowOptions): Promise<void> {
  const { showItem } = await import('./data-show.ts');
  print(await showItem(behaviour, options));
}

async function check(file: string, { json }: { json?: boolean }): Promise<void> {
  const { checkFile } = await import('./data-check.ts');
  const { text, faults } = await checkFile(file, json === true);
  print(text);
  if (faults > 0) process.exitCode = 1;
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number, from 0.');
  return Number(text);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
