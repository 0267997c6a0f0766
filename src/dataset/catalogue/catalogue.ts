import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseJsonLines } from '../../files/jsonl.ts';
import { type DataSource, dataSources } from './sources.ts';

/** One file of a public source. */
export interface PublicFile {
  /** The name that is never taken twice: `mwe/lm/myopic-reward`. */
  name: string;
  /** Every name that it answers to: the one above, its last part, and an alias. */
  names: readonly string[];
  /** The name in reports and of folders; has no slash. */
  label: string;
  source: DataSource;
  /** Hexadecimal. */
  commit: string;
  /** In the repository. */
  path: string;
  /** Hexadecimal; null where the bytes could not be seen when the catalogue was made. */
  sha256: string | null;
  /** Size of the file; null as above. */
  bytes: number | null;
  /** Lines of the file, before any is left out; null where not known, and for prompts. */
  items: number | null;
  /** `prompts` is the file of persona prompts, which holds no items. */
  kind: 'dataset' | 'prompts';
}

const lineSchema = z.strictObject({
  name: z.string(),
  alias: z.string().optional(),
  path: z.string(),
  commit: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  bytes: z.number().int().positive().nullable(),
  items: z.number().int().positive().nullable(),
});

/**
 * Every public file that can be fetched, in the order of its sources.
 *
 * @example
 * (await readCatalogue()).filter(({ source }) => source.name === 'caa').length; // 2
 */
export async function readCatalogue(): Promise<readonly PublicFile[]> {
  known ??= readFile(new URL('files.jsonl', import.meta.url)).then((bytes) =>
    [...parseJsonLines(bytes, 'files.jsonl')].map(({ value }) => publicFile(lineSchema.parse(value))),
  );
  return known;
}

let known: Promise<readonly PublicFile[]> | null = null;

function publicFile({ name, alias, commit, ...facts }: z.infer<typeof lineSchema>): PublicFile {
  const [first = '', ...rest] = name.split('/');
  const source = dataSources.find((candidate) => candidate.name === first);
  if (source === undefined) throw new RangeError(`invalid catalogue; no source "${first}"`);
  const last = rest.at(-1) ?? first;
  return {
    ...facts,
    name,
    names: [...new Set([name, last, ...(alias === undefined ? [] : [alias])])],
    label: labelOf(name, last),
    source,
    commit: commit ?? source.commit,
    kind: first === 'persona-prompts' ? 'prompts' : 'dataset',
  };
}

/** The paper's name where there is one; files that share it, or say little by themselves, get a word more. */
function labelOf(name: string, last: string): string {
  if (name.startsWith('mwe/human/')) return `${last}-human`;
  return name.startsWith('refusal/') ? `refusal-${last}` : last;
}
