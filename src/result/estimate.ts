import { z } from 'zod';

/** An estimated number with its 95 % interval; whatever could not be computed is null, and `reason` says why. */
export const estimateSchema = z.object({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Items behind the estimate. */
  n: z.number().int(),
  /** Method of the interval: `t`, `wilson`, `bca`, ... */
  method: z.string(),
  reason: z.string().nullable(),
});
