import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseSlice } from '../dataset/slice.ts';
import { type Lora, precisions } from '../engine/engine.ts';
import { choiceNames, type ProfileName, profileNames, profileOptions } from '../experiments/profiles.ts';
import { defaultRunOptions, type RunOptions } from '../experiments/run-options.ts';
import { operators, starts } from '../interventions/intervention.ts';
import { defaultAlias } from '../models/aliases.ts';
import { answerPrefixOptions } from '../prompts/answer-prefix.ts';
import { methods } from '../vectors/method.ts';
import { type PartFlags, partOptionsOf } from './part-options.ts';

/** Options of `audit`, `sweep`, `extract` and `eval` as commander gives them. */
export interface SharedFlags extends Partial<PartFlags> {
  model: string;
  profile?: ProfileName;
  set?: string[];
  precision?: RunOptions['precision'];
  lora?: RunOptions['loras'];
  format: 'auto' | RunOptions['format'];
  layers?: string;
  multipliers?: number[];
  start?: RunOptions['start'];
  method?: RunOptions['method'];
  operator?: RunOptions['operator'];
  train?: string;
  validation?: string;
  test?: string;
  shuffle: boolean;
  seed?: number;
  system?: string;
  answerPrefix?: RunOptions['answerPrefix'];
  threads?: number;
  kvCache?: RunOptions['kvCache'];
  context?: number;
  batchRows?: number;
  gpuLayers?: number;
  split: boolean;
  randomVectors?: number;
  shuffledVectors?: number;
  measureAnyway?: boolean;
  shard?: { index: number; count: number };
  out?: string;
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
}

const groups = {
  model: 'Model:',
  profile: 'Profile:',
  steering: 'Steering:',
  data: 'Data and prompts:',
  machine: 'Machine:',
  output: 'Output:',
};

/**
 * Adds the options that every experiment takes.
 *
 * @param options.model false leaves out `--model`, for commands that take several. Default true.
 */
export function addSharedOptions(command: Command, options: { model?: boolean } = {}): Command {
  for (const option of [
    ...modelOptions().filter(({ long }) => options.model !== false || long !== '--model'),
    ...profileFlags(),
    ...steeringOptions(),
    ...dataOptions(),
    ...machineOptions(),
    ...outputOptions(),
  ]) {
    command.addOption(option);
  }
  return command;
}

/**
 * The options that a profile, its overrides and single options stand for, the latter counting most; what is absent
 * keeps its default.
 *
 * @throws RangeError for a choice or value that `--set` does not know
 */
export function runOptionsOf(flags: SharedFlags): Partial<RunOptions> {
  const { format, shuffle, system, context, split, measureAnyway, lora } = flags;
  const same = (
    [
      'precision',
      'layers',
      'multipliers',
      'start',
      'method',
      'operator',
      'train',
      'validation',
      'test',
      'seed',
      'answerPrefix',
      'threads',
      'kvCache',
      'batchRows',
      'gpuLayers',
      'randomVectors',
      'shuffledVectors',
    ] as const
  ).filter((name) => flags[name] !== undefined);
  return {
    ...(flags.profile === undefined && flags.set === undefined
      ? {}
      : profileOptions(flags.profile ?? 'corrected', flags.set ?? [])),
    ...Object.fromEntries(same.map((name) => [name, flags[name]])),
    ...(format === 'auto' ? {} : { format }),
    ...(shuffle ? {} : { shuffle }),
    ...(split ? {} : { splitBlocks: false }),
    ...(system === undefined ? {} : { system: system === 'none' ? null : system }),
    ...(context === undefined ? {} : { contextTokens: context }),
    ...(measureAnyway ? { measureAnyway } : {}),
    ...partOptionsOf(flags),
    ...(lora === undefined ? {} : { loras: lora }),
  };
}

/** `--model`, `--precision` and `--lora`. */
export function modelOptions(): Option[] {
  return inGroup(groups.model, [
    new Option('--model <model>', 'alias, path, hf:owner/name/file.gguf or ollama:name').default(
      defaultAlias,
    ),
    new Option('--precision <precision>', 'weights as the file has them, or converted once').choices(
      precisions,
    ),
    loraOption(),
  ]);
}

function profileFlags(): Option[] {
  return inGroup(groups.profile, [
    new Option(
      '--profile <profile>',
      told('corrected, or paper: as the published runs were made', profileNames[0]!),
    ).choices(profileNames),
    new Option(
      '--set <choice=value...>',
      `one choice of the profile, as propensity=logprob; choices: ${choiceNames.join(', ')}`,
    ),
  ]);
}

/** `--lora FILE[:SCALE]`, as often as there are adapters. */
function loraOption(): Option {
  return new Option('--lora <file[:scale]>', 'LoRA adapter (GGUF), repeatable (scale default: 1)').argParser(
    (text: string, before: Lora[] | undefined) => [...(before ?? []), parseLora(text)],
  );
}

/** A file, and behind the last colon a number: its scale. */
function parseLora(text: string): Lora {
  const [, path, scale] = /^(.+?)(?::([-+]?(?:\d+\.?\d*|\.\d+)))?$/.exec(text) ?? [];
  if (path === undefined) throw new InvalidArgumentError('Expected FILE or FILE:SCALE.');
  return { path, scale: scale === undefined ? 1 : Number(scale) };
}

function steeringOptions(): Option[] {
  const { layers, multipliers, start, method, operator, randomVectors, shuffledVectors } = defaultRunOptions;
  return inGroup(groups.steering, [
    new Option('--layers <layers>', told('blocks to steer: all, 15, 10-20 or 10,15', layers)).argParser(
      layerList,
    ),
    new Option('--multipliers <list>', told('numbers, 0 among them', multipliers.join(','))).argParser(
      multiplierList,
    ),
    new Option('--start <start>', told('first position that is steered', start)).choices(starts),
    new Option('--method <method>', told('how a vector is made from pairs', method)).choices(methods),
    new Option('--operator <operator>', told('what is done with the vector', operator)).choices(operators),
    new Option(
      '--random-vectors <number>',
      told('random directions to compare with', randomVectors),
    ).argParser(wholeNumber(0)),
    new Option(
      '--shuffled-vectors <number>',
      told('vectors of shuffled labels to compare with', shuffledVectors),
    ).argParser(wholeNumber(0)),
    new Option('--measure-anyway', 'go on although the competence check failed'),
  ]);
}

function dataOptions(): Option[] {
  const { train, validation, test, seed, system, answerPrefix } = defaultRunOptions;
  return inGroup(groups.data, [
    new Option('--format <format>', 'how items are put; auto: as the behaviour was written')
      .choices(['auto', 'multiple-choice', 'completion'])
      .default('auto'),
    new Option('--train <slice>', told('items to extract from: 0%:40% or 0:40', train)).argParser(
      slice('--train'),
    ),
    new Option('--validation <slice>', told('items to choose the layer on', validation)).argParser(
      slice('--validation'),
    ),
    new Option('--test <slice>', told('items to report on', test)).argParser(slice('--test')),
    new Option('--no-shuffle', 'keep the order of the file before slicing'),
    new Option('--seed <number>', told('seed of everything random', seed)).argParser(wholeNumber(0)),
    new Option('--system <text>', told('system message, or none', `"${system}"`)),
    new Option('--answer-prefix <prefix>', told('what stands before an answer', answerPrefix)).choices(
      answerPrefixOptions,
    ),
  ]);
}

function machineOptions(): Option[] {
  const { kvCache, contextTokens, batchRows, gpuLayers } = defaultRunOptions;
  return inGroup(groups.machine, [
    new Option('--threads <number>', told('threads of the decoder', 'the physical cores')).argParser(
      wholeNumber(1),
    ),
    new Option('--kv-cache <type>', told('type of the KV cache', kvCache)).choices(['f32', 'f16']),
    new Option('--context <tokens>', told('tokens the KV cache holds', contextTokens)).argParser(
      wholeNumber(1),
    ),
    new Option('--batch-rows <number>', told('rows decoded at once', batchRows)).argParser(wholeNumber(1)),
    new Option('--gpu-layers <number>', told('blocks on the GPU', gpuLayers)).argParser(wholeNumber(0)),
    new Option('--no-split', 'compute every block for every branch; saves memory, costs time'),
  ]);
}

function outputOptions(): Option[] {
  return inGroup(groups.output, [
    new Option('--shard <i/n>', 'compute only every n-th part, the i-th first; see merge').argParser(shardOf),
    new Option('--out <folder>', 'run folder (default: runs/<command>-<behaviour>-<model>)'),
    new Option('--json', 'print the result document; progress as lines of JSON on standard error'),
    new Option('--quiet', 'show no progress'),
    new Option('--verbose', "show llama.cpp's log, and the stack of unexpected errors"),
  ]);
}

/** Puts options under a heading of `--help`. */
export function inGroup(name: string, options: Option[]): Option[] {
  return options.map((option) => option.helpGroup(name));
}

/** The description of an option, with its default behind. */
export function told(text: string, value: string | number): string {
  return `${text} (default: ${value})`;
}

function layerList(text: string): string {
  if (text === 'all' || /^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text)) return text;
  throw new InvalidArgumentError('Expected all, 15, 10-20 or 10,15.');
}

function multiplierList(text: string): number[] {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (!numbers.every(Number.isFinite)) {
    throw new InvalidArgumentError('Expected numbers with commas between, such as --multipliers=-1,0,1.');
  }
  if (numbers.length < 2)
    throw new InvalidArgumentError('Expected at least two numbers: a slope needs them.');
  if (!numbers.includes(0)) throw new InvalidArgumentError('Expected 0 among them: the unsteered model.');
  if (new Set(numbers).size < numbers.length) throw new InvalidArgumentError('Expected each number once.');
  return numbers.sort((a, b) => a - b);
}

function slice(option: string): (text: string) => string {
  return (text) => {
    if (text === 'none') return text;
    try {
      parseSlice(text, option);
      return text;
    } catch (error) {
      const reason = (error as Error).message.replace(/^invalid "[^"]*"; /, '').replace(/: "[^"]*"$/, '');
      throw new InvalidArgumentError(`${reason[0]!.toUpperCase()}${reason.slice(1)}.`);
    }
  };
}

/** Reads a whole number from `least` on. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    const to = most === Number.MAX_SAFE_INTEGER ? 'on' : `to ${most}`;
    throw new InvalidArgumentError(`Expected a whole number, from ${least} ${to}.`);
  };
}

/** `1/4`, from 1, as people count. */
function shardOf(text: string): { index: number; count: number } {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, count] = [Number(match?.[1]) - 1, Number(match?.[2])];
  if (match !== null && index >= 0 && index < count) return { index, count };
  throw new InvalidArgumentError('Expected a part and a number of parts, such as 1/4.');
}

/** Reads the number of a layer. */
export const layerNumber = wholeNumber(0);
