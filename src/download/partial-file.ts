import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, readFile, unlink } from 'node:fs/promises';
import { z } from 'zod';
import { atomicWrite } from '../files/atomic-write.ts';
import { cacheWriteFailure } from './disk.ts';

const noteSchema = z.object({ url: z.string(), etag: z.string() });

/**
 * A download under way: `<target>.partial`, the hash of its bytes so far, and what the server called its version.
 *
 * The version (strong etag) is kept beside it, so that a later process continues only the very same file.
 */
export class PartialFile {
  readonly path: string;
  /** Bytes on disk, all of them hashed. */
  bytes = 0;
  /** Strong etag of the file these bytes belong to; null where the server gave none: such a file starts over. */
  etag: string | null = null;
  private readonly url: string;
  private readonly file: FileHandle;
  private hash: Hash = createHash('sha256');

  private constructor(path: string, url: string, file: FileHandle) {
    this.path = path;
    this.url = url;
    this.file = file;
  }

  /** Opens what an earlier attempt left for the same address, or an empty file. */
  static async open(target: string, url: string): Promise<PartialFile> {
    const path = `${target}.partial`;
    try {
      const partial = new PartialFile(path, url, await open(path, 'a+'));
      try {
        await partial.takeUp();
      } catch (error) {
        await partial.close();
        throw error;
      }
      return partial;
    } catch (cause) {
      throw cacheWriteFailure(path, cause);
    }
  }

  private async takeUp(): Promise<void> {
    const { size } = await this.file.stat();
    const note = await readNote(this.path);
    if (size === 0) return;
    if (note === null || note.url !== this.url) {
      await this.file.truncate(0);
      return;
    }
    const options = { start: 0, end: size - 1, autoClose: false, highWaterMark: 1 << 20 };
    for await (const chunk of this.file.createReadStream(options)) {
      this.hash.update(chunk as Buffer);
      this.bytes += (chunk as Buffer).length;
    }
    this.etag = note.etag;
  }

  /** Throws away what there is and begins a file of the given version. */
  async restart(etag: string | null): Promise<void> {
    try {
      if (this.bytes > 0) await this.file.truncate(0);
      this.bytes = 0;
      this.hash = createHash('sha256');
      this.etag = etag;
      if (etag === null) await unlink(notePath(this.path)).catch(() => undefined);
      else await atomicWrite(notePath(this.path), `${JSON.stringify({ url: this.url, etag })}\n`);
    } catch (cause) {
      throw cacheWriteFailure(this.path, cause);
    }
  }

  /** Adds bytes at the end; when it fails, the ones before are still right. */
  async append(chunk: Uint8Array): Promise<void> {
    let done = 0;
    try {
      while (done < chunk.length) {
        const { bytesWritten } = await this.file.write(chunk, done);
        this.hash.update(chunk.subarray(done, done + bytesWritten));
        this.bytes += bytesWritten;
        done += bytesWritten;
      }
    } catch (cause) {
      throw cacheWriteFailure(this.path, cause);
    }
  }

  /** Sha256 of all bytes so far, hexadecimal. */
  digest(): string {
    return this.hash.copy().digest('hex');
  }

  /** Closes the file; bytes and note stay for a later download. */
  async close(): Promise<void> {
    await this.file.close();
  }

  /** Removes the note, and with `'all'` the bytes too. */
  async forget(what: 'note' | 'all'): Promise<void> {
    if (what === 'all') await unlink(this.path).catch(() => undefined);
    await unlink(notePath(this.path)).catch(() => undefined);
  }
}

function notePath(path: string): string {
  return `${path}.json`;
}

async function readNote(path: string): Promise<{ url: string; etag: string } | null> {
  try {
    return noteSchema.parse(JSON.parse(await readFile(notePath(path), 'utf8')));
  } catch {
    return null;
  }
}
