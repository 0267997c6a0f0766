import type { GgufCursor } from './gguf-cursor.ts';
import {
  type GgufItems,
  type GgufScalarType,
  type GgufValue,
  ggufArrayId,
  ggufScalarTypes,
} from './gguf-types.ts';
import { MalformedFile } from './read-fully.ts';

/** Real files have some tens of keys; the least an entry takes is 13 bytes, which alone would allow millions. */
const maxEntries = 65_536;
/** The specification's own limit. */
const maxKeyBytes = 65_535;
/** The longest real strings are chat templates, below 100 KB. */
const maxStringBytes = 16 * 2 ** 20;
/** The largest vocabularies hold a quarter of a million tokens, and less than half a million merges. */
const maxArrayItems = 2 ** 24;

const typeNames = new Map(
  Object.entries(ggufScalarTypes).map(([name, { id }]) => [id as number, name as GgufScalarType]),
);

/**
 * Reads the key-value pairs of a GGUF header.
 *
 * @param arrays Keys of the arrays whose items are wanted.
 * @throws MalformedFile
 */
export async function readMetadata(
  cursor: GgufCursor,
  count: number,
  arrays: 'all' | readonly string[],
): Promise<Map<string, GgufValue>> {
  if (count > maxEntries)
    throw new MalformedFile(`it claims ${count} metadata entries; at most ${maxEntries}`);
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < count; i++) {
    const key = await readText(cursor, maxKeyBytes, `the key of metadata entry ${i}`);
    if (key === '') throw new MalformedFile(`the key of metadata entry ${i} is empty`);
    if (metadata.has(key)) throw new MalformedFile(`the metadata hold "${key}" twice`);
    metadata.set(key, await readValue(cursor, key, arrays === 'all' || arrays.includes(key)));
  }
  return metadata;
}

/** A string with its length in front. Bytes that are no UTF-8 become U+FFFD, as some vocabularies hold such. */
export async function readText(cursor: GgufCursor, maxBytes: number, what: string): Promise<string> {
  if (cursor.available < 8) await cursor.need(8, what);
  const bytes = cursor.count();
  if (bytes > maxBytes) throw new MalformedFile(`${what} claims ${bytes} bytes; at most ${maxBytes}`);
  if (cursor.available < bytes) await cursor.need(bytes, what);
  return cursor.text(bytes);
}

async function readValue(cursor: GgufCursor, key: string, wanted: boolean): Promise<GgufValue> {
  const what = `metadata "${key}"`;
  await cursor.need(4, what);
  const id = cursor.uint32();
  if (id === ggufArrayId) return readArray(cursor, what, wanted);
  const type = scalarType(id, what);
  if (type === 'string') return { type, value: await readText(cursor, maxStringBytes, what) };
  await cursor.need(ggufScalarTypes[type].bytes, what);
  const [value] = decodeItems(type, cursor.bytes(ggufScalarTypes[type].bytes), what);
  return { type, value } as GgufValue;
}

async function readArray(cursor: GgufCursor, what: string, wanted: boolean): Promise<GgufValue> {
  await cursor.need(12, what);
  const itemType = scalarType(cursor.uint32(), `the items of ${what}`);
  const length = cursor.count();
  const leastBytes = length * ggufScalarTypes[itemType].bytes;
  if (length > maxArrayItems || leastBytes > cursor.remaining) {
    throw new MalformedFile(
      `${what} claims ${length} items of type ${itemType}, with ${cursor.remaining} bytes left`,
    );
  }
  if (itemType === 'string') {
    return { type: 'array', itemType, length, value: await readTexts(cursor, length, what, wanted) };
  }
  if (!wanted) {
    cursor.skip(leastBytes, what);
    return { type: 'array', itemType, length, value: null };
  }
  await cursor.need(leastBytes, what);
  return { type: 'array', itemType, length, value: decodeItems(itemType, cursor.bytes(leastBytes), what) };
}

async function readTexts(
  cursor: GgufCursor,
  length: number,
  what: string,
  wanted: boolean,
): Promise<string[] | null> {
  const texts: string[] = [];
  for (let i = 0; i < length; i++) {
    // As readText, inlined: an await for each of 100,000 tokens would take longer than reading them.
    if (cursor.available < 8) await cursor.need(8, what);
    const bytes = cursor.count();
    if (bytes > maxStringBytes) throw new MalformedFile(`item ${i} of ${what} claims ${bytes} bytes`);
    if (!wanted) {
      cursor.skip(bytes, what);
      continue;
    }
    if (cursor.available < bytes) await cursor.need(bytes, what);
    texts.push(cursor.text(bytes));
  }
  return wanted ? texts : null;
}

function scalarType(id: number, what: string): GgufScalarType {
  const type = typeNames.get(id);
  if (type === undefined)
    throw new MalformedFile(`${what} has type ${id}, which is no type that can be read there`);
  return type;
}

/** Little-endian items, copied out of the window. */
function decodeItems(type: Exclude<GgufScalarType, 'string'>, window: Buffer, what: string): GgufItems {
  const bytes = Uint8Array.from(window);
  if (type === 'bool') {
    if (bytes.some((byte) => byte > 1))
      throw new MalformedFile(`${what} holds a boolean that is neither 0 nor 1`);
    return Array.from(bytes, (byte) => byte === 1);
  }
  return new itemArrays[type](bytes.buffer);
}

const itemArrays = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float64: Float64Array,
};
