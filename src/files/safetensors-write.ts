import { atomicWrite } from './atomic-write.ts';
import { float32ToBfloat16, float32ToFloat16 } from './float16.ts';
import { type SafetensorsType, type SafetensorsValues, safetensorsTypes } from './safetensors-types.ts';

/** A tensor to write. */
export interface SafetensorsData {
  name: string;
  type: SafetensorsType;
  /** Extents, the contiguous one last. */
  shape: readonly number[];
  /** Row-major, in the array of {@link safetensorsTypes}; F16 and BF16 are rounded from Float32Array. */
  values: SafetensorsValues;
}

/** What a safetensors file holds. */
export interface SafetensorsContent {
  metadata: Iterable<readonly [string, string]>;
  tensors: readonly SafetensorsData[];
}

/**
 * Writes a safetensors file. The same content gives the same bytes: metadata sorted by key, tensors by decreasing
 * size of a value and then by name, so that each lies at a multiple of it.
 *
 * @throws RangeError for content that the format cannot hold; SteerbenchError `write-failed`.
 * @example
 * await writeSafetensors('vector.safetensors', {
 *   metadata: [['method', 'mean-difference']],
 *   tensors: [{ name: 'layer.14', type: 'F32', shape: [576], values: vector }],
 * });
 */
export async function writeSafetensors(path: string, content: SafetensorsContent): Promise<void> {
  await atomicWrite(path, encodeSafetensors(content));
}

/** The bytes of {@link writeSafetensors}, piece by piece in their order. */
export function encodeSafetensors(content: SafetensorsContent): Uint8Array[] {
  const tensors = [...content.tensors].sort(
    (a, b) => safetensorsTypes[b.type].bytes - safetensorsTypes[a.type].bytes || compare(a.name, b.name),
  );
  const metadata = [...content.metadata].sort(([a], [b]) => compare(a, b));
  const data = tensors.map(encodeValues);

  // Assembled as text: an object would put names that look like numbers first.
  const entries: string[] = [];
  if (metadata.length > 0) entries.push(`"__metadata__":{${metadata.map(member).join(',')}}`);
  let offset = 0;
  for (const [i, { name, type, shape }] of tensors.entries()) {
    const end = offset + data[i]!.length;
    entries.push(member([name, { dtype: type, shape, data_offsets: [offset, end] }]));
    offset = end;
  }
  requireDistinct(metadata.map(([key]) => key));
  requireDistinct(['__metadata__', ...tensors.map(({ name }) => name)]);
  return [encodeHeader(`{${entries.join(',')}}`), ...data];
}

/** By UTF-16 code units: the same on every machine, unlike a comparison by locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function member([key, value]: readonly [string, unknown]): string {
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}

function requireDistinct(names: string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new RangeError(`invalid safetensors content: "${twice}" occurs twice`);
}

/** The length of the header in 8 bytes, then the header, padded with spaces so that the data are aligned to 8. */
function encodeHeader(json: string): Uint8Array {
  const unpadded = Buffer.from(json, 'utf8');
  const length = Math.ceil(unpadded.length / 8) * 8;
  const header = Buffer.alloc(8 + length, ' ');
  header.writeBigUInt64LE(BigInt(length));
  unpadded.copy(header, 8);
  return header;
}

function encodeValues({ name, type, shape, values }: SafetensorsData): Uint8Array {
  const expected = shape.reduce((product, extent) => product * extent, 1);
  if (values.length !== expected) {
    throw new RangeError(`invalid tensor "${name}": ${values.length} values; its shape takes ${expected}`);
  }
  if (!(values instanceof safetensorsTypes[type].array)) {
    throw new RangeError(
      `invalid tensor "${name}": ${type} values must be a ${safetensorsTypes[type].array.name}`,
    );
  }
  const stored = type === 'F16' || type === 'BF16' ? narrowed(type, values as Float32Array) : values;
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

function narrowed(type: 'F16' | 'BF16', values: Float32Array): Uint16Array {
  return type === 'F16' ? float32ToFloat16(values) : float32ToBfloat16(values);
}
