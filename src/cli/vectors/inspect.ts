import { norm } from '../../math/vector.ts';
import { requireFit } from '../../vectors/check-vector.ts';
import type { ProducerName } from '../../vectors/import/producer-names.ts';
import { producers } from '../../vectors/import/producers.ts';
import type { VectorInspection } from '../../vectors/inspect-vector.ts';
import type { LoadedVector } from '../../vectors/loaded-vector.ts';
import { describeEvidence } from './evidence.ts';
import { type ExaminedFile, examineFile } from './load-file.ts';
import { table } from './table.ts';
import type { FileFlags } from './vector-flags.ts';

/**
 * `steerbench vectors inspect FILE`: what a vector file is; where its content does not tell, both readings, and then the
 * error that names the producer to give.
 */
export async function inspect(file: string, flags: FileFlags): Promise<void> {
  const examined = await examineFile(file, flags);
  process.stdout.write(
    flags.json ? `${JSON.stringify(documentOf(file, examined), null, 2)}\n` : `${textOf(file, examined)}\n`,
  );
  const { inspection, model } = examined;
  if (inspection.problem !== null) throw inspection.problem;
  if (model !== null) requireFit(inspection.loaded!, model);
}

function documentOf(file: string, { inspection, evidence }: ExaminedFile): object {
  const { stored, readings, loaded } = inspection;
  const common = {
    file,
    format: stored.format,
    dtype: stored.dtype,
    width: stored.entries[0]!.values.length,
    modelHint: stored.modelHint,
  };
  if (loaded !== null) {
    const { path: _, ...source } = loaded.source;
    return {
      ...common,
      ...source,
      producedBy: loaded.producedBy,
      combinedFrom: loaded.combinedFrom ?? null,
      evidence,
    };
  }
  return {
    ...common,
    producers: null,
    readings: readings.map((reading) => ({
      producers: reading.producers.map(({ name }) => name),
      indexRule: reading.producers[0]!.index.rule,
    })),
    entries: stored.entries.map(({ name, index, values }) => ({
      stored: name,
      layers: readings.map(({ measured }) => layerOf(index, measured)),
      norm: norm(values),
    })),
    evidence,
  };
}

function textOf(file: string, { inspection, evidence }: ExaminedFile): string {
  const body = inspection.loaded === null ? openText(inspection) : loadedText(inspection.loaded);
  return [file, ...body, ...(evidence === null ? [] : ['', describeEvidence(evidence)])].join('\n');
}

function loadedText(vector: LoadedVector): string[] {
  const { source } = vector;
  const producer = source.producers.length === 0 ? 'not known' : titlesOf(source.producers);
  const because = source.recognisedBy === null ? '' : ` (${source.recognisedBy})`;
  return [
    `producer  ${producer}${because}`,
    `format    ${source.format}, ${source.dtype}, width ${vector.width}, ${vector.layers.size} layers`,
    ...(source.modelHint === null ? [] : [`model     "${source.modelHint}", in the words of the file`]),
    ...(vector.modelName === null ? [] : [`model     "${vector.modelName}", sha256 ${vector.modelHash}`]),
    ...(vector.behaviour === null
      ? []
      : [`behaviour ${vector.behaviour}, ${vector.trainingPairs ?? '?'} pairs`]),
    `sha256    ${source.sha256}`,
    `numbers   ${source.indexRule}`,
    `sign      ${source.signNote}`,
    `length    ${source.lengthNote}`,
    ...(vector.combinedFrom === undefined ? [] : [`made from ${vector.combinedFrom}`]),
    '',
    table([
      ['stored', 'layer', 'added by the tool at', 'norm'],
      ...source.entries.map(({ stored, layer, appliedAt, norm: length }) => [
        stored,
        layer === null ? 'left out' : String(layer),
        appliedAt === null ? 'not known' : appliedAt < 0 ? 'before block 0' : `block ${appliedAt}`,
        length.toPrecision(5),
      ]),
    ]),
    ...(source.notes.length === 0 ? [] : ['']),
    ...source.notes.map((note) => `note: ${note}`),
    ...source.warnings.map((warning) => `warning: ${warning}`),
  ];
}

/** A file that does not tell what its layers mean: every reading in a column of its own. */
function openText({ stored, readings }: VectorInspection): string[] {
  return [
    'producer  cannot be told from the content of the file',
    `format    ${stored.format}, ${stored.dtype}, width ${stored.entries[0]!.values.length}, ${stored.entries.length} vectors`,
    ...(stored.modelHint === null ? [] : [`model     "${stored.modelHint}", in the words of the file`]),
    ...readings.map(
      (reading, place) =>
        `reading ${place + 1} ${titlesOf(reading.producers.map(({ name }) => name))}: ${reading.producers[0]!.index.rule}`,
    ),
    '',
    table([
      ['stored', ...readings.map((_, place) => `layer by ${place + 1}`), 'norm'],
      ...stored.entries.map(({ name, index, values }) => [
        name,
        ...readings.map(({ measured }) => String(layerOf(index, measured) ?? 'none')),
        norm(values).toPrecision(5),
      ]),
    ]),
  ];
}

function layerOf(index: number | null, measured: 0 | -1): number | null {
  return index === null || index + measured < 0 ? null : index + measured;
}

function titlesOf(names: readonly ProducerName[]): string {
  return names.map((name) => producers.find((producer) => producer.name === name)!.title).join(' or ');
}
