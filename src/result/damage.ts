import { z } from 'zod';
import { estimateSchema } from './estimate.ts';

/** What steering at one multiplier does to text that has nothing to do with the behaviour. */
const damagePointSchema = z.object({
  multiplier: z.number(),
  /** KL(unsteered ‖ steered) of the next token, nats: mean over texts, 95th percentile over tokens. */
  klMean: estimateSchema,
  klP95: estimateSchema,
  /** exp of the mean difference of negative log-likelihood per token. */
  perplexityRatio: estimateSchema,
});

/** Damage on neutral text put as an assistant's reply, steered from the last prompt token on. */
export const damageSchema = z.object({
  texts: z.number().int(),
  tokens: z.number().int(),
  /** Perplexity of the unsteered model on these texts. */
  perplexity: z.number(),
  /** Ascending multipliers, 0 left out. */
  points: z.array(damagePointSchema),
  /** Probability outside the two letters on the test items, by multiplier; null in `completion`. */
  outsideLetters: z.array(z.object({ multiplier: z.number(), mass: estimateSchema })).nullable(),
  /** The multiplier ±λ at which the 95th percentile of per-token KL reaches `limit`, and what it does there. */
  equal: z.object({
    limit: z.number(),
    multiplier: z.number().nullable(),
    /** 95 % interval of that multiplier, over texts. */
    low: z.number().nullable(),
    high: z.number().nullable(),
    /** (m(+λ) − m(−λ)) / 2 on test items. */
    effect: estimateSchema.nullable(),
    reason: z.string().nullable(),
  }),
});
