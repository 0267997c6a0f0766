import { SteerbenchError } from '../errors.ts';
import { findAlias, type ModelAlias } from './aliases.ts';

/** What the text after `--model` means. */
export type Reference =
  | { kind: 'alias'; alias: ModelAlias }
  | { kind: 'hub'; repository: string; revision: string; file: string }
  | { kind: 'ollama'; name: string }
  | { kind: 'lm-studio'; name: string }
  /** A path, or a name that is none of the above. */
  | { kind: 'path'; path: string };

/**
 * Reads a reference: an alias, `hf:owner/name[@revision]/file.gguf` (or that file's address on the hub),
 * `ollama:name[:tag]`, `lmstudio:publisher/name/file.gguf`, else a path.
 *
 * @throws SteerbenchError `model-not-found` for a malformed `hf:`.
 * @example
 * parseReference('hf:owner/name/model.gguf');
 * // { kind: 'hub', repository: 'owner/name', revision: 'main', file: 'model.gguf' }
 */
export function parseReference(reference: string): Reference {
  const alias = findAlias(reference);
  if (alias !== null) return { kind: 'alias', alias };
  const scheme = /^(hf|ollama|lmstudio):(.*)$/s.exec(reference);
  if (scheme?.[1] === 'hf') return parseHub(reference, scheme[2]!);
  if (scheme?.[1] === 'ollama') return { kind: 'ollama', name: scheme[2]! };
  if (scheme?.[1] === 'lmstudio') return { kind: 'lm-studio', name: scheme[2]! };
  const page = /^https?:\/\/huggingface\.co\/([^/]+\/[^/]+)\/(?:resolve|blob)\/([^/]+)\/([^?#]+)/.exec(
    reference,
  );
  if (page !== null) return parseHub(reference, `${page[1]}@${page[2]}/${page[3]}`);
  return { kind: 'path', path: reference };
}

function parseHub(reference: string, text: string): Reference {
  const match = /^([\w.-]+\/[\w.-]+)(?:@([\w.-]+))?\/([\w./+ -]+\.gguf)$/.exec(text);
  // The parts become names of folders in the cache, which none of them may leave.
  const parts = match === null ? [] : [...match[1]!.split('/'), match[2] ?? 'main', ...match[3]!.split('/')];
  if (match === null || parts.some((part) => /^\.*$/.test(part))) {
    throw new SteerbenchError('model-not-found', `"${reference}" names no GGUF file of the hub`, {
      remedy: 'write hf:owner/name/file.gguf, or hf:owner/name@revision/file.gguf',
    });
  }
  return { kind: 'hub', repository: match[1]!, revision: match[2] ?? 'main', file: match[3]! };
}
