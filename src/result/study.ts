import { z } from 'zod';
import { estimateSchema } from './estimate.ts';
import { versionsSchema } from './provenance.ts';
import { experimentSchema, resultSchema } from './schema.ts';

/** Version of the study document. */
export const studyVersion = 1;

/** A model of a study: one file at one precision. */
const studyModelSchema = z.object({
  /** Short and unique in the study, e.g. `smollm2-135m-instruct@q8_0`. */
  id: z.string(),
  name: z.string(),
  reference: z.string(),
  precision: z.string(),
  hash: z.string(),
  /** Equal for precisions of the same file. */
  sourceHash: z.string(),
  blocks: z.number().int(),
  /** Its name in the published values; null where it is not one of the paper's models. */
  published: z.string().nullable(),
});

/** One finished run of a study, whole but for its texts. */
const studyRunSchema = z.object({
  /** Unique in the study. */
  id: z.string(),
  model: z.string(),
  behaviour: z.string(),
  /** Run folder, relative to the study's; null for a run that was only compared. */
  folder: z.string().nullable(),
  /** Sha256 of its result.json. */
  resultHash: z.string(),
  /** Why cross-dataset statistics leave it out, such as a failed competence check; null where they do not. */
  leftOut: z.string().nullable(),
  /** p of the random-direction null (t tail), adjusted over the model's runs by Benjamini and Hochberg; null without. */
  adjustedP: z.number().nullable(),
  result: resultSchema,
});

/** A vector extracted with one model and applied with another of the same width. */
const transferSchema = z.object({
  behaviour: z.string(),
  from: z.string(),
  to: z.string(),
  layer: z.number().int(),
  mean: estimateSchema,
  antiSteerable: estimateSchema,
  /** Cosine with the receiving model's own vector at that layer; null where it has none there. */
  cosine: z.number().nullable(),
});

/** One point of a relation over datasets. */
const relationPointSchema = z.object({
  behaviour: z.string(),
  model: z.string(),
  /** What else names the point, e.g. a pair of settings; empty where behaviour and model do. */
  label: z.string(),
  x: z.number(),
  y: z.number(),
  /** 95 % interval of y where it has one. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** True for a value read from the paper. */
  published: z.boolean(),
});

/** Two quantities over the datasets (or over pairs of settings), and how they go together. */
const relationSchema = z.object({
  /** Stable name, e.g. `id-ood-mean/SYS_POS->USER_NEG/llama`. */
  id: z.string(),
  /** The figure it belongs to, e.g. `5`; or `ours`. */
  figure: z.string(),
  x: z.string(),
  y: z.string(),
  spearman: estimateSchema,
  pearson: estimateSchema,
  /** Points left out for want of a value. */
  leftOut: z.number().int(),
  points: z.array(relationPointSchema),
});

/** A value of the paper that can be set beside one of this study. */
const publishedValueSchema = z.object({
  model: z.string(),
  behaviour: z.string(),
  /** `id_mean`, `BASE->USER_NEG`, ... as in the data file. */
  quantity: z.string(),
  value: z.number(),
});

/** A prompt as the model got it, for the figures that show prompts. */
const promptExampleSchema = z.object({
  model: z.string(),
  behaviour: z.string(),
  setting: z.string(),
  text: z.string(),
});

/** What a study leaves: every run, what holds across them, and the paper's own values beside. */
export const studySchema = z.object({
  schema: z.literal('steerbench.study'),
  version: z.literal(studyVersion),
  name: z.string(),
  experiment: z.enum([...experimentSchema.options, 'compare']),
  profile: z.enum(['corrected', 'paper', 'mixed']),
  versions: versionsSchema,
  models: z.array(studyModelSchema),
  /** Behaviours in the order of the study. */
  behaviours: z.array(z.object({ name: z.string(), title: z.string() })),
  runs: z.array(studyRunSchema),
  transfers: z.array(transferSchema),
  relations: z.array(relationSchema),
  published: z.array(publishedValueSchema),
  prompts: z.array(promptExampleSchema),
  /** Persona prompts by behaviour; those of withheld texts are left out. */
  personas: z.array(
    z.object({ behaviour: z.string(), positive: z.string(), negative: z.string(), source: z.string() }),
  ),
  /** Runs that were planned and are not there, and quantities that could not be computed. */
  notMeasured: z.array(z.object({ what: z.string(), reason: z.string() })),
});

/** The study document. */
export type Study = z.infer<typeof studySchema>;
