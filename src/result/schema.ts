import { z } from 'zod';
import { SteerbenchError } from '../errors.ts';
import {
  competenceSchema,
  curvePointSchema,
  dosePointSchema,
  generationSchema,
  itemSchema,
  layerSchema,
  lexicalSchema,
  noiseSchema,
  nullSchema,
  steerabilitySchema,
  vectorSchema,
  workSchema,
} from './findings.ts';
import { behaviourSchema, modelSchema, promptSchema, splitSchema, versionsSchema } from './provenance.ts';
import { verdictSchema } from './verdict.ts';

/** Version of the result document; a reader refuses a newer one and upgrades an older one. */
export const resultVersion = 1;

/**
 * The one document that a run leaves: report, card and every later reader take everything from here.
 *
 * A section that was not measured is null and named with its reason in `notMeasured`. Nothing in it depends on the
 * clock: times are kept in `timings.json`.
 */
export const resultSchema = z.object({
  schema: z.literal('steerbench.result'),
  version: z.literal(resultVersion),
  experiment: z.enum(['audit', 'sweep', 'extract', 'eval']),
  behaviour: behaviourSchema,
  model: modelSchema,
  versions: versionsSchema,
  /** Every option as resolved, as in plan.json. */
  options: z.record(z.string(), z.unknown()),
  format: z.enum(['multiple-choice', 'completion']),
  /** Unit of every propensity: a logit difference, or nats. */
  unit: z.enum(['logits', 'nats']),
  multipliers: z.array(z.number()),
  operator: z.string(),
  start: z.string(),
  split: splitSchema,
  prompt: promptSchema,
  competence: competenceSchema.nullable(),
  vector: vectorSchema.nullable(),
  /** Every layer that was looked at, in order. */
  layers: z.array(layerSchema),
  /** Layer that everything below was measured at; null when none was chosen. */
  layer: z.number().int().nullable(),
  /** Why this layer: the rule and its numbers, one sentence. */
  layerChoice: z.string().nullable(),
  steerability: steerabilitySchema.nullable(),
  curve: z.array(curvePointSchema),
  items: z.array(itemSchema),
  randomNull: nullSchema.nullable(),
  shuffledNull: nullSchema.nullable(),
  lexical: lexicalSchema.nullable(),
  noise: noiseSchema.nullable(),
  dose: z.array(dosePointSchema),
  generations: z.array(generationSchema),
  verdict: verdictSchema.nullable(),
  notMeasured: z.array(z.object({ what: z.string(), reason: z.string() })),
  /** Tokens decoded, by stage. */
  work: z.array(workSchema),
});

/** The result document. */
export type Result = z.infer<typeof resultSchema>;

/**
 * Reads a result document.
 *
 * @throws SteerbenchError `run-malformed` naming the field that is wrong, or the version that is too new
 * @example
 * const result = parseResult(JSON.parse(await readFile('runs/sentiment/result.json', 'utf8')));
 */
export function parseResult(json: unknown): Result {
  const version = z.object({ version: z.number() }).safeParse(json).data?.version;
  if (version !== undefined && version > resultVersion) {
    throw new SteerbenchError(
      'run-malformed',
      `the result is of version ${version}; this program reads up to ${resultVersion}`,
      {
        remedy: 'use a newer steerbench',
      },
    );
  }
  const parsed = resultSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new SteerbenchError(
    'run-malformed',
    `the result document is not valid at "${issue.path.join('.')}": ${issue.message}`,
    {
      remedy: 'run the same command again, or restore result.json',
    },
  );
}
