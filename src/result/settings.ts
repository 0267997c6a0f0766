import { z } from 'zod';
import { estimateSchema } from './estimate.ts';

/** Names of the prompt settings, in the order of the paper. */
const settingNameSchema = z.enum(['BASE', 'SYS_POS', 'SYS_NEG', 'USER_POS', 'USER_NEG']);

/** A prompt setting as it was put to the model. */
export const settingSchema = z.object({
  name: settingNameSchema,
  /** System message; null without one, or where texts are withheld. */
  system: z.string().nullable(),
  /** What stands before the user's text; null without, or where texts are withheld. */
  prefix: z.string().nullable(),
  /** One item as the model got it, with its positive answer; null where texts are withheld. */
  example: z.string().nullable(),
});

/** Vectors that are compared across settings: one a setting, and their mean. */
const vectorNameSchema = z.enum([...settingNameSchema.options, 'MEAN']);

/** One vector of the study of settings. */
const oodVectorSchema = z.object({
  name: vectorNameSchema,
  /** Norm as extracted; before use every vector is rescaled to the norm of BASE. */
  norm: z.number(),
  trainingPairs: z.number().int(),
});

/** Two vectors, how alike they are, and how far apart their settings are without steering. */
const vectorPairSchema = z.object({
  first: vectorNameSchema,
  second: vectorNameSchema,
  /** Null where one has length 0. */
  cosine: z.number().nullable(),
  /** |difference of the settings' mean unsteered propensities|; MEAN has the average of all settings. */
  gap: z.number().nullable(),
});

/** One vector under one test setting. */
const oodCellSchema = z.object({
  vector: vectorNameSchema,
  setting: settingNameSchema,
  mean: estimateSchema,
  variance: estimateSchema,
  antiSteerable: estimateSchema,
  /** Mean propensity by multiplier, in the order of `multipliers`; null where an item lacks it. */
  curve: z.array(z.number().nullable()),
});

/** Steerability of a vector in a setting over that of the setting's own vector. */
const relativeSchema = z.object({
  vector: vectorNameSchema,
  setting: settingNameSchema,
  /** True where the vector is the setting's own: 1 by definition. */
  self: z.boolean(),
  ratio: estimateSchema,
  /** Mean over items of |unsteered propensity here − in the vector's own setting|; null for MEAN. */
  gap: estimateSchema.nullable(),
});

/** What survives a change of prompt: vectors of several settings, each steered in several settings. */
export const oodSchema = z.object({
  /** Test items, 0-based lines in the source. */
  items: z.array(z.number().int()),
  multipliers: z.array(z.number()),
  vectors: z.array(oodVectorSchema),
  pairs: z.array(vectorPairSchema),
  unsteered: z.array(z.object({ setting: settingNameSchema, propensity: estimateSchema })),
  cells: z.array(oodCellSchema),
  relative: z.array(relativeSchema),
});

/** Prompting and steering on one scale: half the propensity's distance between the two sides. */
export const promptingSchema = z.object({
  /** Steering is measured at ± this. */
  multiplier: z.number(),
  items: z.number().int(),
  /** (m(SYS_POS) − m(SYS_NEG)) / 2, unsteered. */
  prompting: estimateSchema,
  /** (m(+λ) − m(−λ)) / 2 in BASE. */
  steering: estimateSchema,
  /** (m(SYS_POS, +λ) − m(SYS_NEG, −λ)) / 2. */
  both: estimateSchema,
});
