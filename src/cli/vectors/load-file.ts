import { SteerbenchError } from '../../errors.ts';
import { type FindModelOptions, findModel } from '../../models/find-model.ts';
import { type ModelShapeOnDisk, modelShape } from '../../models/model-shape.ts';
import { requireFit } from '../../vectors/check-vector.ts';
import { selectLayers } from '../../vectors/export-vector.ts';
import { inspectVector, type VectorInspection } from '../../vectors/inspect-vector.ts';
import type { LoadedVector } from '../../vectors/loaded-vector.ts';
import { describeEvidence, type Evidence, gatherEvidence } from './evidence.ts';
import { parseLayerList } from './layer-list.ts';
import { modelProgress } from './model-progress.ts';
import type { FileFlags, SeveralFlags } from './vector-flags.ts';

/** A file that was looked at, with the model and the evidence that were asked for. */
export interface ExaminedFile {
  inspection: VectorInspection;
  model: ModelShapeOnDisk | null;
  evidence: Evidence | null;
}

/** Looks at a file as the options say. */
export async function examineFile(path: string, flags: FileFlags): Promise<ExaminedFile> {
  if (flags.pairs !== undefined && flags.model === undefined)
    throw new RangeError('"--pairs" needs a model to extract a vector with: give --model');
  if (flags.threads !== undefined && flags.pairs === undefined)
    throw new RangeError('"--threads" belongs to "--pairs": nothing else is computed by a model');
  const model = flags.model === undefined ? null : await shapeOf(flags.model);
  const inspection = await inspectVector(path, {
    ...(flags.producer === undefined ? {} : { producer: flags.producer }),
    ...(flags.layer === undefined ? {} : { layer: flags.layer }),
    ...(model === null ? {} : { model }),
  });
  if (flags.layer !== undefined && inspection.stored.entries.some(({ index }) => index !== null))
    throw new RangeError(`"--layer" is for a file that names no layer; "${path}" names its own`);
  const evidence = flags.pairs === undefined ? null : await gatherEvidence(inspection, flags);
  return { inspection, model, evidence };
}

/**
 * The vector of a file as the options say, checked against the model.
 *
 * @throws SteerbenchError `vector-ambiguous` with the evidence where it was asked for; of loadVector and requireFit
 */
export async function loadFile(
  path: string,
  flags: FileFlags,
): Promise<{ vector: LoadedVector; model: ModelShapeOnDisk | null; evidence: Evidence | null }> {
  const { inspection, model, evidence } = await examineFile(path, flags);
  const { loaded, problem } = inspection;
  if (loaded === null) {
    const shown = evidence === null ? '' : `\n${describeEvidence(evidence)}`;
    throw new SteerbenchError('vector-ambiguous', `${problem!.message}${shown}`, { remedy: problem!.remedy });
  }
  if (model !== null) requireFit(loaded, model);
  return { vector: loaded, model, evidence };
}

/** Several files, each read as the options say. */
export async function loadFiles(
  paths: readonly string[],
  flags: SeveralFlags,
): Promise<{ name: string; vector: LoadedVector }[]> {
  const producers = flags.producer ?? {};
  const unknown = Object.keys(producers).find((name) => name !== '' && !paths.includes(name));
  if (unknown !== undefined) throw new RangeError(`"--producer ${unknown}=…" names none of the files`);
  const vectors: { name: string; vector: LoadedVector }[] = [];
  for (const path of paths) {
    const producer = producers[path] ?? producers[''];
    const { vector } = await loadFile(path, {
      ...(producer === undefined ? {} : { producer }),
      ...(flags.model === undefined ? {} : { model: flags.model }),
    });
    vectors.push({ name: path, vector });
  }
  return vectors;
}

/** The layers of a vector that were asked for; all without a list. */
export function withLayers<T extends LoadedVector>(vector: T, list: string | undefined): T {
  return list === undefined ? vector : selectLayers(vector, parseLayerList(list));
}

async function shapeOf(reference: string): Promise<ModelShapeOnDisk> {
  const { download, done } = await modelProgress();
  const options: FindModelOptions = download;
  const found = await findModel(reference, options).finally(done);
  return modelShape(found.path);
}
