import { z } from 'zod';
import { commonFields } from './fields.ts';

const token = z
  .number()
  .int()
  .min(0)
  .max(2 ** 31 - 1);

/** The body of `POST /v1/completions`. */
export const completionRequestSchema = z.strictObject({
  prompt: z
    .union(
      [
        z.string(),
        z.array(z.string()).min(1).max(2048),
        z.array(token).min(1),
        z.array(z.array(token).min(1)).min(1).max(2048),
      ],
      {
        error:
          'expected a text, a list of texts, a list of tokens, or a list of lists of tokens, none of them empty',
      },
    )
    .describe(
      'What is continued: text, tokens, or a list of either. Special tokens written in a text are read as such.',
    ),
  ...commonFields,
  max_tokens: commonFields.max_tokens.describe(
    'Most tokens of an answer. Default 16, as with OpenAI; 0 is for scoring a prompt.',
  ),
  echo: z
    .boolean()
    .nullish()
    .describe('The prompt stands in front of the answer, its log-probabilities too.'),
  logprobs: z
    .number()
    .int()
    .min(0)
    .max(20)
    .nullish()
    .describe('Log-probabilities of the tokens, before any sampling, and of so many likeliest ones.'),
  best_of: z.number().int().min(1).max(128).nullish().describe('Must equal n: answers are not ranked.'),
  suffix: z.literal('').nullish().describe('Text behind a gap: not supported.'),
});

/** A completion that is asked for. */
export type CompletionRequest = z.output<typeof completionRequestSchema>;
