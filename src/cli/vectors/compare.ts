import { type Comparison, compareVectors } from '../../vectors/compare-vectors.ts';
import { loadFiles, withLayers } from './load-file.ts';
import { table } from './table.ts';
import type { SeveralFlags } from './vector-flags.ts';

/** `steerbench vectors compare FILE…`: lengths and cosines, layer by layer. */
export async function compare(files: string[], flags: SeveralFlags): Promise<void> {
  if (files.length < 2) throw new RangeError('nothing to compare: give at least two files');
  const loaded = await loadFiles(files, flags);
  const vectors = loaded.map(({ name, vector }) => ({ name, vector: withLayers(vector, flags.layers) }));
  const comparison = compareVectors(vectors);
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ files, ...comparison }, null, 2)}\n`
      : `${describe(files, comparison)}\n`,
  );
}

function describe(files: string[], { pairs, layers, meanCosines }: Comparison): string {
  const letter = (place: number) => (place < 26 ? String.fromCharCode(97 + place) : `f${place + 1}`);
  const legend = files.map((file, place) => `${letter(place)}  ${file}`);
  const head = [
    'layer',
    ...files.map((_, place) => `norm ${letter(place)}`),
    ...pairs.map(({ first, second }) => `cos ${letter(first)} ${letter(second)}`),
  ];
  const rows = layers.map(({ layer, norms, cosines }) => [
    String(layer),
    ...norms.map((value) => (value === null ? '-' : value.toPrecision(5))),
    ...cosines.map(shown),
  ]);
  const mean = ['mean', ...files.map(() => ''), ...meanCosines.map(shown)];
  return [...legend, '', table([head, ...rows, mean])].join('\n');
}

function shown(value: number | null): string {
  return value === null ? '-' : value.toFixed(4);
}
