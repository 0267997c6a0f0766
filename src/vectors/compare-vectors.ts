import { cosine, norm } from '../math/vector.ts';
import { type Part, requireSameWidth } from './combine-vectors.ts';

/** Two vectors, by their places in the list. */
export interface PairOfVectors {
  first: number;
  second: number;
}

/** One layer of several vectors. */
export interface ComparedLayer {
  layer: number;
  /** Euclidean length of each vector there; null for one without this layer. */
  norms: (number | null)[];
  /** Cosine of each pair; null where one of the two has no such layer, or is zero there. */
  cosines: (number | null)[];
}

/** Several vectors beside each other. */
export interface Comparison {
  /** Every two of them, in the order of the list. */
  pairs: PairOfVectors[];
  /** Layers that at least one of them has, ascending. */
  layers: ComparedLayer[];
  /** Mean of each pair's cosines over the layers where there is one; null without any. */
  meanCosines: (number | null)[];
}

/**
 * Compares steering vectors layer by layer: lengths, and the cosine of every two.
 *
 * @throws SteerbenchError `vector-dimension` for vectors of different widths; RangeError for fewer than two
 * @example
 * const { layers } = compareVectors([{ name: 'a', vector: a }, { name: 'b', vector: b }]);
 * layers[0]; // { layer: 1, norms: [1, 1], cosines: [0.93] }
 */
export function compareVectors(vectors: readonly Omit<Part, 'weight'>[]): Comparison {
  if (vectors.length < 2) throw new RangeError('nothing to compare: give at least two vectors');
  requireSameWidth(vectors);
  const pairs = vectors.flatMap((_, first) =>
    vectors.slice(first + 1).map((_, rest) => ({ first, second: first + 1 + rest })),
  );
  const present = [...new Set(vectors.flatMap(({ vector }) => [...vector.layers.keys()]))];
  const layers = present
    .sort((a, b) => a - b)
    .map((layer) => {
      const values = vectors.map(({ vector }) => vector.layers.get(layer) ?? null);
      return {
        layer,
        norms: values.map((each) => (each === null ? null : norm(each))),
        cosines: pairs.map(({ first, second }) => {
          const [a, b] = [values[first]!, values[second]!];
          return a === null || b === null ? null : cosine(a, b);
        }),
      };
    });
  return { pairs, layers, meanCosines: pairs.map((_, place) => meanOf(layers, place)) };
}

function meanOf(layers: readonly ComparedLayer[], place: number): number | null {
  const known = layers.flatMap(({ cosines }) => cosines[place] ?? []);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
