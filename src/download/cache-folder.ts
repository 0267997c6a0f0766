import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheWriteFailure } from './disk.ts';
import { homeFolder } from './home-folder.ts';

/**
 * Folder that holds downloaded and requantised models, downloaded datasets and the hashes of local models.
 *
 * `STEERBENCH_CACHE` where it is set; else `$XDG_CACHE_HOME/steerbench`, `~/Library/Caches/steerbench` on macOS,
 * `%LOCALAPPDATA%\steerbench` on Windows, `~/.cache/steerbench`. It need not exist.
 *
 * @example
 * cacheFolder({ STEERBENCH_CACHE: '/data/models' }); // '/data/models'
 */
export function cacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = homeFolder(environment);
  if (environment['STEERBENCH_CACHE']) return environment['STEERBENCH_CACHE'];
  if (environment['XDG_CACHE_HOME']) return join(environment['XDG_CACHE_HOME'], 'steerbench');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'steerbench');
  if (platform === 'win32')
    return join(environment['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'steerbench');
  return join(home, '.cache', 'steerbench');
}

/** Creates the folder of a file of the cache; throws SteerbenchError `write-failed`. */
export async function makeFolderOf(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (cause) {
    throw cacheWriteFailure(dirname(path), cause);
  }
}
