import { type Intervention, isIdentity } from '../interventions/intervention.ts';
import type { BatchRunner, UpperInput } from './batch-runner.ts';
import type { Work } from './engine.ts';
import type { EngineParts } from './llama-engine.ts';
import { TokenTrie } from './trie.ts';

/** The residual stream at a layer, computed once a token path, as input of the blocks above. */
export interface Split {
  input: UpperInput;
  /** The account of the pass through the upper blocks with that through the lower ones; a row counts once. */
  account(upper: Work): Work;
}

/** A split must save at least this share of the rows times blocks, or it is not worth a second model. */
const leastSaving = 0.15;

/**
 * Steering at the output of block L leaves blocks 0 to L as they are, whatever the vector and multiplier. So where a
 * request steers at one layer only, these blocks are computed once for each distinct token path, unsteered, and only
 * the blocks above once for each branch.
 *
 * @returns null where this does not apply or does not pay; decided by the request alone, so that a resumed run decides
 * alike
 */
export async function openSplit(
  runner: BatchRunner,
  parts: EngineParts,
  interventions: readonly Intervention[],
  trie: TokenTrie,
): Promise<Split | null> {
  const { facts, upperBlocks } = parts;
  const layers = new Set(interventions.filter((one) => !isIdentity(one)).map(({ layer }) => layer));
  const [layer] = layers;
  if (upperBlocks === null || layer === undefined || layers.size > 1 || layer >= facts.blocks - 1)
    return null;
  const { lower, shadow } = tokenPaths(trie);
  const saved = (trie.size - lower.size) * (layer + 1);
  if (saved < leastSaving * trie.size * facts.blocks) return null;
  const upper = await upperBlocks.above(parts, layer);
  if (upper === null) return null;
  const stream = new Float32Array(lower.size * facts.width);
  const work = await runner.run({
    trie: lower,
    states: [[]],
    stopAfter: layer,
    silent: true,
    reads: (batch) =>
      new Map([
        [
          layer,
          {
            rows: [...batch.nodes.keys()],
            receive: (row, h) => stream.set(h, batch.nodes[row]! * facts.width),
          },
        ],
      ]),
  });
  const embedding = (node: number) => {
    const start = shadow[node]! * facts.width;
    return stream.slice(start, start + facts.width);
  };
  return { input: { context: upper.context, layer, embedding }, account: (above) => addLower(above, work) };
}

function addLower(work: Work, lower: Work): Work {
  return {
    ...work,
    batches: work.batches + lower.batches,
    blockRows: work.blockRows + lower.blockRows,
    decodeSeconds: work.decodeSeconds + lower.decodeSeconds,
    otherSeconds: work.otherSeconds + lower.otherSeconds,
  };
}

/** The trie of the tokens alone, and for each node of the steered trie the one with the same tokens. */
function tokenPaths(trie: TokenTrie): { lower: TokenTrie; shadow: Int32Array } {
  const lower = new TokenTrie();
  const shadow = new Int32Array(trie.size);
  // Nodes are numbered as they were added, so a parent comes before its children.
  for (let node = 0; node < trie.size; node++) {
    const parent = trie.parent[node]!;
    shadow[node] = lower.child(parent < 0 ? -1 : shadow[parent]!, trie.token[node]!, 0);
  }
  return { lower, shadow };
}
