import { z } from 'zod';
import { SteerbenchError } from '../errors.ts';
import { biasSchema, ordersSchema, rangeSchema, replicatesSchema } from './bias.ts';
import { damageSchema } from './damage.ts';
import {
  competenceSchema,
  curvePointSchema,
  dosePointSchema,
  generationSchema,
  itemSchema,
  layerSchema,
  layerStabilitySchema,
  lexicalSchema,
  noiseSchema,
  nullSchema,
  steerabilitySchema,
  vectorSchema,
  workSchema,
} from './findings.ts';
import { generationCheckSchema } from './generation-check.ts';
import { behaviourSchema, modelSchema, promptSchema, splitSchema, versionsSchema } from './provenance.ts';
import { oodSchema, promptingSchema, settingSchema } from './settings.ts';
import { upgrade } from './upgrade.ts';
import { verdictSchema } from './verdict.ts';

/** Version of the result document; a reader refuses a newer one and upgrades an older one. */
export const resultVersion = 2;

/** What a run can be. The last four are the experiments of the paper, each for one behaviour and one model. */
export const experimentSchema = z.enum([
  'audit',
  'sweep',
  'extract',
  'eval',
  'in-distribution',
  'layers',
  'ood',
  'paper',
]);

/**
 * The one document that a run leaves: report, card and every later reader take everything from here.
 *
 * A section that was not measured is null and named with its reason in `notMeasured`. Nothing in it depends on the
 * clock: times are kept in `timings.json`.
 */
export const resultSchema = z.object({
  schema: z.literal('steerbench.result'),
  version: z.literal(resultVersion),
  experiment: experimentSchema,
  behaviour: behaviourSchema,
  model: modelSchema,
  versions: versionsSchema,
  /** Every option as resolved, as in plan.json. */
  options: z.record(z.string(), z.unknown()),
  format: z.enum(['multiple-choice', 'completion']),
  /** Unit of every propensity: a difference of logits, nats, or a probability. */
  unit: z.enum(['logits', 'nats', 'probability']),
  /** Profile that the choices were taken from. */
  profile: z.enum(['corrected', 'paper']),
  multipliers: z.array(z.number()),
  operator: z.string(),
  start: z.string(),
  split: splitSchema,
  prompt: promptSchema,
  /** The prompt settings that were measured; BASE alone where no other was asked for. */
  settings: z.array(settingSchema),
  competence: competenceSchema.nullable(),
  vector: vectorSchema.nullable(),
  /** Every layer that was looked at, in order. */
  layers: z.array(layerSchema),
  /** Layer that everything below was measured at; null when none was chosen. */
  layer: z.number().int().nullable(),
  /** Why this layer: the rule and its numbers, one sentence. */
  layerChoice: z.string().nullable(),
  layerStability: layerStabilitySchema.nullable(),
  steerability: steerabilitySchema.nullable(),
  curve: z.array(curvePointSchema),
  items: z.array(itemSchema),
  bias: biasSchema.nullable(),
  orders: ordersSchema.nullable(),
  replicates: replicatesSchema.nullable(),
  ranges: z.array(rangeSchema),
  ood: oodSchema.nullable(),
  prompting: promptingSchema.nullable(),
  damage: damageSchema.nullable(),
  generationCheck: generationCheckSchema.nullable(),
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
  const parsed = resultSchema.safeParse(upgrade(json));
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
