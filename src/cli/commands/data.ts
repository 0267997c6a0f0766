import { Command, InvalidArgumentError, Option } from 'commander';
import type { ShowOptions } from './data-show.ts';

/**
 * `steerbench data list|show|check`: the built-in behaviours, an item as a model gets it, and the check of a file.
 *
 * @example
 * program.addCommand(dataCommand());
 */
export function dataCommand(): Command {
  const data = new Command('data').description('list, show and check behaviour datasets');
  data
    .command('list')
    .description('show the built-in behaviours')
    .option('--json', 'print one JSON document')
    .action(list);
  data
    .command('show')
    .argument('<behaviour>', 'built-in name, or path of a dataset file')
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
    .argument('<file>', 'dataset file, or built-in name')
    .description('check a dataset; exit code 1 where it has faults')
    .option('--json', 'print one JSON document')
    .action(check);
  data.addHelpText('after', examples);
  return data;
}

const examples = `
Examples:
  steerbench data list
  steerbench data show sentiment
  steerbench data show introversion --item 4 --tokens
  steerbench data show mine.jsonl --format completion --model hf:bartowski/gemma-2-2b-it-GGUF/gemma-2-2b-it-Q4_K_M.gguf
  steerbench data check mine.jsonl`;

async function list({ json }: { json?: boolean }): Promise<void> {
  const { builtInBehaviours } = await import('../../behaviours/index.ts');
  if (json) {
    const { fileURLToPath } = await import('node:url');
    const paths = ({ file, card }: { file: URL; card: URL }) => ({
      file: fileURLToPath(file),
      card: fileURLToPath(card),
    });
    return print(
      JSON.stringify(
        builtInBehaviours.map((behaviour) => ({ ...behaviour, ...paths(behaviour) })),
        null,
        2,
      ),
    );
  }
  const width = Math.max(...builtInBehaviours.map(({ name }) => name.length));
  for (const { name, defaultFormat, measures } of builtInBehaviours) {
    print(`${name.padEnd(width)}  ${defaultFormat.padEnd('multiple-choice'.length)}  ${measures}`);
  }
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
