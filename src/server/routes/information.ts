import type { z } from 'zod';
import { checkModel } from '../answer-options.ts';
import type { detokenizeRequestSchema, tokenizeRequestSchema } from '../schemas/other-requests.ts';
import type {
  detokenizeResponseSchema,
  healthSchema,
  modelSchema,
  tokenizeResponseSchema,
  tokenizerInfoSchema,
} from '../schemas/responses.ts';
import type { ServerContext } from '../server-context.ts';
import { checkTokens } from './completions.ts';

/** The served model. */
export function describeModel({
  engine,
  modelName,
  created,
  limits,
}: ServerContext): z.input<typeof modelSchema> {
  const { name, architecture, blocks, width, hash } = engine.facts;
  return {
    id: modelName,
    object: 'model',
    created,
    owned_by: 'steerbench',
    name,
    architecture,
    blocks,
    width,
    context: limits.contextTokens,
    hash,
  };
}

/** Whether requests can be served. */
export function health({ state, admission, engineRestarts }: ServerContext): z.input<typeof healthSchema> {
  return {
    status: admission.draining ? 'stopping' : state(),
    ...admission.load,
    engine_restarts: engineRestarts(),
  };
}

/** Tokens of a text. */
export async function tokenize(
  { prompt, add_special_tokens: addSpecial, model }: z.output<typeof tokenizeRequestSchema>,
  context: ServerContext,
): Promise<z.input<typeof tokenizeResponseSchema>> {
  checkModel(model, context);
  const tokens = await context.engine.tokenize(prompt, {
    addSpecial: addSpecial ?? true,
    parseSpecial: true,
  });
  return { tokens: [...tokens], count: tokens.length, max_model_len: context.limits.contextTokens };
}

/** Text of tokens. */
export async function detokenize(
  { tokens, model }: z.output<typeof detokenizeRequestSchema>,
  context: ServerContext,
): Promise<z.input<typeof detokenizeResponseSchema>> {
  checkModel(model, context);
  checkTokens(tokens, context.engine.facts.vocabulary, 'tokens');
  return { prompt: tokens.length === 0 ? '' : await context.engine.detokenize(Int32Array.from(tokens)) };
}

/** What a client must know to prepare prompts itself. */
export function tokenizerInfo({ engine }: ServerContext): z.input<typeof tokenizerInfoSchema> {
  const { startToken, endToken, chatTemplate, addsStartToken, vocabulary } = engine.facts;
  return {
    bos_token: startToken,
    eos_token: endToken,
    pad_token: null,
    chat_template: chatTemplate,
    add_bos_token: addsStartToken,
    vocab_size: vocabulary,
  };
}
