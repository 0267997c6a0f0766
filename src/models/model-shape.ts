import { SteerbenchError } from '../errors.ts';
import { openGguf } from '../files/gguf-read.ts';

/** What the header of a model file says of its size. */
export interface ModelShapeOnDisk {
  /** `general.name`, or the path. */
  name: string;
  /** Number of decoder blocks. */
  blocks: number;
  /** Width of the residual stream. */
  width: number;
  /** Tokens of context it was trained for; null where the file does not say. */
  trainedContext: number | null;
}

/**
 * Blocks and width of a model, from the header of its file alone: nothing is loaded.
 *
 * @throws SteerbenchError `model-corrupt` for a file that does not state them, `model-not-found`
 * @example
 * (await modelShape('SmolLM2-135M-Instruct.Q4_1.gguf')).blocks; // 30
 */
export async function modelShape(path: string): Promise<ModelShapeOnDisk> {
  const file = await openGguf(path, { arrays: [] });
  await file.close();
  const value = (key: string) => file.metadata.get(key)?.value;
  const architecture = value('general.architecture');
  const [blocks, width] = [value(`${architecture}.block_count`), value(`${architecture}.embedding_length`)];
  if (!isCount(blocks) || !isCount(width)) {
    throw new SteerbenchError(
      'model-corrupt',
      `"${path}" does not state its number of blocks and its width`,
      {
        remedy: 'give a model file with its metadata',
      },
    );
  }
  const name = value('general.name');
  const context = value(`${architecture}.context_length`);
  return {
    name: typeof name === 'string' ? name : path,
    blocks,
    width,
    trainedContext: isCount(context) ? context : null,
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}
