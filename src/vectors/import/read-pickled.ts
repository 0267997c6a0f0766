import { NumpyArray, TorchTensor } from '../../files/pickle-arrays.ts';
import { PlainObject, plainClass } from '../../files/pickle-values.ts';
import { openPickled, type PickledFile } from '../../files/pickled-read.ts';
import { limits, requirePlausible } from './limits.ts';
import { layerInName } from './name-clues.ts';
import type { FilePlace, Layout, StoredEntry, StoredFile } from './stored-file.ts';

const repengClass = 'repeng.extract.ControlVector';
const steeringVectorsClass = 'steering_vectors.steering_vector.SteeringVector';

/**
 * Reads what torch.save or pickle wrote: a tensor, a dict of assistant-axis, or an object of repeng or
 * steering-vectors. Any other class is refused by its name; nothing is executed.
 *
 * @throws RangeError for content that is none; SteerbenchError `vector-malformed`, `file-refused`
 */
export async function readPickledVector(path: string, place: FilePlace): Promise<StoredFile> {
  const file = await openPickled(path, {
    classes: [plainClass(repengClass), plainClass(steeringVectorsClass)],
    code: 'vector-malformed',
  });
  try {
    const names = [...new Set([...place.names, ...(file.writtenAs === null ? [] : [file.writtenAs])])];
    const content = await readContent(file, names);
    return { format: file.kind, ownFacts: null, clues: { ...place, names }, ...content };
  } finally {
    await file.close();
  }
}

type Content = Pick<StoredFile, 'layout' | 'entries' | 'dtype' | 'modelHint'>;

function readContent(file: PickledFile, names: string[]): Promise<Content> {
  const { root } = file;
  if (root instanceof TorchTensor) return readTensor(file, root, names);
  if (root instanceof Map) return readAxisDict(file, root);
  if (root instanceof PlainObject && root.className === repengClass)
    return readByLayer(file, root, 'repeng-object', 'directions');
  if (root instanceof PlainObject) {
    requireBlockOutputs(root);
    return readByLayer(file, root, 'steering-vectors-object', 'layer_activations');
  }
  throw new RangeError('it holds no tensor, and no object that is known to hold vectors');
}

async function readTensor(file: PickledFile, tensor: TorchTensor, names: string[]): Promise<Content> {
  if (tensor.shape.length === 2) return readRows(file, tensor, 'rows');
  if (tensor.shape.length !== 1)
    throw new RangeError(
      `its tensor has the shape [${tensor.shape.join(', ')}]: no vector, and no row a layer`,
    );
  requirePlausible(1, tensor.shape[0]!);
  const values = await file.read(tensor);
  return {
    layout: 'one-tensor',
    entries: [{ name: '(whole tensor)', index: layerInName(names), values }],
    dtype: dtypeOf(tensor),
    modelHint: null,
  };
}

async function readRows(file: PickledFile, tensor: TorchTensor, layout: Layout): Promise<Content> {
  const [rows, width] = tensor.shape as [number, number];
  requirePlausible(rows, width);
  const values = await file.read(tensor);
  const entries = Array.from({ length: rows }, (_, row) => ({
    name: `row ${row}`,
    index: row,
    values: values.slice(row * width, (row + 1) * width),
  }));
  return { layout, entries, dtype: dtypeOf(tensor), modelHint: null };
}

/** `{axis, metadata}` and `{vector, type, role}`, as assistant-axis writes them. */
function readAxisDict(file: PickledFile, dict: Map<unknown, unknown>): Promise<Content> {
  const tensor = dict.get('axis') ?? (dict.has('role') ? dict.get('vector') : undefined);
  if (!(tensor instanceof TorchTensor) || tensor.shape.length !== 2) {
    const keys = [...dict.keys()].slice(0, 5).map((key) => JSON.stringify(String(key).slice(0, 40)));
    throw new RangeError(
      `it is a dict with the keys ${keys.join(', ')}; only those of assistant-axis are known: "axis", or "vector" and "role"`,
    );
  }
  return readRows(file, tensor, 'axis-rows');
}

/** The same numbers at other places of a block are no vectors of its output. */
function requireBlockOutputs(object: PlainObject): void {
  const place = object.fields.get('layer_type');
  if (place === 'decoder_block') return;
  throw new RangeError(
    `its layer_type is ${JSON.stringify(typeof place === 'string' ? place.slice(0, 60) : null)}: the vectors belong to another place in each block than its output ("decoder_block")`,
  );
}

async function readByLayer(
  file: PickledFile,
  object: PlainObject,
  layout: Layout,
  field: string,
): Promise<Content> {
  const arrays = object.fields.get(field);
  if (!(arrays instanceof Map) || arrays.size === 0) throw new RangeError(`it has no "${field}" by layer`);
  const entries: StoredEntry[] = [];
  let dtype = '';
  for (const [key, array] of arrays as Map<unknown, unknown>) {
    if (typeof key !== 'number' || !Number.isSafeInteger(key) || Math.abs(key) >= limits.layers)
      throw new RangeError(
        `"${field}" has the key ${JSON.stringify(String(key).slice(0, 40))}, no layer's number`,
      );
    if (!(array instanceof TorchTensor || array instanceof NumpyArray))
      throw new RangeError(`"${field}[${key}]" is no tensor or array`);
    if (array.shape.length !== 1)
      throw new RangeError(`"${field}[${key}]" has the shape [${array.shape.join(', ')}], not one dimension`);
    requirePlausible(arrays.size, array.shape[0]!);
    dtype = dtypeOf(array);
    entries.push({ name: `${field}[${key}]`, index: key, values: await file.read(array) });
  }
  const hint = object.fields.get('model_type');
  return { layout, entries, dtype, modelHint: typeof hint === 'string' ? hint : null };
}

const dtypes = { float16: 'F16', bfloat16: 'BF16', float32: 'F32', float64: 'F64' } as const;

function dtypeOf(array: TorchTensor | NumpyArray): string {
  return dtypes[array instanceof NumpyArray ? array.type : array.storage.type];
}
