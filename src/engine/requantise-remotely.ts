import { EngineProcess } from './engine-process.ts';
import type { RequantiseRequest } from './protocol.ts';
import { physicalCores } from './threads.ts';

/**
 * Rewrites a GGUF with all its matrices in one type, in a process of its own.
 *
 * @throws SteerbenchError `model-corrupt`, `engine-crashed`
 * @example
 * await requantiseRemotely('model.Q4_1.gguf', 'model.f16.gguf', 'f16');
 */
export async function requantiseRemotely(
  input: string,
  output: string,
  type: RequantiseRequest['type'],
): Promise<void> {
  const process = new EngineProcess({ onRows: () => {}, onLog: () => {} });
  try {
    await process.call('requantise', [{ input, output, type, threads: physicalCores() }]);
  } finally {
    process.kill();
  }
}
