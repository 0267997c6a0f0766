import { stat } from 'node:fs/promises';
import { SteerbenchError } from '../../errors.ts';
import { atomicWrite } from '../../files/atomic-write.ts';
import type { ChatSession } from './session.ts';

/**
 * Writes a conversation as JSON: the model, the sampling, every message, and what was done to each answer.
 *
 * @throws SteerbenchError `write-failed`, also where the file exists: nothing is written over
 */
export async function saveTranscript(
  path: string,
  { turns, system, sampling }: Pick<ChatSession, 'turns' | 'system' | 'sampling'>,
  model: { name: string; hash: string },
): Promise<void> {
  if ((await stat(path).catch(() => null)) !== null) {
    throw new SteerbenchError('write-failed', `"${path}" exists already`, { remedy: 'choose another name' });
  }
  const messages = system === null ? turns : [{ role: 'system', content: system }, ...turns];
  await atomicWrite(
    path,
    `${JSON.stringify({ schema: 'steerbench.chat', version: 1, model, sampling, messages }, null, 2)}\n`,
  );
}
