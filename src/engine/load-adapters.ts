import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import { SteerbenchError } from '../errors.ts';
import { hashFile } from '../files/hash-file.ts';
import type { Pointer } from '../llama/functions.ts';
import type { LlamaModel } from '../llama/model.ts';
import type { Lora, ModelFacts } from './engine.ts';

/** LoRA adapters of a loaded model: handles for its contexts, and what stands in its facts. */
export interface LoadedAdapters {
  adapters: { pointer: Pointer; scale: number }[];
  facts: ModelFacts['loras'];
}

/**
 * Loads the adapters of a model.
 *
 * @throws SteerbenchError `model-not-found` for a file that is absent, `model-mismatch` for one that is no adapter of
 * this model; RangeError for a scale that is not finite
 */
export async function loadAdapters(
  model: LlamaModel,
  loras: Lora[],
  refusal: () => string,
): Promise<LoadedAdapters> {
  const loaded: LoadedAdapters = { adapters: [], facts: [] };
  for (const lora of loras) {
    const facts = await describeLora(lora);
    loaded.adapters.push({ pointer: model.loadAdapter(lora.path, refusal), scale: lora.scale });
    loaded.facts.push(facts);
  }
  return loaded;
}

/**
 * Identity of a model with adapters that are not loaded yet.
 *
 * @throws SteerbenchError `model-not-found` for an adapter that is absent
 */
export async function identityWithLoras(fileHash: string, loras: Lora[]): Promise<string> {
  return identityOf(fileHash, await Promise.all(loras.map(describeLora)));
}

async function describeLora({ path, scale }: Lora): Promise<ModelFacts['loras'][number]> {
  if (!Number.isFinite(scale))
    throw new RangeError(`the scale of the adapter "${path}" is not a finite number: ${scale}`);
  await access(path).catch((cause: unknown) => {
    throw new SteerbenchError('model-not-found', `there is no LoRA adapter "${path}"`, {
      remedy: 'give the path of a GGUF adapter: --lora FILE or --lora FILE:SCALE',
      cause,
    });
  });
  return { name: basename(path, '.gguf'), hash: await hashFile(path), scale };
}

/** Identity of a model with its adapters: the file's own hash without any. */
export function identityOf(fileHash: string, loras: ModelFacts['loras']): string {
  if (loras.length === 0) return fileHash;
  const text = [fileHash, ...loras.map(({ hash, scale }) => `${hash}:${scale}`)].join('\n');
  return createHash('sha256').update(text).digest('hex');
}
