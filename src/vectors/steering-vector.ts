import type { ReadPosition } from '../engine/engine.ts';
import type { Method } from './method.ts';

/** A steering vector with all its layers, and where it came from; what a file did not say is null. */
export interface SteeringVector {
  /**
   * By 0-based decoder block, at whose output the vector was read and is added, in ascending order: Float32Array of
   * `width` each.
   */
  layers: Map<number, Float32Array>;
  /** Width of the residual stream. */
  width: number;
  /** `file` where the file did not say how it was made. */
  method: Method | 'file';
  readPosition: ReadPosition | null;
  /** Contrast pairs it was made from. */
  trainingPairs: number | null;
  /** Name of the behaviour, and sha256 of its dataset, hexadecimal. */
  behaviour: string | null;
  dataHash: string | null;
  /** Name of the model, `general.architecture` of its file, and sha256 of the file, as it was read. */
  modelName: string | null;
  architecture: string | null;
  modelHash: string | null;
  /** Program and version; of a vector from another tool's file, the tool. */
  producedBy: string | null;
  /** Absent for a vector that was extracted here. */
  importedFrom?: ImportRecord;
  /** What was done to other vectors to make this one, in words; absent for a vector as it was extracted. */
  combinedFrom?: string;
}

/** The file of another tool that a vector came from, and what the tool means by its content. */
export interface ImportRecord {
  /** The tool, or those that may have written the file; null where it does not tell. */
  producer: string | null;
  /** Of the file, hexadecimal. */
  sha256: string;
  /** What the file calls its model, in its tool's words; null where it does not say. */
  modelHint: string | null;
  /** What the numbers of the file meant, before they became layers. */
  indexRule: string;
  /** Whether the vector points to what the positive texts show, or nothing tells. */
  sign: 'toward-positive' | 'unknown';
  /** What the length means, in words. */
  lengthNote: string;
  /** What to know of the vectors, one sentence each. */
  warnings: string[];
}
