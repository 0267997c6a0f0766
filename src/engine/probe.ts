import { SteerbenchError } from '../errors.ts';
import type { Row, TensorAccess } from '../llama/context.ts';
import type { LetterPath } from './letter-path.ts';
import type { EngineParts } from './llama-engine.ts';

/** What a few decodes at load found out about a model's graph. */
export interface ProbeResult {
  /** Ending the computation in a hook ends all of it. */
  stopsEarly: boolean;
  /** Dot products with the final norm give the model's own logits to 1e-4. */
  letterPathHolds: boolean;
}

const letterTolerance = 1e-4;
const probeTokens = 4;

/**
 * Checks that every block has one readable output, and which shortcuts hold.
 *
 * @throws SteerbenchError `model-unsupported`, by the architecture's name, instead of ever returning unsteered text
 */
export async function probe(parts: EngineParts, letterPath: LetterPath | null): Promise<ProbeResult> {
  const { facts, context } = parts;
  const names = new Map<string, number[][]>();
  const norms: Float32Array[] = [];
  context.clear();
  context.decode(probeRows(facts.vocabulary), {
    asks: (name) => name.startsWith('l_out-') || name === 'result_norm',
    visits: (name, tensor) => {
      names.set(name, [...(names.get(name) ?? []), tensor.shape]);
      if (name === 'result_norm') norms.push(lastRow(tensor, facts.width));
      return true;
    },
  });
  const logits = context.logits(probeTokens - 1).slice();
  checkBlocks(parts, names);
  return {
    stopsEarly: stopsAtOnce(parts),
    letterPathHolds: norms.length === 1 && (await agrees(letterPath, norms[0]!, logits)),
  };
}

/** A short text for probes: a few rows of one sequence, the last one an output. */
export function probeRows(vocabulary: number): Row[] {
  return Array.from({ length: probeTokens }, (_, position) => ({
    token: (17 * (position + 1)) % vocabulary,
    position,
    sequences: [0],
    output: position === probeTokens - 1,
  }));
}

function checkBlocks({ facts }: EngineParts, names: Map<string, number[][]>): void {
  for (let block = 0; block < facts.blocks; block++) {
    const shapes = names.get(`l_out-${block}`);
    const rowsExpected = block === facts.blocks - 1 ? [1, probeTokens] : [probeTokens];
    const fault =
      shapes === undefined
        ? `no tensor "l_out-${block}"`
        : shapes.length > 1
          ? `${shapes.length} tensors "l_out-${block}"`
          : shapes[0]![0] !== facts.width ||
              !rowsExpected.includes(shapes[0]![1]!) ||
              shapes[0]![2] !== 1 ||
              shapes[0]![3] !== 1
            ? `a tensor "l_out-${block}" of shape ${shapes[0]!.join(' x ')}`
            : null;
    if (fault === null) continue;
    throw new SteerbenchError(
      'model-unsupported',
      `the architecture "${facts.architecture}" cannot be steered: its graph has ${fault}, where one of ${facts.width} values a token is needed`,
      {
        remedy:
          'choose a model of another architecture (llama, qwen2, qwen3, gemma2, phi3, mistral and many more work)',
      },
    );
  }
}

/** With several graphs a decode (several devices), ending one does not end the others. */
function stopsAtOnce({ facts, context }: EngineParts): boolean {
  context.clear();
  const { ranAfterStop } = context.decode(probeRows(facts.vocabulary), {
    asks: (name) => name === 'l_out-0',
    visits: () => false,
  });
  context.clear();
  return !ranAfterStop;
}

async function agrees(path: LetterPath | null, norm: Float32Array, logits: Float32Array): Promise<boolean> {
  if (path === null) return false;
  // Tokens spread over the vocabulary: a scale, a bias or a soft cap would show on some of them.
  const tokens = Array.from({ length: 16 }, (_, index) => Math.floor((index * logits.length) / 16));
  await path.prepare(tokens);
  const rounded = path.round(norm);
  return tokens.every((token) => Math.abs(path.logit(rounded, token) - logits[token]!) <= letterTolerance);
}

function lastRow(tensor: TensorAccess, width: number): Float32Array {
  const row = new Float32Array(width);
  if (tensor.shape[0] === width) tensor.readRows(tensor.shape[1]! - 1, row);
  return row;
}
