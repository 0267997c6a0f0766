import { SteerbenchError } from '../errors.ts';
import type { GraphHook, TensorAccess } from '../llama/context.ts';

/** Rows of a batch that are changed at one layer: places in the batch, with what is done to each. */
export interface RowEdit {
  /** Row in the batch. */
  row: number;
  apply: (h: Float32Array) => void;
  /** Asked when the layer is reached: whether the row is changed at all. Absent: it is. */
  active?: () => boolean;
}

/** What one decode has to read and change. */
export interface HookJob {
  /** Rows in the batch, and for each whether it is an output. */
  outputs: ArrayLike<number>;
  /** Edits by layer, in order of row. */
  edits: Map<number, RowEdit[]>;
  /** Rows read by layer: batch rows in ascending order, and who gets each. */
  reads: Map<number, { rows: number[]; receive: (row: number, h: Float32Array) => void }>;
  /** Receives the final norm of each output row, in batch order; null when not wanted. */
  receiveNorm: ((row: number, h: Float32Array) => void) | null;
  /** Ends the computation after this layer, or after the final norm; null computes everything. */
  stopAfter: number | 'norm' | null;
}

const blockOutput = /^l_out-(\d+)$/;

/**
 * Reads and changes the residual stream of a decode at the outputs of its blocks (`l_out-<block>`).
 *
 * The last block's tensor holds only the rows marked as outputs, in batch order; every other block's holds all rows.
 */
export class ResidualHook implements GraphHook {
  /** Rows changed, by layer: the proof that steering happened. */
  readonly changed = new Map<number, number>();
  readonly #job: HookJob;
  readonly #width: number;
  readonly #architecture: string;
  readonly #row: Float32Array;

  constructor(job: HookJob, width: number, architecture: string) {
    this.#job = job;
    this.#width = width;
    this.#architecture = architecture;
    this.#row = new Float32Array(width);
  }

  asks(name: string): boolean {
    if (name === 'result_norm') return this.#job.receiveNorm !== null;
    const layer = layerOf(name);
    if (layer === null) return false;
    return this.#job.edits.has(layer) || this.#job.reads.has(layer) || this.#job.stopAfter === layer;
  }

  visits(name: string, tensor: TensorAccess): boolean {
    if (name === 'result_norm') {
      this.#readNorm(tensor);
      return this.#job.stopAfter !== 'norm';
    }
    const layer = layerOf(name)!;
    const place = this.#places(tensor, name);
    const reads = this.#job.reads.get(layer);
    if (reads !== undefined) {
      for (const row of reads.rows) {
        tensor.readRows(place(row), this.#row);
        reads.receive(row, this.#row);
      }
    }
    this.#edit(layer, tensor, place);
    return this.#job.stopAfter !== layer;
  }

  /** Where a batch row lies in the tensor; −1 for a row that the tensor does not hold. */
  #places(tensor: TensorAccess, name: string): (row: number) => number {
    const { outputs } = this.#job;
    const [width, rows, ...rest] = tensor.shape;
    if (width !== this.#width || rest.some((extent) => extent !== 1)) throw this.#refusal(name, tensor.shape);
    if (rows === outputs.length) return (row) => row;
    const place = new Int32Array(outputs.length).fill(-1);
    let count = 0;
    for (let row = 0; row < outputs.length; row++) if (outputs[row]) place[row] = count++;
    if (rows !== count) throw this.#refusal(name, tensor.shape);
    return (row) => place[row]!;
  }

  /** Changes runs of neighbouring rows with one read and one write each. */
  #edit(layer: number, tensor: TensorAccess, place: (row: number) => number): void {
    const edits = (this.#job.edits.get(layer) ?? []).filter(
      ({ row, active }) => place(row) >= 0 && active?.() !== false,
    );
    for (let first = 0; first < edits.length; ) {
      const start = place(edits[first]!.row);
      let count = 1;
      while (first + count < edits.length && place(edits[first + count]!.row) === start + count) count++;
      const run = new Float32Array(count * this.#width);
      tensor.readRows(start, run);
      for (let i = 0; i < count; i++)
        edits[first + i]!.apply(run.subarray(i * this.#width, (i + 1) * this.#width));
      tensor.writeRows(start, run);
      this.changed.set(layer, (this.changed.get(layer) ?? 0) + count);
      first += count;
    }
  }

  #readNorm(tensor: TensorAccess): void {
    const place = this.#places(tensor, 'result_norm');
    for (let row = 0; row < this.#job.outputs.length; row++) {
      if (!this.#job.outputs[row]) continue;
      tensor.readRows(place(row), this.#row);
      this.#job.receiveNorm!(row, this.#row);
    }
  }

  #refusal(name: string, shape: number[]): SteerbenchError {
    return new SteerbenchError(
      'model-unsupported',
      `the architecture "${this.#architecture}" has a tensor "${name}" of shape ${shape.join(' x ')}, not one row of ${this.#width} values a token`,
      { remedy: 'this architecture cannot be steered at its block outputs; choose another model' },
    );
  }
}

function layerOf(name: string): number | null {
  const match = blockOutput.exec(name);
  return match === null ? null : Number(match[1]);
}
