import type { Schema } from './schema-words.ts';

/**
 * Whether no value is accepted by both of two schemas, as far as that can be seen: by their types, their values, or the
 * values of a property that both require.
 */
export function excludeEachOther(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  const [typesA, typesB] = [typesOf(a), typesOf(b)];
  if (typesA !== null && typesB !== null && !typesA.some((type) => typesB.includes(type))) return true;
  const [valuesA, valuesB] = [valuesOf(a), valuesOf(b)];
  if (valuesA !== null && valuesB !== null) return !valuesA.some((value) => valuesB.includes(value));
  const shared = [a, b].map((one) => (Array.isArray(one['required']) ? (one['required'] as string[]) : []));
  return shared[0]!
    .filter((key) => shared[1]!.includes(key))
    .some((key) => {
      const inner = [a, b].map((one) => {
        const property = (one['properties'] as Record<string, Schema> | undefined)?.[key];
        return typeof property === 'object' ? valuesOf(property) : null;
      });
      return inner[0] !== null && inner[1] !== null && !inner[0]!.some((value) => inner[1]!.includes(value));
    });
}

function typesOf({ type }: Record<string, unknown>): string[] | null {
  if (type === undefined) return null;
  // Every integer is a number.
  return [type].flat().map((one) => (one === 'integer' ? 'number' : String(one)));
}

function valuesOf(schema: Record<string, unknown>): string[] | null {
  if (schema['const'] !== undefined) return [JSON.stringify(schema['const'])];
  return Array.isArray(schema['enum']) ? schema['enum'].map((value) => JSON.stringify(value)) : null;
}
