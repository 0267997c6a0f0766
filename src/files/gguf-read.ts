import { type FileHandle, open } from 'node:fs/promises';
import { type ErrorCode, SteerbenchError } from '../errors.ts';
import { bfloat16ToFloat32, float16ToFloat32 } from './float16.ts';
import { GgufCursor } from './gguf-cursor.ts';
import { readMetadata } from './gguf-metadata.ts';
import { readTensorInfos } from './gguf-tensors.ts';
import type { GgufTensor, GgufValue } from './gguf-types.ts';
import { readFailure } from './read-failure.ts';
import { MalformedFile, readFully } from './read-fully.ts';

/** How to open a GGUF file. */
export interface OpenGgufOptions {
  /** Keys of the arrays whose items are read; the others get `value: null`. Default `all`. */
  arrays?: 'all' | readonly string[];
  /** Error code for a malformed file. Default `model-corrupt`. */
  code?: ErrorCode;
}

/** An open GGUF file: its header in memory, its tensors on disk. */
export interface GgufFile {
  path: string;
  /** 2 or 3; the layout of both is the same. */
  version: number;
  /** Size of the whole file in bytes. */
  fileBytes: number;
  /** In the order of the file. */
  metadata: Map<string, GgufValue>;
  /** In the order of the file. */
  tensors: Map<string, GgufTensor>;
  /**
   * Values of some rows of an F32, F16 or BF16 tensor: Float32Array, rowCount × shape[0], row-major. Every extent
   * after the first counts as rows.
   *
   * @throws RangeError for a tensor, row or type that cannot be read.
   */
  readRows(name: string, rowStart: number, rowCount: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** The largest known header, of a vocabulary of 262 thousand tokens with scores and merges, is below 20 MB. */
const headerLimitBytes = 256 * 2 ** 20;

/**
 * Opens a GGUF file (version 2 or 3, little-endian) and reads its header.
 *
 * Memory stays in proportion to the header, whatever counts and lengths the file claims. Specification:
 * ggml, docs/gguf.md; strictness as llama.cpp's `gguf_init_from_file`.
 *
 * @throws SteerbenchError `model-not-found`, or `model-corrupt` naming the file and what is wrong in it.
 * @example
 * const file = await openGguf('model.gguf', { arrays: [] });
 * file.metadata.get('general.architecture'); // { type: 'string', value: 'llama' }
 * await file.readRows('token_embd.weight', 17, 1); // the embedding of token 17
 * await file.close();
 */
export async function openGguf(path: string, options: OpenGgufOptions = {}): Promise<GgufFile> {
  const code = options.code ?? 'model-corrupt';
  const handle = await openForReading(path, code);
  try {
    const fileBytes = (await handle.stat()).size;
    const header = await readHeader(handle, fileBytes, options.arrays ?? 'all');
    return {
      path,
      fileBytes,
      ...header,
      readRows: (name, rowStart, rowCount) =>
        readRows(handle, header.tensors.get(name), name, rowStart, rowCount).catch((cause) => {
          throw cause instanceof RangeError ? cause : corrupt(path, cause, code);
        }),
      close: () => handle.close(),
    };
  } catch (cause) {
    await handle.close();
    throw corrupt(path, cause, code);
  }
}

async function openForReading(path: string, code: ErrorCode): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw readFailure(path, cause, code);
  }
}

async function readHeader(
  handle: FileHandle,
  fileBytes: number,
  arrays: 'all' | readonly string[],
): Promise<Pick<GgufFile, 'version' | 'metadata' | 'tensors'>> {
  const cursor = new GgufCursor(handle, fileBytes, headerLimitBytes);
  await cursor.need(4, 'the magic number');
  const magic = cursor.bytes(4).toString('latin1');
  if (magic !== 'GGUF') throw new MalformedFile(`it starts with ${JSON.stringify(magic)}, not "GGUF"`);
  await cursor.need(20, 'the counts after the magic number');
  const version = cursor.uint32();
  if (version !== 2 && version !== 3) throw new MalformedFile(versionFault(version));
  const tensorCount = cursor.count();
  const metadataCount = cursor.count();
  const metadata = await readMetadata(cursor, metadataCount, arrays);
  const tensors = await readTensorInfos(cursor, tensorCount, alignmentOf(metadata), fileBytes);
  return { version, metadata, tensors };
}

function versionFault(version: number): string {
  // A big-endian 3 reads as 3 · 2^24.
  if (version !== 0 && version % 2 ** 16 === 0)
    return 'it is big-endian; only little-endian files can be read';
  return `it is of GGUF version ${version}; versions 2 and 3 can be read`;
}

function alignmentOf(metadata: Map<string, GgufValue>): number {
  const entry = metadata.get('general.alignment');
  if (entry === undefined) return 32;
  const valid = entry.type === 'uint32' && entry.value > 0 && Number.isInteger(Math.log2(entry.value));
  if (!valid) throw new MalformedFile('"general.alignment" is not a power of two of type uint32');
  return entry.value;
}

async function readRows(
  handle: FileHandle,
  tensor: GgufTensor | undefined,
  name: string,
  rowStart: number,
  rowCount: number,
): Promise<Float32Array> {
  if (tensor === undefined) throw new RangeError(`no tensor "${name}" in the file`);
  const valueBytes = readableTypes[tensor.type];
  if (valueBytes === undefined) {
    throw new RangeError(
      `tensor "${name}" is of type ${tensor.type}; only F32, F16 and BF16 rows can be read`,
    );
  }
  const width = tensor.shape[0] ?? 1;
  const rows = tensor.shape.slice(1).reduce((product, extent) => product * extent, 1);
  const inside =
    Number.isSafeInteger(rowStart) && Number.isSafeInteger(rowCount) && rowStart >= 0 && rowCount >= 0;
  if (!inside || rowStart + rowCount > rows) {
    throw new RangeError(
      `invalid rows ${rowStart} to ${rowStart + rowCount} of tensor "${name}"; it has ${rows}`,
    );
  }
  const rowBytes = width * valueBytes;
  const bytes = new Uint8Array(rowCount * rowBytes);
  await readFully(handle, bytes, tensor.offset + rowStart * rowBytes, `tensor "${name}"`);
  if (tensor.type === 'F32') return new Float32Array(bytes.buffer);
  const halves = new Uint16Array(bytes.buffer);
  return tensor.type === 'F16' ? float16ToFloat32(halves) : bfloat16ToFloat32(halves);
}

/** Bytes a value of the types that need no dequantisation. */
const readableTypes: Partial<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 };

function corrupt(path: string, cause: unknown, code: ErrorCode): SteerbenchError {
  if (!(cause instanceof MalformedFile)) return readFailure(path, cause, code);
  return new SteerbenchError(code, `"${path}" is not a well-formed GGUF file: ${cause.message}`, {
    remedy: 'fetch or write the file again; it may be cut short',
    cause,
  });
}
