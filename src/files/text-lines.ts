import { readFile } from 'node:fs/promises';
import { SteerbenchError } from '../errors.ts';
import { readFailure } from './read-failure.ts';

/**
 * The texts of a file with one text a line, as llama.cpp's generator reads them: `\n` in a line is a line break.
 *
 * Empty lines are no texts.
 *
 * @throws SteerbenchError `data-not-found`, `data-malformed` for a file without a text
 * @example
 * await readTextLines('positive.txt'); // ['I love this bright morning', ...]
 */
export async function readTextLines(path: string): Promise<string[]> {
  const content = await readFile(path, 'utf8').catch((cause) => {
    throw readFailure(path, cause, 'data-malformed');
  });
  const lines = content
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => line.replaceAll('\\n', '\n'));
  if (lines.length > 0) return lines;
  throw new SteerbenchError('data-malformed', `"${path}" holds no text`, { remedy: 'write one text a line' });
}
