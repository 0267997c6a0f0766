import type { Result } from '../result/schema.ts';

/** The command that applies the exported vector in llama.cpp, or the reason why there is none. */
export type LlamaCommand = { command: string; reason: null } | { command: null; reason: string };

/**
 * The llama.cpp command line that applies the exported vector, for a vector that steers: with the recommended
 * multiplier, or with 1, the vector as extracted, where none is recommended because damage was not measured.
 *
 * `--control-vector-layer-range` is inclusive at both ends and counts as this program does: `direction.N` is added to
 * the output of the 0-based block N. llama.cpp has no control vector for block 0 and only knows addition.
 * Run it in the run folder; `MODEL.gguf` stands for the model file.
 *
 * @example
 * llamaCommand(result).command;
 * // llama-cli -m MODEL.gguf --control-vector-scaled vectors/sentiment.gguf:1 --control-vector-layer-range 17 17
 */
export function llamaCommand(result: Result): LlamaCommand {
  const multiplier = multiplierToTry(result);
  const file = result.vector?.gguf ?? null;
  const { layer, operator } = result;
  if (multiplier === null)
    return none('No multiplier: the vector was not shown to steer, so there is no command to give.');
  if (file === null || layer === null) return none('No vector file was exported for llama.cpp.');
  if (layer === 0) return none('llama.cpp cannot steer block 0: control vectors start at block 1.');
  if (operator !== 'add')
    return none(`llama.cpp can only add a vector; this one was measured with "${operator}".`);
  if (/[:,]/.test(file)) return none(`llama.cpp cannot read a file name with a colon or comma: "${file}".`);
  const vector = quoteForShell(`${file}:${multiplier}`);
  return {
    command: `llama-cli -m MODEL.gguf --control-vector-scaled ${vector} --control-vector-layer-range ${layer} ${layer}`,
    reason: null,
  };
}

function multiplierToTry({ verdict }: Result): number | null {
  if (verdict === null) return null;
  return verdict.recommendedMultiplier ?? (verdict.kind === 'steers' ? 1 : null);
}

function none(reason: string): LlamaCommand {
  return { command: null, reason };
}

function quoteForShell(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
