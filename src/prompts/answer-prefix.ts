import { commonPrefix } from './seam.ts';

/** What stands between the prompt and the answer: `auto` lets the model's tokens decide. */
export type AnswerPrefixOption = 'auto' | 'none' | 'space';

/** All values of `--answer-prefix`, in the order in which they are documented. */
export const answerPrefixOptions: readonly AnswerPrefixOption[] = ['auto', 'none', 'space'];

/** The only part of an engine that prompts need. */
export interface Tokenizer {
  tokenize(text: string, options: { addSpecial: boolean; parseSpecial: boolean }): Promise<Int32Array>;
  detokenize(tokens: Int32Array): Promise<string>;
}

/**
 * Finds the form in which "(" starts a token of its own and the letter is another: nothing, or one space.
 *
 * "](" or "\n(" is one token in some vocabularies, and then the answer would begin inside the prompt.
 *
 * @param prompt A prompt as this model gets it, up to where the answer begins.
 * @param tokenize The tokenizer with its options set.
 * @returns The prefix, and a sentence on how it was chosen.
 */
export async function probeAnswerPrefix(
  prompt: string,
  tokenize: (text: string) => Promise<Int32Array>,
  detokenize: Tokenizer['detokenize'],
): Promise<{ prefix: '' | ' '; note: string }> {
  const promptTokens = await tokenize(prompt);
  for (const prefix of ['', ' '] as const) {
    if (await isClean(prefix)) {
      const where = prefix === '' ? 'directly' : 'after one space';
      return { prefix, note: `Answer letters follow the prompt ${where}: "(" is then a token of its own.` };
    }
  }
  return {
    prefix: '',
    note: 'Answer letters follow the prompt directly: no form makes "(" a token of its own.',
  };

  async function isClean(prefix: string): Promise<boolean> {
    for (const letter of ['A', 'B']) {
      const tokens = await tokenize(`${prompt}${prefix}(${letter})`);
      const seam = commonPrefix(promptTokens, tokens);
      if (seam < promptTokens.length) return false;
      const opening = await detokenize(tokens.subarray(seam, seam + 1));
      const second = await detokenize(tokens.subarray(seam + 1, seam + 2));
      if (opening.trim() !== '(' || !second.includes(letter)) return false;
    }
    return true;
  }
}
