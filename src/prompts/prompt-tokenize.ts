import type { Tokenizer } from './answer-prefix.ts';
import type { PromptRenderer, TemplateFacts } from './chat-template.ts';

/**
 * The tokenizer as prompts need it: special tokens exactly once, and none at the end, where an answer is to follow.
 *
 * A template writes its own special tokens; plain text gets those of the file's settings.
 */
export async function promptTokenize(
  tokenizer: Tokenizer,
  { writesSpecials }: Pick<PromptRenderer, 'writesSpecials'>,
  { addsStartToken }: TemplateFacts,
): Promise<(text: string) => Promise<Int32Array>> {
  const options = { addSpecial: !writesSpecials, parseSpecial: true };
  const added = writesSpecials ? 0 : (await tokenizer.tokenize('', options)).length;
  const trailing = Math.max(0, added - (addsStartToken ? 1 : 0));
  return async (text) => {
    const tokens = await tokenizer.tokenize(text, options);
    return trailing === 0 ? tokens : tokens.subarray(0, tokens.length - trailing);
  };
}
