import { basename } from 'node:path';
import { combineVectors } from '../../vectors/combine-vectors.ts';
import { exportVector } from '../../vectors/export-vector.ts';
import { steerbenchVersion } from '../../version.ts';
import { parseLayerFactors } from './layer-list.ts';
import { loadFiles, withLayers } from './load-file.ts';
import type { OutputFlags, SeveralFlags } from './vector-flags.ts';
import { report } from './write.ts';

/** Options of `vectors combine`. */
export interface CombineFlags extends SeveralFlags, OutputFlags {
  layers?: string;
  weights?: number[];
  missing: 'drop' | 'zero';
  projectOut?: string;
  length?: number | 'first';
  layerFactors?: string;
}

/** `steerbench vectors combine FILE…`: sum, projection, length, factors; in this order. */
export async function combine(files: string[], flags: CombineFlags): Promise<void> {
  const weights = flags.weights ?? files.map(() => 1);
  if (weights.length !== files.length) {
    throw new RangeError(
      `invalid "weights"; ${weights.length} of them for ${files.length} files: ${weights.join(',')}`,
    );
  }
  const factors = flags.layerFactors === undefined ? undefined : parseLayerFactors(flags.layerFactors);
  const { projectOut } = flags;
  const loaded = await loadFiles(projectOut === undefined ? files : [...files, projectOut], flags);
  // The hash tells which bytes were meant long after the file has another name.
  const named = loaded.map(({ name, vector }) => ({
    name: `${basename(name)} (sha256 ${vector.source.sha256.slice(0, 16)})`,
    vector,
  }));
  const parts = named.slice(0, files.length).map(({ name, vector }, place) => ({
    name,
    vector: withLayers(vector, flags.layers),
    weight: weights[place]!,
  }));
  const removed = named[files.length];
  const combined = combineVectors(parts, {
    missing: flags.missing,
    ...(removed === undefined ? {} : { projectOut: removed }),
    ...(flags.length === undefined ? {} : { length: flags.length }),
    ...(factors === undefined ? {} : { layerFactors: factors }),
    producedBy: `steerbench ${steerbenchVersion}`,
  });
  await exportVector(flags.out, combined, flags.to);
  report(
    loaded.map(({ vector }) => vector),
    combined,
    flags,
  );
}
