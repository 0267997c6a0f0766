import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { float32ToBfloat16 } from '../src/files/float16.ts';
import { encodeGguf } from '../src/files/gguf-write.ts';
import { encodeSafetensors } from '../src/files/safetensors-write.ts';
import { type LoadVectorOptions, loadVector } from '../src/vectors/load-vector.ts';
import type { LoadedVector } from '../src/vectors/loaded-vector.ts';
import { memoryFolder } from './support/memory-folder.ts';
import { generator, mutants, survives } from './support/mutants.ts';
import { Call, Global, Made, Tuple, writePickle } from './support/pickle-writer.ts';
import { TorchWriter, writeZip } from './support/torch-writer.ts';

const folder = mkdtempSync(join(memoryFolder, 'steerbench-fuzz-'));
const path = join(folder, 'mutant');
afterAll(() => rmSync(folder, { recursive: true }));

const width = 4;
const layers = [1, 2, 3].map((layer) => Float32Array.from({ length: width }, (_, i) => layer + Math.sin(i)));
const codes = ['vector-malformed', 'vector-ambiguous', 'file-refused', 'layer-out-of-range'];

/** Code and data are compiled and allocated once, before anything is counted. */
beforeAll(async () => {
  for (const bytes of [
    gguf(),
    safetensors(),
    pickle(),
    torchArchive(writePickle(torchRoot().root)),
    svec(),
  ]) {
    writeFileSync(path, bytes);
    await loadVector(path, { producer: undefined as never }).catch(() => null);
  }
});

/**
 * Loads every mutant: it gives an error that names the file, or vectors whose numbers all stand in the file.
 *
 * @param least mutants and answers at fewest
 */
async function load(
  files: Iterable<Buffer>,
  least: { mutants: number; answers: number },
  check: (vector: LoadedVector, bytes: Buffer) => void,
  options: LoadVectorOptions = {},
): Promise<void> {
  const outcomes = { answers: 0, errors: 0 };
  for (const mutant of files) {
    writeFileSync(path, mutant);
    const answered = await survives(
      path,
      async () => {
        const vector = await loadVector(path, options);
        expect(vector.layers.size).toBeGreaterThan(0);
        for (const [layer, values] of vector.layers) {
          expect(Number.isSafeInteger(layer) && layer >= 0).toBe(true);
          expect(values.length).toBe(vector.width);
          expect(values.every(Number.isFinite)).toBe(true);
        }
        check(vector, mutant);
      },
      codes,
    );
    outcomes[answered ? 'answers' : 'errors']++;
  }
  expect(outcomes.answers + outcomes.errors).toBeGreaterThanOrEqual(least.mutants);
  expect(outcomes.answers).toBeGreaterThanOrEqual(least.answers);
  expect(outcomes.errors).toBeGreaterThan(1000);
}

/** The very bytes of each vector stand in the file. */
function standInFile(vector: LoadedVector, bytes: Buffer): void {
  for (const values of vector.layers.values()) {
    expect(bytes.includes(Buffer.from(values.buffer, values.byteOffset, values.byteLength))).toBe(true);
  }
}

/** Mutants until there are enough of them. */
function* atLeast(count: number, original: Buffer, header: number, seed: bigint): Generator<Buffer> {
  let made = 0;
  for (const mutant of mutants(original, header, generator(seed), count)) {
    yield mutant;
    if (++made >= count) return;
  }
}

function gguf(): Buffer {
  return Buffer.concat(
    encodeGguf({
      metadata: [
        ['general.architecture', { type: 'string', value: 'controlvector' }],
        ['controlvector.model_hint', { type: 'string', value: 'llama' }],
        ['controlvector.layer_count', { type: 'uint32', value: 3 }],
      ],
      tensors: [3, 2, 1].map((layer) => ({
        ...{ name: `direction.${layer}`, shape: [width], type: 'F32' as const },
        data: layers[layer - 1]!,
      })),
    }),
  );
}

test('20,000 mutated control vectors (GGUF)', { timeout: 180_000 }, async () => {
  const original = gguf();
  await load(atLeast(20_000, original, original.length, 11n), { mutants: 20_000, answers: 500 }, standInFile);
});

function safetensors(): Buffer {
  return Buffer.concat(
    encodeSafetensors({
      metadata: [
        ['format', 'steerbench.vector'],
        ['version', '1'],
        ['layer_convention', 'output of 0-based decoder block N'],
        ['method', 'lda'],
      ],
      tensors: [1, 2, 3].map((layer) => ({
        ...{ name: `layer.${layer}`, type: 'F32' as const, shape: [width] },
        values: layers[layer - 1]!,
      })),
    }),
  );
}

test('20,000 mutated safetensors vectors', { timeout: 180_000 }, async () => {
  const original = safetensors();
  await load(atLeast(20_000, original, original.length, 12n), { mutants: 20_000, answers: 500 }, standInFile);
});

/** An object of repeng with arrays of numpy, as protocol 4 holds them. */
function pickle(): Buffer {
  const dtype = new Made(
    new Call(new Global('numpy', 'dtype'), ['f4', false, true]),
    new Tuple(3, '<', null, null, null, -1, -1, 0),
  );
  const array = (values: Float32Array) =>
    new Made(
      new Call(new Global('numpy.core.multiarray', '_reconstruct'), [
        ...[new Global('numpy', 'ndarray'), new Tuple(0), Buffer.from('b')],
      ]),
      new Tuple(1, new Tuple(width), dtype, false, Buffer.from(values.buffer)),
    );
  const fields = new Map<string, unknown>([
    ['model_type', 'llama'],
    ['directions', new Map(layers.map((values, i) => [i + 1, array(values)]))],
  ]);
  return writePickle(new Made(new Call(new Global('repeng.extract', 'ControlVector'), []), fields));
}

test('20,000 mutated pickles', { timeout: 180_000 }, async () => {
  const original = pickle();
  await load(atLeast(20_000, original, original.length, 13n), { mutants: 20_000, answers: 500 }, standInFile);
});

/** An object of steering-vectors whose layers are of bfloat16 and of float32, the latter views of one storage. */
function torchRoot(): { root: unknown; storages: Buffer[] } {
  const writer = new TorchWriter();
  const shared = writer.storage(Float32Array.from([...layers[1]!, ...layers[2]!]));
  const activations = new Map<number, unknown>([
    [1, writer.tensor(layers[0]!, [width], 'BFloat16Storage')],
    [2, writer.view(shared, 0, [width], [1])],
    [3, writer.view(shared, width, [width], [1])],
  ]);
  const fields = new Map<string, unknown>([
    ['layer_activations', activations],
    ['layer_type', 'decoder_block'],
  ]);
  const made = new Call(new Global('steering_vectors.steering_vector', 'SteeringVector'), []);
  const sharedValues = Buffer.from(Float32Array.from([...layers[1]!, ...layers[2]!]).buffer);
  const half = Buffer.from(float32ToBfloat16(layers[0]!).buffer);
  return { root: new Made(made, fields), storages: [sharedValues, half] };
}

function torchArchive(data: Uint8Array): Buffer {
  return writeZip([
    ['vector/data.pkl', data],
    ['vector/byteorder', Buffer.from('little')],
    ...torchRoot().storages.map((bytes, key): [string, Buffer] => [`vector/data/${key}`, bytes]),
    ['vector/version', Buffer.from('3\n')],
  ]);
}

/** As 32-bit floats, or as bfloat16, to which nothing is rounded that came from it. */
function standInStorages(vector: LoadedVector, bytes: Buffer): void {
  for (const values of vector.layers.values()) {
    const wide = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    const narrow = Buffer.from(float32ToBfloat16(values).buffer);
    // A view may take its numbers from several places of a storage: then they stand there one by one.
    const one = (value: number) =>
      bytes.includes(Buffer.from(Float32Array.of(value).buffer)) ||
      bytes.includes(Buffer.from(float32ToBfloat16(Float32Array.of(value)).buffer));
    expect(bytes.includes(wide) || bytes.includes(narrow) || values.every(one)).toBe(true);
  }
}

test('20,000 mutated torch files: the zip, and the pickle in it under right checksums', {
  timeout: 180_000,
}, async () => {
  const data = writePickle(torchRoot().root);
  const original = torchArchive(data);
  await load(
    atLeast(10_000, original, original.length, 14n),
    { mutants: 10_000, answers: 50 },
    standInStorages,
  );
  await load(
    repacked(atLeast(10_000, data, data.length, 15n)),
    { mutants: 10_000, answers: 50 },
    standInStorages,
  );
});

function* repacked(files: Iterable<Buffer>): Generator<Buffer> {
  for (const data of files) yield torchArchive(data);
}

function svec(): Buffer {
  const directions = Object.fromEntries(layers.map((values, i) => [i + 1, [[...values]]]));
  return Buffer.from(JSON.stringify({ model_type: 'llama', directions }));
}

test('20,000 mutated .svec files', { timeout: 180_000 }, async () => {
  const original = svec();
  await load(
    atLeast(20_000, original, original.length, 16n),
    { mutants: 20_000, answers: 500 },
    ({ layers: found }, bytes) => {
      const { directions } = JSON.parse(bytes.toString('utf8')) as { directions: Record<string, number[][]> };
      expect([...found.keys()]).toEqual(
        Object.keys(directions)
          .map(Number)
          .sort((a, b) => a - b),
      );
      for (const [layer, values] of found) {
        expect([...values]).toEqual([...Float32Array.from(directions[layer]!.flat())]);
      }
    },
  );
});
