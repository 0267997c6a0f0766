import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import { grammarOfAnyObject, grammarOfSchema } from '../../src/grammar/json-schema.ts';
import { type GrammarChecker, grammarChecker } from '../support/grammar-checker.ts';
import { told } from '../support/streams.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

let tiny: TinyLlama;
let engine: LlamaEngine;
let checker: GrammarChecker;
beforeAll(async () => {
  tiny = await tinyLlama({ seed: 2 });
  engine = await loadLlama({
    path: tiny.path,
    contextTokens: 256,
    threads: 1,
    streams: 16,
    streamTokens: 512,
  });
  checker = grammarChecker(tiny.path, 258);
});
afterAll(async () => {
  checker.dispose();
  await engine.dispose();
  await tiny.remove();
});

/** Another program's reading of JSON Schema; formats are checked by patterns of the test's own. */
const ajv = new Ajv2020({
  strict: false,
  formats: {
    date: (text: string) => !Number.isNaN(Date.parse(text)) && /^\d{4}-\d\d-\d\d$/.test(text),
    time: /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?Z$/,
    'date-time': (text: string) => !Number.isNaN(Date.parse(text)),
    uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  },
});

const person = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 8 },
    age: { type: 'integer', minimum: 0, maximum: 130 },
    tags: { type: 'array', items: { enum: ['a', 'b"', 3, null] }, maxItems: 3 },
  },
  required: ['name', 'age'],
  additionalProperties: false,
};

const schemas: [string, unknown][] = [
  ['an object with an optional property', person],
  ['only optional properties', { ...person, required: [] }],
  ['other properties beside', { ...person, required: ['age'], additionalProperties: { type: 'boolean' } }],
  ['only other properties', { type: 'object', additionalProperties: { type: 'integer', maximum: 5 } }],
  ['numbers and literals', { type: 'array', items: { type: ['number', 'null', 'boolean'] }, maxItems: 4 }],
  ['a tuple', { type: 'array', prefixItems: [{ const: 1 }, { type: 'string', maxLength: 2 }], items: false }],
  [
    'a tuple with more',
    { type: 'array', prefixItems: [{ const: 1 }], items: { const: 2 }, minItems: 2, maxItems: 4 },
  ],
  ['alternatives', { anyOf: [{ type: 'integer', minimum: -20, exclusiveMaximum: -10 }, person] }],
  [
    'a tree',
    {
      $ref: '#/$defs/node',
      $defs: {
        node: {
          type: 'object',
          properties: {
            value: { type: 'integer', minimum: 0, maximum: 9 },
            children: { type: 'array', items: { $ref: '#/$defs/node' }, maxItems: 2 },
          },
          required: ['value'],
          additionalProperties: false,
        },
      },
    },
  ],
  [
    'alternatives told apart by a property',
    {
      oneOf: ['cat', 'dog'].map((kind) => ({
        type: 'object',
        properties: { kind: { const: kind }, age: { type: 'integer', maximum: 30, minimum: 1 } },
        required: ['kind'],
        additionalProperties: false,
      })),
    },
  ],
  [
    'formats',
    {
      type: 'object',
      properties: Object.fromEntries(
        ['date', 'time', 'date-time', 'uuid'].map((format) => [format, { type: 'string', format }]),
      ),
      required: ['date', 'uuid'],
      additionalProperties: false,
    },
  ],
  [
    'what zod writes',
    z.toJSONSchema(
      z.strictObject({
        id: z.int().min(1).max(99),
        mood: z.enum(['calm', 'glad']),
        note: z.string().max(5).nullable(),
        parts: z
          .array(z.strictObject({ x: z.boolean() }))
          .max(2)
          .optional(),
      }),
    ),
  ],
];

/** A model that writes single bytes at random writes no valid UTF-8; it is kept to ASCII. */
const noRawBytes = Array.from({ length: 128 }, (_, i) => ({
  token: 128 + i,
  bias: Number.NEGATIVE_INFINITY,
}));

/** Texts that the model writes under a grammar, drawn at a high temperature; null for one cut off by its length. */
function written(grammar: string, count: number): Promise<(string | null)[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, seed) => {
      const { text, end } = await told(
        engine.stream({
          prompt: Int32Array.of(65 + (seed % 20), 66),
          maxTokens: 300,
          sampling: { temperature: 1.5, seed, grammar, logitBias: noRawBytes },
        }),
      );
      return end.reason === 'end-token' ? text : null;
    }),
  );
}

describe('what is written under the grammar of a schema', () => {
  it.each(schemas)('%s: the schema accepts it', async (_, schema) => {
    const accepts = ajv.compile(schema as object);
    const texts = (await written(grammarOfSchema(schema), 40)).filter((text) => text !== null);
    expect(texts.length).toBeGreaterThan(8);
    for (const text of texts) {
      const value: unknown = JSON.parse(text);
      expect(accepts(value), `${text}: ${ajv.errorsText(accepts.errors)}`).toBe(true);
    }
    expect(new Set(texts).size).toBeGreaterThan(2);
  });

  it('any object', async () => {
    for (const text of (await written(grammarOfAnyObject(), 20)).filter((one) => one !== null))
      expect(typeof JSON.parse(text)).toBe('object');
  });
});

describe('what the grammar of a schema allows', () => {
  /** JSON values of the shapes that these schemas speak of, right ones and nearly right ones. */
  const leaf = fc.oneof(
    fc.integer({ min: -25, max: 140 }),
    fc.constantFrom('a', 'b"', 'cat', 'dog', '', 'x', 'too long a name', 'é🦙'),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom(1.5, 3, 2, 1),
  );
  const keys = fc.constantFrom(
    'name',
    'age',
    'tags',
    'kind',
    'value',
    'children',
    'nam',
    'names',
    '',
    'other',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .uniqueArray(fc.tuple(keys, tie('value')), { selector: ([key]) => key, maxLength: 4 })
        .map((entries) => Object.fromEntries(entries as [string, unknown][])),
    ),
  }));
  /** Properties in the order of the schema come first, as the grammar writes them. */
  const order = ['kind', 'name', 'value', 'age', 'tags', 'children'];
  const sorted = (given: unknown): unknown => {
    if (Array.isArray(given)) return given.map(sorted);
    if (typeof given !== 'object' || given === null) return given;
    const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
    return Object.fromEntries(
      Object.entries(given)
        .sort(([a], [b]) => rank(a) - rank(b))
        .map(([key, inner]) => [key, sorted(inner)]),
    );
  };

  it.each(schemas.filter(([name]) => !/formats|zod/.test(name)))(
    '%s: what the schema accepts, and nothing else',
    (_, schema) => {
      const accepts = ajv.compile(schema as object);
      const grammar = grammarOfSchema(schema);
      fc.assert(
        fc.property(value, (given) => {
          const right = accepts(given);
          for (const text of [JSON.stringify(sorted(given)), JSON.stringify(sorted(given), null, 1)])
            expect(checker.accepts(grammar, text), text).toBe(right);
        }),
        { numRuns: 400 },
      );
    },
  );

  it.each<[unknown, string, boolean]>([
    [person, '{"name":"x","age":130}', true],
    [person, '{"name":"x","age":131}', false],
    [person, '{"name":"x","age":01}', false],
    [person, '{"name":"","age":1}', false],
    [person, '{"name":"123456789","age":1}', false],
    [person, '{ "name": "x", "age": 1, "tags": ["b\\"", 3, null] }', true],
    [person, '{"name":"x","age":1,"tags":[3,3,3,3]}', false],
    [person, '{"name":"x","age":1,}', false],
    [person, '{"age":1}', false],
    [{ type: 'string' }, '"\\ud83e\\udd99"', false],
    [{ type: 'string' }, '"\\u00e9\\n"', true],
    [{ type: 'string' }, '"\n"', false],
    [
      { type: 'object', properties: { ab: { const: 1 } }, additionalProperties: { const: 2 } },
      '{"ab":1,"a":2}',
      true,
    ],
    [
      { type: 'object', properties: { ab: { const: 1 } }, additionalProperties: { const: 2 } },
      '{"ab":2}',
      false,
    ],
    [
      { type: 'object', properties: { ab: { const: 1 } }, additionalProperties: { const: 2 } },
      '{"abc":2,"":2}',
      true,
    ],
    [
      { type: 'object', properties: { ab: { const: 1 } }, additionalProperties: { const: 2 } },
      '{"\\u0061b":2}',
      false,
    ],
    [{ enum: [{ a: [1] }, 'x'] }, '{"a":[1]}', true],
    [{ type: 'number' }, '-0.25e-3', true],
    [{ type: 'number' }, '.5', false],
    [true, '[{"a": [1, "x", null]}]', true],
    [{}, '{"a": true}', true],
  ])('%j: %s', (schema, text, right) => {
    expect(checker.accepts(grammarOfSchema(schema), text)).toBe(right);
  });
});

describe('a schema that is not understood', () => {
  it.each<[unknown, string]>([
    [{ type: 'string', pattern: '^a' }, '"#/pattern": the keyword "pattern" is not understood'],
    [{ type: 'object', properties: { a: { not: {} } } }, '"#/properties/a/not"'],
    [{ allOf: [{}] }, '"#/allOf"'],
    [{ type: 'number', minimum: 1 }, '"#/minimum"'],
    [{ type: 'array', uniqueItems: true }, '"#/uniqueItems"'],
    [{ type: 'object', patternProperties: {} }, '"#/patternProperties"'],
    [{ type: 'text' }, 'there is no type "text"'],
    [{ type: 'string', format: 'email' }, 'the format "email" is not understood'],
    [{ $ref: 'https://example.org/x' }, 'leads out of the document'],
    [{ $ref: '#/$defs/none' }, 'leads nowhere'],
    [{ $ref: '#' }, 'leads to itself'],
    [{ oneOf: [{ type: 'integer' }, { type: 'number' }] }, 'do not plainly exclude each other'],
    [{ enum: [] }, 'no list with something in it'],
    [{ enum: ['a'], type: 'integer' }, 'no value is of the type'],
    [{ type: 'integer', minimum: 3, maximum: 2 }, 'no whole number lies from 3 to 2'],
    [{ type: 'array', minItems: 3, maxItems: 2 }, '2 is less than minItems'],
    [{ type: 'array', prefixItems: [{}], items: false, minItems: 2 }, 'no more than 1 items'],
    [{ type: 'string', maxLength: 1e6 }, 'no whole number from 0 to 2000'],
    [false, '"false" accepts nothing'],
    ['text', 'it is no schema'],
    [{ type: 'object', required: ['a'], additionalProperties: false }, '"a" is required and forbidden'],
  ])('%j is refused where it stands', (schema, message) => {
    expect(() => grammarOfSchema(schema)).toThrow(
      expect.objectContaining({ code: 'grammar-malformed', message: expect.stringContaining(message) }),
    );
  });

  it('nor one that is deep or large beyond use', () => {
    let deep: unknown = {};
    for (let i = 0; i < 100; i++) deep = { type: 'array', items: deep };
    expect(() => grammarOfSchema(deep)).toThrow(expect.objectContaining({ code: 'grammar-malformed' }));
    const properties = Object.fromEntries(Array.from({ length: 6000 }, (_, i) => [`p${i}`, {}]));
    expect(() => grammarOfSchema({ properties })).toThrow(
      expect.objectContaining({ code: 'grammar-malformed' }),
    );
  });
});
