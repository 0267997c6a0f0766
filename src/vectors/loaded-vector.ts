import type { ImportedEntry } from './import/convert.ts';
import type { ProducerName } from './import/producer-names.ts';
import type { VectorFormat } from './import/stored-file.ts';
import type { SteeringVector } from './steering-vector.ts';

/** A vector from a file, with everything that is known of the file. */
export interface LoadedVector extends SteeringVector {
  source: VectorOrigin;
}

/** What a vector file is, and what was done to read it. */
export interface VectorOrigin {
  /** As it was given. */
  path: string;
  /** Of the file, hexadecimal. */
  sha256: string;
  format: VectorFormat;
  /** Number type in the file: `F32`, `F16`, `BF16`, `F64`; `JSON` for decimal numbers. */
  dtype: string;
  /** The tools that can have written it; all mean the same by its numbers. Empty where the layer had to be given. */
  producers: ProducerName[];
  /** What in the file shows it, a phrase; null where the producer was asked for. */
  recognisedBy: string | null;
  /** What its numbers mean, a phrase. */
  indexRule: string;
  /** What the signs and the lengths mean, phrases. */
  sign: 'toward-positive' | 'unknown';
  signNote: string;
  lengthNote: string;
  /** What the file calls its model, in its tool's words; null where it does not say. */
  modelHint: string | null;
  /** In the order of the file. */
  entries: ImportedEntry[];
  /** What was done, and what to know: one sentence each, without a full stop. */
  notes: string[];
  warnings: string[];
}
