import { readFile, stat } from 'node:fs/promises';
import { hashFile } from '../../files/hash-file.ts';
import { readFailure, systemCode } from '../../files/read-failure.ts';
import { openSafetensors, type SafetensorsFile } from '../../files/safetensors-read.ts';
import { vectorFormat } from '../save-vector.ts';
import { readDescription } from '../vector-metadata.ts';
import { limits, requirePlausible } from './limits.ts';
import type { FilePlace, SaklasSidecar, StoredEntry, StoredFile } from './stored-file.ts';

/**
 * Reads a safetensors file: our own (`layer.N`, with metadata), or one of saklas (`layer_N`, with a JSON file beside).
 *
 * @throws RangeError for content that is none; SteerbenchError `vector-malformed` for a file that is no safetensors
 */
export async function readSafetensorsVector(path: string, place: FilePlace): Promise<StoredFile> {
  const file = await openSafetensors(path, 'vector-malformed');
  try {
    const isOurs = file.metadata.get('format') === vectorFormat;
    if (!isOurs) requireSaklasNames(file);
    const { entries, dtype } = await readLayers(file, isOurs ? ownName : saklasName);
    return {
      format: 'safetensors',
      layout: isOurs ? 'own-layer' : 'saklas-layer',
      entries,
      dtype,
      modelHint: null,
      ownFacts: isOurs ? readDescription(file.metadata) : null,
      clues: isOurs ? place : { ...place, sidecar: await readSidecar(path) },
    };
  } finally {
    await file.close();
  }
}

const ownName = /^layer\.(0|[1-9][0-9]{0,5})$/;
const saklasName = /^layer_(0|[1-9][0-9]{0,5})$/;

function requireSaklasNames(file: SafetensorsFile): void {
  const names = [...file.tensors.keys()];
  if (names.some((name) => /^layer_\d+\.(mean|basis|node_coords)$/.test(name)))
    throw new RangeError('it is a manifold of saklas, which holds a surface a layer and no plain vector');
  if (names.length > 0 && names.every((name) => saklasName.test(name))) return;
  const format = file.metadata.get('format');
  throw new RangeError(
    `its metadata "format" is ${JSON.stringify(format ?? null)}, not "${vectorFormat}", and its tensors are no "layer_<N>" as saklas writes them`,
  );
}

async function readLayers(
  file: SafetensorsFile,
  pattern: RegExp,
): Promise<{ entries: StoredEntry[]; dtype: string }> {
  const tensors = [...file.tensors.values()];
  for (const { name, type, shape } of tensors) {
    if (!pattern.test(name)) throw new RangeError(`tensor "${name}" is no "layer.<N>"`);
    if (shape.length !== 1) throw new RangeError(`tensor "${name}" has ${shape.length} dimensions, not 1`);
    if (type !== 'F32') throw new RangeError(`tensor "${name}" does not hold 32-bit floats`);
    requirePlausible(tensors.length, shape[0]!);
  }
  const entries: StoredEntry[] = [];
  for (const { name } of tensors) {
    const index = Number(pattern.exec(name)![1]);
    entries.push({ name, index, values: (await file.read(name)) as Float32Array });
  }
  return { entries, dtype: 'F32' };
}

/**
 * The sidecar of a saklas file: the same name with the ending `.json`.
 *
 * @throws RangeError where there is one that is none of saklas
 */
async function readSidecar(path: string): Promise<SaklasSidecar | null> {
  const sidecar = path.replace(/\.safetensors$/, '.json');
  if (sidecar === path) return null;
  const parsed = await readJson(sidecar);
  if (parsed === undefined) return null;
  const { saklas_version: version, tensor_sha256: hash } = (parsed ?? {}) as Record<string, unknown>;
  if (typeof version !== 'string' || typeof hash !== 'string') return null;
  return { version: version.slice(0, 40), matches: hash === (await hashFile(path, 'vector-malformed')) };
}

/** Undefined where there is no such file. */
async function readJson(path: string): Promise<unknown> {
  try {
    if ((await stat(path)).size > limits.sidecarBytes) return null;
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw readFailure(path, cause, 'vector-malformed');
  }
}
