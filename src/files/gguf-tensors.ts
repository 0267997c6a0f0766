import type { GgufCursor } from './gguf-cursor.ts';
import { readText } from './gguf-metadata.ts';
import { type GgufTensor, type GgufTensorType, ggufTensorTypes } from './gguf-types.ts';
import { MalformedFile } from './read-fully.ts';

/** The largest mixture models have some thousands. */
const maxTensors = 65_536;
/** ggml's GGML_MAX_NAME is 64 with the closing zero. */
const maxNameBytes = 63;
/** ggml's GGML_MAX_DIMS. */
const maxDimensions = 4;

const typeNames = new Map(
  Object.entries(ggufTensorTypes).map(([name, { id }]) => [id as number, name as GgufTensorType]),
);

/**
 * Reads the tensor infos that follow the metadata, and places the tensors in the file.
 *
 * @throws MalformedFile where a tensor does not lie whole in the file, at the offset that llama.cpp requires: aligned,
 * and directly after the one before.
 */
export async function readTensorInfos(
  cursor: GgufCursor,
  count: number,
  alignment: number,
  fileBytes: number,
): Promise<Map<string, GgufTensor>> {
  if (count > maxTensors) throw new MalformedFile(`it claims ${count} tensors; at most ${maxTensors}`);
  const tensors = new Map<string, GgufTensor>();
  for (let i = 0; i < count; i++) {
    const tensor = await readTensorInfo(cursor, i);
    if (tensors.has(tensor.name)) throw new MalformedFile(`it holds tensor "${tensor.name}" twice`);
    tensors.set(tensor.name, tensor);
  }
  const dataStart = padded(cursor.position, alignment);
  let expected: number | null = 0;
  for (const tensor of tensors.values()) {
    checkPlace(tensor, expected, dataStart, alignment, fileBytes);
    expected = tensor.bytes === null ? null : padded(tensor.offset + tensor.bytes, alignment);
    tensor.offset += dataStart;
  }
  return tensors;
}

/** The next multiple of a power of two; without bit operations, which stop at 2^31. */
export function padded(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

async function readTensorInfo(cursor: GgufCursor, index: number): Promise<GgufTensor> {
  const name = await readText(cursor, maxNameBytes, `the name of tensor ${index}`);
  const what = `the description of tensor "${name}"`;
  await cursor.need(4, what);
  const dimensions = cursor.uint32();
  if (dimensions > maxDimensions) throw new MalformedFile(`tensor "${name}" claims ${dimensions} dimensions`);
  await cursor.need(8 * dimensions + 12, what);
  const shape = Array.from({ length: dimensions }, () => cursor.count());
  const id = cursor.uint32();
  const offset = cursor.count();
  const type = typeNames.get(id) ?? (`unknown(${id})` as const);
  return { name, shape, type, offset, bytes: tensorBytes(name, shape, type) };
}

/**
 * Bytes that a tensor's data take; null for a type that is not known.
 *
 * @throws MalformedFile where a row is no whole number of blocks, or the product is beyond exact numbers.
 */
function tensorBytes(name: string, shape: number[], type: GgufTensor['type']): number | null {
  const values = shape.reduce((product, extent) => product * extent, 1);
  if (!Number.isSafeInteger(values) || !shape.every(Number.isSafeInteger)) {
    throw new MalformedFile(`tensor "${name}" claims ${shape.join(' × ')} values`);
  }
  const known = ggufTensorTypes[type as GgufTensorType];
  if (known === undefined) return null;
  if ((shape[0] ?? 1) % known.block !== 0) {
    throw new MalformedFile(
      `tensor "${name}" has rows of ${shape[0]} values, no whole blocks of type ${type}`,
    );
  }
  return (values / known.block) * known.bytes;
}

function checkPlace(
  tensor: GgufTensor,
  expected: number | null,
  dataStart: number,
  alignment: number,
  fileBytes: number,
): void {
  const { name, offset } = tensor;
  const wrong = expected === null ? offset % alignment !== 0 : offset !== expected;
  if (wrong) {
    const rule = expected === null ? `a multiple of ${alignment}` : String(expected);
    throw new MalformedFile(`tensor "${name}" has offset ${offset}; it should be ${rule}`);
  }
  const end = dataStart + offset + (tensor.bytes ?? 0);
  if (end > fileBytes) {
    throw new MalformedFile(`tensor "${name}" ends at byte ${end}, and the file at byte ${fileBytes}`);
  }
}
