import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Call, Global, Made, Persistent, Tuple, writePickle } from '../../test/support/pickle-writer.ts';
import { type TorchType, TorchWriter, writeZip } from '../../test/support/torch-writer.ts';
import { NumpyArray, TorchTensor } from './pickle-arrays.ts';
import { openPickled } from './pickled-read.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-pickled-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function open(bytes: Uint8Array) {
  const path = join(folder, 'file.pt');
  await writeFile(path, bytes);
  return openPickled(path, { classes: [], code: 'vector-malformed' });
}

/** All numbers of the tensors and arrays of a list. */
async function numbersOf(bytes: Uint8Array): Promise<number[][]> {
  const file = await open(bytes);
  try {
    const arrays = Array.isArray(file.root) ? file.root : [file.root];
    const numbers: number[][] = [];
    for (const array of arrays) numbers.push([...(await file.read(array))]);
    return numbers;
  } finally {
    await file.close();
  }
}

const refused = (bytes: Uint8Array, code: string, part: string) =>
  expect(numbersOf(bytes)).rejects.toMatchObject({ code, message: expect.stringContaining(part) });

const f32 = (...values: number[]) => Float32Array.from(values);
/** 0, 1, 2, ... */
const counting = (length: number) => Float32Array.from({ length }, (_, i) => i);

describe('tensors of a torch file', () => {
  const exact: Record<TorchType, fc.Arbitrary<number>> = {
    FloatStorage: fc.float({ noNaN: true, noDefaultInfinity: true }),
    DoubleStorage: fc.float({ noNaN: true, noDefaultInfinity: true }),
    HalfStorage: fc.integer({ min: -2048, max: 2048 }).map((value) => value / 64),
    BFloat16Storage: fc.integer({ min: -128, max: 128 }).map((value) => value * 4),
  };

  it('are read as they were written, in every number type and shape', async () => {
    const tensor = fc
      .constantFrom<TorchType>('FloatStorage', 'HalfStorage', 'BFloat16Storage', 'DoubleStorage')
      .chain((type) =>
        fc.tuple(fc.constant(type), fc.nat(4), fc.nat(5)).chain(([, rows, width]) =>
          fc.record({
            type: fc.constant(type),
            shape: fc.constant([rows, width]),
            values: fc.array(exact[type], { minLength: rows * width, maxLength: rows * width }),
          }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(tensor, { minLength: 1, maxLength: 4 }), async (tensors) => {
        const writer = new TorchWriter();
        const root = tensors.map(({ type, shape, values }) =>
          writer.tensor(Float32Array.from(values), shape, type),
        );
        expect(await numbersOf(writer.save(root))).toEqual(
          tensors.map(({ values }) => [...Float32Array.from(values)]),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('are views: rows of one storage, and a transposed matrix', async () => {
    const writer = new TorchWriter();
    const storage = writer.storage(counting(6));
    // The 2 × 3 matrix 0 1 2 / 3 4 5 by rows, and its transpose, as torch's strides give them.
    const rows = [0, 3].map((offset) => writer.view(storage, offset, [3], [1]));
    expect(await numbersOf(writer.save(rows))).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    const transposed = new TorchWriter();
    const view = transposed.view(transposed.storage(counting(6)), 0, [3, 2], [1, 3]);
    expect(await numbersOf(transposed.save(view))).toEqual([[0, 3, 1, 4, 2, 5]]);
  });

  it('carry the name that the file was written under', async () => {
    const writer = new TorchWriter();
    const file = await open(writer.save(writer.tensor(f32(1), [1]), 'vec_layer_3'));
    expect(file).toMatchObject({ kind: 'torch', writtenAs: 'vec_layer_3' });
    expect(file.root).toBeInstanceOf(TorchTensor);
    await file.close();
  });
});

describe('arrays of numpy', () => {
  const dtype = (name: string, order = '<') =>
    new Made(
      new Call(new Global('numpy', 'dtype'), [name, false, true]),
      new Tuple(3, order, null, null, null, -1, -1, 0),
    );
  const array = (shape: number[], type: unknown, data: unknown, module = 'numpy.core', fortran = false) =>
    new Made(
      new Call(new Global(`${module}.multiarray`, '_reconstruct'), [
        new Global('numpy', 'ndarray'),
        new Tuple(0),
        'b',
      ]),
      new Tuple(1, new Tuple(...shape), type, fortran, data),
    );
  const bytes = Buffer.from(f32(1.5, -2).buffer);
  const encoded = new Call(new Global('_codecs', 'encode'), [bytes.toString('latin1'), 'latin1']);

  it.each([
    ['bytes', bytes, 'numpy.core'],
    ['a text of latin1, as protocol 2 has it', encoded, 'numpy.core'],
    ['numpy 2', bytes, 'numpy._core'],
  ])('from %s', async (_, data, module) => {
    expect(await numbersOf(writePickle(array([2], dtype('f4'), data, module)))).toEqual([[1.5, -2]]);
  });

  it('of 64 and 16 bits become 32', async () => {
    const doubles = Buffer.from(Float64Array.of(0.1).buffer);
    expect(await numbersOf(writePickle(array([1], dtype('f8'), doubles)))).toEqual([[Math.fround(0.1)]]);
    expect(await numbersOf(writePickle(array([1], dtype('f2'), Buffer.of(0, 0x3c))))).toEqual([[1]]);
  });

  it.each([
    ['file-refused', 'the byte order ">"', array([2], dtype('f4', '>'), bytes)],
    ['file-refused', 'of the type "i8"', array([2], dtype('i8'), bytes)],
    ['file-refused', "Fortran's order", array([1, 2], dtype('f4'), bytes, 'numpy.core', true)],
    ['vector-malformed', 'has 8 bytes; its shape takes 12', array([3], dtype('f4'), bytes)],
    ['vector-malformed', 'no type', array([2], null, bytes)],
    ['vector-malformed', 'no bytes', array([2], dtype('f4'), null)],
    ['vector-malformed', 'no valid shape', array([-2], dtype('f4'), bytes)],
  ])('%s: %s', async (code, part, value) => {
    await refused(writePickle(value), code, part);
  });

  it('of another text encoding are refused', async () => {
    const other = new Call(new Global('_codecs', 'encode'), ['x', 'utf-16']);
    await refused(writePickle(array([1], dtype('f4'), other)), 'file-refused', 'another code than latin1');
    const wide = new Call(new Global('_codecs', 'encode'), ['\u0100aaa', 'latin1']);
    await refused(writePickle(array([1], dtype('f4'), wide)), 'vector-malformed', 'beyond latin1');
  });

  it('are known as such', async () => {
    const file = await open(writePickle(array([2], dtype('f4'), bytes)));
    expect(file).toMatchObject({ kind: 'pickle', writtenAs: null });
    expect(file.root).toBeInstanceOf(NumpyArray);
    await file.close();
  });
});

describe('what would grow while it is read is refused', () => {
  it('a shape that repeats one number: stride 0', async () => {
    const writer = new TorchWriter();
    const view = writer.view(writer.storage(f32(7)), 0, [2 ** 24], [0]);
    await refused(writer.save(view), 'file-refused', 'takes 16777216 numbers of storage "0", which has 1');
  });

  it('shapes beyond every model', async () => {
    const writer = new TorchWriter();
    const storage = writer.storage(f32(7));
    await refused(
      writer.save(writer.view(storage, 0, [2 ** 30, 0], [0, 0])),
      'file-refused',
      'claims the shape',
    );
    await refused(
      writer.save(writer.view(storage, 0, [1, 1, 1, 1, 1], [0, 0, 0, 0, 0])),
      'file-refused',
      'shape',
    );
  });

  it('a thousand views of one storage', async () => {
    const writer = new TorchWriter();
    const storage = writer.storage(counting(4096));
    const views = Array.from({ length: 1000 }, () => writer.view(storage, 0, [4096], [1]));
    await refused(writer.save(views), 'file-refused', 'more bytes than the file has');
  });

  it('compressed entries, whatever size they claim', async () => {
    const pickle = writePickle([]);
    await refused(writeZip([['a/data.pkl', pickle, { method: 8 }]]), 'file-refused', 'is compressed');
    const bomb = writeZip([['a/data.pkl', pickle, { method: 8, bytes: 2 ** 32 - 1 }]]);
    await refused(bomb, 'file-refused', 'is compressed');
    const stored = writeZip([['a/data.pkl', pickle, { bytes: 2 ** 31 }]]);
    await refused(stored, 'file-refused', 'is compressed');
  });

  it('entries that overlap', async () => {
    const pickle = writePickle([]);
    const overlapping = writeZip([
      ['a/data.pkl', pickle],
      ['a/data/0', Buffer.alloc(8), { offset: 0 }],
    ]);
    await refused(overlapping, 'file-refused', 'overlaps');
  });

  it('too many entries, and a pickle of 64 MiB and a byte', async () => {
    const many = Array.from({ length: 4097 }, (_, i): [string, Buffer] => [`a/data/${i}`, Buffer.alloc(0)]);
    await refused(writeZip(many), 'file-refused', '4097 entries');
    const large = Buffer.alloc(64 * 2 ** 20 + 1, '}');
    large.set([0x80, 2]);
    await refused(large, 'file-refused', 'at most 67108864 are read');
  });
});

describe('malformed torch files', () => {
  const whole = () => {
    const writer = new TorchWriter();
    return { writer, tensor: writer.tensor(f32(1, 2), [2]) };
  };

  it('whose checksum is wrong', async () => {
    const { writer, tensor } = whole();
    const bytes = writer.save(tensor);
    const at = bytes.indexOf(Buffer.from(f32(1, 2).buffer));
    bytes[at]! ^= 1;
    await refused(bytes, 'vector-malformed', 'the checksum of its entry "archive/data/0" is wrong');
  });

  it.each([
    ['no pickle', [['a/other', Buffer.alloc(1)]], 'holds 0 entries "<name>/data.pkl"'],
    [
      'two pickles',
      [
        ['a/data.pkl', writePickle([])],
        ['b/data.pkl', writePickle([])],
      ],
      'holds 2 entries',
    ],
    [
      'two entries of one name',
      [
        ['a/data.pkl', writePickle([])],
        ['a/data.pkl', writePickle([])],
      ],
      'have the same name',
    ],
  ] as [string, [string, Buffer][], string][])('with %s', async (_, files, part) => {
    await refused(writeZip(files), 'vector-malformed', part);
  });

  it('of the other byte order', async () => {
    const bytes = writeZip([
      ['a/data.pkl', writePickle([])],
      ['a/byteorder', Buffer.from('big')],
    ]);
    await refused(bytes, 'file-refused', 'its byte order is "big"');
  });

  it('whose tensors lie outside of their storages, or have none', async () => {
    const { writer } = whole();
    const storage = writer.storage(f32(1, 2, 3));
    await refused(writer.save(writer.view(storage, 2, [2], [1])), 'vector-malformed', 'reaches to number 3');
    await refused(writer.save(writer.view(storage, 0, [2], [])), 'vector-malformed', 'more strides');
    const none = new Call(new Global('torch._utils', '_rebuild_tensor_v2'), [
      ...[null, 0, new Tuple(), new Tuple(), false, null],
    ]);
    await refused(writer.save(none), 'vector-malformed', 'a tensor has no storage');
    const absent = new TorchWriter();
    const lost = absent.view(storage, 0, [3], [1]);
    await refused(absent.save(lost), 'vector-malformed', 'holds no entry "data/1"');
  });

  it('with storages of other number types, by the name of the class', async () => {
    const { writer } = whole();
    const id = new Tuple('storage', new Global('torch', 'LongStorage'), '0', 'cpu', 1);
    const bytes = writer.save(writer.view(new Persistent(id), 0, [1], [1]));
    await refused(bytes, 'file-refused', '"torch.LongStorage"');
  });

  it('written before torch 1.6, which say so', async () => {
    // pickle.dumps(0x1950a86a20f9469cfc6c, 2), the first thing in such a file.
    const old = Buffer.from('\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.', 'latin1');
    await refused(old, 'file-refused', 'torch before 1.6');
  });

  it('cut anywhere are an error that names the file', async () => {
    const { writer, tensor } = whole();
    const bytes = writer.save(tensor);
    for (let length = 4; length < bytes.length; length += 7) {
      await expect(numbersOf(bytes.subarray(0, length))).rejects.toMatchObject({
        message: expect.stringContaining('file.pt"'),
      });
    }
  });
});
