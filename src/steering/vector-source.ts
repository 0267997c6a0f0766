import { basename, extname } from 'node:path';
import { SteerbenchError } from '../errors.ts';
import { hashFile } from '../files/hash-file.ts';
import { loadVector } from '../vectors/load-vector.ts';
import type { SteeringVector } from '../vectors/steering-vector.ts';

/** A vector with the name it was asked by, and what identifies it. */
export interface NamedVector {
  /** Alias, or path as given. */
  name: string;
  /** Sha256 of the file, hexadecimal. */
  hash: string;
  vector: SteeringVector;
}

/** Where the vectors of a steering value come from. */
export interface VectorSource {
  /** Throws SteerbenchError `vector-not-found` where there is none of this name, `vector-malformed`. */
  find(name: string): Promise<NamedVector>;
}

/** The alias of a vector file: its name without folder and extension. */
export function aliasOf(path: string): string {
  return basename(path, extname(path));
}

/**
 * Vectors from files, by path; each is read once.
 *
 * @param aliases Further names by path, for vectors that have no path: `{ sentiment: vector }`.
 */
export function fileVectors(aliases: ReadonlyMap<string, NamedVector> = new Map()): VectorSource {
  const known = new Map<string, Promise<NamedVector>>();
  return {
    find(name) {
      const alias = aliases.get(name);
      if (alias !== undefined) return Promise.resolve(alias);
      const found = known.get(name) ?? readVector(name, name);
      known.set(name, found);
      found.catch(() => known.delete(name));
      return found;
    },
  };
}

/** The first source that has a vector of the name; another error than its absence is told. */
export function firstOf(...sources: VectorSource[]): VectorSource {
  return {
    async find(name) {
      let absent: unknown = null;
      for (const source of sources) {
        try {
          return await source.find(name);
        } catch (error) {
          if (!(error instanceof SteerbenchError && error.code === 'vector-not-found')) throw error;
          absent ??= error;
        }
      }
      throw absent;
    },
  };
}

/** Reads a vector file under a name. */
export async function readVector(name: string, path: string): Promise<NamedVector> {
  try {
    return { name, hash: await hashFile(path), vector: await loadVector(path) };
  } catch (error) {
    if (!(error instanceof SteerbenchError && isAbsent(error))) throw error;
    throw new SteerbenchError('vector-not-found', `there is no vector "${name}"`, {
      remedy: 'give the path of a vector file, or the alias of one in the vector folder (--vectors DIR)',
      cause: error,
    });
  }
}

function isAbsent({ code, cause }: SteerbenchError): boolean {
  const system = (cause as { code?: unknown } | undefined)?.code;
  return code === 'read-failed' && (system === 'ENOENT' || system === 'ENOTDIR');
}

/** Vectors by their alias in the folder, where there is one, else files by their path. */
export function folderAndFiles(folder: VectorSource | null): VectorSource {
  return folder === null ? fileVectors() : firstOf(folder, fileVectors());
}
