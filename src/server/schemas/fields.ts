import { z } from 'zod';
import { largestSeed } from '../../math/next-seed.ts';
import { steeringSchema } from '../../steering/steering-value.ts';

/** What clients of OpenAI send for their provider's own purposes; this server has no use for it. */
const noEffect = (what: string) => `${what} Accepted, without effect.`;
const refused = (what: string) =>
  `${what}: not supported; anything but the value that means "off" is refused.`;

/** Steering as a request gives it. */
export const steeringField = z
  .union([z.string().min(1), steeringSchema], {
    error:
      'expected a list of {vector, layers, multiplier, operator, scope, when}, or a text such as "sentiment@14:0.8"',
  })
  .describe(
    "What steers the answer: a list of entries, or its short form VECTOR[@LAYERS][:MULTIPLIER][,scope=…][,operator=…][,when=…]. Vectors are named by their alias in the server's folder. [] steers nothing; absent or null takes the server's default.",
  );

/** Fields of both kinds of completions. */
export const commonFields = {
  model: z.string().nullish().describe('Name of the served model, as /v1/models gives it; may be left out.'),
  n: z.number().int().min(1).max(128).nullish().describe('Answers to each prompt. Default 1.'),
  stream: z.boolean().nullish().describe('Answers as server-sent events, as they come. Default false.'),
  stream_options: z
    .strictObject({
      include_usage: z.boolean().nullish().describe('One more chunk at the end, with the usage.'),
      include_obfuscation: z.literal(false).nullish().describe(refused('Padding of chunks')),
    })
    .nullish(),
  temperature: z.number().min(0).max(100).nullish().describe('0 takes the likeliest token. Default 1.'),
  top_p: z
    .number()
    .min(0)
    .max(1)
    .nullish()
    .describe('Draws among the likeliest tokens that reach this probability.'),
  top_k: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .nullish()
    .describe('Draws among so many likeliest tokens; 0 is off.'),
  min_p: z
    .number()
    .min(0)
    .max(1)
    .nullish()
    .describe("Draws among tokens of this share of the likeliest one's probability."),
  frequency_penalty: z
    .number()
    .min(-2)
    .max(2)
    .nullish()
    .describe('Subtracted for each time a token is in the answer.'),
  presence_penalty: z
    .number()
    .min(-2)
    .max(2)
    .nullish()
    .describe('Subtracted once for a token that is in the answer.'),
  repetition_penalty: z
    .number()
    .min(0.01)
    .max(100)
    .nullish()
    .describe('Divides the logits of tokens of the last 64, prompt included. Default 1.'),
  logit_bias: z
    .record(z.string().regex(/^\d{1,10}$/), z.number().min(-100).max(100))
    .refine((biases) => Object.keys(biases).length <= 5000, { error: 'at most 5000 tokens' })
    .nullish()
    .describe('Added to the logits of tokens, by token id.'),
  seed: z
    .number()
    .int()
    .min(0)
    .max(largestSeed)
    .nullish()
    .describe(
      'Decides every draw; the i-th answer takes seed + i. Absent: drawn for the request, and told in the answer.',
    ),
  stop: z
    .union([z.string().min(1), z.array(z.string().min(1)).max(64)], {
      error: 'expected a text or a list of up to 64 texts, none of them empty',
    })
    .nullish()
    .describe('The answer ends before the first of these texts.'),
  max_tokens: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .nullish()
    .describe('Most tokens of an answer.'),
  steering: steeringField.nullish(),
  grammar: z
    .string()
    .min(1)
    .max(20_000)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: \0 means something else to other readers of JSON Schema
    .regex(/^[^\u0000]*$/)
    .nullish()
    .describe('A grammar (GBNF) that the answer follows. Not beside response_format.'),
  ignore_eos: z.boolean().nullish().describe('Never chooses a token that ends the answer. Default false.'),
  user: z.string().nullish().describe(noEffect('Name of an end user.')),
};

/** Fields of OpenAI that only say who asks, or switch on what this server does not have. */
export const foreignFields = {
  metadata: z.record(z.string(), z.string()).nullish().describe(noEffect('Labels for stored answers.')),
  safety_identifier: z.string().nullish().describe(noEffect('Name of an end user.')),
  prompt_cache_key: z.string().nullish().describe(noEffect('Prompts share their beginnings in any case.')),
  service_tier: z.enum(['auto', 'default']).nullish().describe(refused('Tiers of service')),
  store: z.literal(false).nullish().describe(refused('Storing answers')),
  modalities: z.array(z.literal('text')).nullish().describe(refused('Other output than text')),
  tools: z.array(z.never()).max(0).nullish().describe(refused('Tools')),
  tool_choice: z.enum(['none', 'auto']).nullish().describe(refused('Tools')),
  parallel_tool_calls: z.boolean().nullish().describe(noEffect('There are no tools.')),
};

/** What both kinds of requests have. */
export type CommonRequest = z.output<z.ZodObject<typeof commonFields>>;
