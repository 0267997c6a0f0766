import type { PositionedReader } from './positioned-reader.ts';

/** Fills `target` from `position` on; a file that shrank since it was opened is malformed. */
export async function readFully(
  file: PositionedReader,
  target: Uint8Array,
  position: number,
  what: string,
): Promise<void> {
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await file.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) throw new MalformedFile(`the file ends at byte ${position + done}, inside ${what}`);
    done += bytesRead;
  }
}

/** Says that the file breaks a rule of its format; the reader adds the file's name and the error code. */
export class MalformedFile extends Error {}

/** Says that the file, well-formed or not, asks for what is never done: a class to be made, a size without reason. */
export class RefusedFile extends MalformedFile {}
