import { readdir, stat } from 'node:fs/promises';
import { join, normalize, sep } from 'node:path';
import { homeFolder } from '../download/home-folder.ts';
import { SteerbenchError } from '../errors.ts';
import { nearMisses } from '../math/near-misses.ts';

/**
 * A GGUF that LM Studio has on this machine: in `~/.lmstudio/models` or `~/.cache/lm-studio/models`.
 *
 * @param name `publisher/name/file.gguf`.
 * @throws SteerbenchError `model-not-found`, with the folders that were searched and names like it.
 * @example
 * await findLmStudioModel('lmstudio-community/gemma-2-2b-it-GGUF/gemma-2-2b-it-Q8_0.gguf', process.env);
 */
export async function findLmStudioModel(name: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const home = homeFolder(environment);
  const stores = [join(home, '.lmstudio', 'models'), join(home, '.cache', 'lm-studio', 'models')];
  const known: string[] = [];
  for (const store of stores) {
    const path = join(store, normalize(name));
    const facts = path.startsWith(store + sep) ? await stat(path).catch(() => null) : null;
    if (facts?.isFile()) return path;
    known.push(...(await storedModels(store)));
  }
  const alike = nearMisses(name, known).map((each) => `lmstudio:${each}`);
  throw new SteerbenchError(
    'model-not-found',
    `LM Studio has no model "${name}"; searched ${stores.join(', ')}`,
    {
      remedy:
        alike.length > 0 ? `did you mean ${alike.join(' or ')}?` : 'write lmstudio:publisher/name/file.gguf',
    },
  );
}

async function storedModels(store: string): Promise<string[]> {
  const names = await readdir(store, { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith('.gguf')).map((name) => name.split(sep).join('/'));
}
