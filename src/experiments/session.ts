import type { Engine, Work } from '../engine/engine.ts';
import { SteerbenchError } from '../errors.ts';
import type { RunFolder } from '../store/run-folder.ts';
import type { Progress } from './progress.ts';
import type { RunOptions } from './run-options.ts';

/** Work of a cell, as it is kept with it. */
export interface CellWork {
  decodedTokens: number;
  distinctTokens: number;
  batches: number;
  steeredRows: number;
}

/** One of several processes that share the cells of a run: it computes those whose number leaves `index` over `count`. */
export interface Shard {
  /** From 0. */
  index: number;
  count: number;
}

/** What every stage of a run works with. */
export interface Session {
  options: RunOptions;
  folder: RunFolder;
  progress: Progress;
  /** Loads the model when the first cell needs it: a run whose cells are all there needs none. */
  engine: () => Promise<Engine>;
  signal: AbortSignal;
  /** Work by stage, summed over cells; filled as cells are read or computed. */
  work: Map<string, CellWork>;
  /** True where a result is computed from what is in the folder: nothing is asked of a network. */
  offline: boolean;
  /** Null where this process computes every cell. */
  shard: Shard | null;
  /** Cells that other shards compute and that are not there yet. */
  waiting: Set<string>;
  /** Cells that failed twice: what, and why. */
  failures: { stage: string; cell: string; reason: string }[];
}

/**
 * The value of a cell: as kept in the folder, else computed, kept and read back.
 *
 * When the engine process dies under it, the cell is tried once more in a fresh one; then it is reported, counted as
 * missing (null) and left for the next run of the same command. Where such a cell was one that later stages rest on,
 * what they compute is used but not kept: it would not belong to the vector or the layer of a complete run.
 *
 * A cell with a number belongs to one shard; the others leave it out and note that they wait for it. Cells without one
 * are what later stages rest on: every shard computes them.
 *
 * @param number place of the cell among those that shards deal out; null for a cell that all need
 * @throws SteerbenchError `interrupted`, and everything that is not a crash of the engine
 */
export async function runCell<T extends { work: CellWork }>(
  session: Session,
  stage: string,
  id: string,
  compute: (engine: Engine) => Promise<T>,
  number: number | null = null,
): Promise<T | null> {
  throwIfStopped(session.signal);
  const found = restsOnMissing(session, stage) ? null : await session.folder.readCell<T>(id);
  if (found === null && number !== null && !isOwn(session.shard, number)) {
    session.waiting.add(id);
    return null;
  }
  const cell = found ?? (await computeCell(session, stage, id, compute));
  if (cell !== null) addWork(session, stage, cell.work);
  return cell;
}

/** Whether the piece of work with this number, from 0, is dealt to this shard; without shards, every one is. */
export function isOwn(shard: Shard | null, number: number): boolean {
  return shard === null || number % shard.count === shard.index;
}

async function computeCell<T>(
  session: Session,
  stage: string,
  id: string,
  compute: (engine: Engine) => Promise<T>,
): Promise<T | null> {
  const attempt = async () => {
    const value = await compute(await session.engine());
    return restsOnMissing(session, stage) ? value : session.folder.writeCell(id, value);
  };
  try {
    return await attempt();
  } catch (error) {
    throwIfStopped(session.signal);
    if (!isCrash(error)) throw error;
    session.progress.note(`${error.message}; trying cell ${id} again in a fresh engine`);
  }
  try {
    return await attempt();
  } catch (error) {
    throwIfStopped(session.signal);
    if (!isCrash(error)) throw error;
    session.failures.push({ stage, cell: id, reason: error.message });
    session.progress.note(`cell ${id} failed twice and is left out: ${error.message}`);
    return null;
  }
}

/** Stages whose outcome decides what the stages after them compute: the vector, and its layer. */
const foundations = ['extraction', 'validation'];

function restsOnMissing({ failures }: Session, stage: string): boolean {
  return failures.some((failure) => failure.stage !== stage && foundations.includes(failure.stage));
}

/** Throws `interrupted` once the run has been asked to stop. */
export function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new SteerbenchError('interrupted', 'stopped; finished cells are kept', {
      remedy: 'run the same command again to go on',
    });
  }
}

/** The work of a cell that decoded nothing. */
export function noWork(): CellWork {
  return { decodedTokens: 0, distinctTokens: 0, batches: 0, steeredRows: 0 };
}

/** The part of an engine's account that belongs into a result: no times. */
export function cellWork(work: Work): CellWork {
  return {
    decodedTokens: work.decodedTokens,
    distinctTokens: work.distinctTokens,
    batches: work.batches,
    steeredRows: work.steeredRows.reduce((sum, { rows }) => sum + rows, 0),
  };
}

/** Adds a cell's work to its stage. */
function addWork(session: Session, stage: string, work: CellWork): void {
  const sum = session.work.get(stage) ?? noWork();
  for (const key of Object.keys(sum) as (keyof CellWork)[]) sum[key] += work[key];
  session.work.set(stage, sum);
}

function isCrash(error: unknown): error is SteerbenchError {
  return error instanceof SteerbenchError && error.code === 'engine-crashed';
}
