import { z } from 'zod';
import { appliedSteeringSchema } from '../../steering/applied-steering.ts';

const usageSchema = z.object({
  prompt_tokens: z.number().int(),
  completion_tokens: z.number().int(),
  total_tokens: z.number().int(),
  prompt_tokens_details: z.object({ cached_tokens: z.number().int() }),
});

/** An error, in OpenAI's form. */
export const errorSchema = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string(),
  }),
});

const dosesSchema = z.array(
  z.object({
    entry: z.number().int().describe('Index of the entry of the steering.'),
    layer: z.number().int(),
    share: z
      .number()
      .nullable()
      .describe("The step's length as a share of the residual stream's mean norm there."),
    reason: z.string().nullable().describe('Why there is no share.'),
  }),
);

/** How large the steps are and what to know of them; null where nothing steers. */
const steeringNotesSchema = z.object({ doses: dosesSchema, warnings: z.array(z.string()) }).nullable();

const tokenLogprob = {
  token: z.string(),
  logprob: z.number(),
  bytes: z.array(z.number().int()).nullable().describe('Null for a control token.'),
};

const chatLogprobsSchema = z
  .object({
    content: z.array(z.object({ ...tokenLogprob, top_logprobs: z.array(z.object(tokenLogprob)) })),
    refusal: z.null(),
  })
  .nullable();

const endFields = {
  finish_reason: z.enum(['stop', 'length']),
  stop_reason: z.string().nullable().describe('The stop text that was met.'),
  applied_steering: appliedSteeringSchema,
};

const answerFields = {
  id: z.string(),
  created: z.number().int().describe('Seconds since 1970.'),
  model: z.string(),
  system_fingerprint: z.string().describe('Of the model, its adapters and the program.'),
  seed: z.number().int().describe('Of the first answer.'),
  steering_notes: steeringNotesSchema,
};

/** The same of an event, all but the last of which lack what only the end can tell. */
const chunkFields = { ...answerFields, steering_notes: steeringNotesSchema.optional() };
const chunkEndFields = {
  finish_reason: endFields.finish_reason.nullable(),
  stop_reason: endFields.stop_reason.optional(),
  applied_steering: endFields.applied_steering.optional(),
};

/** The answer to `POST /v1/chat/completions`. */
export const chatResponseSchema = z.object({
  object: z.literal('chat.completion'),
  ...answerFields,
  choices: z.array(
    z.object({
      index: z.number().int(),
      message: z.object({ role: z.literal('assistant'), content: z.string(), refusal: z.null() }),
      logprobs: chatLogprobsSchema,
      ...endFields,
    }),
  ),
  usage: usageSchema,
});

/** One event of a streamed chat completion; what ends an answer stands in its last one. */
export const chatChunkSchema = z.object({
  object: z.literal('chat.completion.chunk'),
  ...chunkFields,
  choices: z.array(
    z.object({
      index: z.number().int(),
      delta: z.object({ role: z.literal('assistant').optional(), content: z.string().optional() }),
      logprobs: chatLogprobsSchema,
      ...chunkEndFields,
    }),
  ),
  usage: usageSchema.nullable().optional(),
});

const completionLogprobsSchema = z
  .object({
    tokens: z.array(z.string()),
    token_logprobs: z.array(z.number().nullable()).describe('Null for the first token of a prompt.'),
    top_logprobs: z.array(z.record(z.string(), z.number()).nullable()),
    text_offset: z.array(z.number().int()).describe('Where each token begins in the text, in UTF-16 units.'),
  })
  .nullable();

/** The answer to `POST /v1/completions`. */
export const completionResponseSchema = z.object({
  object: z.literal('text_completion'),
  ...answerFields,
  choices: z.array(
    z.object({ index: z.number().int(), text: z.string(), logprobs: completionLogprobsSchema, ...endFields }),
  ),
  usage: usageSchema,
});

/** One event of a streamed completion. */
export const completionChunkSchema = z.object({
  object: z.literal('text_completion'),
  ...chunkFields,
  choices: z.array(
    z.object({
      index: z.number().int(),
      text: z.string(),
      logprobs: completionLogprobsSchema,
      ...chunkEndFields,
    }),
  ),
  usage: usageSchema.nullable().optional(),
});

/** A served model. */
export const modelSchema = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.number().int(),
  owned_by: z.string(),
  name: z.string().describe('As the file calls it.'),
  architecture: z.string(),
  blocks: z.number().int().describe('Layers are 0 to blocks - 1.'),
  width: z.number().int(),
  context: z.number().int().describe('Tokens that prompt and answer can have.'),
  hash: z.string().describe('Sha256 of the file, with adapters of all of them.'),
});

/** All served models: there is one. */
export const modelsSchema = z.object({ object: z.literal('list'), data: z.array(modelSchema) });

/** The server's default steering. */
export const defaultSteeringSchema = z.object({
  steering: z.array(z.unknown()).describe('The value, defaults filled in.'),
  fingerprint: z.string(),
  doses: dosesSchema,
  warnings: z.array(z.string()),
});

/** The vectors of the server's folder. */
export const vectorsSchema = z.object({
  object: z.literal('list'),
  data: z.array(
    z.object({
      alias: z.string(),
      file: z.string(),
      hash: z.string().nullable(),
      behaviour: z.string().nullable(),
      producer: z.string().nullable(),
      layers: z.array(
        z.object({
          layer: z.number().int(),
          norm: z.number(),
          residual_norm: z
            .number()
            .nullable()
            .describe('Mean norm of the residual stream there, on a neutral text.'),
        }),
      ),
      usable: z.boolean().describe('Whether it can be read and fits the served model.'),
      error: z.string().nullable(),
      warnings: z.array(z.string()),
    }),
  ),
});

/** Whether requests can be served. */
export const healthSchema = z.object({
  status: z.enum(['ready', 'starting', 'down', 'stopping']),
  running: z.number().int().describe('Answers that are being made.'),
  waiting: z.number().int().describe('Answers that wait for a place.'),
  engine_restarts: z.number().int(),
});

/** Tokens of a text. */
export const tokenizeResponseSchema = z.object({
  tokens: z.array(z.number().int()),
  count: z.number().int(),
  max_model_len: z.number().int(),
});

/** Text of tokens. */
export const detokenizeResponseSchema = z.object({ prompt: z.string() });

/** What a client must know to prepare prompts itself. */
export const tokenizerInfoSchema = z.object({
  bos_token: z.string().nullable(),
  eos_token: z.string().nullable(),
  pad_token: z.null(),
  chat_template: z.string().nullable(),
  add_bos_token: z.boolean(),
  vocab_size: z.number().int(),
});
