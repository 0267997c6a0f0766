import { type PickleClass, PickledObject, PickleGlobal } from './pickle-values.ts';
import { MalformedFile, RefusedFile } from './read-fully.ts';

/** Number types of tensors and arrays that are read; all become float32. */
export const elementTypes = {
  float16: { bytes: 2 },
  bfloat16: { bytes: 2 },
  float32: { bytes: 4 },
  float64: { bytes: 8 },
} as const;

/** Name of a number type. */
export type ElementType = keyof typeof elementTypes;

/** Extents beyond which a shape is absurd: no vector file has more than layers × rows × width. */
const maxDimensions = 4;
/** Above any extent of a vector file: width at most 65,536, layers at most some hundreds. */
const maxExtent = 2 ** 24;

/** A storage of a torch file: the numbers lie in the zip under its key. */
export interface TorchStorage {
  key: string;
  type: ElementType;
  /** Numbers in it. */
  length: number;
}

/** A view of a storage: where its numbers lie, not the numbers. */
export class TorchTensor {
  readonly storage: TorchStorage;
  /** First number in the storage. */
  readonly offset: number;
  /** Extents, and the distance in numbers from one index to the next, outermost first. */
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(storage: TorchStorage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** An array of numpy: its raw bytes, little-endian, row-major. */
export class NumpyArray extends PickledObject {
  shape: readonly number[] = [];
  type: ElementType = 'float32';
  /** The bytes, or a text whose characters are they. */
  data: Uint8Array | EncodedText = new Uint8Array(0);

  override setState(state: unknown): void {
    if (!Array.isArray(state) || state.length !== 5) throw new MalformedFile('an array has no valid state');
    const [, shape, type, fortran, data] = state as unknown[];
    if (!(type instanceof NumpyType)) throw new MalformedFile('an array has no type');
    if (!(data instanceof Uint8Array || data instanceof EncodedText))
      throw new MalformedFile('an array has no bytes');
    this.shape = readShape(shape, 'an array');
    this.type = type.element;
    if (fortran === true && this.shape.length > 1)
      throw new RefusedFile("an array is stored column by column (Fortran's order), which is not read");
    this.data = data;
  }
}

/** A number type of numpy. */
class NumpyType extends PickledObject {
  readonly element: ElementType;

  constructor(element: ElementType) {
    super();
    this.element = element;
  }

  override setState(state: unknown): void {
    const order = Array.isArray(state) ? state[1] : null;
    if (order !== '<')
      throw new RefusedFile(`an array has the byte order ${JSON.stringify(order)}; only "<" is read`);
  }
}

/** Bytes as a text of characters below 256, as pickles of protocol 2 hold them; turned into bytes when they are read. */
export class EncodedText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The classes of torch and numpy that a tensor or an array is made of. */
export const arrayClasses: ReadonlyMap<string, PickleClass> = new Map<string, PickleClass>([
  ['collections.OrderedDict', { make: () => new Map() }],
  ['torch._utils._rebuild_tensor_v2', { make: makeTensor }],
  ['torch.FloatStorage', {}],
  ['torch.HalfStorage', {}],
  ['torch.BFloat16Storage', {}],
  ['torch.DoubleStorage', {}],
  ['_codecs.encode', { make: makeEncoded }],
  ['numpy.core.multiarray._reconstruct', { make: () => new NumpyArray() }],
  ['numpy._core.multiarray._reconstruct', { make: () => new NumpyArray() }],
  ['numpy.ndarray', {}],
  ['numpy.dtype', { make: makeType }],
]);

const storageTypes: Record<string, ElementType> = {
  'torch.FloatStorage': 'float32',
  'torch.HalfStorage': 'float16',
  'torch.BFloat16Storage': 'bfloat16',
  'torch.DoubleStorage': 'float64',
};

/** The value of torch's pointer `('storage', class, key, device, length)`. */
export function readStorage(id: unknown): TorchStorage {
  const [kind, storageClass, key, , length] = Array.isArray(id) && id.length === 5 ? (id as unknown[]) : [];
  const type = storageClass instanceof PickleGlobal ? storageTypes[storageClass.name] : undefined;
  if (kind !== 'storage' || type === undefined || typeof key !== 'string' || !isSize(length))
    throw new MalformedFile('its pickle points to no storage');
  return { key, type, length };
}

function makeTensor(args: readonly unknown[]): TorchTensor {
  // The rest says whether gradients are wanted, hooks, and in newer files metadata.
  if (args.length < 6 || args.length > 7)
    throw new MalformedFile('a tensor has other arguments than torch gives');
  const [storage, offset, size, stride] = args;
  if (!isStorage(storage) || !isSize(offset)) throw new MalformedFile('a tensor has no storage');
  const shape = readShape(size, 'a tensor');
  const strides = readShape(stride, 'a tensor');
  if (strides.length !== shape.length) throw new MalformedFile('a tensor has more strides than extents');
  const last = shape.reduce((sum, extent, place) => sum + (extent - 1) * strides[place]!, offset);
  const values = countOf(shape);
  if (values > 0 && last >= storage.length) {
    throw new MalformedFile(
      `a tensor reaches to number ${last} of storage "${storage.key}", which has ${storage.length}`,
    );
  }
  // A stride of 0 repeats numbers: a few bytes would become as many numbers as the shape claims.
  if (values > storage.length) {
    throw new RefusedFile(
      `a tensor of shape [${shape.join(', ')}] takes ${values} numbers of storage "${storage.key}", which has ${storage.length}`,
    );
  }
  return new TorchTensor(storage, offset, shape, strides);
}

function isStorage(value: unknown): value is TorchStorage {
  return typeof value === 'object' && value !== null && 'key' in value && 'length' in value;
}

function makeEncoded(args: readonly unknown[]): EncodedText {
  const [text, encoding] = args;
  if (typeof text !== 'string' || encoding !== 'latin1')
    throw new RefusedFile('its pickle encodes a text by another code than latin1');
  return new EncodedText(text);
}

function makeType(args: readonly unknown[]): NumpyType {
  const element = ({ f2: 'float16', f4: 'float32', f8: 'float64' } as const)[String(args[0])];
  if (element === undefined)
    throw new RefusedFile(
      `an array is of the type ${JSON.stringify(args[0] ?? null)}; f2, f4 and f8 are read`,
    );
  return new NumpyType(element);
}

function readShape(value: unknown, what: string): readonly number[] {
  if (!Array.isArray(value) || !value.every(isSize)) throw new MalformedFile(`${what} has no valid shape`);
  if (value.length > maxDimensions || value.some((extent) => extent > maxExtent))
    throw new RefusedFile(`${what} claims the shape [${value.slice(0, 8).join(', ')}]`);
  return value;
}

/** Numbers of a shape; exact up to four extents of 2^13, and above any file beyond. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
