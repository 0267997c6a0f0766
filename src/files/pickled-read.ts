import { open } from 'node:fs/promises';
import { type ErrorCode, SteerbenchError } from '../errors.ts';
import { bfloat16ToFloat32, float16ToFloat32 } from './float16.ts';
import { readPickle } from './pickle.ts';
import {
  arrayClasses,
  countOf,
  type ElementType,
  EncodedText,
  elementTypes,
  NumpyArray,
  readStorage,
  type TorchStorage,
  type TorchTensor,
} from './pickle-arrays.ts';
import type { PickleClass } from './pickle-values.ts';
import { type PositionedReader, readAhead } from './positioned-reader.ts';
import { readFailure } from './read-failure.ts';
import { MalformedFile, RefusedFile, readFully } from './read-fully.ts';
import { openTorchArchive, type TorchArchive } from './torch-archive.ts';

/** How to open a file of Python objects. */
export interface OpenPickledOptions {
  /** Plain classes that may occur, beside those of tensors and arrays. */
  classes: Iterable<[string, PickleClass]>;
  /** Error code for a malformed file. */
  code: ErrorCode;
}

/** An open file of Python objects: the object in memory, its tensors on disk. */
export interface PickledFile {
  path: string;
  /** `torch`: a zip that torch.save wrote. `pickle`: a pickle alone. */
  kind: 'torch' | 'pickle';
  /** Name the file was written under, without its ending; null for a pickle alone. */
  writtenAs: string | null;
  /** The object, as {@link readPickle} gives it; tensors are TorchTensor, arrays NumpyArray. */
  root: unknown;
  /**
   * The numbers of a tensor or array, row-major, as float32 (float64 is rounded).
   *
   * All that is read may not take more bytes than the file has: views of one storage that repeat its numbers are refused.
   */
  read(array: TorchTensor | NumpyArray): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * The pickle of the widest known vectors (126 layers of 16,384) with all numbers inside it takes 12 MB; the pickle of a
 * torch file, without them, some kilobytes.
 */
const maxPickleBytes = 64 * 2 ** 20;

/** The number that a file of torch before 1.6 begins with: several pickles, one after the other. */
const oldTorch = 0x1950a86a20f9469cfc6cn;

/**
 * Opens what torch.save or `pickle.dump` wrote, with the restricted reader: nothing of the file is executed.
 *
 * @throws SteerbenchError of `options.code`, `file-refused`, `read-failed`
 * @example
 * const file = await openPickled('vec_layer_13.pt', { classes: [], code: 'vector-malformed' });
 * if (file.root instanceof TorchTensor) console.log(await file.read(file.root));
 * await file.close();
 */
export async function openPickled(path: string, options: OpenPickledOptions): Promise<PickledFile> {
  const handle = await open(path, 'r').catch((cause) => {
    throw readFailure(path, cause, options.code);
  });
  try {
    const { size } = await handle.stat();
    const file = await readAhead(handle, size);
    const archive = (await isZip(file, size)) ? await openTorchArchive(file, size) : null;
    const bytes = await (archive?.readPickle(maxPickleBytes) ?? readWhole(file, size));
    const root = readPickle(bytes, {
      classes: new Map([...arrayClasses, ...options.classes]),
      ...(archive === null ? {} : { persistent: readStorage }),
    });
    if (root === oldTorch)
      throw new RefusedFile('it is a file of torch before 1.6; load it with torch and save it again');
    const reader = new ArrayReader(archive, size);
    return {
      path,
      kind: archive === null ? 'pickle' : 'torch',
      writtenAs: archive?.writtenAs ?? null,
      root,
      read: (array) =>
        reader.read(array).catch((cause) => {
          throw fault(path, cause, options.code);
        }),
      close: () => handle.close(),
    };
  } catch (cause) {
    await handle.close();
    throw fault(path, cause, options.code);
  }
}

async function isZip(file: PositionedReader, size: number): Promise<boolean> {
  const start = Buffer.alloc(Math.min(4, size));
  await readFully(file, start, 0, 'its first bytes');
  return start.toString('latin1') === 'PK\x03\x04';
}

async function readWhole(file: PositionedReader, size: number): Promise<Uint8Array> {
  if (size > maxPickleBytes)
    throw new RefusedFile(`its pickle has ${size} bytes; at most ${maxPickleBytes} are read`);
  const bytes = new Uint8Array(size);
  await readFully(file, bytes, 0, 'the pickle');
  return bytes;
}

function fault(path: string, cause: unknown, code: ErrorCode): SteerbenchError {
  if (!(cause instanceof MalformedFile)) return readFailure(path, cause, code);
  if (cause instanceof RefusedFile) {
    return new SteerbenchError('file-refused', `"${path}" was not read: ${cause.message}`, {
      remedy: 'save plain tensors, a GGUF or a safetensors file with the tool that made it',
      cause,
    });
  }
  return new SteerbenchError(code, `"${path}" is not a well-formed torch or pickle file: ${cause.message}`, {
    remedy: 'fetch or write the file again; it may be cut short',
    cause,
  });
}

/** Turns tensors and arrays into numbers, and keeps count of their bytes. */
class ArrayReader {
  readonly #archive: TorchArchive | null;
  readonly #arrays = new Map<TorchTensor | NumpyArray, Float32Array>();
  /** Many tensors may be views of one storage: it is read once. */
  readonly #storages = new Map<string, Float32Array>();
  #bytesLeft: number;

  constructor(archive: TorchArchive | null, fileBytes: number) {
    this.#archive = archive;
    this.#bytesLeft = fileBytes;
  }

  async read(array: TorchTensor | NumpyArray): Promise<Float32Array> {
    const known = this.#arrays.get(array);
    if (known !== undefined) return known;
    const type = array instanceof NumpyArray ? array.type : array.storage.type;
    this.#bytesLeft -= countOf(array.shape) * elementTypes[type].bytes;
    if (this.#bytesLeft < 0)
      throw new RefusedFile('its tensors take more bytes than the file has: they repeat its numbers');
    const values =
      array instanceof NumpyArray ? numbersOf(array) : gather(array, await this.#storage(array.storage));
    this.#arrays.set(array, values);
    return values;
  }

  async #storage({ key, type, length }: TorchStorage): Promise<Float32Array> {
    const name = `${type} ${key}`;
    const known = this.#storages.get(name);
    if (known !== undefined) return known;
    if (this.#archive === null) throw new MalformedFile('it has no storages');
    const bytes = await this.#archive.readStorage(key, length * elementTypes[type].bytes);
    const values = widened(type, bytes);
    this.#storages.set(name, values);
    return values;
  }
}

function numbersOf({ shape, type, data }: NumpyArray): Float32Array {
  const bytes = data instanceof EncodedText ? decoded(data.text) : data;
  const length = countOf(shape) * elementTypes[type].bytes;
  if (bytes.length !== length) {
    throw new MalformedFile(
      `an array of shape [${shape.join(', ')}] has ${bytes.length} bytes; its shape takes ${length}`,
    );
  }
  return widened(type, bytes);
}

function decoded(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) throw new MalformedFile('the text of an array has a character beyond latin1');
    bytes[i] = code;
  }
  return bytes;
}

/** The numbers of a view, in the order of its indexes. */
function gather({ offset, shape, strides }: TorchTensor, stored: Float32Array): Float32Array {
  const values = new Float32Array(countOf(shape));
  const index = shape.map(() => 0);
  let at = offset;
  for (let i = 0; i < values.length; i++) {
    values[i] = stored[at]!;
    for (let place = shape.length - 1; place >= 0; place--) {
      at += strides[place]!;
      index[place]! += 1;
      if (index[place]! < shape[place]!) break;
      at -= shape[place]! * strides[place]!;
      index[place] = 0;
    }
  }
  return values;
}

function widened(type: ElementType, bytes: Uint8Array): Float32Array {
  // A copy of its own begins at a multiple of every number's size.
  const { buffer } = Uint8Array.from(bytes);
  if (type === 'float16') return float16ToFloat32(new Uint16Array(buffer));
  if (type === 'bfloat16') return bfloat16ToFloat32(new Uint16Array(buffer));
  return type === 'float32' ? new Float32Array(buffer) : Float32Array.from(new Float64Array(buffer));
}
