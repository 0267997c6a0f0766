import { type ExportForm, exportVector } from '../../vectors/export-vector.ts';
import type { LoadedVector } from '../../vectors/loaded-vector.ts';
import type { SteeringVector } from '../../vectors/steering-vector.ts';
import { loadFile, withLayers } from './load-file.ts';
import type { FileFlags, OutputFlags } from './vector-flags.ts';

/** `steerbench vectors import FILE`: any tool's file as one of our own, with what was converted. */
export function importFile(file: string, flags: FileFlags & Omit<OutputFlags, 'to'>): Promise<void> {
  return exportFile(file, { ...flags, to: 'safetensors' });
}

/** `steerbench vectors export FILE`: a vector in another tool's form. */
export async function exportFile(file: string, flags: FileFlags & OutputFlags): Promise<void> {
  const { vector, model } = await loadFile(file, flags);
  const chosen = withLayers(vector, flags.layers);
  await exportVector(flags.out, chosen, flags.to, model?.blocks ?? null);
  report([chosen], chosen, flags);
}

/** Says what was read, converted and written: to people, or as one JSON document. */
export function report(
  read: readonly LoadedVector[],
  written: SteeringVector,
  { out, to, json }: { out: string; to: ExportForm; json?: boolean },
): void {
  if (json) {
    const document = {
      out,
      form: to,
      layers: [...written.layers.keys()],
      combinedFrom: written.combinedFrom ?? null,
      read: read.map(({ source: { path, sha256, producers, notes, warnings } }) => ({
        path,
        sha256,
        producers,
        notes,
        warnings,
      })),
    };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  const lines = read.flatMap(({ source: { path, notes, warnings } }) => [
    ...notes.map((note) => `${path}: ${note}`),
    ...warnings.map((warning) => `${path}: warning: ${warning}`),
  ]);
  if (written.combinedFrom !== undefined) lines.push(`made from ${written.combinedFrom}`);
  lines.push(`wrote ${out}: ${forms[to]}, layers ${[...written.layers.keys()].join(', ')}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

const forms: Record<ExportForm, string> = {
  gguf: "a control vector for llama.cpp, which adds each at its block's output",
  repeng: 'a control vector for repeng',
  safetensors: 'safetensors of steerbench',
};
