import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { builtInBehaviours } from '../../behaviours/index.ts';
import { type PublicFile, readCatalogue } from '../../dataset/catalogue/catalogue.ts';
import { type LocalFile, listDataFolder } from '../../dataset/catalogue/data-folders.ts';
import { findData } from '../../dataset/catalogue/find-data.ts';
import { type DataSource, dataSources } from '../../dataset/catalogue/sources.ts';
import { splitRecords } from '../../dataset/records.ts';
import { formatBytes } from '../../download/format-bytes.ts';
import { alignColumns } from '../align-columns.ts';

/** A public file, and where it lies on this machine. */
interface ListedFile extends PublicFile {
  /** Null where it has not been pulled. */
  localPath: string | null;
}

/**
 * The text of `steerbench data list`: the built-in behaviours and a line for each public source, or the datasets of one.
 *
 * @param source Name of a source; null for the overview.
 */
export async function listData(source: string | null, json: boolean): Promise<string> {
  const wanted = (await readCatalogue()).filter((file) => source === null || file.source.name === source);
  const files = await locateAll(wanted, process.env);
  if (json) {
    const builtIn = source === null ? builtInBehaviours.map(withPaths) : [];
    return JSON.stringify({ builtIn, public: files }, null, 2);
  }
  return source === null ? overview(files) : detail(files);
}

async function locateAll(
  files: readonly PublicFile[],
  environment: NodeJS.ProcessEnv,
): Promise<ListedFile[]> {
  const lists = new Map<string, Promise<LocalFile[]>>();
  const list = (folder: string): Promise<LocalFile[]> => {
    const known = lists.get(folder) ?? listDataFolder(folder);
    lists.set(folder, known);
    return known;
  };
  const located: ListedFile[] = [];
  for (const file of files) {
    const path = (await findData(file, environment, list))?.path ?? null;
    located.push({ ...file, items: file.items ?? (await countItems(file, path)), localPath: path });
  }
  return located;
}

async function countItems({ kind }: PublicFile, path: string | null): Promise<number | null> {
  if (path === null || kind === 'prompts') return null;
  return splitRecords(await readFile(path)).records.length;
}

function overview(files: readonly ListedFile[]): string {
  const builtIn = builtInBehaviours.map(({ name, defaultFormat, measures }) => [
    name,
    defaultFormat,
    measures,
  ]);
  const sources = dataSources.map((source) => sourceRow(source, files));
  return [
    alignColumns(builtIn),
    '',
    'public datasets, fetched with `steerbench data pull SOURCE`:',
    alignColumns([['source', 'here', 'size', 'licence', 'what it is'], ...sources]),
    '',
    '`steerbench data list SOURCE` shows each dataset of a source.',
  ].join('\n');
}

function sourceRow({ name, title, licence }: DataSource, files: readonly ListedFile[]): string[] {
  const own = files.filter(({ source }) => source.name === name);
  const here = own.filter(({ localPath }) => localPath !== null).length;
  const bytes = own.map((file) => file.bytes);
  const size = bytes.includes(null)
    ? '?'
    : formatBytes(bytes.reduce<number>((sum, each) => sum + (each ?? 0), 0));
  return [name, `${here} of ${own.length}`, size, licence, title];
}

function detail(files: readonly ListedFile[]): string {
  const { source } = files[0]!;
  const rows = files.map(({ name, items, bytes, sha256, localPath }) => [
    name,
    items === null ? '?' : String(items),
    bytes === null ? '?' : formatBytes(bytes),
    sha256 === null ? 'not pinned' : 'pinned',
    localPath ?? 'not pulled',
  ]);
  return [
    `${source.title}: ${source.repository}, licence ${source.licence}`,
    alignColumns([['name', 'items', 'size', 'sha256', 'where'], ...rows]),
  ].join('\n');
}

function withPaths(behaviour: (typeof builtInBehaviours)[number]) {
  return { ...behaviour, file: fileURLToPath(behaviour.file), card: fileURLToPath(behaviour.card) };
}
