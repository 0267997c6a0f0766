import { setImmediate } from 'node:timers/promises';
import { SteerbenchError } from '../errors.ts';
import type { PreparedIntervention } from '../interventions/apply.ts';
import type { LlamaContext, Row } from '../llama/context.ts';
import type { Work } from './engine.ts';
import type { EngineParts } from './llama-engine.ts';
import { type Batch, planBatches, planWholeSequences } from './planner.ts';
import { type HookJob, ResidualHook, type RowEdit } from './residual-hook.ts';
import type { TokenTrie } from './trie.ts';

/** What is done with each batch, beside decoding it. */
export interface BatchWork {
  trie: TokenTrie;
  /** What acts in each steering state, in order; state 0 is empty. */
  states: PreparedIntervention[][];
  /** Reads for a batch by layer. */
  reads?: (batch: Batch) => HookJob['reads'];
  receiveNorm?: (node: number, norm: Float32Array) => void;
  /** Logits of an output row; null when they are not wanted. */
  receiveLogits?: (node: number, logits: Float32Array) => void;
  stopAfter?: HookJob['stopAfter'];
  /** True for a pass that is not counted as progress. */
  silent?: boolean;
  /** The upper blocks alone, fed with the residual stream that enters them; absent: the whole model, fed with tokens. */
  upper?: UpperInput;
}

/** Input of the upper blocks. */
export interface UpperInput {
  context: LlamaContext;
  /** Block at whose output the rows are steered before they enter the blocks above. */
  layer: number;
  /** The residual stream of a node, steered. Float32Array, width. */
  embedding: (node: number) => Float32Array;
}

/** Runs the batches of a trie through the decoder, steering rows and proving it. */
export class BatchRunner {
  /** Told the rows of each decoded batch. */
  onRows: (rows: number) => void = () => {};
  readonly #parts: EngineParts;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /**
   * Decodes the whole trie, starting from an empty cache.
   *
   * @throws SteerbenchError `steering-mismatch` when the rows changed are not those planned
   */
  async run(work: BatchWork): Promise<Work> {
    const { facts, sequences } = this.#parts;
    const context = work.upper?.context ?? this.#parts.context;
    const limits = { batchRows: facts.batchRows, contextTokens: context.contextTokens, sequences };
    const batches = facts.recurrent ? planWholeSequences(work.trie, limits) : planBatches(work.trie, limits);
    const done: Work = {
      decodedTokens: 0,
      distinctTokens: work.trie.size,
      batches: batches.length,
      blockRows: 0,
      steeredRows: [],
      decodeSeconds: 0,
      otherSeconds: 0,
    };
    const changed = new Map<number, number>();
    context.clear();
    for (const batch of batches) {
      this.runBatch(work, batch, done, changed);
      if (work.silent !== true) this.onRows(batch.nodes.length);
      // Between batches the process must hear that its parent has gone.
      await setImmediate();
    }
    done.steeredRows = [...changed].sort(([a], [b]) => a - b).map(([layer, rows]) => ({ layer, rows }));
    return done;
  }

  /** Decodes one batch; adds to `done` and to the rows changed by layer. */
  runBatch(work: BatchWork, batch: Batch, done: Work, changed: Map<number, number>): void {
    const { facts } = this.#parts;
    const context = work.upper?.context ?? this.#parts.context;
    const began = performance.now();
    if (batch.clear) context.clear();
    for (const sequence of batch.removals) context.remove(sequence);
    for (const { from, to, length } of batch.copies) context.copy(from, to, length);
    const rows = Array.from(batch.nodes, (node, row) => rowOf(work.trie, node, batch.sequences[row]!));
    const edits = work.upper === undefined ? editsOf(work, batch) : new Map<number, RowEdit[]>();
    if (work.upper !== undefined) steerInput(work, work.upper, batch, rows, changed);
    const hook = new ResidualHook(
      {
        outputs: rows.map(({ output }) => Number(output)),
        edits,
        reads: work.reads?.(batch) ?? new Map(),
        receiveNorm: work.receiveNorm ? (row, norm) => work.receiveNorm!(batch.nodes[row]!, norm) : null,
        stopAfter: this.#parts.stopsEarly ? (work.stopAfter ?? null) : null,
      },
      facts.width,
      facts.architecture,
    );
    const decodeBegan = performance.now();
    context.decode(rows, hook);
    const decodeEnded = performance.now();
    this.#prove(edits, hook.changed, rows, changed);
    if (work.receiveLogits) {
      rows.forEach((row, index) => {
        if (row.output) work.receiveLogits!(batch.nodes[index]!, context.logits(index));
      });
    }
    done.decodedTokens += rows.length;
    done.blockRows += rows.length * blocksOf(work, facts.blocks, this.#parts.stopsEarly);
    done.decodeSeconds += (decodeEnded - decodeBegan) / 1000;
    done.otherSeconds += (performance.now() - decodeEnded + decodeBegan - began) / 1000;
  }

  /** Compares what the hook changed with what was planned; a row of the last block that is no output has no tensor row. */
  #prove(
    edits: Map<number, RowEdit[]>,
    made: Map<number, number>,
    rows: Row[],
    changed: Map<number, number>,
  ): void {
    for (const [layer, planned] of edits) {
      const last = layer === this.#parts.facts.blocks - 1;
      const expected = last ? planned.filter(({ row }) => rows[row]!.output).length : planned.length;
      const found = made.get(layer) ?? 0;
      if (found !== expected) {
        throw new SteerbenchError(
          'steering-mismatch',
          `layer ${layer}: ${found} rows were steered, ${expected} were planned`,
          {
            remedy: 'the results of this cell cannot be used; report the architecture of the model',
          },
        );
      }
      changed.set(layer, (changed.get(layer) ?? 0) + found);
    }
  }
}

/** Blocks that a pass computes. */
function blocksOf({ upper, stopAfter }: BatchWork, blocks: number, stopsEarly: boolean): number {
  if (upper !== undefined) return blocks - upper.layer - 1;
  return stopsEarly && typeof stopAfter === 'number' ? stopAfter + 1 : blocks;
}

function rowOf(trie: TokenTrie, node: number, sequences: number[]): Row {
  return {
    token: trie.token[node]!,
    position: trie.depth[node]!,
    sequences,
    output: trie.output[node] === 1,
  };
}

/** Gives the rows the residual stream that enters the upper blocks, and counts those that are steered. */
function steerInput(
  { trie, states }: BatchWork,
  { layer, embedding }: UpperInput,
  batch: Batch,
  rows: Row[],
  changed: Map<number, number>,
): void {
  batch.nodes.forEach((node, row) => {
    const h = embedding(node);
    const acting = states[trie.state[node]!]!;
    for (const { apply } of acting) apply(h);
    if (acting.length > 0) changed.set(layer, (changed.get(layer) ?? 0) + 1);
    rows[row]!.embedding = h;
  });
}

function editsOf(work: BatchWork, batch: Batch): Map<number, RowEdit[]> {
  const edits = new Map<number, RowEdit[]>();
  batch.nodes.forEach((node, row) => {
    for (const [layer, apply] of byLayer(work.states[work.trie.state[node]!]!)) {
      const list = edits.get(layer);
      if (list === undefined) edits.set(layer, [{ row, apply }]);
      else list.push({ row, apply });
    }
  });
  return edits;
}

/** One change a layer: several interventions at the same layer act one after the other. */
function byLayer(interventions: PreparedIntervention[]): Map<number, (h: Float32Array) => void> {
  const changes = new Map<number, (h: Float32Array) => void>();
  for (const { layer, apply } of interventions) {
    const before = changes.get(layer);
    changes.set(
      layer,
      before === undefined
        ? apply
        : (h) => {
            before(h);
            apply(h);
          },
    );
  }
  return changes;
}
