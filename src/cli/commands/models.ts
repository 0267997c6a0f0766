import { Command } from 'commander';
import { alignColumns } from '../align-columns.ts';

/**
 * `steerbench models list|pull|path|remove`: the models that have a short name, and those on this machine.
 *
 * @example
 * program.addCommand(modelsCommand());
 */
export function modelsCommand(): Command {
  const models = new Command('models').description('list, fetch, locate and remove models');
  models
    .command('list')
    .description('show the aliases, what is in the cache, and sizes')
    .option('--json', 'print one JSON document')
    .action(list);
  models
    .command('pull')
    .argument('[model]', 'alias, hf:owner/name/file.gguf, or none for the default model')
    .description('fetch a model into the cache; a cut download continues')
    .option('--json', 'print one JSON document')
    .option('--quiet', 'show no progress')
    .action(pull);
  models
    .command('path')
    .argument('[model]', 'alias, hf:…, ollama:name, lmstudio:…, a path, or none for the default model')
    .description('print where a model lies; fetches nothing')
    .option('--json', 'print one JSON document')
    .action(path);
  models
    .command('remove')
    .argument('<model>', 'alias or hf:owner/name/file.gguf')
    .description('remove a model and its conversions from the cache')
    .option('--json', 'print one JSON document')
    .action(remove);
  models.addHelpText('after', examples);
  return models;
}

const examples = `
Examples:
  steerbench models list
  steerbench models pull gemma-2-2b-it
  steerbench models pull hf:bartowski/gemma-2-2b-it-GGUF/gemma-2-2b-it-Q4_K_M.gguf
  steerbench models path ollama:llama3.2:1b
  steerbench models remove gemma-2-2b-it

The cache is ~/.cache/steerbench (or the platform's own place); STEERBENCH_CACHE chooses another.`;

async function list(options: { json?: boolean }): Promise<void> {
  const [{ modelAliases }, { cachedModels }, { cacheFolder }, { cachePaths }, { formatBytes }] =
    await Promise.all([
      import('../../models/aliases.ts'),
      import('../../models/cache.ts'),
      import('../../download/cache-folder.ts'),
      import('../../models/find-model.ts'),
      import('../../download/format-bytes.ts'),
    ]);
  const folder = cacheFolder();
  const cached = new Map((await cachedModels(folder)).map((model) => [model.path, model]));
  const aliases = modelAliases.map((alias) => {
    const file = cachePaths(alias.name, folder)[0]!;
    const found = cached.get(file) ?? null;
    cached.delete(file);
    return { ...alias, bytes: found?.bytes ?? alias.bytes, cachedPath: found?.path ?? null };
  });
  const others = [...cached.values()].map(({ path: file, bytes, record }) => ({
    path: file,
    bytes,
    source: record.source,
  }));
  if (options.json) return print(JSON.stringify({ cacheFolder: folder, aliases, others }, null, 2));

  const rows = aliases.map((alias) => [
    alias.name,
    formatBytes(alias.bytes),
    alias.cachedPath === null ? '' : 'cached',
    alias.paperLayer === null ? '' : `${alias.paperLayer.layer} of ${alias.paperLayer.blocks}`,
    alias.licence,
    alias.note,
  ]);
  print(alignColumns([['model', 'size', '', 'paper layer', 'licence', 'note'], ...rows]));
  if (others.length > 0) {
    print('\nalso in the cache:');
    print(alignColumns(others.map((other) => [`  ${other.path}`, formatBytes(other.bytes), other.source])));
  }
  const held = aliases.filter((alias) => alias.cachedPath !== null);
  const total = [...held, ...others].reduce((sum, each) => sum + each.bytes, 0);
  print(`\n${formatBytes(total)} in ${folder}`);
}

async function pull(model: string | undefined, options: { json?: boolean; quiet?: boolean }): Promise<void> {
  const [{ findModel }, { downloadReporter }] = await Promise.all([
    import('../../models/find-model.ts'),
    import('../../download/download-reporter.ts'),
  ]);
  const reporter = options.quiet ? null : downloadReporter(process.stderr);
  const interruption = new AbortController();
  const stop = (): void => interruption.abort();
  process.once('SIGINT', stop);
  try {
    const found = await findModel(model, {
      signal: interruption.signal,
      ...(reporter === null ? {} : { onProgress: reporter.onProgress, onMessage: reporter.onMessage }),
    });
    reporter?.done();
    await report(found, options);
  } finally {
    reporter?.done();
    process.removeListener('SIGINT', stop);
  }
}

async function report(
  found: Record<'path' | 'sha256' | 'source', string>,
  options: { json?: boolean },
): Promise<void> {
  const [{ stat }, { formatBytes }] = await Promise.all([
    import('node:fs/promises'),
    import('../../download/format-bytes.ts'),
  ]);
  const bytes = (await stat(found.path)).size;
  if (options.json) return print(JSON.stringify({ ...found, bytes }, null, 2));
  print(`${found.path}\n${formatBytes(bytes)}, from ${found.source}\nsha256 ${found.sha256}`);
}

async function path(model: string | undefined, options: { json?: boolean }): Promise<void> {
  const { findModel } = await import('../../models/find-model.ts');
  const found = await findModel(model, { download: false });
  print(options.json ? JSON.stringify(found, null, 2) : found.path);
}

async function remove(model: string, options: { json?: boolean }): Promise<void> {
  const [{ removeCached }, { cacheFolder }, { cachePaths }, { formatBytes }, { SteerbenchError }] =
    await Promise.all([
      import('../../models/cache.ts'),
      import('../../download/cache-folder.ts'),
      import('../../models/find-model.ts'),
      import('../../download/format-bytes.ts'),
      import('../../errors.ts'),
    ]);
  const folder = cacheFolder();
  const removed: string[] = [];
  let bytes = 0;
  for (const file of cachePaths(model, folder)) {
    const result = await removeCached(file);
    removed.push(...result.removed);
    bytes += result.bytes;
  }
  if (removed.length === 0) {
    throw new SteerbenchError('model-not-found', `the cache (${folder}) holds nothing of "${model}"`, {
      remedy: '`steerbench models list` shows what it holds; files elsewhere are yours to remove',
    });
  }
  if (options.json) return print(JSON.stringify({ removed, bytes }, null, 2));
  print(`${removed.map((file) => `removed ${file}`).join('\n')}\n${formatBytes(bytes)} freed`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
