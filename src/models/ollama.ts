import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { homeFolder } from '../download/home-folder.ts';
import { SteerbenchError } from '../errors.ts';

const manifestSchema = z.object({
  layers: z.array(z.object({ mediaType: z.string(), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) })),
});

/**
 * The GGUF of a model that Ollama has on this machine.
 *
 * Looks in `OLLAMA_MODELS`, else in `~/.ollama/models`, then in the folder of the Linux service. The blob's name is
 * its sha256, which is taken as it is.
 *
 * @param name `model`, `model:tag` (default tag: latest), `owner/model:tag` or `host/owner/model:tag`.
 * @throws SteerbenchError `model-not-found`, with the folders that were searched.
 * @example
 * await findOllamaModel('llama3.2:1b', process.env);
 */
export async function findOllamaModel(
  name: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ path: string; sha256: string }> {
  const stores = ollamaStores(environment);
  const manifest = manifestPath(name);
  if (manifest === null) {
    throw new SteerbenchError('model-not-found', `"ollama:${name}" is not a name of Ollama`, {
      remedy: 'write ollama:name or ollama:name:tag, as `ollama list` shows it',
    });
  }
  for (const store of stores) {
    const text = await readFile(join(store, 'manifests', ...manifest), 'utf8').catch(() => null);
    if (text !== null) return modelBlob(store, name, text);
  }
  throw new SteerbenchError(
    'model-not-found',
    `Ollama has no model "${name}"; searched ${stores.join(', ')}`,
    {
      remedy: `run \`ollama pull ${name}\`, or set OLLAMA_MODELS to the folder of its models`,
    },
  );
}

async function modelBlob(
  store: string,
  name: string,
  manifest: string,
): Promise<{ path: string; sha256: string }> {
  const digest = modelDigest(manifest);
  if (digest === null) {
    throw new SteerbenchError('model-not-found', `the manifest of Ollama's model "${name}" names no GGUF`, {
      remedy: 'only models whose weights are one GGUF can be used',
    });
  }
  const sha256 = digest.slice('sha256:'.length);
  const path = join(store, 'blobs', `sha256-${sha256}`);
  if ((await stat(path).catch(() => null)) !== null) return { path, sha256 };
  throw new SteerbenchError(
    'model-not-found',
    `the weights of Ollama's model "${name}" are missing: ${path}`,
    {
      remedy: `run \`ollama pull ${name}\``,
    },
  );
}

function modelDigest(manifest: string): string | null {
  try {
    const { layers } = manifestSchema.parse(JSON.parse(manifest));
    return layers.find((layer) => layer.mediaType === 'application/vnd.ollama.image.model')?.digest ?? null;
  } catch {
    return null;
  }
}

/** Folders of the manifest: host, owner, model, tag; the first two default to Ollama's own library. */
function manifestPath(name: string): string[] | null {
  const match = /^(?:(?:([\w.-]+)\/)?([\w.-]+)\/)?([\w.-]+)(?::([\w.-]+))?$/.exec(name);
  if (match === null) return null;
  const parts = [match[1] ?? 'registry.ollama.ai', match[2] ?? 'library', match[3]!, match[4] ?? 'latest'];
  return parts.some((part) => /^\.+$/.test(part)) ? null : parts;
}

function ollamaStores(environment: NodeJS.ProcessEnv): string[] {
  if (environment['OLLAMA_MODELS']) return [environment['OLLAMA_MODELS']];
  return [join(homeFolder(environment), '.ollama', 'models'), '/usr/share/ollama/.ollama/models'];
}
