import { SteerbenchError } from '../../errors.ts';
import { nearMisses } from '../../math/near-misses.ts';
import { type PublicFile, readCatalogue } from './catalogue.ts';
import { matchName } from './match-name.ts';
import { paperDatasets } from './paper-datasets.ts';
import { pullTargets } from './pull-targets.ts';

/**
 * The public files of a target, or those of them that are named.
 *
 * @param only Names as {@link matchName} takes them; none for the whole target.
 * @throws SteerbenchError `data-not-found`, with names like it; `data-ambiguous`; RangeError for another target.
 * @example
 * (await selectFiles('mwe', ['openness']))[0]?.path; // 'persona/openness.jsonl'
 */
export async function selectFiles(target: string, only: readonly string[]): Promise<PublicFile[]> {
  if (!pullTargets.includes(target))
    throw new RangeError(`invalid target; expected one of ${pullTargets.join(', ')}: "${target}"`);
  const files = (await readCatalogue()).filter((file) => belongs(file, target));
  if (only.length === 0) return files;
  const chosen = new Set(only.map((name) => matchName(name, files) ?? notThere(name, target, files)));
  return files.filter((file) => chosen.has(file));
}

function belongs({ name, source, kind }: PublicFile, target: string): boolean {
  if (target === 'all') return true;
  if (target !== 'paper') return source.name === target;
  return kind === 'prompts' || paperDatasets.some(({ dataset }) => dataset === name);
}

function notThere(name: string, target: string, files: readonly PublicFile[]): never {
  const alike = nearMisses(
    name,
    files.map(({ names }) => names[1] ?? names[0]!),
  );
  const question =
    alike.length === 0 ? '' : `did you mean ${alike.map((each) => `"${each}"`).join(' or ')}? `;
  throw new SteerbenchError('data-not-found', `"${target}" has no dataset "${name}"`, {
    remedy: `${question}\`steerbench data list ${target}\` shows its names`,
  });
}
