import { z } from 'zod';
import { commonFields, foreignFields } from './fields.ts';

const textSchema = z
  .union([z.string(), z.array(z.strictObject({ type: z.literal('text'), text: z.string() })).min(1)], {
    error: 'expected a text, or a list of {"type": "text", "text"} parts',
  })
  .describe('A text, or parts of text, which are joined by line breaks.');

/** Fields that clients send back with an answer they got; each must be empty. */
const sentBack = {
  refusal: z.null().optional(),
  audio: z.null().optional(),
  function_call: z.null().optional(),
  annotations: z.array(z.never()).max(0).nullish(),
  tool_calls: z.array(z.never()).max(0).nullish(),
};

const messageSchema = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: textSchema }),
  z.strictObject({ role: z.literal('developer'), content: textSchema }).describe('The same as system.'),
  z.strictObject({ role: z.literal('user'), content: textSchema }),
  z.strictObject({ role: z.literal('assistant'), content: textSchema, ...sentBack }),
]);

const responseFormatSchema = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('text') }),
    z.strictObject({ type: z.literal('json_object') }).describe('Any JSON object.'),
    z
      .strictObject({
        type: z.literal('json_schema'),
        json_schema: z.strictObject({
          name: z.string(),
          description: z.string().nullish(),
          schema: z.record(z.string(), z.unknown()),
          strict: z.boolean().nullish().describe('The schema is always followed to the letter.'),
        }),
      })
      .describe('JSON that the schema accepts. A keyword that is not understood is refused by name.'),
  ])
  .describe('What the answer must look like; kept by a grammar, so that it cannot be otherwise.');

/** The body of `POST /v1/chat/completions`. */
export const chatRequestSchema = z.strictObject({
  messages: z.array(messageSchema).min(1).max(4096),
  ...commonFields,
  ...foreignFields,
  max_completion_tokens: z
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .nullish()
    .describe('The same as max_tokens; not beside it.'),
  logprobs: z
    .boolean()
    .nullish()
    .describe('Log-probabilities of the chosen tokens, before any sampling. Default false.'),
  top_logprobs: z
    .number()
    .int()
    .min(0)
    .max(20)
    .nullish()
    .describe('And of so many likeliest ones; needs logprobs.'),
  response_format: responseFormatSchema.nullish(),
});

/** A chat completion that is asked for. */
export type ChatRequest = z.output<typeof chatRequestSchema>;
