import { expect, it } from 'vitest';
import { defaultAlias, findAlias, modelAliases } from './aliases.ts';
import { cachePaths } from './find-model.ts';

it('has each name and each file once', () => {
  expect(new Set(modelAliases.map((alias) => alias.name)).size).toBe(modelAliases.length);
  const files = modelAliases.flatMap((alias) => cachePaths(alias.name, '/cache'));
  expect(new Set(files).size).toBe(modelAliases.length);
});

it('lists the default first, the others by size', () => {
  expect(modelAliases[0]!.name).toBe(defaultAlias);
  const sizes = modelAliases.map((alias) => alias.bytes);
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
});

it('gives the layers of the paper (Tan et al. 2024, section 4.3 and appendix)', () => {
  const layers = modelAliases.flatMap(({ name, paperLayer }) => (paperLayer ? [[name, paperLayer]] : []));
  expect(Object.fromEntries(layers)).toEqual({
    'llama-2-7b-chat': { layer: 13, blocks: 32 },
    'qwen1.5-14b-chat': { layer: 21, blocks: 40 },
    'gemma-2-2b-it': { layer: 14, blocks: 26 },
    'llama-3.1-70b-instruct': { layer: 30, blocks: 80 },
  });
});

it('finds a name whatever its case', () => {
  expect(findAlias('LLaMA-2-7B-chat')?.file).toBe('llama-2-7b-chat.Q8_0.gguf');
  expect(findAlias('llama')).toBeNull();
});
