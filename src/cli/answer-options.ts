import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Lora, Precision } from '../engine/engine.ts';
import { largestSeed } from '../math/next-seed.ts';
import { inGroup, modelOptions, told, wholeNumber } from './shared-options.ts';

/** Options of `chat`, `complete` and `serve` as commander gives them. */
export interface AnswerFlags {
  model: string;
  precision?: Precision;
  lora?: Lora[];
  steer: string[];
  vectors?: string;
  audit: string[];
  threads?: number;
  kvCache?: 'f32' | 'f16';
  context?: number;
  batchRows?: number;
  gpuLayers?: number;
  verbose?: boolean;
}

/** How the tokens of an answer are chosen, for `chat` and `complete`. */
export interface SamplingFlags {
  system?: string;
  maxTokens: number;
  temperature: number;
  topK?: number;
  topP?: number;
  minP?: number;
  repetitionPenalty?: number;
  seed: number;
}

/** Tokens of prompt and answer, where none are asked for and the model was trained for as many. */
export const defaultContext = 4096;

/** Adds the options of every command that generates: the model, what steers it, the machine. */
export function addAnswerOptions(command: Command): Command {
  const options = [
    ...modelOptions(),
    ...inGroup('Steering:', [
      new Option(
        '--steer <spec>',
        'VECTOR[@LAYERS][:MULTIPLIER][,scope=…][,operator=…][,when=…], or JSON; repeatable',
      )
        .default([] as string[], 'none')
        .argParser(repeated),
      new Option('--vectors <folder>', 'folder of vector files; each goes by its name without ending'),
      new Option(
        '--audit <folder>',
        'run folder of an audit, to warn of steps beyond what it found; repeatable',
      )
        .default([] as string[], 'none')
        .argParser(repeated),
    ]),
    ...inGroup('Machine:', [
      new Option('--threads <number>', told('threads of the decoder', 'the physical cores')).argParser(
        wholeNumber(1),
      ),
      new Option('--kv-cache <type>', told('type of the KV cache', 'f32')).choices(['f32', 'f16']),
      new Option(
        '--context <tokens>',
        told('tokens that prompt and answer can have', `${defaultContext}, at most what the model knows`),
      ).argParser(wholeNumber(16)),
      new Option('--batch-rows <number>', told('rows decoded at once', 128)).argParser(wholeNumber(1)),
      new Option('--gpu-layers <number>', told('blocks on the GPU', 0)).argParser(wholeNumber(0)),
    ]),
    new Option('--verbose', "show llama.cpp's log, and the stack of unexpected errors").helpGroup('Output:'),
  ];
  for (const option of options) command.addOption(option);
  return command;
}

/** Adds the options of the sampling. */
export function addSamplingOptions(command: Command, { maxTokens }: { maxTokens: number }): Command {
  const options = inGroup('Answers:', [
    new Option('--max-tokens <number>', 'most tokens of an answer')
      .default(maxTokens)
      .argParser(wholeNumber(1)),
    new Option('--temperature <number>', '0 takes the likeliest token').default(0).argParser(between(0, 100)),
    new Option('--top-k <number>', 'draw among so many likeliest tokens').argParser(
      wholeNumber(1, 2 ** 31 - 1),
    ),
    new Option('--top-p <share>', 'draw among the likeliest tokens that reach this probability').argParser(
      between(0, 1),
    ),
    new Option(
      '--min-p <share>',
      "draw among tokens of this share of the likeliest one's probability",
    ).argParser(between(0, 1)),
    new Option('--repetition-penalty <number>', 'above 1: against tokens seen before').argParser(
      between(0.01, 100),
    ),
    new Option('--seed <number>', 'seed of every draw').default(0).argParser(wholeNumber(0, largestSeed)),
  ]);
  for (const option of options) command.addOption(option);
  return command;
}

/** Collects the values of an option that may be given several times. */
export function repeated(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), text];
}

/** Reads a number between two bounds. */
export function between(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = text.trim() === '' ? Number.NaN : Number(text);
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected a number from ${least} to ${most}.`);
  };
}
