import { open } from 'node:fs/promises';
import { basename, dirname, resolve, sep } from 'node:path';
import { SteerbenchError } from '../../errors.ts';
import { readFailure } from '../../files/read-failure.ts';
import { readGgufVector } from './read-gguf.ts';
import { readPickledVector } from './read-pickled.ts';
import { readSafetensorsVector } from './read-safetensors.ts';
import { readSvecVector } from './read-svec.ts';
import type { FilePlace, StoredFile } from './stored-file.ts';

/**
 * Reads a vector file as it is stored, in whatever format: told by its first bytes, never by the ending of its name.
 *
 * @throws RangeError for content that is no vector; SteerbenchError `vector-malformed`, `file-refused`, `read-failed`
 */
export async function readStoredFile(path: string): Promise<StoredFile> {
  const stored = await readerOf(path, await firstBytes(path))(path, placeOf(path));
  requireVectors(stored);
  return stored;
}

function readerOf(path: string, start: Buffer): (path: string, place: FilePlace) => Promise<StoredFile> {
  const magic = start.toString('latin1', 0, 4);
  if (magic === 'GGUF') return readGgufVector;
  // Safetensors begin with a length of eight bytes, which may look like anything, and go on with a brace. No length that
  // is read reaches into the last four.
  if (start.length > 8 && start[8] === 0x7b && start.readUInt32LE(4) === 0) return readSafetensorsVector;
  // A zip, or a pickle of protocol 2 to 5.
  if (magic === 'PK\x03\x04') return readPickledVector;
  if (start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5) return readPickledVector;
  if (/^(?:\xef\xbb\xbf)?[ \t\r\n]*\{/.test(start.toString('latin1'))) return readSvecVector;
  throw new SteerbenchError(
    'vector-malformed',
    `"${path}" is not a well-formed vector file: it begins as none of GGUF, safetensors, torch, pickle and .svec`,
    { remedy: 'check that it is the right file, or fetch it again; it may be cut short' },
  );
}

async function firstBytes(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw readFailure(path, cause, 'vector-malformed');
  }
}

function placeOf(path: string): FilePlace {
  const full = resolve(path);
  return {
    names: [basename(full).replace(/\.(?:pt|pth|bin|pkl|gguf|safetensors|svec)$/, '')],
    folders: dirname(full).split(sep).reverse(),
  };
}

/** One width for all, and every number finite. */
function requireVectors({ entries }: StoredFile): void {
  const width = entries[0]?.values.length ?? 0;
  if (width === 0) throw new RangeError('a steering vector needs at least one layer, of a width above 0');
  for (const { name, values } of entries) {
    if (values.length !== width)
      throw new RangeError(`"${name}" has width ${values.length}; "${entries[0]!.name}" has ${width}`);
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw new RangeError(`"${name}" is not finite at index ${wrong}: ${values[wrong]}`);
  }
}
