import type { ModelShape, Producer } from './producer.ts';
import { namesOf, type Reading, readingsOf } from './readings.ts';
import type { StoredFile } from './stored-file.ts';

/**
 * What a user must know of the vectors of a file beyond their numbers: one sentence each, without a full stop.
 *
 * @param layers blocks that the vectors became
 */
export function warningsOn(
  file: StoredFile,
  reading: Reading,
  layers: readonly number[],
  model: ModelShape | null,
): string[] {
  const several = reading.producers.length > 1;
  const own = reading.producers.flatMap((producer) => {
    const said = [
      ...placeWarning(producer, file),
      ...finalNormWarning(producer, file, Math.max(...layers), model),
      ...producer.warnings(file),
    ];
    return said.map((warning) => (several ? `if ${producer.name} wrote it: ${warning}` : warning));
  });
  return [...otherReading(file, reading, model), ...own];
}

/** Where the tool adds a vector at another place than the one it measured. */
function placeWarning({ index, appliedBy }: Producer, { layout }: StoredFile): string[] {
  if (index.applied === index.measured) return [];
  const [where, asApplied] =
    layout === 'svec'
      ? ['at the input of block N, one block before the one it was measured at', 'svec-layer-input']
      : ['at the output of block N, one block after the one it was measured at', 'llama.cpp'];
  return [`${appliedBy} adds number N ${where}; --producer ${asApplied} reads the file that way`];
}

function finalNormWarning(
  { lastAfterFinalNorm, name }: Producer,
  { entries }: StoredFile,
  last: number,
  model: ModelShape | null,
): string[] {
  if (!lastAfterFinalNorm) return [];
  const normed = 'was measured after the final norm: it is no vector of the residual stream';
  // persona_vectors writes a row for every block.
  const blocks = model?.blocks ?? (name === 'persona_vectors' ? entries.length - 1 : null);
  if (blocks === null) return [`if layer ${last} is the model's last block, it ${normed}`];
  return last === blocks - 1 ? [`layer ${last} is the last block: it ${normed}`] : [];
}

/** Where the content speaks for other tools than the one that was asked for. */
function otherReading(file: StoredFile, reading: Reading, model: ModelShape | null): string[] {
  if (reading.because !== null || reading.producers.length === 0) return [];
  const { recognised, readings } = readingsOf(file, model);
  if (!recognised || readings.some(({ measured }) => measured === reading.measured)) return [];
  return [`by its content it is a file of ${readings.map(namesOf).join(' or ')}`];
}
