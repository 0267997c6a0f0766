import type { ModelShape } from './producer.ts';
import type { StoredFile } from './stored-file.ts';

/**
 * The layer in a name as CAA gives it: `vec_layer_13.pt`, `vec_layer_13_Llama-2-7b-chat-hf.pt`; null where the names
 * have none, or disagree.
 */
export function layerInName(names: readonly string[]): number | null {
  const found = names.flatMap((name) => /^vec_layer_(0|[1-9][0-9]{0,2})(?:_|$)/.exec(name)?.[1] ?? []);
  return new Set(found).size === 1 ? Number(found[0]) : null;
}

/** CAA: one tensor, its layer in the name. */
export function fromCaa({ entries, clues }: StoredFile): string | null {
  return entries[0]!.index === null ? null : `its name says so: ${quoted(clues.names)}`;
}

/**
 * A bare tensor of rows: persona_vectors writes one row more than the model has blocks, assistant-axis as many.
 *
 * Without a model only the endings that persona_vectors gives its files tell; with one, only the number of rows counts.
 */
export function fromRowCount(
  { entries, clues }: StoredFile,
  model: ModelShape | null,
  producer: 'persona_vectors' | 'assistant-axis',
): string | null {
  if (model !== null) {
    const expected = producer === 'persona_vectors' ? model.blocks + 1 : model.blocks;
    if (entries.length !== expected) return null;
    return `it has ${entries.length} rows, and the model ${model.blocks} blocks`;
  }
  if (producer === 'assistant-axis') return null;
  const named = clues.names.filter((name) => /_(?:prompt_avg|prompt_last|response_avg)_diff$/.test(name));
  return named.length === 0 ? null : `its name says so: ${quoted(named)}`;
}

/** Against persona_vectors: another number of rows than the model's blocks and one. */
export function personaContradiction({ entries }: StoredFile, model: ModelShape | null): string | null {
  return model === null || entries.length === model.blocks + 1
    ? null
    : `persona_vectors writes ${model.blocks + 1} rows for a model of ${model.blocks} blocks; the file has ${entries.length}`;
}

/** Against assistant-axis: another number of rows than the model's blocks, which then are places in a list. */
export function axisContradiction({ entries }: StoredFile, model: ModelShape | null): string | null {
  return model === null || entries.length === model.blocks
    ? null
    : `the model has ${model.blocks} blocks and the file ${entries.length} rows: with --layers, assistant-axis writes rows that are places in that list, not blocks`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
