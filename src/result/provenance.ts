import { z } from 'zod';

/** What was audited. */
export const behaviourSchema = z.object({
  name: z.string(),
  /** A few words for headings, e.g. "Sentiment". */
  title: z.string(),
  /** What the positive and the negative answers do, a few words each. */
  positiveMeaning: z.string(),
  negativeMeaning: z.string(),
  /** `built-in`, the whole name of a public dataset, or an absolute path. */
  source: z.string(),
  family: z.string(),
  /** Sha256 of the data, hexadecimal. */
  hash: z.string(),
  items: z.number().int(),
  /** Items whose positive answer is (A), (B), and whose positive word is Yes, No; null where there are no letters. */
  balance: z.object({ A: z.number(), B: z.number(), Yes: z.number(), No: z.number() }).nullable(),
  /** Sentences that ask for either side, and where they are from; null without any, or where texts are withheld. */
  persona: z
    .object({
      positive: z.string(),
      negative: z.string(),
      source: z.string(),
      note: z.string().nullable(),
    })
    .nullable(),
  notes: z.array(z.string()),
});

/** The model, as loaded. */
export const modelSchema = z.object({
  name: z.string(),
  /** As the user named it. */
  reference: z.string(),
  architecture: z.string(),
  blocks: z.number().int(),
  width: z.number().int(),
  vocabulary: z.number().int(),
  description: z.string(),
  /** Precision of the weights: `file`, `f32`, `f16`, `bf16`, `q8_0`, `q4_0`. */
  precision: z.string(),
  kvCache: z.string(),
  /** Sha256 of the file that was loaded, and of the file it was made from. */
  hash: z.string(),
  sourceHash: z.string(),
  bytes: z.number(),
  backends: z.array(z.string()),
  threads: z.number().int(),
  batchRows: z.number().int(),
});

/** What computed the result. */
export const versionsSchema = z.object({
  steerbench: z.string(),
  llamaCpp: z.string(),
  node: z.string(),
  platform: z.string(),
});

/** How the items were divided; three disjoint sets, unless the published split was asked for. */
export const splitSchema = z.object({
  seed: z.number().int(),
  shuffled: z.boolean(),
  /** Whether percentages were stratified by letter and word. */
  stratified: z.boolean(),
  train: z.string(),
  validation: z.string(),
  test: z.string(),
  trainItems: z.array(z.number().int()),
  validationItems: z.array(z.number().int()),
  testItems: z.array(z.number().int()),
  /** Test items that are training items as well: 0, but for the published split. */
  leaked: z.number().int(),
});

/** How items reach the model. */
export const promptSchema = z.object({
  /** System message, or null without one. */
  system: z.string().nullable(),
  /** One item exactly as the model got it, with its positive answer, special tokens written out; null where withheld. */
  example: z.string().nullable(),
  exampleItem: z.number().int(),
  answerPrefix: z.string(),
  notes: z.array(z.string()),
  /** Items whose seam between prompt and answer had to be moved. */
  seamsMoved: z.number().int(),
});
