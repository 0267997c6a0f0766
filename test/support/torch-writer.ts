import { crc32 } from '../../src/files/crc32.ts';
import { float32ToBfloat16, float32ToFloat16 } from '../../src/files/float16.ts';
import { Call, Global, Persistent, Tuple, writePickle } from './pickle-writer.ts';

/** Number types of torch that are written. */
export type TorchType = 'FloatStorage' | 'HalfStorage' | 'BFloat16Storage' | 'DoubleStorage';

/** Collects storages while tensors are described, and then gives the file that torch.save would write. */
export class TorchWriter {
  readonly #storages: Buffer[] = [];

  /** A tensor with a storage of its own; `type` must hold the values exactly for them to be read back. */
  tensor(values: Float32Array, shape: readonly number[], type: TorchType = 'FloatStorage'): Call {
    return this.view(this.storage(values, type), 0, shape, rowMajor(shape));
  }

  /** A storage, for views. */
  storage(values: Float32Array, type: TorchType = 'FloatStorage'): Persistent {
    this.#storages.push(bytesOf(values, type));
    const key = String(this.#storages.length - 1);
    return new Persistent(new Tuple('storage', new Global('torch', type), key, 'cpu', values.length));
  }

  /** A view of a storage. */
  view(storage: Persistent, offset: number, shape: readonly number[], strides: readonly number[]): Call {
    const hooks = new Call(new Global('collections', 'OrderedDict'), []);
    const args = [storage, offset, new Tuple(...shape), new Tuple(...strides), false, hooks];
    return new Call(new Global('torch._utils', '_rebuild_tensor_v2'), args);
  }

  /** The file. */
  save(root: unknown, name = 'archive'): Buffer {
    return writeZip([
      [`${name}/data.pkl`, writePickle(root)],
      [`${name}/byteorder`, Buffer.from('little')],
      ...this.#storages.map((bytes, key): [string, Buffer] => [`${name}/data/${key}`, bytes]),
      [`${name}/version`, Buffer.from('3\n')],
    ]);
  }
}

function rowMajor(shape: readonly number[]): number[] {
  return shape.map((_, place) => shape.slice(place + 1).reduce((product, extent) => product * extent, 1));
}

function bytesOf(values: Float32Array, type: TorchType): Buffer {
  const stored = {
    FloatStorage: () => values,
    HalfStorage: () => float32ToFloat16(values),
    BFloat16Storage: () => float32ToBfloat16(values),
    DoubleStorage: () => Float64Array.from(values),
  }[type]();
  return Buffer.from(stored.buffer.slice(stored.byteOffset, stored.byteOffset + stored.byteLength));
}

/** A zip of stored files; `method` and sizes of the directory can be falsified. */
export function writeZip(
  files: readonly (readonly [
    name: string,
    bytes: Uint8Array,
    entry?: { method?: number; offset?: number; bytes?: number },
  ])[],
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, bytes, { method = 0, offset: claimed, bytes: size = bytes.length } = {}] of files) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(size, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), bytes]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(claimed ?? offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x00\x00'), common, place, Buffer.from(name));
    parts.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listed, end]);
}
