import { z } from 'zod';

/** One rule of the verdict, with the numbers it used. */
export const ruleSchema = z.object({
  /** Short name, e.g. "backwards on many". */
  rule: z.string(),
  /** `holds`: the vector is in order here. `flag`: it is not. `not measured`: no data. */
  outcome: z.enum(['holds', 'flag', 'not measured']),
  /** One sentence with the numbers. */
  because: z.string(),
});

/** What the numbers amount to, by fixed rules. */
export const verdictSchema = z.object({
  kind: z.enum(['not measurable', 'inconclusive', 'steers the wrong way', 'steers']),
  /** True only when it steers, no flag is raised and no rule lacks data. */
  reliable: z.boolean(),
  /** One sentence for the top of the report. */
  headline: z.string(),
  rules: z.array(ruleSchema),
  /** Largest multiplier tested that steers without damage; null with a reason. */
  recommendedMultiplier: z.number().nullable(),
  recommendation: z.string(),
});

/** The verdict. */
export type Verdict = z.infer<typeof verdictSchema>;

/** One rule of the verdict. */
export type Rule = z.infer<typeof ruleSchema>;
