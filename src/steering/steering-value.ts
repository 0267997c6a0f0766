import { z } from 'zod';
import { SteerbenchError } from '../errors.ts';
import { operators } from '../interventions/intervention.ts';

/** Most entries of a value, and most layers of one: more than any use, few enough to stay cheap. */
const most = { entries: 64, layers: 512 };

const layerSchema = z
  .number()
  .int()
  .min(0)
  .max(most.layers - 1);

const layersSchema = z
  .union([z.literal('all'), layerSchema, z.array(layerSchema).min(1).max(most.layers)], {
    error: `expected a layer from 0 on, a list of layers, or "all"`,
  })
  .describe(
    'Blocks at whose outputs the vector acts, 0-based: one, a list, or "all" that the vector has. May be left out for a vector of one layer.',
  );

const tokenCount = z.number().int().min(0).max(1_000_000);

const scopeSchema = z
  .union(
    [
      z.enum(['prompt', 'response', 'all']),
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('prompt') }),
        z.strictObject({ kind: z.literal('response') }),
        z.strictObject({ kind: z.literal('all') }),
        z.strictObject({ kind: z.literal('first'), tokens: tokenCount }),
        z.strictObject({ kind: z.literal('after'), tokens: tokenCount }),
      ]),
    ],
    {
      error: 'expected "prompt", "response", "all", {kind: "first", tokens: n} or {kind: "after", tokens: n}',
    },
  )
  .transform((scope) => (typeof scope === 'string' ? { kind: scope } : scope))
  .describe(
    'Rows that are steered; a row belongs to the token it predicts. "response": all that predict answer tokens. "first": those of the first n. "after": those after the first n. "prompt": all that predict prompt tokens. "all": every row.',
  );

const conditionFields = {
  vector: z.string().min(1).describe('Alias or file of the condition vector'),
  layer: layerSchema.describe('Block at whose output the last prompt token is read, 0-based'),
  measure: z
    .enum(['projection', 'cosine'])
    .default('projection')
    .describe('h·w/‖w‖, or the cosine of h and w'),
};

const whenSchema = z
  .union(
    [
      z.strictObject({ ...conditionFields, above: z.number() }),
      z.strictObject({ ...conditionFields, below: z.number() }),
    ],
    { error: 'expected {vector, layer, measure, above: number} or {vector, layer, measure, below: number}' },
  )
  .nullable()
  .describe(
    "Acts only where the prompt's last token is this far along a condition vector. Decided within the pass, so it cannot act on the prompt's own rows, nor on the first answer token below its layer.",
  );

const entrySchema = z.strictObject({
  vector: z.string().min(1).describe('Alias of a vector folder, or a file'),
  layers: layersSchema.optional(),
  multiplier: z.number().default(1).describe('λ; 0 with "add" is no steering'),
  operator: z.enum(operators).default('add').describe('What is done with the vector'),
  scope: scopeSchema.default({ kind: 'response' }),
  when: whenSchema.default(null),
});

/** A steering value: entries act together; several at one layer in the order of the list. */
export const steeringSchema = z.array(entrySchema).max(most.entries);

/** A steering value as it is given. */
export type SteeringInput = z.input<typeof steeringSchema>;

/** A steering value with its defaults filled in. */
export type SteeringValue = z.output<typeof steeringSchema>;

/** One entry of a steering value. */
export type SteeringEntry = SteeringValue[number];

/** JSON Schema (draft 2020-12) of a steering value as it is given. */
export function steeringJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(steeringSchema, { io: 'input' }) as Record<string, unknown>;
}

/**
 * Checks a steering value and fills in its defaults.
 *
 * @throws SteerbenchError `steering-malformed`, naming the field
 * @example
 * checkSteering([{ vector: 'sentiment', layers: 14, multiplier: 0.8 }])[0].scope; // { kind: 'response' }
 */
export function checkSteering(value: unknown): SteeringValue {
  const parsed = steeringSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  const where = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  throw new SteerbenchError('steering-malformed', `steering${where} is not valid: ${message}`, {
    remedy: 'give a list of {vector, layers, multiplier, operator, scope, when}',
  });
}
