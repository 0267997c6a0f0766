import { join } from 'node:path';
import type { PublicFile } from '../../dataset/catalogue/catalogue.ts';
import { type PulledFile, pullFiles } from '../../dataset/catalogue/pull.ts';
import { selectFiles } from '../../dataset/catalogue/select-files.ts';
import { cacheFolder } from '../../download/cache-folder.ts';
import { downloadReporter } from '../../download/download-reporter.ts';
import { formatBytes } from '../../download/format-bytes.ts';
import { SteerbenchError } from '../../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { interruptible } from '../interruption.ts';

/** Options of `steerbench data pull`. */
export interface PullFlags {
  only?: string[];
  from?: string;
  json?: boolean;
  quiet?: boolean;
}

/**
 * What `steerbench data pull` does: says the licences, brings the files, tells what became of each.
 *
 * Exit code 1 where a file failed. Files that a folder given with `--from` lacks are told, and are no failure as long as
 * some are there.
 */
export async function pullData(target: string, flags: PullFlags): Promise<void> {
  const files = await selectFiles(target, flags.only ?? []);
  const reporter = downloadReporter(process.stderr);
  const interruption = interruptible(() =>
    process.stderr.write('\nstopped; what is here is kept, and the same command again goes on with it\n'),
  );
  try {
    if (!flags.quiet) for (const line of licenceLines(files)) reporter.onMessage(line);
    const pulled = await pullFiles(files, {
      environment: process.env,
      from: flags.from ?? null,
      signal: interruption.signal,
      onMessage: reporter.onMessage,
      ...(flags.quiet ? {} : { onProgress: reporter.onProgress }),
    });
    reporter.done();
    const licences = Object.fromEntries(files.map(({ source }) => [source.name, source.licence]));
    process.stdout.write(
      `${flags.json ? JSON.stringify({ target, licences, files: pulled }, null, 2) : describePulled(pulled)}\n`,
    );
    judge(pulled, flags.from);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    process.exitCode = exitCodes.interrupted;
  } finally {
    reporter.done();
    interruption.end();
  }
}

/** One line a source, said before anything is fetched. */
function licenceLines(files: readonly PublicFile[]): string[] {
  return [...new Set(files.map(({ source }) => source))].map((source) => {
    const own = files.filter((file) => file.source === source);
    const known = own.flatMap(({ bytes }) => (bytes === null ? [] : [bytes]));
    const size =
      known.length === own.length ? `, ${formatBytes(known.reduce((sum, bytes) => sum + bytes, 0))}` : '';
    const count = own.length === 1 ? '1 file' : `${own.length} files`;
    return `${source.name}: ${source.title} (${source.repository}); licence: ${source.licence}; ${count}${size}`;
  });
}

const stateWords: Record<PulledFile['state'], string> = {
  fetched: 'fetched',
  copied: 'copied',
  present: 'already here',
  missing: 'not in the folder',
  failed: 'failed',
};

function describePulled(pulled: readonly PulledFile[]): string {
  const states = (Object.keys(stateWords) as PulledFile['state'][]).map((state) => ({
    state,
    files: pulled.filter((file) => file.state === state),
  }));
  const counts = states.filter(({ files }) => files.length > 0);
  const lines = pulled.flatMap(({ name, state, path, reason }) => {
    if (state === 'failed') return [`failed: ${name}: ${reason}`];
    return state === 'missing' || pulled.length > mostNamed
      ? []
      : [`${stateWords[state]}: ${name} (${path})`];
  });
  const missing = pulled.filter(({ state }) => state === 'missing').map(({ name }) => name);
  if (missing.length > 0) lines.push(`not in the folder: ${shortened(missing)}`);
  const sums = counts.map(({ state, files }) => `${files.length} ${stateWords[state]}`).join(', ');
  return [...lines, `${sums}; the cache is ${join(cacheFolder(), 'data')}`].join('\n');
}

/** More files than this are only counted. */
const mostNamed = 12;

function shortened(names: readonly string[]): string {
  const more = names.length > mostNamed ? `, and ${names.length - mostNamed} more` : '';
  return `${names.slice(0, mostNamed).join(', ')}${more}`;
}

function judge(pulled: readonly PulledFile[], from: string | undefined): void {
  if (pulled.some(({ state }) => state === 'failed')) process.exitCode = exitCodes.failed;
  if (from === undefined || pulled.some(({ state }) => state !== 'missing')) return;
  throw new SteerbenchError(
    'data-not-found',
    `"${from}" has no file of the ${pulled.length} that were asked for`,
    {
      remedy: 'files are known by their bytes as published; leave --from out to fetch them',
    },
  );
}
