import type { Item } from './item.ts';
import type { RawRecord } from './records.ts';

/**
 * Items with what their lines say besides: fields that can divide them into groups, as texts.
 *
 * Kept are the fields that no shape uses: texts of one line and at most 80 characters, true and false, and whole numbers
 * up to 1000. Other numbers, such as `label_confidence` of persona files, divide nothing and are left out.
 *
 * @param used Fields of the shape.
 * @example
 * withMetadata(items, records, ['prompt', 'positive', 'negative'])[0]?.metadata; // { topic: 'food' }
 */
export function withMetadata(
  items: readonly Item[],
  records: readonly RawRecord[],
  used: readonly string[],
): Item[] {
  const unused = new Set([...used, ...technical]);
  const byIndex = new Map(
    records.map(({ index, value }) => [index, Object.entries(value).filter(([field]) => !unused.has(field))]),
  );
  return items.map((item) => {
    const fields = (byIndex.get(item.index) ?? []).filter(([, value]) => isCategory(value));
    if (fields.length === 0) return item;
    return { ...item, metadata: Object.fromEntries(fields.map(([field, value]) => [field, String(value)])) };
  });
}

/** Fields of steering-bench's processed files that say how an item is read, not what it is. */
const technical = ['steering_token_index'];

function isCategory(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() !== '' && value.length <= 80 && !value.includes('\n');
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) <= 1000;
  return typeof value === 'boolean';
}
