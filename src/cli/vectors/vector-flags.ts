import { InvalidArgumentError, Option } from 'commander';
import type { ExportForm } from '../../vectors/export-vector.ts';
import { type ProducerName, producerNames } from '../../vectors/import/producer-names.ts';
import { layerNumber, wholeNumber } from '../shared-options.ts';

/** Options of the commands that read one vector file. */
export interface FileFlags {
  producer?: ProducerName;
  layer?: number;
  model?: string;
  pairs?: string;
  threads?: number;
  json?: boolean;
}

/** Options of the commands that read several. */
export interface SeveralFlags {
  producer?: Record<string, ProducerName>;
  layers?: string;
  model?: string;
  json?: boolean;
}

/** Options that every command with an output takes. */
export interface OutputFlags {
  out: string;
  to: ExportForm;
  layers?: string;
}

/** Options by which one file is read. */
export function fileOptions(): Option[] {
  return [
    new Option(
      '--producer <tool>',
      'the tool that wrote the file, where its content does not tell, or to read it another way',
    ).choices(producerNames),
    new Option('--layer <layer>', 'the block of a file that holds one vector and no layer').argParser(
      layerNumber,
    ),
    modelOption(),
    new Option(
      '--pairs <pairs>',
      'with --model: extract a vector from these pairs and show which reading lies closer; a behaviour, a dataset, or two files of texts with a comma between',
    ),
    new Option('--threads <number>', 'threads of the decoder, with --pairs').argParser(wholeNumber(1)),
  ];
}

/** `--model`, whose header tells blocks and width. */
export function modelOption(): Option {
  return new Option(
    '--model <model>',
    'check the vector against this model; its number of blocks decides what some files leave open',
  );
}

/** `--producer` where several files are read: one for all, or FILE=TOOL for one of them. */
export function producersOption(): Option {
  return new Option(
    '--producer <tool>',
    'the tool that wrote the files, or FILE=TOOL for one of them; may be given several times',
  ).argParser((text: string, before: Record<string, ProducerName> = {}) => {
    const at = text.lastIndexOf('=');
    const name = text.slice(at + 1);
    if (!producerNames.includes(name as ProducerName))
      throw new InvalidArgumentError(`Allowed tools are ${producerNames.join(', ')}.`);
    return { ...before, [text.slice(0, Math.max(0, at))]: name as ProducerName };
  });
}

/** `--layers` of a vector. */
export function layersOption(what: string): Option {
  return new Option('--layers <layers>', `${what}: 15, 10-20 or 10,15 (default: all)`);
}
