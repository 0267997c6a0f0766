import { type FileHandle, open } from 'node:fs/promises';
import { type ErrorCode, SteerbenchError } from '../errors.ts';
import { bfloat16ToFloat32, float16ToFloat32 } from './float16.ts';
import { readFailure } from './read-failure.ts';
import { MalformedFile, readFully } from './read-fully.ts';
import { parseSafetensorsHeader } from './safetensors-header.ts';
import { type SafetensorsTensor, type SafetensorsValues, safetensorsTypes } from './safetensors-types.ts';

/** An open safetensors file: its header in memory, its tensors on disk. */
export interface SafetensorsFile {
  path: string;
  /** The `__metadata__` of the header. */
  metadata: Map<string, string>;
  /** In the order of their data. */
  tensors: Map<string, SafetensorsTensor>;
  /**
   * All values of a tensor, row-major. F16 and BF16 are widened to Float32Array.
   *
   * @throws RangeError where there is no such tensor.
   */
  read(name: string): Promise<SafetensorsValues>;
  close(): Promise<void>;
}

/** A model of 10,000 tensors has a header of 1.5 MB; the format itself allows 100 MB. */
const maxHeaderBytes = 16 * 2 ** 20;

/**
 * Opens a safetensors file and reads its header, checked as strictly as the reference implementation does: the
 * tensors must cover the data without holes or overlaps.
 *
 * @param code Error code for a malformed file. Default `file-malformed`.
 * @throws SteerbenchError naming the file and what is wrong in it; `read-failed`.
 * @example
 * const file = await openSafetensors('vector.safetensors', 'vector-malformed');
 * const values = await file.read('layer.14');
 * await file.close();
 */
export async function openSafetensors(
  path: string,
  code: ErrorCode = 'file-malformed',
): Promise<SafetensorsFile> {
  const handle = await open(path, 'r').catch((cause) => {
    throw readFailure(path, cause, code);
  });
  try {
    const header = await readHeader(handle);
    return {
      path,
      ...header,
      read: (name) =>
        readTensor(handle, header.tensors.get(name), name).catch((cause) => {
          throw cause instanceof RangeError ? cause : malformed(path, cause, code);
        }),
      close: () => handle.close(),
    };
  } catch (cause) {
    await handle.close();
    throw malformed(path, cause, code);
  }
}

async function readHeader(handle: FileHandle): Promise<Pick<SafetensorsFile, 'metadata' | 'tensors'>> {
  const fileBytes = (await handle.stat()).size;
  const lengthBytes = Buffer.alloc(8);
  await readFully(handle, lengthBytes, 0, 'the length of the header');
  const length = Number(lengthBytes.readBigUInt64LE());
  if (length > maxHeaderBytes || length > fileBytes - 8) {
    throw new MalformedFile(`it claims a header of ${length} bytes, in a file of ${fileBytes}`);
  }
  const bytes = Buffer.alloc(length);
  await readFully(handle, bytes, 8, 'the header');
  return parseSafetensorsHeader(bytes, 8 + length, fileBytes);
}

async function readTensor(
  handle: FileHandle,
  tensor: SafetensorsTensor | undefined,
  name: string,
): Promise<SafetensorsValues> {
  if (tensor === undefined) throw new RangeError(`no tensor "${name}" in the file`);
  const bytes = new Uint8Array(tensor.bytes);
  await readFully(handle, bytes, tensor.offset, `tensor "${name}"`);
  if (tensor.type === 'F16') return float16ToFloat32(new Uint16Array(bytes.buffer));
  if (tensor.type === 'BF16') return bfloat16ToFloat32(new Uint16Array(bytes.buffer));
  return new safetensorsTypes[tensor.type].array(bytes.buffer);
}

function malformed(path: string, cause: unknown, code: ErrorCode): SteerbenchError {
  if (!(cause instanceof MalformedFile)) return readFailure(path, cause, code);
  return new SteerbenchError(code, `"${path}" is not a well-formed safetensors file: ${cause.message}`, {
    remedy: 'fetch or write the file again; it may be cut short',
    cause,
  });
}
