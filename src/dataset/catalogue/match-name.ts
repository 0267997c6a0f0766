import { SteerbenchError } from '../../errors.ts';
import type { PublicFile } from './catalogue.ts';

/**
 * The public file that a name means; null where none answers to it.
 *
 * A name is the whole one (`mwe/lm/myopic-reward`) or its last part where no other file has it.
 *
 * @throws SteerbenchError `data-ambiguous`, with the whole names, where several files answer to it.
 * @example
 * matchName('openness', await readCatalogue())?.name; // 'mwe/persona/openness'
 */
export function matchName(name: string, files: readonly PublicFile[]): PublicFile | null {
  const matches = files.filter(({ names }) => names.includes(name));
  if (matches.length <= 1) return matches[0] ?? null;
  const whole = matches.map((file) => `"${file.name}"`).join(', ');
  throw new SteerbenchError(
    'data-ambiguous',
    `"${name}" is the name of ${matches.length} datasets: ${whole}`,
    {
      remedy: 'give one of these names in full',
    },
  );
}
