import { atomicWrite } from './atomic-write.ts';
import { float32ToBfloat16, float32ToFloat16 } from './float16.ts';
import { padded } from './gguf-tensors.ts';
import {
  type GgufItems,
  type GgufScalarType,
  type GgufTensorType,
  type GgufValue,
  ggufArrayId,
  ggufScalarTypes,
  ggufTensorTypes,
} from './gguf-types.ts';

/** A tensor to write. */
export interface GgufTensorData {
  /** At most 63 bytes of UTF-8. */
  name: string;
  /** Extents in ggml's order, the contiguous one first. */
  shape: readonly number[];
  type: GgufTensorType;
  /** Values, rounded to the type, for F32, F16 and BF16; or the raw bytes of any type. */
  data: Float32Array | Uint8Array;
}

/** What a GGUF file holds. */
export interface GgufContent {
  /** Written in this order. A `general.alignment` among them sets the alignment; default 32. */
  metadata: Iterable<readonly [string, GgufValue]>;
  /** Written in this order. */
  tensors: readonly GgufTensorData[];
}

/**
 * Writes a GGUF file, version 3, little-endian. The same content gives the same bytes.
 *
 * @throws RangeError for content that the format cannot hold; SteerbenchError `write-failed`.
 * @example
 * await writeGguf('vector.gguf', {
 *   metadata: [['general.architecture', { type: 'string', value: 'controlvector' }]],
 *   tensors: [{ name: 'direction.14', shape: [576], type: 'F32', data: vector }],
 * });
 */
export async function writeGguf(path: string, content: GgufContent): Promise<void> {
  await atomicWrite(path, encodeGguf(content));
}

/** The bytes of {@link writeGguf}, piece by piece in their order. */
export function encodeGguf(content: GgufContent): Uint8Array[] {
  const metadata = [...content.metadata];
  requireDistinct(metadata.map(([key]) => key));
  requireDistinct(content.tensors.map(({ name }) => name));
  const alignment = alignmentOf(metadata);
  const data = content.tensors.map(encodeTensor);

  const header: Uint8Array[] = [
    Buffer.from('GGUF'),
    uint32(3),
    count(content.tensors.length),
    count(metadata.length),
  ];
  for (const [key, value] of metadata) header.push(text(key), ...encodeValue(key, value));
  let offset = 0;
  for (const [i, tensor] of content.tensors.entries()) {
    header.push(text(tensor.name), uint32(tensor.shape.length), ...tensor.shape.map(count));
    header.push(uint32(ggufTensorTypes[tensor.type].id), count(offset));
    offset += padded(data[i]!.length, alignment);
  }
  return [Buffer.concat(header), ...data].flatMap((piece) => [piece, padding(piece.length, alignment)]);
}

function requireDistinct(names: string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new RangeError(`invalid GGUF content: "${twice}" occurs twice`);
}

function alignmentOf(metadata: (readonly [string, GgufValue])[]): number {
  const entry = metadata.find(([key]) => key === 'general.alignment')?.[1];
  if (entry === undefined) return 32;
  if (entry.type !== 'uint32' || entry.value < 1 || !Number.isInteger(Math.log2(entry.value))) {
    throw new RangeError('invalid "general.alignment"; not a power of two of type uint32');
  }
  return entry.value;
}

function encodeTensor({ name, shape, type, data }: GgufTensorData): Uint8Array {
  const { block, bytes } = ggufTensorTypes[type];
  if (Buffer.byteLength(name) > 63 || name === '') throw new RangeError(`invalid tensor name "${name}"`);
  if (shape.length < 1 || shape.length > 4 || shape[0]! % block !== 0) {
    throw new RangeError(`invalid shape [${shape.join(', ')}] of tensor "${name}" of type ${type}`);
  }
  const raw = data instanceof Float32Array ? rounded(data, type) : data;
  const expected = (shape.reduce((product, extent) => product * extent, 1) / block) * bytes;
  if (raw.length !== expected) {
    throw new RangeError(
      `invalid data of tensor "${name}": ${raw.length} bytes; its shape takes ${expected}`,
    );
  }
  return raw;
}

function rounded(values: Float32Array, type: GgufTensorType): Uint8Array {
  if (type === 'F32') return bytesOf(values);
  if (type === 'F16') return bytesOf(float32ToFloat16(values));
  if (type === 'BF16') return bytesOf(float32ToBfloat16(values));
  throw new RangeError(`invalid data for type ${type}; only raw bytes, since nothing is quantised here`);
}

function encodeValue(key: string, value: GgufValue): Uint8Array[] {
  if (value.type !== 'array') return [uint32(ggufScalarTypes[value.type].id), encodeScalar(value)];
  const { itemType, length } = value;
  if (value.value === null || value.value.length !== length) {
    throw new RangeError(
      `invalid metadata "${key}": the array holds ${value.value?.length ?? 0} of ${length} items`,
    );
  }
  return [
    uint32(ggufArrayId),
    uint32(ggufScalarTypes[itemType].id),
    count(length),
    encodeItems(key, itemType, value.value),
  ];
}

function encodeScalar(entry: Exclude<GgufValue, { type: 'array' }>): Uint8Array {
  if (entry.type === 'string') return text(entry.value);
  if (entry.type === 'bool') return Uint8Array.of(entry.value ? 1 : 0);
  const view = new DataView(new ArrayBuffer(ggufScalarTypes[entry.type].bytes));
  scalarSetters[entry.type](view, entry.value as never);
  return new Uint8Array(view.buffer);
}

const scalarSetters = {
  uint8: (view: DataView, value: number) => view.setUint8(0, value),
  int8: (view: DataView, value: number) => view.setInt8(0, value),
  uint16: (view: DataView, value: number) => view.setUint16(0, value, true),
  int16: (view: DataView, value: number) => view.setInt16(0, value, true),
  uint32: (view: DataView, value: number) => view.setUint32(0, value, true),
  int32: (view: DataView, value: number) => view.setInt32(0, value, true),
  float32: (view: DataView, value: number) => view.setFloat32(0, value, true),
  float64: (view: DataView, value: number) => view.setFloat64(0, value, true),
  uint64: (view: DataView, value: bigint) => view.setBigUint64(0, value, true),
  int64: (view: DataView, value: bigint) => view.setBigInt64(0, value, true),
};

function encodeItems(key: string, itemType: GgufScalarType, items: GgufItems): Uint8Array {
  if (itemType === 'string') return Buffer.concat((items as string[]).map(text));
  if (itemType === 'bool') return Uint8Array.from(items as boolean[], Number);
  if (Array.isArray(items) || items.BYTES_PER_ELEMENT !== ggufScalarTypes[itemType].bytes) {
    throw new RangeError(`invalid metadata "${key}": the items are not a typed array of ${itemType}`);
  }
  return bytesOf(items);
}

function bytesOf(values: Exclude<GgufItems, unknown[]>): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([count(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function count(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function padding(bytes: number, alignment: number): Uint8Array {
  return new Uint8Array(padded(bytes, alignment) - bytes);
}
