import type { VectorFacts } from '../vector-metadata.ts';
import type { DirectionClues } from './direction-clues.ts';

/** What kind of file holds a vector, told by its first bytes. */
export type VectorFormat = 'gguf' | 'safetensors' | 'torch' | 'pickle' | 'svec';

/**
 * How the vectors lie in a file: what tools that write the same things have in common.
 *
 * - `direction`: GGUF tensors `direction.N`
 * - `own-layer`: safetensors of steerbench, `layer.N`
 * - `saklas-layer`: safetensors `layer_N`
 * - `repeng-object`, `steering-vectors-object`: a pickled object with a dict by layer
 * - `one-tensor`: one vector; its layer stands at most in the name
 * - `rows`: a tensor with one row a layer, and nothing else
 * - `axis-rows`: the same in a dict of assistant-axis
 * - `svec`: JSON with `directions` by layer
 */
export type Layout =
  | 'direction'
  | 'own-layer'
  | 'saklas-layer'
  | 'repeng-object'
  | 'steering-vectors-object'
  | 'one-tensor'
  | 'rows'
  | 'axis-rows'
  | 'svec';

/** One vector of a file, as it is stored. */
export interface StoredEntry {
  /** Its name or place: `direction.3`, `row 3`, `layer_activations[3]`. */
  name: string;
  /** The number in the name; null where there is none. */
  index: number | null;
  values: Float32Array;
}

/** A file as it is stored: nothing is converted yet. */
export interface StoredFile {
  format: VectorFormat;
  layout: Layout;
  /** In the order of the file; at least one. */
  entries: StoredEntry[];
  /** Number type: `F32`, `F16`, `BF16`, `F64`; `JSON` for decimal numbers. */
  dtype: string;
  /** What the file calls its model, in its tool's words; null where it does not say. */
  modelHint: string | null;
  /** What a file of our own says of its vector; null for other tools' files. */
  ownFacts: VectorFacts | null;
  clues: Clues;
}

/** What its path tells of a file. */
export interface FilePlace {
  /** Names without ending: of the file, and the one that a torch file was written under. */
  names: string[];
  /** Names of the folders above it, the nearest first. */
  folders: string[];
}

/** What tells one tool's file from another's, beside its layout. */
export interface Clues extends FilePlace {
  /** Metadata of a GGUF with directions. */
  direction?: DirectionClues;
  /** What the sidecar of a saklas file says; null where there is none. */
  sidecar?: SaklasSidecar | null;
  /** Dimensions of each direction of a .svec, and whether explained variances stand beside. */
  svec?: { dimensions: number; explainedVariances: boolean };
}

/** The JSON file beside a safetensors file of saklas. */
export interface SaklasSidecar {
  version: string;
  /** Whether the sha256 in it is that of the tensors. */
  matches: boolean;
}
