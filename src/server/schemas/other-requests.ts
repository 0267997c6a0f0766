import { z } from 'zod';
import { steeringField } from './fields.ts';

/** The body of `PUT /steering`. */
export const putSteeringSchema = z.strictObject({ steering: steeringField });

/** The body of `POST /tokenize`. */
export const tokenizeRequestSchema = z.strictObject({
  prompt: z.string().describe('Special tokens written in it are read as such.'),
  add_special_tokens: z
    .boolean()
    .nullish()
    .describe('With the start token, where the file says so. Default true.'),
  model: z.string().nullish(),
});

/** The body of `POST /detokenize`. */
export const detokenizeRequestSchema = z.strictObject({
  tokens: z
    .array(
      z
        .number()
        .int()
        .min(0)
        .max(2 ** 31 - 1),
    )
    .max(1_000_000),
  model: z.string().nullish(),
});
