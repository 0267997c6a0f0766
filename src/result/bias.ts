import { z } from 'zod';
import { estimateSchema } from './estimate.ts';

/** What part of the variance of per-item slopes a few factors of the items explain. */
export const biasSchema = z.object({
  /** In the order in which they enter: the answer's letter, the Yes/No word, then those that were named. */
  factors: z.array(z.object({ name: z.string(), levels: z.array(z.string()) })),
  /** Factors that could not enter, and why. */
  absent: z.array(z.object({ name: z.string(), reason: z.string() })),
  /** Variance of the slopes, divisor n − 1. */
  variance: z.number().nullable(),
  /** What each factor adds to those before it, as a share of the variance (as published for letter, then word). */
  sequential: z.array(z.object({ factor: z.string(), share: z.number(), estimate: estimateSchema })),
  /** Order-free shares (Shapley). */
  shapley: z.array(z.object({ factor: z.string(), share: z.number() })),
  /** What the product of the first two adds; null with fewer than two. */
  interaction: z.number().nullable(),
  interactionEstimate: estimateSchema.nullable(),
  /** 1 − the sum of the sequential shares. */
  unexplained: z.number().nullable(),
  adjustedR2: estimateSchema,
  permutation: z.object({ p: z.number(), draws: z.number().int() }).nullable(),
  /** Items by the levels of the first one or two factors. */
  cells: z.array(
    z.object({
      levels: z.array(z.string()),
      slope: estimateSchema,
      /** Quartiles of the slopes: 25 %, 50 %, 75 %. */
      quartiles: z.tuple([z.number(), z.number(), z.number()]),
    }),
  ),
  reason: z.string().nullable(),
});

/** The letter's effect within items: every item measured with its positive answer behind (A) and behind (B). */
export const ordersSchema = z.object({
  /** Items measured both ways, and items whose letters could not be exchanged. */
  items: z.number().int(),
  missing: z.number().int(),
  /** Mean of (s_A + s_B) / 2: what the content does. */
  content: estimateSchema,
  contentSd: estimateSchema,
  /** Share of items whose content slope is 0 or below. */
  antiSteerable: estimateSchema,
  /** Mean of (s_A − s_B) / 2: what the letter does, the same way in all items. */
  letter: estimateSchema,
  /** Share of the variance of a slope with a random letter that the letter makes. */
  letterShare: estimateSchema,
  /** The part of it that is the same in all items, and the part that differs between them. */
  commonShare: estimateSchema,
  specificShare: estimateSchema,
});

/** How far one item's slope can be trusted: its spread over presentations that ask the same. */
export const replicatesSchema = z.object({
  /** Presentations compared, in words. */
  presentations: z.array(z.string()),
  items: z.number().int(),
  /** Standard deviation of one presentation's slope about the item's mean. */
  withinSd: estimateSchema,
  /** Intraclass correlation of one presentation, and of the mean over all. */
  reliability: estimateSchema,
  reliabilityOfMean: estimateSchema,
  /** Share of items whose mean slope is 0 or below, and of those that are so beyond the noise. */
  backwards: estimateSchema,
  backwardsBeyondNoise: estimateSchema,
  /** Precision noise that was added in quadrature; null where it was not measured. */
  precisionRms: z.number().nullable(),
});

/** The slopes fitted to a narrower range of multipliers. */
export const rangeSchema = z.object({
  /** |λ| ≤ this. */
  limit: z.number(),
  mean: estimateSchema,
  antiSteerable: estimateSchema,
  /** Rank correlation of the items' slopes with those of the full range. */
  agreement: estimateSchema,
});
