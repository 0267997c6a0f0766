import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SteerbenchError } from '../errors.ts';
import { readFailure } from '../files/read-failure.ts';
import { aliasOf, type NamedVector, readVector, type VectorSource } from './vector-source.ts';

/** One file of a vector folder. */
export interface FolderEntry {
  alias: string;
  file: string;
  /** Null where the file holds no readable vector; then `error` says why. */
  vector: NamedVector | null;
  error: SteerbenchError | null;
}

interface Known {
  /** What tells that a file is another one than before. */
  stamp: string;
  entry: Promise<FolderEntry>;
}

/** Extensions of what lies beside vectors: notes, settings, checksums. */
const notVectors = /\.(md|txt|json|jsonl|ya?ml|csv|html?|py|sha256|log|tmp|part)$/i;

/**
 * A folder of vector files, each under an alias: its file's name without the extension.
 *
 * The folder is looked at whenever it is asked: files that are new or have changed are read then. Hidden files,
 * subfolders and texts are passed over.
 *
 * @example
 * const folder = new VectorFolder('vectors');
 * (await folder.find('sentiment')).hash; // of vectors/sentiment.gguf
 */
export class VectorFolder implements VectorSource {
  readonly path: string;
  readonly #known = new Map<string, Known>();

  constructor(path: string) {
    this.path = path;
  }

  /**
   * All vectors of the folder, by alias.
   *
   * @throws SteerbenchError `read-failed` where the folder cannot be read
   */
  async list(): Promise<FolderEntry[]> {
    const files = await this.#files();
    for (const name of this.#known.keys()) if (!files.includes(name)) this.#known.delete(name);
    const entries = await Promise.all(files.map((file) => this.#entry(file)));
    return entries
      .filter((entry) => entry !== null)
      .sort((a, b) => (a.alias < b.alias ? -1 : a.alias > b.alias ? 1 : a.file < b.file ? -1 : 1));
  }

  /**
   * The vector of an alias, or of a file's whole name.
   *
   * Files of one alias that hold the same numbers, as `extract` leaves them, are one vector: the safetensors file of it.
   *
   * @throws SteerbenchError `vector-not-found`, also where two files have the alias and differ; `vector-malformed`
   */
  async find(name: string): Promise<NamedVector> {
    const files = await this.#files();
    const matching = files.includes(name) ? [name] : files.filter((file) => aliasOf(file) === name);
    const entries = (await Promise.all(matching.map((file) => this.#entry(file)))).filter(
      (entry) => entry !== null,
    );
    if (entries.length === 0) {
      const aliases = [...new Set(files.map(aliasOf))];
      throw new SteerbenchError('vector-not-found', `"${this.path}" has no vector "${name}"`, {
        remedy:
          aliases.length === 0 ? 'put a vector file there' : `give one of ${aliases.slice(0, 20).join(', ')}`,
      });
    }
    const entry = oneOf(entries);
    if (entry === null) {
      throw new SteerbenchError(
        'vector-not-found',
        `"${this.path}" has different vectors of the alias "${name}": ${matching.join(', ')}`,
        { remedy: 'give the whole name of the file, or rename one' },
      );
    }
    if (entry.vector === null) throw entry.error!;
    return { ...entry.vector, name };
  }

  async #files(): Promise<string[]> {
    try {
      const names = await readdir(this.path);
      return names.filter((name) => !name.startsWith('.') && !notVectors.test(name)).sort();
    } catch (cause) {
      throw readFailure(this.path, cause, 'read-failed');
    }
  }

  /** Null for what is no file, or is gone again. */
  async #entry(file: string): Promise<FolderEntry | null> {
    const path = join(this.path, file);
    // A file that is replaced while it is read gives the hash of one vector and the numbers of another.
    for (let tries = 0; tries < mostTries; tries++) {
      const stamp = await stampOf(path);
      if (stamp === null) return null;
      const known = this.#known.get(file);
      const entry = known?.stamp === stamp ? known.entry : readEntry(file, path);
      this.#known.set(file, { stamp, entry });
      const read = await entry;
      if ((await stampOf(path)) === stamp) return read;
    }
    const error = new SteerbenchError('vector-malformed', `"${path}" changes while it is read`, {
      remedy: 'write the file beside the folder and move it there when it is whole',
    });
    return { alias: aliasOf(file), file, vector: null, error };
  }
}

/** Times that a file is read anew because it has changed meanwhile. */
const mostTries = 10;

/** What tells a file from the one before it under the same name; null for what is no file. */
async function stampOf(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) return null;
  return `${found.ino}:${found.size}:${found.mtimeMs}:${found.ctimeMs}`;
}

async function readEntry(file: string, path: string): Promise<FolderEntry> {
  const alias = aliasOf(file);
  try {
    return { alias, file, vector: await readVector(alias, path), error: null };
  } catch (error) {
    if (!(error instanceof SteerbenchError)) throw error;
    return { alias, file, vector: null, error };
  }
}

/** The entry that stands for all of them; null where their numbers differ, or one cannot be read. */
function oneOf(entries: FolderEntry[]): FolderEntry | null {
  if (entries.length > 1 && !entries.every(({ vector }) => sameNumbers(vector, entries[0]!.vector)))
    return null;
  return entries.find(({ file }) => file.endsWith('.safetensors')) ?? entries[0]!;
}

function sameNumbers(a: NamedVector | null, b: NamedVector | null): boolean {
  if (a === null || b === null) return false;
  const [left, right] = [a.vector.layers, b.vector.layers];
  return left.size === right.size && [...left].every(([layer, values]) => equal(values, right.get(layer)));
}

function equal(a: Float32Array, b: Float32Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((value, place) => value === b[place]);
}
