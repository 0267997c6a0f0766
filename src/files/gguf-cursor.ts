import type { FileHandle } from 'node:fs/promises';
import { MalformedFile, readFully } from './read-fully.ts';

/** How much is read ahead: large enough that a tokenizer of a few megabytes takes a handful of reads. */
const windowBytes = 1 << 20;

/**
 * Reads a file from its start in small steps, holding only a window of it.
 *
 * Every read first asks for its bytes: `await cursor.need(n)`, or `if (cursor.available < n)` before it in hot loops.
 */
export class GgufCursor {
  readonly #file: FileHandle;
  readonly #fileBytes: number;
  readonly #headerLimit: number;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  #at = 0;

  /**
   * @param fileBytes Size of the file: nothing is ever allocated for bytes it does not have.
   * @param headerLimit Bytes after which reading on is refused.
   */
  constructor(file: FileHandle, fileBytes: number, headerLimit: number) {
    this.#file = file;
    this.#fileBytes = fileBytes;
    this.#headerLimit = headerLimit;
  }

  /** Bytes from the start of the file. */
  get position(): number {
    return this.#windowStart + this.#at;
  }

  /** Bytes between the position and the end of the file. */
  get remaining(): number {
    return this.#fileBytes - this.position;
  }

  /** Bytes that can be read without another `need`. */
  get available(): number {
    return this.#window.length - this.#at;
  }

  /** Makes the next `bytes` readable, or says that the file ends before `what`. */
  async need(bytes: number, what: string): Promise<void> {
    if (this.available >= bytes) return;
    if (bytes > this.remaining) {
      throw new MalformedFile(`the file ends at byte ${this.#fileBytes}, inside ${what}`);
    }
    if (this.position + bytes > this.#headerLimit) {
      throw new MalformedFile(`the header goes on after ${this.#headerLimit} bytes, inside ${what}`);
    }
    const start = this.position;
    const window = Buffer.allocUnsafe(Math.min(Math.max(bytes, windowBytes), this.remaining));
    const kept = this.#window.copy(window, 0, this.#at);
    await readFully(this.#file, window.subarray(kept), start + kept, what);
    this.#window = window;
    this.#windowStart = start;
    this.#at = 0;
  }

  /** Passes over `bytes` without reading them. */
  skip(bytes: number, what: string): void {
    if (bytes > this.remaining)
      throw new MalformedFile(`the file ends at byte ${this.#fileBytes}, inside ${what}`);
    if (bytes <= this.available) {
      this.#at += bytes;
      return;
    }
    this.#windowStart = this.position + bytes;
    this.#window = Buffer.alloc(0);
    this.#at = 0;
  }

  /** The next bytes, as a view that the next `need` leaves behind. */
  bytes(length: number): Buffer {
    this.#at += length;
    return this.#window.subarray(this.#at - length, this.#at);
  }

  /** The next bytes as UTF-8 text. */
  text(length: number): string {
    this.#at += length;
    return this.#window.toString('utf8', this.#at - length, this.#at);
  }

  /** The next four bytes as an unsigned number, little-endian. */
  uint32(): number {
    this.#at += 4;
    return this.#window.readUInt32LE(this.#at - 4);
  }

  /** A count or length in 8 bytes; above 2^53 it is no longer exact, and larger than any file. */
  count(): number {
    this.#at += 8;
    return this.#window.readUInt32LE(this.#at - 8) + this.#window.readUInt32LE(this.#at - 4) * 2 ** 32;
  }
}
