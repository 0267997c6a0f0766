import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultRunOptions, type RunOptions } from '../experiments/run-options.ts';

/** Options of what is measured beside the slopes, as commander gives them. */
export interface PartFlags {
  prompts?: number | 'all' | boolean;
  everyLayer?: boolean;
  personaPositive?: string;
  personaNegative?: string;
  positiveMeaning?: string;
  negativeMeaning?: string;
  factors?: string[];
  replicates?: number;
  damageTexts?: number;
  damageTokens?: number;
  freeAnswers?: number;
  answerTokens?: number;
  sampled?: boolean;
  temperature?: number;
  scorer?: RunOptions['scorer'];
  judgeUrl?: string;
  judgeModel?: string;
  judgeKey?: string;
  bootstrapVectors?: number;
  texts?: RunOptions['keepTexts'];
}

/** Items that `--prompts` alone stands for. */
const promptItems = 20;

/** Adds the options of an audit's parts, which the experiments of the paper share. */
export function addPartOptions(command: Command): Command {
  const {
    replicates,
    damageTexts,
    damageTokens,
    continuedItems,
    continuedTokens,
    temperature,
    scorer,
    bootstrapVectors,
    keepTexts,
  } = defaultRunOptions;
  const options = [
    new Option(
      '--prompts [items]',
      `test items to steer under four other prompts too, or "all" (${promptItems} without a number)`,
    ).argParser(itemCount),
    new Option('--no-prompts', 'measure under the default prompt alone'),
    new Option('--every-layer', 'steer every layer on validation items, not a shortlist of six'),
    new Option('--persona-positive <text>', 'sentence that asks for the positive side, for other prompts'),
    new Option('--persona-negative <text>', 'sentence that asks for the negative side'),
    new Option('--positive-meaning <text>', 'what positive answers show, as "a pleased view"'),
    new Option('--negative-meaning <text>', 'what negative answers show'),
    new Option('--factors <field...>', 'fields of the data lines to look for bias by'),
    counted('--replicates <number>', 'other neutral instructions to repeat items under', replicates, 0),
    counted('--damage-texts <number>', 'neutral texts to steer, for damage', damageTexts, 0),
    counted('--damage-tokens <number>', 'tokens of each that count, from its first', damageTokens, 1),
    counted('--free-answers <items>', 'test prompts to answer in own words', continuedItems, 0),
    counted('--answer-tokens <number>', 'tokens of each of these answers', continuedTokens, 1),
    new Option('--sampled', 'answer once more with sampling, not only the likeliest tokens'),
    new Option('--temperature <number>', told('temperature of the sampling', temperature)).argParser(
      positiveNumber,
    ),
    new Option('--scorer <scorer>', told('what scores free answers', scorer)).choices([
      'classifier',
      'judge',
      'none',
    ]),
    new Option('--judge-url <url>', 'OpenAI-compatible endpoint of the judge'),
    new Option('--judge-model <name>', 'model of the judge'),
    new Option('--judge-key <variable>', "environment variable that holds the judge's key"),
    counted(
      '--bootstrap-vectors <number>',
      'vectors of resampled training pairs, for its stability',
      bootstrapVectors,
      0,
    ),
    new Option(
      '--texts <whose>',
      told('whose prompts and answers stand in the result; own: not those of public datasets', keepTexts),
    ).choices(['all', 'own', 'none']),
  ];
  for (const option of options) command.addOption(option.helpGroup('What is measured:'));
  return command;
}

/** The part of a run's options that was given. */
export function partOptionsOf(flags: Partial<PartFlags>): Partial<RunOptions> {
  const { prompts, everyLayer, freeAnswers, answerTokens, sampled, judgeKey, texts } = flags;
  const same = (
    [
      'personaPositive',
      'personaNegative',
      'positiveMeaning',
      'negativeMeaning',
      'factors',
      'replicates',
      'damageTexts',
      'damageTokens',
      'temperature',
      'scorer',
      'judgeUrl',
      'judgeModel',
      'bootstrapVectors',
    ] as const
  ).filter((name) => flags[name] !== undefined);
  return {
    ...Object.fromEntries(same.map((name) => [name, flags[name]])),
    ...settingItemsOf(prompts),
    ...(everyLayer ? { layerSearch: 'every' as const } : {}),
    ...(freeAnswers === undefined ? {} : { continuedItems: freeAnswers }),
    ...(answerTokens === undefined ? {} : { continuedTokens: answerTokens }),
    ...(sampled ? { sampledTexts: 1 } : {}),
    ...(judgeKey === undefined ? {} : { judgeKeyVariable: judgeKey }),
    ...(texts === undefined ? {} : { keepTexts: texts }),
  };
}

/** `--no-prompts` is false, `--prompts` alone true. */
function settingItemsOf(prompts: number | 'all' | boolean | undefined): Partial<RunOptions> {
  if (prompts === undefined) return {};
  return { settingItems: prompts === true ? promptItems : prompts === false ? 0 : prompts };
}

function counted(flags: string, text: string, value: number, least: number): Option {
  return new Option(flags, told(text, value)).argParser((given) => wholeNumber(given, least));
}

function told(text: string, value: string | number): string {
  return `${text} (default: ${value})`;
}

function itemCount(text: string): number | 'all' {
  return text === 'all' ? 'all' : wholeNumber(text, 1);
}

function positiveNumber(text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('Expected a number above 0.');
}

function wholeNumber(text: string, least: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
  throw new InvalidArgumentError(`Expected a whole number, from ${least} on.`);
}
