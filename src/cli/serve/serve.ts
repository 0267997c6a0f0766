import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { readAuditLimits } from '../../answers/audit-limits.ts';
import { readFailure } from '../../files/read-failure.ts';
import { checkAddress } from '../../server/check-address.ts';
import { startServer } from '../../server/server.ts';
import { parseSteering } from '../../steering/parse-spec.ts';
import { VectorFolder } from '../../steering/vector-folder.ts';
import type { AnswerFlags } from '../answer-options.ts';
import { loadOptionsOf } from '../answers/open-answerer.ts';
import { exitCodes } from '../exit-codes.ts';

/** Options of `serve` beyond those of every generating command. */
export interface ServeFlags extends AnswerFlags {
  host: string;
  port: number;
  apiKeyFile?: string;
  allowHost: string[];
  allowOrigin: string[];
  name?: string;
  streams: number;
  queue: number;
  maxTokens?: number;
  maxBody: number;
  timeout: number;
  grace: number;
  json?: boolean;
  quiet?: boolean;
}

/** `steerbench serve`: serves a model until it is told to stop. */
export async function serve(flags: ServeFlags): Promise<void> {
  const { stderr } = process;
  const log = (line: string) => void (flags.quiet === true || stderr.write(`${line}\n`));
  const folder = flags.vectors === undefined ? null : new VectorFolder(flags.vectors);
  // What is wrong with the options is told before a model is fetched, not at the first request.
  await folder?.list();
  const apiKeys = await apiKeysOf(flags);
  checkAddress(flags.host, apiKeys);
  const steering = flags.steer.flatMap((spec) => parseSteering(spec));
  const damageLimits = await readAuditLimits(flags.audit);
  log(`loading ${flags.model}`);
  const server = await startServer({
    load: await loadOptionsOf(flags, { streams: flags.streams, onLog: (line) => stderr.write(`${line}\n`) }),
    modelName: flags.name ?? nameOf(flags.model),
    host: flags.host,
    port: flags.port,
    apiKeys,
    allowedHosts: flags.allowHost,
    allowedOrigins: flags.allowOrigin,
    folder,
    steering,
    damageLimits,
    queue: flags.queue,
    ...(flags.maxTokens === undefined ? {} : { answerTokens: flags.maxTokens }),
    bodyBytes: flags.maxBody * 2 ** 20,
    timeoutMs: flags.timeout * 1000,
    onRequest: ({ method, path, status, ms }) => log(`${method} ${path} ${status} ${ms.toFixed(0)} ms`),
    onNote: (note) => log(`note: ${note}`),
    onError: (error) => stderr.write(`${describe(error, flags.verbose === true)}\n`),
  });
  for (const note of server.notes) log(`note: ${note}`);
  if (folder !== null) log(`vectors of "${folder.path}": ${await aliasesOf(folder)}`);
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ kind: 'listening', url: server.url, pid: process.pid, enginePid: server.enginePid() })}\n`
      : `listening on ${server.url}/v1\n`,
  );
  await stopSignal();
  log('stopping: no more requests are taken; those that run may finish');
  await server.stop(flags.grace * 1000);
}

/** What requests can name. */
async function aliasesOf(folder: VectorFolder): Promise<string> {
  const aliases = new Set((await folder.list()).map(({ alias }) => alias));
  return aliases.size === 0 ? 'none yet; a file that is put there is found at once' : [...aliases].join(', ');
}

/** The alias, or the name of the file. */
function nameOf(model: string): string {
  return basename(model).replace(/\.gguf$/i, '');
}

/** From the environment, and from a file with a key a line. */
async function apiKeysOf({ apiKeyFile }: ServeFlags): Promise<string[]> {
  const own = process.env['STEERBENCH_API_KEY'] ?? '';
  const text =
    apiKeyFile === undefined
      ? ''
      : await readFile(apiKeyFile, 'utf8').catch((cause) => {
          throw readFailure(apiKeyFile, cause, 'read-failed');
        });
  const keys = [own, ...text.split('\n')].map((key) => key.trim()).filter((key) => key !== '');
  if (apiKeyFile !== undefined && keys.length === 0)
    throw new RangeError(`"${apiKeyFile}" holds no key: write one a line`);
  return keys;
}

/** Waits for Ctrl-C or SIGTERM; the second one ends the program at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let stopping = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (stopping) process.exit(exitCodes.interrupted);
        stopping = true;
        resolve();
      });
    }
  });
}

function describe(error: unknown, verbose: boolean): string {
  if (!(error instanceof Error)) return `steerbench: ${String(error)}`;
  return `steerbench: ${verbose ? error.stack : error.message}`;
}
