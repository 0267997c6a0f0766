import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { cacheFolder } from '../../download/cache-folder.ts';
import { availableBytes } from '../../engine/memory-estimate.ts';
import { physicalCores } from '../../engine/threads.ts';
import { cachedModels } from '../../models/cache.ts';

/** The machine and the model cache. */
export interface Machine {
  platform: string;
  node: string;
  cpu: string;
  physicalCores: number;
  /** Threads that wanted the processor over the last minute; 0 on Windows. Speeds beside it mean little. */
  load: number;
  memoryBytes: number;
  /** What can be had without swapping. */
  availableBytes: number;
  cache: {
    folder: string;
    models: number;
    bytes: number;
    /** On the disk of the folder; null where the file system does not say. */
    freeBytes: number | null;
    writable: boolean;
  };
}

/** Looks at the machine and the model cache; creates the cache's folder where there is none. */
export async function describeMachine(): Promise<Machine> {
  const folder = cacheFolder();
  const models = await cachedModels(folder);
  const writable = await mkdir(folder, { recursive: true })
    .then(() => access(folder, constants.W_OK))
    .then(
      () => true,
      () => false,
    );
  const disk = await statfs(folder).catch(() => null);
  return {
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    physicalCores: physicalCores(),
    load: loadavg()[0]!,
    memoryBytes: totalmem(),
    availableBytes: availableBytes(),
    cache: {
      folder,
      models: models.length,
      bytes: models.reduce((sum, { bytes }) => sum + bytes, 0),
      freeBytes: disk === null || disk.blocks === 0 ? null : disk.bavail * disk.bsize,
      writable,
    },
  };
}
