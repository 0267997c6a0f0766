import type { RunOptions } from './run-options.ts';

/** How the disputed details of the published runs are handled, all at once. */
export type ProfileName = 'corrected' | 'paper';

/** Both profiles, the default one first. */
export const profileNames: readonly ProfileName[] = ['corrected', 'paper'];

/** One disputed detail of the published runs. */
interface Choice {
  /** What each profile takes. */
  corrected: string;
  paper: string;
  /** What may be chosen, and what it does to the options of a run. */
  values: Record<string, Partial<RunOptions>>;
  /** One sentence for `--help` and the documents. */
  meaning: string;
}

/**
 * Every detail in which the published runs differ from what this program holds to be right, by name.
 *
 * `--profile` takes a column, `--set name=value` one cell; nothing else in the program asks for the profile.
 *
 * Source: Tan et al. 2024 (arXiv 2407.12404) and the code that made its results (`dtch1997/repepo`), as read in
 * docs/reproduce-the-paper.md.
 */
export const choices = {
  split: {
    corrected: '40-10-50',
    paper: '50-50',
    values: {
      '40-10-50': { train: '0%:40%', validation: '40%:50%', test: '50%:100%' },
      '50-50': { train: '0%:50%', validation: 'none', test: '50%:100%' },
    },
    meaning: 'shares of the items in train, validation and test; 50-50 has no validation items',
  },
  stratify: {
    corrected: 'yes',
    paper: 'no',
    values: { yes: { stratify: true }, no: { stratify: false } },
    meaning: 'whether every set has the letters and words in the proportions of the whole',
  },
  leak: {
    corrected: 'none',
    paper: 'published',
    values: { none: { leak: 'none' }, published: { leak: 'published' } },
    meaning:
      'published: the test items begin at the 50th shuffled item, because "50:100%" lacks a %, and nearly half of them are training items',
  },
  prompt: {
    corrected: 'template',
    paper: 'published',
    values: { template: { promptForm: 'template' }, published: { promptForm: 'published' } },
    meaning:
      'published: blanks are stripped around prompt and answer, so Qwen and Gemma lose the newline after the assistant header',
  },
  'answer-prefix': {
    corrected: 'auto',
    paper: 'space',
    values: {
      auto: { answerPrefix: 'auto' },
      none: { answerPrefix: 'none' },
      space: { answerPrefix: 'space' },
    },
    meaning: 'what stands between prompt and answer; auto lets the tokens decide',
  },
  propensity: {
    corrected: 'letter',
    paper: 'answer-logits',
    values: {
      letter: { propensity: 'letter' },
      'answer-logits': { propensity: 'answer-logits' },
      logprob: { propensity: 'logprob' },
      'logprob-mean': { propensity: 'logprob-mean' },
      normalised: { propensity: 'normalised' },
      accuracy: { propensity: 'accuracy' },
    },
    meaning:
      'what a propensity is; answer-logits sums raw logits over all answer tokens, so the ")" counts too. Answers of their own have log-probabilities only: there both letter and answer-logits mean logprob',
  },
  start: {
    corrected: 'last-prompt-token',
    paper: 'last-prompt-token',
    values: {
      'last-prompt-token': { start: 'last-prompt-token' },
      'first-answer-token': { start: 'first-answer-token' },
      all: { start: 'all' },
    },
    meaning: 'first position that is steered; the paper says the last token, its code begins one before',
  },
  orders: {
    corrected: 'both',
    paper: 'given',
    values: { both: { orders: 'both' }, given: { orders: 'given' } },
    meaning: 'both: every lettered test item is measured with its letters exchanged as well',
  },
  'multi-option': {
    corrected: 'drop',
    paper: 'keep',
    values: { drop: { multiOption: 'drop' }, keep: { multiOption: 'keep' } },
    meaning: 'items that offer a third option',
  },
  'persona-prompts': {
    corrected: 'put-right',
    paper: 'published',
    values: { 'put-right': { personaPrompts: 'put-right' }, published: { personaPrompts: 'published' } },
    meaning: 'published: one pair of persona prompts has its sides exchanged',
  },
  'self-pairs': {
    corrected: 'exclude',
    paper: 'include',
    values: { exclude: { selfPairs: 'exclude' }, include: { selfPairs: 'include' } },
    meaning: 'whether a vector in its own setting, 1 by definition, counts in correlations over settings',
  },
  relative: {
    corrected: 'bounded',
    paper: 'published',
    values: { bounded: { relative: 'bounded' }, published: { relative: 'published' } },
    meaning:
      'relative steerability: bounded divides only where the denominator is known to be above 0; published divides by its size where that exceeds 0.25',
  },
} satisfies Record<string, Choice>;

/** Name of a choice. */
export type ChoiceName = keyof typeof choices;

/** All choices, in the order in which they are documented. */
export const choiceNames = Object.keys(choices) as ChoiceName[];

/**
 * The options that a profile stands for, with single choices overridden.
 *
 * @param settings `name=value` texts, later ones override earlier ones
 * @throws RangeError for a name or value that is not in the table
 * @example
 * profileOptions('paper', ['propensity=letter']).propensity; // 'letter'
 */
export function profileOptions(profile: ProfileName, settings: readonly string[]): Partial<RunOptions> {
  const chosen = new Map<ChoiceName, string>(choiceNames.map((name) => [name, choices[name][profile]]));
  for (const setting of settings) {
    const [name, value] = parseSetting(setting);
    chosen.set(name, value);
  }
  const parts = [...chosen].map(
    ([name, value]) => (choices[name].values as Record<string, Partial<RunOptions>>)[value],
  );
  return Object.assign({ profile }, ...parts);
}

function parseSetting(text: string): [ChoiceName, string] {
  const [name = '', value = ''] = text.split(/=(.*)/s);
  if (!choiceNames.includes(name as ChoiceName)) {
    throw new RangeError(`invalid "--set"; no choice is called "${name}": one of ${choiceNames.join(', ')}`);
  }
  const values = Object.keys(choices[name as ChoiceName].values);
  if (!values.includes(value)) {
    throw new RangeError(`invalid "--set"; "${name}" is one of ${values.join(', ')}: "${value}"`);
  }
  return [name as ChoiceName, value];
}
