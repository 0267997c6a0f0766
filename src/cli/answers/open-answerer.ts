import { Answerer } from '../../answers/answerer.ts';
import { readAuditLimits } from '../../answers/audit-limits.ts';
import { defined } from '../../answers/defined.ts';
import { measureResidualNorms } from '../../answers/residual-norms.ts';
import type { Engine, LoadOptions } from '../../engine/engine.ts';
import { loadEngine } from '../../engine/remote-engine.ts';
import { requantiseRemotely } from '../../engine/requantise-remotely.ts';
import { findModel } from '../../models/find-model.ts';
import { modelShape } from '../../models/model-shape.ts';
import { defaultPrecision, modelAtPrecision } from '../../models/precision.ts';
import { parseSteering } from '../../steering/parse-spec.ts';
import type { SteeringValue } from '../../steering/steering-value.ts';
import { VectorFolder } from '../../steering/vector-folder.ts';
import { folderAndFiles } from '../../steering/vector-source.ts';
import { type AnswerFlags, defaultContext } from '../answer-options.ts';
import { modelProgress } from '../vectors/model-progress.ts';

/** Tokens of context for measurements, which are few here: the rest of the memory is for answers. */
const measurementTokens = 256;

/** A model that answers, on the command line. */
export interface OpenAnswerer {
  engine: Engine;
  answerer: Answerer;
  /** The folder of vectors that was given. */
  folder: VectorFolder | null;
  /** What `--steer` says. */
  steering: SteeringValue;
  /** Tokens of prompt and answer that each stream holds. */
  streamTokens: number;
}

/**
 * Loads the model of a command, with its streams open, and everything that its steering is judged by.
 *
 * Vectors are found by their alias in the folder, or as files by their path.
 *
 * @throws SteerbenchError of the model, the audits and the steering
 */
export async function openAnswerer(
  flags: AnswerFlags,
  { streams, onLog }: { streams: number; onLog: (line: string) => void },
): Promise<OpenAnswerer> {
  const steering = flags.steer.flatMap((spec) => parseSteering(spec));
  const limits = await readAuditLimits(flags.audit);
  const engine = await loadEngine(await loadOptionsOf(flags, { streams, onLog }));
  try {
    const { streamTokens } = await engine.openStreams();
    const residualNorms = await measureResidualNorms(engine);
    const folder = flags.vectors === undefined ? null : new VectorFolder(flags.vectors);
    const answerer = new Answerer(engine, { vectors: folderAndFiles(folder), residualNorms, limits });
    // What is wrong with the steering is told before the first answer.
    await answerer.steering(steering);
    return { engine, answerer, folder, steering, streamTokens };
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}

/** Finds the model file, fetching and converting it if need be, and says how it is loaded. */
export async function loadOptionsOf(
  { model, precision, lora, threads, kvCache, context, batchRows, gpuLayers, verbose }: AnswerFlags,
  { streams, onLog }: { streams: number; onLog: (line: string) => void },
): Promise<LoadOptions> {
  const { download, done } = await modelProgress();
  try {
    const found = await findModel(model, download);
    const chosen = precision ?? defaultPrecision(found);
    const { path, sha256 } = await modelAtPrecision(found, chosen, requantiseRemotely, download);
    return {
      path,
      hash: sha256,
      streams,
      contextTokens: measurementTokens,
      splitBlocks: false,
      streamTokens: context ?? (await contextOf(path)),
      ...defined({ loras: lora, threads, kvCache, batchRows, gpuLayers }),
      ...(verbose === true ? { onLog } : {}),
    };
  } finally {
    done();
  }
}

async function contextOf(path: string): Promise<number> {
  const { trainedContext } = await modelShape(path);
  return Math.min(defaultContext, trainedContext ?? defaultContext);
}
