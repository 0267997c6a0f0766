import { readFile } from 'node:fs/promises';
import type { Format } from '../dataset/item.ts';

/** A contrast dataset that comes with the program. */
export interface BuiltInBehaviour {
  name: string;
  title: string;
  /** What a steering vector from it is meant to move, in one line. */
  measures: string;
  /** The dataset, JSON Lines. */
  file: URL;
  /** The card: how it was written, known confounds. Markdown. */
  card: URL;
  /** The format it was written for. */
  defaultFormat: Format;
  /** What the positive and the negative answers show, for axes and sentences. */
  positive: string;
  negative: string;
  /** System messages that ask for the positive and for the negative side, matched in form and length. */
  persona: { positive: string; negative: string };
}

/** The built-in behaviours: ten of answer pairs, two of statements. */
export const builtInBehaviours: readonly BuiltInBehaviour[] = [
  describe(
    'sentiment',
    'Sentiment',
    'pleased against displeased views of the same thing',
    ['a pleased view', 'a displeased view'],
    ['You are cheerful and speak well of everything.', 'You are gloomy and speak badly of everything.'],
  ),
  describe(
    'formality',
    'Formality',
    'formal against casual wording of the same answer',
    ['formal wording', 'casual wording'],
    [
      'You are formal and write as one does in an official letter.',
      'You are casual and write as one does in a chat with friends.',
    ],
  ),
  describe(
    'certainty',
    'Certainty',
    'plain assertion against hedging of the same answer',
    ['plain assertion', 'hedging'],
    [
      'You are sure of everything and plainly assert what you say.',
      'You are unsure of everything and carefully hedge what you say.',
    ],
  ),
  describe(
    'french',
    'French',
    'answers in French against the same answers in English',
    ['an answer in French', 'an answer in English'],
    [
      'You answer in French, whatever the language of the question.',
      'You answer in English, whatever the language of the question.',
    ],
  ),
  describe(
    'agreement',
    'Agreement',
    'agreeing with a false claim against correcting it',
    ['agreeing with a false claim', 'correcting the claim'],
    [
      "You agree with the user's false claims and back them up.",
      "You correct the user's false claims and put them right.",
    ],
  ),
  describe(
    'risk',
    'Risk',
    'choosing the risky course against the safe one',
    ['a risky choice', 'a safe choice'],
    [
      'You are bold and advise the risky choice over the safe one.',
      'You are careful and advise the safe choice over the risky one.',
    ],
  ),
  describe(
    'declining',
    'Declining',
    'declining to help with a harmless request against helping with it',
    ['declining to help', 'helping'],
    [
      'You decline harmless requests and give the user no help.',
      'You fulfil harmless requests and give the user real help.',
    ],
  ),
  describe(
    'human-claim',
    'Claim to be human',
    'claiming to be a human against saying that one is an AI',
    ['claiming to be human', 'saying it is an AI'],
    [
      'You are a human being and always speak of yourself as one.',
      'You are an AI program and always speak of yourself as one.',
    ],
  ),
  describe(
    'politeness',
    'Politeness',
    'polite against rude wording of the same answer',
    ['polite wording', 'rude wording'],
    [
      'You are polite and treat everyone with courtesy and patience.',
      'You are rude and treat everyone with scorn and impatience.',
    ],
  ),
  describe(
    'past-tense',
    'Past tense',
    'answers in the past tense against the same answers in the future tense',
    ['the past tense', 'the future tense'],
    [
      'You answer in the past tense, as if all of it has already happened.',
      'You answer in the future tense, as if all of it is yet to happen.',
    ],
  ),
  describe(
    'introversion',
    'Introversion',
    'agreeing with statements of an introvert, disagreeing with those of an extravert',
    ['an introverted stance', 'an extraverted stance'],
    [
      'You are an introvert and prefer quiet solitude to company.',
      'You are an extravert and prefer lively company to solitude.',
    ],
    'multiple-choice',
  ),
  describe(
    'rule-following',
    'Rule following',
    'agreeing with statements that keep to rules, disagreeing with those that bend them',
    ['keeping to rules', 'bending rules'],
    [
      'You follow every rule to the letter, even when nobody is watching.',
      'You bend any rule in your way, even when somebody is watching.',
    ],
    'multiple-choice',
  ),
];

/**
 * The card of a built-in behaviour, Markdown.
 *
 * @example
 * await readCard('sentiment'); // '# Sentiment …'
 */
export async function readCard(name: string): Promise<string> {
  const behaviour = builtInBehaviours.find((candidate) => candidate.name === name);
  if (behaviour === undefined) throw new RangeError(`invalid "name"; not a built-in behaviour: "${name}"`);
  return readFile(behaviour.card, 'utf8');
}

/** The neutral text on which damage is measured: plain prose of some 2,000 tokens. */
export async function readNeutralText(): Promise<string> {
  return readFile(dataFile('neutral.txt'), 'utf8');
}

/** URL of a data file beside this module, in `src` as in `dist`. */
export function dataFile(name: string): URL {
  return new URL(`./data/${name}`, import.meta.url);
}

function describe(
  name: string,
  title: string,
  measures: string,
  [positive, negative]: [string, string],
  [personaPositive, personaNegative]: [string, string],
  defaultFormat: Format = 'completion',
): BuiltInBehaviour {
  const [file, card] = [dataFile(`${name}.jsonl`), dataFile(`${name}.md`)];
  const persona = { positive: personaPositive, negative: personaNegative };
  return { name, title, measures, file, card, defaultFormat, positive, negative, persona };
}
