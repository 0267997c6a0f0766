import { createHash } from 'node:crypto';
import { rm, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { cacheFolder, makeFolderOf } from '../download/cache-folder.ts';
import { ensureSpace, moveIntoPlace } from '../download/disk.ts';
import { type FileRecord, matchesRecord, readRecord, writeRecord } from '../download/file-record.ts';
import { throwIfInterrupted } from '../download/interruption.ts';
import { withLock } from '../download/lock.ts';
import type { Precision } from '../engine/engine.ts';
import { openGguf } from '../files/gguf-read.ts';
import { hashFile } from '../files/hash-file.ts';
import { defaultAlias } from './aliases.ts';
import { isInCache } from './cache.ts';
import type { FoundModel } from './find-model.ts';

/** A precision that weights are converted to. */
export type ConvertedPrecision = Exclude<Precision, 'file'>;

/** Writes the model at `inputPath` to `outputPath` with all its matrices in one type; the native side does it. */
export type Requantise = (inputPath: string, outputPath: string, type: ConvertedPrecision) => Promise<void>;

/** Where and how a conversion is kept. */
export interface PrecisionOptions {
  /** Default: that of the platform. */
  cacheFolder?: string;
  environment?: NodeJS.ProcessEnv;
  onMessage?: (line: string) => void;
  signal?: AbortSignal;
  /** Time between two looks at another process's lock. Default 500. */
  lockPollMs?: number;
}

/** A model at a precision. */
export interface ModelAtPrecision {
  /** The GGUF to load. */
  path: string;
  /** Of that file, hexadecimal. */
  sha256: string;
  /** True when it is not the file that was found but one made from it. */
  converted: boolean;
}

/**
 * The precision used where none is chosen: the default model at F16, any other as its file is, for that is the model
 * its user ships (DESIGN 2: 4-bit kernels add noise that can be as large as a weak effect).
 */
export function defaultPrecision(found: Pick<FoundModel, 'alias'>): Precision {
  return found.alias === defaultAlias ? 'f16' : 'file';
}

/**
 * The GGUF of a model at a precision, made once and kept in the cache: beside a cached model as `<file>.f16.gguf`,
 * for other files under `models/local/`.
 *
 * A file whose matrices are of that type already is used as it is; so is any file with `file`.
 *
 * @param requantise Does the conversion.
 * @throws SteerbenchError `model-corrupt`, `write-failed` (space is checked first), `interrupted`, and what
 * `requantise` throws.
 * @example
 * const { path } = await modelAtPrecision(found, 'f16', requantise);
 */
export async function modelAtPrecision(
  found: FoundModel,
  precision: Precision,
  requantise: Requantise,
  options: PrecisionOptions = {},
): Promise<ModelAtPrecision> {
  const unchanged = { path: found.path, sha256: found.sha256, converted: false };
  if (precision === 'file') return unchanged;
  const size = await sizeAt(found.path, precision);
  if (size === 'same') return unchanged;
  const cache = resolve(options.cacheFolder ?? cacheFolder(options.environment));
  const path = convertedPath(cache, found, precision);
  const record =
    (await wholeConversion(path, found)) ??
    (await convert(path, found, precision, size, requantise, options));
  return { path, sha256: record.sha256, converted: true };
}

/** Bytes that the file has after conversion; `same` where all its matrices are of the type already. */
async function sizeAt(path: string, precision: ConvertedPrecision): Promise<number | 'same'> {
  const file = await openGguf(path, { arrays: [] });
  await file.close();
  let same = true;
  let dataBytes = 0;
  let convertedBytes = 0;
  for (const tensor of file.tensors.values()) {
    // Vectors (norms, biases) stay in F32 in every file.
    const isMatrix = tensor.shape.length > 1;
    const values = tensor.shape.reduce((product, extent) => product * extent, 1);
    if (isMatrix && tensor.type !== precision.toUpperCase()) same = false;
    dataBytes += tensor.bytes ?? 0;
    convertedBytes += values * (isMatrix ? bytesPerWeight[precision] : 4);
  }
  return same ? 'same' : file.fileBytes - dataBytes + convertedBytes;
}

/** Bytes of a matrix entry; the integer types hold a two-byte scale for every 32 entries. */
const bytesPerWeight: Record<ConvertedPrecision, number> = {
  f32: 4,
  f16: 2,
  bf16: 2,
  q8_0: 34 / 32,
  q4_0: 18 / 32,
};

function convertedPath(cache: string, found: FoundModel, precision: ConvertedPrecision): string {
  const name = `${basename(found.path).replace(/\.gguf$/, '')}.${precision}.gguf`;
  if (isInCache(cache, found.path)) return join(dirname(found.path), name);
  // The path tells two files of one name apart, and a changed file replaces its old conversion.
  const folder = createHash('sha256').update(resolve(found.path)).digest('hex').slice(0, 16);
  return join(cache, 'models', 'local', folder, name);
}

/** The record of a conversion that was made from this very file and has not changed since. */
async function wholeConversion(path: string, found: FoundModel): Promise<FileRecord | null> {
  const record = await readRecord(path);
  if (record === null || record.madeFrom !== found.sha256) return null;
  if (await matchesRecord(path, record)) return record;
  const sha256 = await hashFile(path, 'model-corrupt').catch(() => null);
  return sha256 === record.sha256 ? writeRecord(path, record) : null;
}

async function convert(
  path: string,
  found: FoundModel,
  precision: ConvertedPrecision,
  size: number,
  requantise: Requantise,
  options: PrecisionOptions,
): Promise<FileRecord> {
  await makeFolderOf(path);
  const work = async (): Promise<FileRecord> => {
    const made = await wholeConversion(path, found);
    if (made !== null) return made;
    throwIfInterrupted(options.signal);
    await unlink(path).catch(() => undefined);
    await ensureSpace(path, size);
    options.onMessage?.(`converting the weights to ${precision.toUpperCase()}, once`);
    // Ends in .gguf, as llama.cpp may ask for; the leading dot keeps it out of every list.
    const temporary = join(dirname(path), `.${process.pid}.${basename(path)}`);
    try {
      await requantise(found.path, temporary, precision);
      const sha256 = await hashFile(temporary, 'model-corrupt');
      await moveIntoPlace(temporary, path);
      return await writeRecord(path, {
        source: `${found.reference} at ${precision}`,
        sha256,
        madeFrom: found.sha256,
      });
    } finally {
      await rm(temporary, { force: true });
    }
  };
  return withLock(`${path}.lock`, work, {
    onWait: (holder) => options.onMessage?.(`${holder} is converting "${found.reference}": waiting for it`),
    pollMs: options.lockPollMs ?? 500,
    ...(options.signal ? { signal: options.signal } : {}),
  });
}
