import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEngine } from '../../engine/remote-engine.ts';
import { writePlantedModel } from '../../experiments/planted/planted-model.ts';

/** What llama.cpp is here, as it came up on a tiny model. */
export interface Installation {
  /** Platform package and its version; null where the library did not say where it lies. */
  package: string | null;
  /** CPU variant and devices that llama.cpp chose. */
  backends: string[];
  threads: number;
  /** Time from nothing to a loaded tiny model. */
  startSeconds: number;
}

/** Starts the engine on a tiny model, so that this works before any model has been fetched. */
export async function checkInstallation(): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'steerbench-doctor-'));
  const path = join(folder, 'planted.gguf');
  let library: string | null = null;
  try {
    await writePlantedModel(path);
    const began = performance.now();
    const engine = await loadEngine({
      path,
      contextTokens: 256,
      onLog: (line) => {
        library ??= /loaded .* backend from (.*)/.exec(line)?.[1] ?? null;
      },
    });
    const { backends, threads } = engine.facts;
    const startSeconds = (performance.now() - began) / 1000;
    await engine.dispose();
    return { package: await packageOf(library), backends, threads, startSeconds };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Name and version of the package that a library file lies in. */
async function packageOf(library: string | null): Promise<string | null> {
  const found = /^(.*[/\\]@node-llama-cpp[/\\][^/\\]+)[/\\]/.exec(library ?? '');
  if (found === null) return null;
  const { name, version } = JSON.parse(await readFile(join(found[1]!, 'package.json'), 'utf8'));
  return `${name} ${version}`;
}
