import { z } from 'zod';
import { estimateSchema } from './estimate.ts';

/** What turned a text into a number. */
const scorerSchema = z.object({
  kind: z.enum(['classifier', 'judge']),
  /** One sentence: features and training texts, or model and rubric. */
  description: z.string(),
  /** Unit of the score: log-odds, or points. */
  unit: z.string(),
  /** Share of held-out answers told apart; null for a judge. */
  accuracy: estimateSchema.nullable(),
  /** Whether its scores are used, and why not. */
  usable: z.boolean(),
  reason: z.string().nullable(),
});

/** Free answers of one way of sampling. */
const samplingSchema = z.object({
  sampling: z.enum(['greedy', 'sampled']),
  temperature: z.number(),
  /** Score and share of repeated 4-grams at each multiplier. */
  points: z.array(
    z.object({ multiplier: z.number(), score: estimateSchema.nullable(), repetition: estimateSchema }),
  ),
  /** Mean of (score(+λ) − score(−λ)) / 2 over items; null without usable scores. */
  effect: estimateSchema.nullable(),
  /** Rank correlation over items of that effect with the item's slope, and share of items with the same sign. */
  correlation: estimateSchema.nullable(),
  sameSign: estimateSchema.nullable(),
  /** Texts without a score. */
  unscored: z.number().int(),
});

/** Does the steered model write what the log-probabilities say? */
export const generationCheckSchema = z.object({
  items: z.number().int(),
  tokens: z.number().int(),
  multipliers: z.array(z.number()),
  scorer: scorerSchema,
  samplings: z.array(samplingSchema),
  /** By item: its slope and its effect in free text (greedy). */
  rows: z.array(
    z.object({ item: z.number().int(), slope: z.number().nullable(), effect: z.number().nullable() }),
  ),
});
