import { SteerbenchError } from '../errors.ts';

/** A JSON Schema: an object of keywords, or `true` and `false`, which accept everything and nothing. */
export type Schema = boolean | Record<string, unknown>;

/** Words that say something about a schema and nothing about its instances. */
export const annotations = new Set([
  ...['$schema', '$id', '$comment', '$anchor', '$defs', 'definitions', 'title', 'description', 'default'],
  ...['examples', 'deprecated', 'readOnly', 'writeOnly', 'discriminator'],
]);
/** What each type understands besides `type`. */
export const keywordsOf: Record<string, string[]> = {
  object: ['properties', 'required', 'additionalProperties'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength', 'format'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  number: [],
  boolean: [],
  null: [],
};
/** llama.cpp repeats no more often than this, and a deeper schema is a mistake or an attack. */
export const limits = { repetitions: 2000, depth: 64, rules: 5000 };

/** Throws SteerbenchError `grammar-malformed` for what is no schema. */
export function asSchema(given: unknown, at: string): Schema {
  if (typeof given === 'boolean') return given;
  if (typeof given === 'object' && given !== null && !Array.isArray(given))
    return given as Record<string, unknown>;
  throw refused(at, 'it is no schema');
}

/** The keywords of a schema that one of its types understands. */
export function only(schema: Record<string, unknown>, type: string): Record<string, unknown> {
  const known = keywordsOf[type] ?? [];
  return Object.fromEntries(Object.entries(schema).filter(([word]) => known.includes(word)));
}

/** A schema that speaks of properties or of items means objects or arrays, as its authors nearly always do. */
export function impliedType(schema: Record<string, unknown>): string | undefined {
  return ['object', 'array', 'string'].find((type) =>
    keywordsOf[type]!.some((word) => schema[word] !== undefined),
  );
}

/** What a reference within a document points to. */
export function resolvePointer(root: unknown, reference: string, at: string): unknown {
  if (reference === '#') return root;
  if (!reference.startsWith('#/'))
    throw refused(
      at,
      `the reference "${reference}" leads out of the document`,
      'put the schema under "$defs"',
    );
  let target = root;
  for (const part of reference.slice(2).split('/')) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    const inner =
      typeof target === 'object' && target !== null && Object.hasOwn(target, key)
        ? (target as Record<string, unknown>)[key]
        : undefined;
    if (inner === undefined) throw refused(at, `the reference "${reference}" leads nowhere`);
    target = inner;
  }
  return target;
}

/** The value of a keyword that counts; null where it is absent. */
export function count(schema: Record<string, unknown>, word: string, at: string): number | null {
  const value = schema[word];
  if (value === undefined) return null;
  if (!(Number.isInteger(value) && (value as number) >= 0 && (value as number) <= limits.repetitions))
    throw refused(`${at}/${word}`, `it is no whole number from 0 to ${limits.repetitions}`);
  return value as number;
}

/** The error for a schema that cannot be used. */
export function refused(
  at: string,
  reason: string,
  remedy = 'leave it out of the schema, and check the answer afterwards',
): SteerbenchError {
  return new SteerbenchError('grammar-malformed', `the schema cannot be used at "${at}": ${reason}`, {
    remedy,
  });
}
