import { expect, it } from 'vitest';
import { parseReference } from './reference.ts';

it.each([
  ['hf:owner/name/model.gguf', 'owner/name', 'main', 'model.gguf'],
  ['hf:owner/name@v1.2/sub/model.Q4_K_M.gguf', 'owner/name', 'v1.2', 'sub/model.Q4_K_M.gguf'],
  [
    'https://huggingface.co/owner/name/resolve/main/model.gguf?download=true',
    'owner/name',
    'main',
    'model.gguf',
  ],
  ['https://huggingface.co/owner/name/blob/abc123/model.gguf', 'owner/name', 'abc123', 'model.gguf'],
])('%s is a file of the hub', (reference, repository, revision, file) => {
  expect(parseReference(reference)).toEqual({ kind: 'hub', repository, revision, file });
});

it.each([
  'hf:model.gguf',
  'hf:owner/name',
  'hf:owner/name/model.bin',
  'hf:../name/model.gguf',
  'hf:owner/name/../x.gguf',
])('%s is refused', (reference) => {
  expect(() => parseReference(reference)).toThrow('names no GGUF file of the hub');
});

it('tells the other kinds apart', () => {
  expect(parseReference('Gemma-2-2B-it')).toMatchObject({ kind: 'alias', alias: { name: 'gemma-2-2b-it' } });
  expect(parseReference('ollama:llama3.2:1b')).toEqual({ kind: 'ollama', name: 'llama3.2:1b' });
  expect(parseReference('lmstudio:a/b/c.gguf')).toEqual({ kind: 'lm-studio', name: 'a/b/c.gguf' });
  expect(parseReference('C:\\models\\a.gguf')).toEqual({ kind: 'path', path: 'C:\\models\\a.gguf' });
  expect(parseReference('./gemma-2-2b-it')).toEqual({ kind: 'path', path: './gemma-2-2b-it' });
});
