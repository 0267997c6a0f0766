import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SteerbenchError } from '../../errors.ts';
import { systemCode } from '../../files/read-failure.ts';
import { parseResult, type Result } from '../../result/schema.ts';

/** A result as it lies in a folder. */
export interface FoundResult {
  result: Result;
  /** Sha256 of the file, hexadecimal. */
  hash: string;
}

/**
 * The result of a run folder; null where the run has not finished.
 *
 * @throws SteerbenchError `run-malformed` for a file that is no result
 */
export async function readResult(folder: string): Promise<FoundResult | null> {
  const path = join(folder, 'result.json');
  const bytes = await readFile(path).catch((error) => {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return null;
    throw error;
  });
  if (bytes === null) return null;
  const hash = createHash('sha256').update(bytes).digest('hex');
  try {
    return { result: parseResult(JSON.parse(bytes.toString('utf8'))), hash };
  } catch (cause) {
    if (cause instanceof SteerbenchError) {
      throw new SteerbenchError('run-malformed', `"${path}": ${cause.message}`, {
        remedy: 'run the same command again, or restore the file',
        cause,
      });
    }
    throw new SteerbenchError('run-malformed', `"${path}" is not JSON`, {
      remedy: 'give --recompute, or run the same command again: the cells are kept',
      cause,
    });
  }
}
