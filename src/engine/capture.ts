import type { Case } from '../prompts/case.ts';
import type { BatchRunner } from './batch-runner.ts';
import { buildCaptureTrie } from './capture-trie.ts';
import type { CaptureResult, ReadPosition } from './engine.ts';
import type { EngineParts } from './llama-engine.ts';

/** A row of a result that a node's activations are added to. */
interface Target {
  /** Layers × rows × width, summed in float64. */
  sums: Float64Array;
  row: number;
  rows: number;
}

/** Reads the unsteered residual stream of some cases; computes no block after the last one read. */
export async function runCapture(
  runner: BatchRunner,
  parts: EngineParts,
  cases: Case[],
  position: ReadPosition,
  layers: number[],
): Promise<CaptureResult> {
  const { width, blocks } = parts.facts;
  const readsLast = layers.includes(blocks - 1);
  const { trie, reads } = buildCaptureTrie(cases, position, readsLast);
  const targets = new Map<number, Target[]>();
  const lay = (nodes: number[]): { sums: Float64Array; count: number } => {
    const mean = position === 'answer-mean';
    const rows = mean ? 1 : nodes.length;
    const sums = new Float64Array(layers.length * rows * width);
    nodes.forEach((node, index) => {
      const list = targets.get(node) ?? [];
      list.push({ sums, row: mean ? 0 : index, rows });
      targets.set(node, list);
    });
    return { sums, count: mean ? nodes.length : 1 };
  };
  const positive = reads.map((read) => lay(read.positive.nodes));
  const negative = reads.map((read) => lay(read.negative.nodes));
  const work = await runner.run({
    trie,
    states: [[]],
    stopAfter: Math.max(...layers),
    reads: (batch) => {
      const rows = [...batch.nodes.keys()].filter((row) => targets.has(batch.nodes[row]!));
      return new Map(
        layers.map((layer, place) => [
          layer,
          {
            rows,
            receive: (row: number, h: Float32Array) => {
              for (const target of targets.get(batch.nodes[row]!)!) addRow(target, place, h);
            },
          },
        ]),
      );
    },
  });
  return { layers, width, positive: positive.map(finish), negative: negative.map(finish), work };
}

function addRow({ sums, row, rows }: Target, place: number, h: Float32Array): void {
  const offset = (place * rows + row) * h.length;
  for (let i = 0; i < h.length; i++) sums[offset + i]! += h[i]!;
}

function finish({ sums, count }: { sums: Float64Array; count: number }): Float32Array {
  return Float32Array.from(sums, (sum) => sum / count);
}
