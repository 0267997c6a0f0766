import { z } from 'zod';
import { estimateSchema } from './estimate.ts';

/** Can this model take this kind of test at all? */
export const competenceSchema = z.object({
  questions: z.number().int(),
  right: z.number().int(),
  share: estimateSchema,
  /** The lower bound must exceed this. */
  threshold: z.number(),
  passed: z.boolean(),
  /** Multiple choice only: mean logit(A) − logit(B), mean effect of the content, mean probability of the two letters. */
  letterBias: estimateSchema.nullable(),
  contentEffect: estimateSchema.nullable(),
  choiceMass: estimateSchema.nullable(),
});

/** The vector under test. */
export const vectorSchema = z.object({
  /** `mean-difference`, `principal-component`, `logistic`, `lda`, or `file`. */
  method: z.string(),
  readPosition: z.string().nullable(),
  trainingPairs: z.number().int().nullable(),
  /** Euclidean norm at the chosen layer. */
  norm: z.number().nullable(),
  /** Paths relative to the run folder; null when not saved. */
  safetensors: z.string().nullable(),
  gguf: z.string().nullable(),
  /** Predictors out of sample: training vector, validation pairs. */
  directionalAgreement: estimateSchema.nullable(),
  dPrime: estimateSchema.nullable(),
  rocAuc: estimateSchema.nullable(),
  /** Share of projections that no threshold tells apart. */
  overlap: estimateSchema.nullable(),
  /** Cosine of vectors from resampled training pairs with the vector: mean and 2.5 % quantile; null unless asked for. */
  stability: z
    .object({
      resamples: z.number().int(),
      mean: z.number(),
      low: z.number(),
      /** Cosine, as estimated, with the vector of infinitely many such pairs. */
      withLimit: estimateSchema,
    })
    .nullable(),
  warnings: z.array(z.string()),
});

/** One layer of the profile. */
export const layerSchema = z.object({
  layer: z.number().int(),
  /** Norm of the training vector here. */
  norm: z.number().nullable(),
  /** Cross-validated d′ of the training pairs. */
  separability: z.number().nullable(),
  shortlisted: z.boolean(),
  /** Mean slope: on validation items in an audit, on test items in a sweep. */
  slope: estimateSchema.nullable(),
  standardError: z.number().nullable(),
  antiSteerable: estimateSchema.nullable(),
});

/** How firmly the chosen layer is chosen: the rule applied to resampled validation items. */
export const layerStabilitySchema = z.object({
  resamples: z.number().int(),
  /** Share of resamples that choose each layer, largest first; layers never chosen are left out. */
  shares: z.array(z.object({ layer: z.number().int(), share: z.number() })),
  /** Smallest set of layers that holds 95 % of the choices. */
  within95: z.array(z.number().int()),
});

/** The dataset's steerability on the test items. */
export const steerabilitySchema = z.object({
  mean: estimateSchema,
  median: estimateSchema,
  sd: estimateSchema,
  /** Excess kurtosis of the items' slopes. */
  kurtosis: estimateSchema,
  /** Share of items with slope ≤ 0. */
  antiSteerable: estimateSchema,
  /** Smallest mean slope that this n could have shown (80 % power). */
  smallestDetectable: z.number().nullable(),
  /** Mean R² of the items' lines, and the share of items whose propensity rises with every step. */
  meanR2: z.number().nullable(),
  monotonicShare: estimateSchema,
});

/** Mean propensity at one multiplier. */
export const curvePointSchema = z.object({ multiplier: z.number(), propensity: estimateSchema });

/** One test item. */
export const itemSchema = z.object({
  /** 0-based line in the source. */
  item: z.number().int(),
  /** Null where texts are withheld. */
  prompt: z.string().nullable(),
  positive: z.string().nullable(),
  negative: z.string().nullable(),
  positiveLetter: z.string().nullable(),
  positiveWord: z.string().nullable(),
  /** Slope with the letters exchanged; null where that was not measured. */
  swappedSlope: z.number().nullable(),
  slope: z.number().nullable(),
  intercept: z.number().nullable(),
  r2: z.number().nullable(),
  rmse: z.number().nullable(),
  spearman: z.number().nullable(),
  monotonic: z.enum(['increasing', 'decreasing', 'no']).nullable(),
  reason: z.string().nullable(),
  /** Propensity at each multiplier, in the order of the document's `multipliers`. */
  propensities: z.array(z.number().nullable()),
});

/** The real vector beside vectors that mean nothing: same layer, norm, items, multipliers. */
export const nullSchema = z.object({
  k: z.number().int(),
  multipliers: z.array(z.number()),
  items: z.number().int(),
  /** Mean slope of the real vector on these items, and of each null vector. */
  real: z.number(),
  slopes: z.array(z.number()),
  /** (1 + #{|s_k| ≥ |s|}) / (K + 1). */
  p: z.number(),
  /** By a t tail of the null slopes about 0; null below ten of them. */
  tailP: z.number().nullable(),
});

/** Does the vector only raise words it has seen? */
export const lexicalSchema = z.object({
  /** Mean share of the test answers' tokens that occur in training answers of the same class. */
  meanOverlap: z.number(),
  /** The items with the least overlap: how many, their largest overlap, their mean slope. */
  lowOverlapItems: z.number().int(),
  lowOverlapLimit: z.number(),
  lowOverlapSlope: estimateSchema,
});

/** How much of an item's slope is arithmetic noise. */
export const noiseSchema = z.object({
  precision: z.string(),
  reference: z.string(),
  items: z.number().int(),
  /** Root mean square of the differences of per-item slopes. */
  rms: z.number(),
  largest: z.number(),
});

/** A multiplier as a share of the residual stream's norm. */
export const dosePointSchema = z.object({ multiplier: z.number(), share: z.number() });

/** One prompt continued without steering and both ways, with the texts' scores where a scorer was usable. */
export const generationSchema = z.object({
  item: z.number().int(),
  prompt: z.string(),
  continuations: z.array(
    z.object({ multiplier: z.number(), text: z.string(), score: z.number().nullable() }),
  ),
});

/** What one stage decoded. */
export const workSchema = z.object({
  stage: z.string(),
  decodedTokens: z.number().int(),
  distinctTokens: z.number().int(),
  batches: z.number().int(),
  /** Rows changed by the hook: the proof of steering. */
  steeredRows: z.number().int(),
});
