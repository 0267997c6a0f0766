import { MalformedFile } from './read-fully.ts';
import { type SafetensorsTensor, type SafetensorsType, safetensorsTypes } from './safetensors-types.ts';

/** Far above any real tensor; keeps the product of extents short to compute. */
const maxDimensions = 16;

/**
 * Checks the JSON header of a safetensors file and places its tensors.
 *
 * @param dataStart Bytes from the start of the file to the data.
 * @throws MalformedFile
 */
export function parseSafetensorsHeader(
  bytes: Uint8Array,
  dataStart: number,
  fileBytes: number,
): { metadata: Map<string, string>; tensors: Map<string, SafetensorsTensor> } {
  const header = parseObject(bytes);
  const tensors: SafetensorsTensor[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name !== '__metadata__') tensors.push(readTensor(name, entry, dataStart));
  }
  tensors.sort((a, b) => a.offset - b.offset || a.bytes - b.bytes);
  checkCover(tensors, dataStart, fileBytes);
  return {
    metadata: readMetadata(header['__metadata__']),
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
  };
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw new MalformedFile('the header is not JSON', { cause });
  }
  if (!isObject(header)) throw new MalformedFile('the header is not a JSON object');
  return header;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readTensor(name: string, entry: unknown, dataStart: number): SafetensorsTensor {
  if (!isObject(entry)) throw new MalformedFile(`tensor "${name}" is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string' || !Object.hasOwn(safetensorsTypes, dtype)) {
    throw new MalformedFile(`tensor "${name}" is of type ${JSON.stringify(dtype)}, which cannot be read`);
  }
  const type = dtype as SafetensorsType;
  if (!isSizes(shape) || shape.length > maxDimensions)
    throw new MalformedFile(`tensor "${name}" has no valid shape`);
  if (!isSizes(offsets) || offsets.length !== 2)
    throw new MalformedFile(`tensor "${name}" has no valid data_offsets`);
  const [start, end] = offsets as [number, number];
  const bytes = shape.reduce((product, extent) => product * extent, safetensorsTypes[type].bytes);
  if (bytes !== end - start) {
    throw new MalformedFile(
      `tensor "${name}" takes ${bytes} bytes by its shape, ${end - start} by its offsets`,
    );
  }
  return { name, type, shape, offset: dataStart + start, bytes };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function checkCover(tensors: SafetensorsTensor[], dataStart: number, fileBytes: number): void {
  let end = dataStart;
  for (const tensor of tensors) {
    if (tensor.offset !== end) {
      throw new MalformedFile(`tensor "${tensor.name}" starts at byte ${tensor.offset}; it should be ${end}`);
    }
    end += tensor.bytes;
  }
  if (end !== fileBytes)
    throw new MalformedFile(`the tensors end at byte ${end}, and the file at byte ${fileBytes}`);
}

function readMetadata(value: unknown): Map<string, string> {
  if (value === undefined) return new Map();
  const valid = isObject(value) && Object.values(value).every((text) => typeof text === 'string');
  if (!valid) throw new MalformedFile('"__metadata__" is not an object of strings');
  return new Map(Object.entries(value as Record<string, string>));
}
