/** Reads bytes at a place: a file, or a small one that lies in memory as a whole. */
export interface PositionedReader {
  /** Fills a part of `target` from `position` on; 0 bytes at the end. */
  read(target: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
}

/** A vector file of a small model; many small reads of it would cost more than one large one. */
const smallBytes = 2 ** 20;

/** Reads from memory what has at most a mebibyte, after reading it once; all else from the file itself. */
export async function readAhead(file: PositionedReader, fileBytes: number): Promise<PositionedReader> {
  if (fileBytes > smallBytes) return file;
  const bytes = new Uint8Array(fileBytes);
  let filled = 0;
  while (filled < fileBytes) {
    const { bytesRead } = await file.read(bytes, filled, fileBytes - filled, filled);
    // A file that shrank: what is not there is found to be missing when it is read.
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  const held = bytes.subarray(0, filled);
  return {
    read: async (target, offset, length, position) => {
      const part = held.subarray(position, position + length);
      target.set(part, offset);
      return { bytesRead: part.length };
    },
  };
}
