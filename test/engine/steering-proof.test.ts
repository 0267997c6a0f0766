import { describe, expect, it } from 'vitest';
import { BatchRunner } from '../../src/engine/batch-runner.ts';
import type { Work } from '../../src/engine/engine.ts';
import type { EngineParts } from '../../src/engine/llama-engine.ts';
import { TokenTrie } from '../../src/engine/trie.ts';
import { prepareIntervention } from '../../src/interventions/apply.ts';
import type { GraphHook, Row, TensorAccess } from '../../src/llama/context.ts';

const [width, blocks] = [2, 3];

/** Tensors that a decode shows, and in which order: the name, and how many rows it has. */
type Graph = (rows: Row[]) => { name: string; rows: number; shape?: number[] }[];

/** A decoder without a model: it only shows its hook the block outputs of a made-up graph. */
function runOn(graph: Graph, layers: number[]): Promise<Work> {
  const context = {
    contextTokens: 64,
    clear: () => {},
    remove: () => true,
    copy: () => {},
    logits: () => new Float32Array(4),
    decode: (rows: Row[], hook: GraphHook) => {
      for (const { name, rows: count, shape } of graph(rows)) {
        if (!hook.asks(name)) continue;
        const tensor: TensorAccess = {
          shape: shape ?? [width, count, 1, 1],
          readRows: (_, target) => target.fill(1),
          writeRows: () => {},
        };
        if (!hook.visits(name, tensor)) return;
      }
    },
  };
  const facts = { recurrent: false, batchRows: 8, blocks, width, architecture: 'made-up' };
  const runner = new BatchRunner({
    facts,
    context,
    sequences: 4,
    stopsEarly: false,
  } as unknown as EngineParts);
  // Three tokens, the last two steered, the last one an output.
  const trie = new TokenTrie();
  const middle = trie.child(trie.child(-1, 5, 0), 6, 1);
  trie.output[trie.child(middle, 7, 1)] = 1;
  const steered = layers.map((layer) =>
    prepareIntervention({
      layer,
      vector: Float32Array.of(1, 1),
      multiplier: 1,
      operator: 'add',
    }),
  );
  return runner.run({ trie, states: [[], steered] });
}

const whole: Graph = (rows) => [
  { name: 'l_out-0', rows: rows.length },
  { name: 'l_out-1', rows: rows.length },
  { name: 'l_out-2', rows: rows.filter(({ output }) => output).length },
];

describe('the proof that steering happened', () => {
  it('counts the rows changed; the last block has output rows only', async () => {
    const { steeredRows } = await runOn(whole, [0, 1, 2]);
    expect(steeredRows).toEqual([
      { layer: 0, rows: 2 },
      { layer: 1, rows: 2 },
      { layer: 2, rows: 1 },
    ]);
  });

  it('a block that is never shown is an error, not an unsteered result', async () => {
    const without: Graph = (rows) => whole(rows).filter(({ name }) => name !== 'l_out-1');
    await expect(runOn(without, [0, 1])).rejects.toMatchObject({
      code: 'steering-mismatch',
      message: 'layer 1: 0 rows were steered, 2 were planned',
    });
  });

  it('a block that is shown twice is an error: its rows would be steered twice', async () => {
    const twice: Graph = (rows) => [...whole(rows), { name: 'l_out-0', rows: rows.length }];
    await expect(runOn(twice, [0])).rejects.toMatchObject({
      code: 'steering-mismatch',
      message: 'layer 0: 4 rows were steered, 2 were planned',
    });
  });

  it('a block that holds only its outputs is steered in fewer rows than planned, and that is an error', async () => {
    const early: Graph = () => [{ name: 'l_out-1', rows: 1 }];
    await expect(runOn(early, [1])).rejects.toMatchObject({
      code: 'steering-mismatch',
      message: 'layer 1: 1 rows were steered, 2 were planned',
    });
  });

  it.each([[[width, 2, 1, 1]], [[width + 1, 3, 1, 1]], [[width, 3, 2, 1]]])(
    'a block output of shape %j is refused by the name of the architecture',
    async (shape) => {
      await expect(runOn(() => [{ name: 'l_out-1', rows: 3, shape }], [1])).rejects.toMatchObject({
        code: 'model-unsupported',
        message: `the architecture "made-up" has a tensor "l_out-1" of shape ${shape.join(' x ')}, not one row of 2 values a token`,
      });
    },
  );
});
