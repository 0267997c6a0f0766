import { type FileHandle, open, readFile, truncate } from 'node:fs/promises';
import { SteerbenchError } from '../../errors.ts';
import { parseJsonLines } from '../../files/jsonl.ts';
import { systemCode } from '../../files/read-failure.ts';
import { writeFailure } from '../../files/write-failure.ts';

/** Where lines go, one after the other. */
export interface LineSink {
  /** Lines that are there already. */
  done: number;
  write(line: object): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens an output file to go on with: lines that are whole and of these very answers are kept, half a line at its end is
 * cut off.
 *
 * @param keys What the lines must have as `key`, in order
 * @throws SteerbenchError `run-conflict` for a file with other lines; `write-failed`
 */
export async function openOutput(path: string, keys: readonly string[]): Promise<LineSink> {
  const bytes = await readFile(path).catch((error) => {
    if (systemCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw writeFailure(path, error);
  });
  const whole = bytes.lastIndexOf(0x0a) + 1;
  const found = [...parseJsonLines(bytes.subarray(0, whole), path, 'run-malformed')];
  for (const [place, { line, value }] of found.entries()) {
    if (place < keys.length && (value as { key?: unknown } | null)?.key === keys[place]) continue;
    throw new SteerbenchError(
      'run-conflict',
      `"${path}" line ${line} is not the answer to prompt ${place} of this command`,
      { remedy: 'give another --out, or the same prompts, model, steering and sampling as before' },
    );
  }
  try {
    if (whole < bytes.length) await truncate(path, whole);
    const file = await open(path, 'a');
    return { done: found.length, write: (line) => append(path, file, line), close: () => file.close() };
  } catch (cause) {
    throw writeFailure(path, cause);
  }
}

async function append(path: string, file: FileHandle, line: object): Promise<void> {
  try {
    await file.appendFile(`${JSON.stringify(line)}\n`);
  } catch (cause) {
    throw writeFailure(path, cause);
  }
}
