import type { Format, Item, Letter } from '../dataset/item.ts';
import { SteerbenchError } from '../errors.ts';
import { type AnswerPrefixOption, probeAnswerPrefix, type Tokenizer } from './answer-prefix.ts';
import type { Case, Sequence } from './case.ts';
import { createPromptRenderer, type TemplateFacts } from './chat-template.ts';
import { contentOf } from './content-of.ts';
import { type AnswerTexts, joinTexts } from './join-texts.ts';
import { type PromptForm, publishedRenderer } from './prompt-form.ts';
import { promptTokenize } from './prompt-tokenize.ts';
import { commonPrefix } from './seam.ts';

/** What cases depend on; a part of the engine's facts. */
export interface PromptFacts extends TemplateFacts {
  /** Tokens the context holds. */
  contextTokens: number;
  /** Sliding window in tokens; null without one. */
  slidingWindow: number | null;
}

/** How items are put to a model. */
export interface CaseOptions {
  /** Name of the behaviour, for the names of cases. */
  behaviour: string;
  format: Format;
  /** System message; null for none. */
  system: string | null;
  /** Text before the user's own, a blank line between. Default none. */
  prefix?: string | null;
  /** Default `template`. */
  form?: PromptForm;
  /** Default `auto`. */
  answerPrefix?: AnswerPrefixOption;
  tokenizer: Tokenizer;
  facts: PromptFacts;
}

/** Turns items into cases for one model, format and system message. */
export interface CaseBuilder {
  build(item: Item): Promise<Case>;
  /** A text as the assistant's reply to a user's; both as they are, whatever the format. */
  reply(prompt: string, text: string): Promise<Sequence>;
  /** The texts of an item exactly as they are tokenised. */
  texts(item: Item): AnswerTexts;
  /** What had to be handled, one sentence each; grows while cases are built. */
  notes: readonly string[];
}

/**
 * Prepares a model's prompts: template, system role and answer prefix are decided once, then items become cases.
 *
 * Prompt + answer is tokenised as one text; all positions come from token ids. The seam is the longest token prefix
 * that the prompt shares with both texts: where prompt and answer merge in a token it lies before the prompt's end
 * (`seamMoved`), the same in both answers.
 *
 * @throws SteerbenchError `format-unusable` for an item without the format, longer than the context, or without a
 * letter token; `tokenisation` where an answer adds no token.
 * @example
 * const builder = await createCaseBuilder({
 *   behaviour: 'sentiment', format: 'completion', system: defaultSystem, tokenizer: engine, facts: engine.facts,
 * });
 * const cases = await Promise.all(split.test.map((item) => builder.build(item)));
 */
export async function createCaseBuilder(options: CaseOptions): Promise<CaseBuilder> {
  const { behaviour, format, tokenizer, facts } = options;
  const own = createPromptRenderer(facts, options.system);
  const renderer = options.form === 'published' ? publishedRenderer(facts, options.system, own) : own;
  const notes = [...renderer.notes];
  const tokenize = await promptTokenize(tokenizer, renderer, facts);
  const prefix = await choosePrefix();
  const texts = (item: Item) =>
    joinTexts(renderer, prefixed(stripped(contentOf(item, format, behaviour))), format, prefix);
  return { build, reply, texts, notes };

  async function choosePrefix(): Promise<'' | ' ' | 'auto'> {
    const option = options.answerPrefix ?? 'auto';
    if (option !== 'auto') return option === 'none' ? '' : ' ';
    if (format === 'completion') return 'auto';
    const sample = {
      prompt: 'Is tea a drink?\n\nChoices:\n(A): Yes\n(B): No',
      positive: '(A)',
      negative: '(B)',
    };
    const { prompt } = joinTexts(renderer, sample, format, '');
    const probed = await probeAnswerPrefix(prompt, tokenize, (tokens) => tokenizer.detokenize(tokens));
    notes.push(probed.note);
    return probed.prefix;
  }

  /** The published runs stripped question and answers before anything was put in front of them. */
  function stripped({ prompt, positive, negative }: AnswerTexts): AnswerTexts {
    if (options.form !== 'published') return { prompt, positive, negative };
    return { prompt: prompt.trim(), positive: positive.trim(), negative: negative.trim() };
  }

  function prefixed(content: AnswerTexts): AnswerTexts {
    return options.prefix == null
      ? content
      : { ...content, prompt: `${options.prefix}\n\n${content.prompt}` };
  }

  async function build(item: Item): Promise<Case> {
    const id = `${behaviour}/${item.index}`;
    const text = texts(item);
    const [prompt, positive, negative] = await Promise.all([
      tokenize(text.prompt),
      tokenize(text.prompt + text.positive),
      tokenize(text.prompt + text.negative),
    ]);
    const seam = Math.min(commonPrefix(prompt, positive), commonPrefix(prompt, negative));
    checkLengths(id, seam, positive, negative);
    const letter = format === 'completion' ? null : await letterPosition(item, id, seam, positive, negative);
    return {
      id,
      item: item.index,
      positive: sequence(positive, seam, letter),
      negative: sequence(negative, seam, letter),
      seamMoved: seam < prompt.length,
    };
  }

  async function reply(prompt: string, text: string): Promise<Sequence> {
    const content = prefixed({ prompt, positive: text, negative: text });
    const joined = joinTexts(renderer, content, 'completion', prefix);
    const [before, whole] = await Promise.all([
      tokenize(joined.prompt),
      tokenize(joined.prompt + joined.positive),
    ]);
    const seam = commonPrefix(before, whole);
    const id = `${behaviour} reply`;
    checkContext(id, whole.length);
    if (seam === 0 || seam === whole.length) throw noPosition(id, 'the reply adds no token to a prompt');
    return sequence(whole, seam, null);
  }

  function checkContext(id: string, longest: number): void {
    if (longest <= facts.contextTokens) return;
    throw new SteerbenchError(
      'format-unusable',
      `item "${id}" has ${longest} tokens; the context holds ${facts.contextTokens}`,
      { remedy: 'shorten the item or leave it out' },
    );
  }

  function checkLengths(id: string, seam: number, positive: Int32Array, negative: Int32Array): void {
    const longest = Math.max(positive.length, negative.length);
    checkContext(id, longest);
    if (seam === 0)
      throw noPosition(id, 'no token stands before the answer, so nothing can predict its first token');
    if (Math.min(positive.length, negative.length) === seam)
      throw noPosition(id, 'an answer adds no token to the prompt');
    if (commonPrefix(positive, negative) === longest)
      throw noPosition(id, 'both answers are the same tokens');
    if (facts.slidingWindow !== null && longest > facts.slidingWindow) {
      addNote(
        `Some items are longer than the model's sliding window of ${facts.slidingWindow} tokens, ` +
          'which llama.cpp does not apply in every architecture.',
      );
    }
  }

  /** The first answer position where the two texts differ, checked to hold each text's own letter. */
  async function letterPosition(
    item: Item,
    id: string,
    seam: number,
    positive: Int32Array,
    negative: Int32Array,
  ): Promise<number> {
    const position = commonPrefix(positive, negative);
    const own: Letter = item.multipleChoice!.positive;
    const other: Letter = own === 'A' ? 'B' : 'A';
    const [first, second] = await Promise.all(
      [positive, negative].map((tokens) => tokenizer.detokenize(tokens.subarray(position, position + 1))),
    );
    if (position >= seam && first!.includes(own) && second!.includes(other)) return position;
    throw new SteerbenchError(
      'format-unusable',
      `item "${id}": no token holds the answer letter; the texts differ first in "${first}" and "${second}"`,
      { remedy: 'give --format completion' },
    );
  }

  function addNote(note: string): void {
    if (!notes.includes(note)) notes.push(note);
  }
}

/**
 * One item as a case; {@link createCaseBuilder} for many.
 *
 * @example
 * const { positive } = await buildCase(item, options);
 */
export async function buildCase(item: Item, options: CaseOptions): Promise<Case> {
  return (await createCaseBuilder(options)).build(item);
}

function sequence(tokens: Int32Array, seam: number, letter: number | null): Sequence {
  return {
    tokens,
    lastPromptToken: seam - 1,
    firstAnswerToken: seam,
    letter,
    answerStart: seam,
    answerEnd: tokens.length,
  };
}

function noPosition(id: string, reason: string): SteerbenchError {
  return new SteerbenchError('tokenisation', `item "${id}": ${reason}`, {
    remedy: 'correct the item or leave it out',
  });
}
