import { basename, join } from 'node:path';
import { builtInBehaviours } from '../behaviours/index.ts';
import type { Format } from '../dataset/item.ts';
import { loadBehaviour } from '../dataset/load-behaviour.ts';
import type { LoadedBehaviour } from '../dataset/parse.ts';
import { identityWithLoras } from '../engine/load-adapters.ts';
import { requantiseRemotely } from '../engine/requantise-remotely.ts';
import { packageVersion } from '../llama/library.ts';
import { type FindModelOptions, type FoundModel, findModel } from '../models/find-model.ts';
import { defaultPrecision, modelAtPrecision } from '../models/precision.ts';
import { parseResult, type Result } from '../result/schema.ts';
import { type Plan, planVersion } from '../store/plan.ts';
import { RunFolder } from '../store/run-folder.ts';
import { steerbenchVersion } from '../version.ts';
import { audit } from './audit.ts';
import type { RunContext } from './empty-result.ts';
import { EngineSource } from './engine-source.ts';
import { type GivenVector, loadGivenVector } from './given-vector.ts';
import { evaluate, extract, type Outcome, sweep } from './other-experiments.ts';
import { Progress, type ProgressListener } from './progress.ts';
import { referenceEngine } from './reference-engine.ts';
import { checkRunOptions, defaultRunOptions, type RunOptions } from './run-options.ts';
import { type Session, throwIfStopped } from './session.ts';
import { writeDocuments } from './write-documents.ts';

/** What to run. */
export interface ExperimentRequest {
  experiment: 'audit' | 'sweep' | 'extract' | 'eval';
  /** Built-in name or path of a dataset. */
  behaviour: string;
  /** Model as {@link findModel} takes it. */
  model: string;
  /** What differs from {@link defaultRunOptions}. Without a format, the behaviour's own; without a precision, the model's. */
  options: Partial<RunOptions>;
  /** Run folder. Null: `runs/<experiment>-<behaviour>-<model>`. */
  out: string | null;
  /** A vector from a file, for `audit` and `eval`; null extracts one. */
  vector: { file: string; layer: number | null } | null;
}

/** How a run talks to its caller. */
export interface ExperimentHooks {
  onProgress: ProgressListener;
  signal: AbortSignal;
  /** Lines of llama.cpp's log. */
  onLog?: (line: string) => void;
  download: Pick<FindModelOptions, 'onProgress' | 'onMessage'>;
}

/** What a run left. */
export interface ExperimentOutcome {
  result: Result;
  /** The run folder. */
  folder: string;
  /** Cells that failed twice; the same command tries them again. */
  failures: { cell: string; reason: string }[];
  seconds: number;
}

const experiments: Record<ExperimentRequest['experiment'], (context: RunContext) => Promise<Outcome>> = {
  audit,
  sweep,
  extract,
  eval: evaluate,
};

/**
 * Runs an experiment, or goes on with it: finished cells of the folder are used as they are.
 *
 * @throws SteerbenchError `run-conflict`, `interrupted`, and those of model, data, engine and vector files; RangeError
 * for options that no run could use
 * @example
 * const { result } = await runExperiment(
 *   { experiment: 'audit', behaviour: 'sentiment', model: 'smollm2-135m-instruct', options: {}, out: null, vector: null },
 *   { onProgress: () => {}, signal: new AbortController().signal, download: {} },
 * );
 * result.verdict?.headline;
 */
export async function runExperiment(
  request: ExperimentRequest,
  hooks: ExperimentHooks,
): Promise<ExperimentOutcome> {
  const began = performance.now();
  const behaviour = await loadBehaviour(request.behaviour);
  const given =
    request.vector === null ? null : await loadGivenVector(request.vector.file, request.vector.layer);
  if (request.experiment === 'eval' && given === null)
    throw new RangeError('"eval" needs a vector; give --vector FILE');
  const found = await findModel(request.model, { ...hooks.download, signal: hooks.signal });
  const options = resolveOptions(request, behaviour, found);
  const atPrecision = await modelAtPrecision(found, options.precision, requantiseRemotely, {
    ...(hooks.download.onMessage ? { onMessage: hooks.download.onMessage } : {}),
    signal: hooks.signal,
  });
  const identity = await identityWithLoras(atPrecision.sha256, options.loras);
  const plan = makePlan(request, behaviour, found, identity, options, given);
  const folder = await RunFolder.open(request.out ?? defaultFolder(request, behaviour, found), plan);
  const progress = new Progress(hooks.onProgress);
  const load = {
    threads: options.threads ?? undefined,
    contextTokens: options.contextTokens,
    gpuLayers: options.gpuLayers,
    kvCache: options.kvCache,
    batchRows: options.batchRows,
    splitBlocks: options.splitBlocks,
    loras: options.loras,
    onLog: hooks.onLog,
  };
  const engine = new EngineSource(
    async () => ({ ...defined(load), path: atPrecision.path, hash: atPrecision.sha256 }),
    (rows) => progress.rows(rows),
  );
  const reference = await referenceEngine(
    found,
    options,
    { ...defined(load), beforeLoad: () => engine.dispose() },
    (rows) => progress.rows(rows),
  );
  const session: Session = {
    options,
    folder,
    progress,
    engine: engine.load,
    signal: hooks.signal,
    work: new Map(),
    failures: [],
  };
  const stop = () => void Promise.all([engine.dispose(), reference.dispose()]);
  hooks.signal.addEventListener('abort', stop, { once: true });
  try {
    const context: RunContext = { session, behaviour, given, reference: reference.engine };
    const result = await conclude(context, experiments[request.experiment]);
    const seconds = (performance.now() - began) / 1000;
    await folder.writeDocument('timings.json', `${JSON.stringify({ seconds })}\n`);
    return { result, folder: folder.path, failures: session.failures, seconds };
  } catch (error) {
    throwIfStopped(hooks.signal);
    throw error;
  } finally {
    hooks.signal.removeEventListener('abort', stop);
    await Promise.all([engine.dispose(), reference.dispose()]);
  }
}

/**
 * Draws report and card again from a run's folder; no model is needed.
 *
 * @param options.recompute also computes result.json and scores.parquet again from the cells
 * @throws SteerbenchError `run-malformed` where the folder holds no finished run
 */
export async function redraw(path: string, options: { recompute: boolean }): Promise<ExperimentOutcome> {
  const { redrawFolder, recomputeFolder } = await import('./redraw.ts');
  return options.recompute
    ? recomputeFolder(path, (context, experiment) => conclude(context, experiments[experiment]))
    : redrawFolder(path);
}

/** Runs the experiment and writes its documents; the result is checked against its own schema first. */
async function conclude(
  context: RunContext,
  experiment: (context: RunContext) => Promise<Outcome>,
): Promise<Result> {
  const { result, scores } = await experiment(context);
  const checked = parseResult(JSON.parse(JSON.stringify(result)));
  await writeDocuments(context, checked, scores);
  return checked;
}

function resolveOptions(
  { options }: ExperimentRequest,
  behaviour: LoadedBehaviour,
  found: FoundModel,
): RunOptions {
  const resolved: RunOptions = {
    ...defaultRunOptions,
    format: formatOf(behaviour),
    precision: defaultPrecision(found),
    ...defined(options),
  };
  resolved.multipliers = [...resolved.multipliers].sort((a, b) => a - b);
  checkRunOptions(resolved);
  return resolved;
}

/** The format a behaviour was written for; a file of pairs has answers of its own, any other has letters. */
function formatOf(behaviour: LoadedBehaviour): Format {
  const builtIn =
    behaviour.source === 'built-in'
      ? builtInBehaviours.find(({ name }) => name === behaviour.name)
      : undefined;
  return builtIn?.defaultFormat ?? (behaviour.family === 'pairs' ? 'completion' : 'multiple-choice');
}

function makePlan(
  { experiment, model }: ExperimentRequest,
  behaviour: LoadedBehaviour,
  found: FoundModel,
  hash: string,
  options: RunOptions,
  given: GivenVector | null,
): Plan {
  return {
    schema: 'steerbench.plan',
    version: planVersion,
    experiment,
    options: planOptions(options, given),
    behaviour: { name: behaviour.name, source: behaviour.source, hash: behaviour.hash },
    model: { reference: model, hash, sourceHash: found.sha256 },
    vectorHash: given?.hash ?? null,
    versions: {
      steerbench: steerbenchVersion,
      llamaCpp: `@node-llama-cpp ${packageVersion}`,
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
    },
  };
}

/** Adapters stand in a plan by name and scale, their contents in the hash of the model; without any, nothing is said. */
function planOptions({ loras, ...options }: RunOptions, given: GivenVector | null): Plan['options'] {
  return {
    ...options,
    ...(loras.length > 0 ? { loras: loras.map(({ path, scale }) => ({ name: basename(path), scale })) } : {}),
    vectorLayer: given?.layer ?? null,
  };
}

function defaultFolder(
  { experiment, model }: ExperimentRequest,
  behaviour: LoadedBehaviour,
  found: FoundModel,
): string {
  const name = (found.alias ?? model).replaceAll(/[^\w.-]+/g, '-').replace(/\.gguf$/, '');
  return join('runs', `${experiment}-${behaviour.name}-${name}`);
}

/** Without the entries that are undefined: an absent option means its default. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as never;
}
