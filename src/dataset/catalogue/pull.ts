import { rateMeter } from '../../download/rate-meter.ts';
import { TransferFault } from '../../download/transfer-fault.ts';
import { SteerbenchError } from '../../errors.ts';
import { type BringOptions, bringFile } from './bring-file.ts';
import type { PublicFile } from './catalogue.ts';
import { listDataFolder } from './data-folders.ts';

/** Options of a pull; see {@link BringOptions}. */
export interface PullOptions extends Omit<BringOptions, 'from'> {
  /** Folder of local copies in any layout, which are checked as downloads are; null to download. */
  from: string | null;
}

/** One file of a pull, as it ended. */
export interface PulledFile {
  name: string;
  state: 'present' | 'fetched' | 'copied' | 'missing' | 'failed';
  /** Where it lies in the cache; null where it does not. */
  path: string | null;
  /** Hexadecimal; null where the file is not there. */
  sha256: string | null;
  /** Why it failed, in words; null elsewhere. */
  reason: string | null;
}

/**
 * Brings public files into the cache, one after the other; what is there and right is left alone.
 *
 * A file that its server lacks, or whose bytes are wrong, is passed over and told in the answer; a network that cannot
 * be reached, a full disk or a stop ends the pull. What has come is kept: the same call goes on where this one ended.
 *
 * @param files As {@link selectFiles} gives them.
 * @throws SteerbenchError `download-failed`, `write-failed`, `interrupted`, `data-not-found` for the folder `from`.
 * @example
 * await pullFiles(await selectFiles('caa', []), { environment: process.env, from: null });
 */
export async function pullFiles(files: readonly PublicFile[], options: PullOptions): Promise<PulledFile[]> {
  const from = options.from === null ? null : await listDataFolder(options.from);
  const progress = totalProgress(files, options);
  const pulled: PulledFile[] = [];
  let failuresInARow = 0;
  for (const file of files) {
    try {
      const brought = await bringFile(file, { ...options, from, onProgress: progress.ofFile });
      pulled.push({
        ...brought,
        name: file.name,
        path: brought.sha256 === null ? null : brought.path,
        reason: null,
      });
      failuresInARow = 0;
    } catch (error) {
      failuresInARow += 1;
      if (!passedOver(error) || failuresInARow === mostFailuresInARow) throw error;
      options.onMessage?.(`${error.message}; passed over`);
      pulled.push({ name: file.name, state: 'failed', path: null, sha256: null, reason: error.message });
    }
    progress.endFile(file);
  }
  return pulled;
}

/** A server that fails this often will not do better for the hundred files after. */
const mostFailuresInARow = 4;

/** Faults of one file, not of the network, the disk or the folder. */
function passedOver(error: unknown): error is SteerbenchError {
  if (!(error instanceof SteerbenchError)) return false;
  if (error.code === 'download-failed') return error.cause instanceof TransferFault && error.cause.answered;
  return ['hash-mismatch', 'data-malformed', 'data-ambiguous'].includes(error.code);
}

/** Progress over all files, in place of each one's own. */
function totalProgress(
  files: readonly PublicFile[],
  { onProgress }: PullOptions,
): { ofFile: NonNullable<PullOptions['onProgress']>; endFile: (file: PublicFile) => void } {
  const sizes = files.map(({ bytes }) => bytes);
  const total = sizes.includes(null) ? null : sizes.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
  const rate = rateMeter();
  let before = 0;
  let current = 0;
  return {
    ofFile: ({ bytes }) => {
      current = bytes;
      onProgress?.({ bytes: before + bytes, total, bytesPerSecond: rate(before + bytes) });
    },
    endFile: ({ bytes }) => {
      before += bytes ?? current;
      current = 0;
    },
  };
}
