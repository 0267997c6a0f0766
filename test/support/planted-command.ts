import { type ChildProcess, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { plantedItems } from '../../src/experiments/planted/planted-items.ts';
import { type PlantedModel, writePlantedModel } from '../../src/experiments/planted/planted-model.ts';

/** The compiled program. */
export const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** A line of JSON that a run writes to standard error. */
interface ReportLine {
  kind: string;
  stage?: string;
  text?: string;
  code?: string;
  message?: string;
  remedy?: string;
}

/** A run that goes on; `lines` grows while it works. */
export interface StartedCommand {
  child: ChildProcess;
  lines: ReportLine[];
  exit: Promise<{ code: number | null; signal: NodeJS.Signals | null; atMs: number }>;
  /** Waits for a line, or for the end of the run. */
  until: (seen: (line: ReportLine) => boolean) => Promise<void>;
}

/** A folder with the planted model (`planted.gguf`) and its items (`letters.jsonl`), where commands are run. */
export interface PlantedFolder {
  path: string;
  planted: PlantedModel;
  /** How a process is started there: the cache of models is in it too. */
  surroundings: { cwd: string; env: NodeJS.ProcessEnv };
  steerbench: (...words: string[]) => SpawnSyncReturns<string>;
  /** Starts a command that reports as JSON. */
  start: (...words: string[]) => StartedCommand;
  remove: () => Promise<void>;
}

/** Makes a planted folder with 40 items. */
export async function makePlantedFolder(): Promise<PlantedFolder> {
  const path = await mkdtemp(join(tmpdir(), 'steerbench-cli-'));
  const planted = await writePlantedModel(join(path, 'planted.gguf'));
  const items = plantedItems(planted, 40).map(({ completion }) => JSON.stringify(completion));
  await writeFile(join(path, 'letters.jsonl'), `${items.join('\n')}\n`);
  const env = { ...process.env, STEERBENCH_CACHE: join(path, 'cache'), npm_lifecycle_event: undefined };
  const surroundings = { cwd: path, env };
  return {
    path,
    planted,
    surroundings,
    steerbench: (...words) =>
      spawnSync(process.execPath, [main, ...words], { ...surroundings, encoding: 'utf8' }),
    start: (...words) => start(spawn(process.execPath, [main, ...words, '--json'], surroundings)),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/**
 * A whole audit that takes a second or two: few items, few null vectors. Sixteen training items in their order hold
 * every planted pair twice, and the closed form holds from block 1 on.
 */
export function auditWords(out: string, shuffledVectors = 1): string[] {
  const words = [
    `audit letters.jsonl --model planted.gguf --out ${out} --measure-anyway --threads 1`,
    `--layers 1-3 --multipliers -1,0,1 --random-vectors 2 --shuffled-vectors ${shuffledVectors}`,
    '--no-shuffle --train 0:16 --validation 16:24 --test 24:40',
    '--damage-texts 1 --replicates 1 --free-answers 2 --answer-tokens 4',
  ];
  return words.join(' ').split(' ');
}

function start(child: ReturnType<typeof spawn>): StartedCommand {
  const lines: ReportLine[] = [];
  let open = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    const parts = (open + text).split('\n');
    open = parts.pop()!;
    lines.push(...parts.map((line) => JSON.parse(line) as ReportLine));
  });
  child.stdout!.resume();
  const exit = once(child, 'exit').then(([code, signal]) => ({ code, signal, atMs: performance.now() }));
  const until = async (seen: (line: ReportLine) => boolean) => {
    while (!lines.some(seen) && child.exitCode === null) await wait(2);
  };
  return { child, lines, exit, until };
}
