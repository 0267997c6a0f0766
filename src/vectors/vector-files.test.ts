import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryFolder } from '../../test/support/memory-folder.ts';
import { writeGguf } from '../files/gguf-write.ts';
import { hashFile } from '../files/hash-file.ts';
import { openSafetensors } from '../files/safetensors-read.ts';
import { writeSafetensors } from '../files/safetensors-write.ts';
import { exportVector } from './export-vector.ts';
import { loadVector } from './load-vector.ts';
import { methods } from './method.ts';
import { saveControlVector } from './save-control-vector.ts';
import { saveVector } from './save-vector.ts';
import type { SteeringVector } from './steering-vector.ts';

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(memoryFolder, 'steerbench-vectors-'));
});
afterAll(() => rm(folder, { recursive: true }));

const example: SteeringVector = {
  layers: new Map([
    [0, Float32Array.of(1, 0, 0)],
    [2, Float32Array.of(0, 3, 4)],
  ]),
  width: 3,
  method: 'mean-difference',
  readPosition: 'answer-mean',
  trainingPairs: 48,
  behaviour: 'sentiment',
  dataHash: 'd1',
  modelName: 'SmolLM2 135M',
  architecture: 'llama',
  modelHash: 'a1',
  producedBy: 'steerbench 0.1.0',
};

const known = fc.option(fc.string({ unit: 'grapheme', maxLength: 12 }), { nil: null });
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const anyImport = fc.record({
  producer: known,
  sha256: text,
  modelHint: known,
  indexRule: text,
  sign: fc.constantFrom('toward-positive' as const, 'unknown' as const),
  lengthNote: text,
  warnings: fc.array(text, { maxLength: 3 }),
});
const anyVector: fc.Arbitrary<SteeringVector> = fc.integer({ min: 1, max: 9 }).chain((width) => {
  const always = {
    layers: fc
      .uniqueArray(
        fc.tuple(
          fc.integer({ min: 1, max: 90 }),
          fc.float32Array({ minLength: width, maxLength: width, noDefaultInfinity: true, noNaN: true }),
        ),
        { minLength: 1, maxLength: 6, selector: ([layer]) => layer },
      )
      .map((layers) => new Map(layers.sort(([a], [b]) => a - b))),
    width: fc.constant(width),
    method: fc.constantFrom(...methods, 'file' as const),
    readPosition: fc.constantFrom('letter', 'answer-mean', 'answer-last', 'last-prompt-token', null),
    trainingPairs: fc.option(fc.nat(100_000), { nil: null }),
    behaviour: known,
    dataHash: known,
    modelName: known,
    architecture: known.filter((name) => name !== ''),
    modelHash: known,
    producedBy: known,
  };
  const sometimes = { importedFrom: anyImport, combinedFrom: text };
  const requiredKeys = Object.keys(always) as (keyof typeof always)[];
  return fc.record({ ...always, ...sometimes }, { requiredKeys }) as fc.Arbitrary<SteeringVector>;
});

describe('vector files', () => {
  it('give back what was saved, bit for bit, as safetensors and as a control vector', async () => {
    await fc.assert(
      fc.asyncProperty(anyVector, async (vector) => {
        await saveVector(at('any.safetensors'), vector);
        expect(await saveControlVector(at('any.gguf'), vector)).toEqual([]);
        await exportVector(at('any.repeng.gguf'), vector, 'repeng');
        for (const name of ['any.safetensors', 'any.gguf', 'any.repeng.gguf']) {
          const { source, ...loaded } = await loadVector(at(name));
          expect(source).toMatchObject({ producers: ['steerbench'], notes: [] });
          expect(loaded).toEqual(vector);
          expect([...loaded.layers.keys()]).toEqual([...vector.layers.keys()]);
          // toEqual tells -0 from 0, but the bits are what counts.
          for (const [layer, values] of loaded.layers) {
            expect(new Uint32Array(values.slice().buffer)).toEqual(
              new Uint32Array(vector.layers.get(layer)!.slice().buffer),
            );
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('state the layer convention, the norms and where the vector came from', async () => {
    await saveVector(at('example.safetensors'), example);
    const file = await openSafetensors(at('example.safetensors'));
    expect(Object.fromEntries(file.metadata)).toEqual({
      format: 'steerbench.vector',
      version: '1',
      layer_convention: 'output of 0-based decoder block N',
      width: '3',
      norms: '{"0":1,"2":5}',
      method: 'mean-difference',
      read_position: 'answer-mean',
      training_pairs: '48',
      behaviour: 'sentiment',
      data_hash: 'd1',
      model_name: 'SmolLM2 135M',
      architecture: 'llama',
      model_hash: 'a1',
      produced_by: 'steerbench 0.1.0',
    });
    expect([...file.tensors.keys()]).toEqual(['layer.0', 'layer.2']);
    expect(await file.read('layer.2')).toEqual(Float32Array.of(0, 3, 4));
    await file.close();
    const { source, ...loaded } = await loadVector(at('example.safetensors'));
    expect(loaded).toEqual(example);
    expect(source.sha256).toBe(await hashFile(at('example.safetensors')));
  });

  it('are the same bytes for the same vector', async () => {
    await saveVector(at('1'), example);
    await saveVector(at('2'), { ...example, layers: new Map([...example.layers].reverse()) });
    expect(await readFile(at('1'))).toEqual(await readFile(at('2')));
  });

  it('leave block 0 out of a control vector, and say so', async () => {
    const warnings = await saveControlVector(at('zero.gguf'), example);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('leaves layer 0 out');
    const loaded = await loadVector(at('zero.gguf'));
    expect([...loaded.layers]).toEqual([[2, Float32Array.of(0, 3, 4)]]);
    const only = { ...example, layers: new Map([[0, Float32Array.of(1, 2, 3)]]) };
    await expect(saveControlVector(at('none.gguf'), only)).rejects.toMatchObject({
      code: 'layer-out-of-range',
    });
    await expect(readFile(at('none.gguf'))).rejects.toThrow('ENOENT');
  });

  it('are told apart where the length of a header looks like a pickle: 0x80, then 2 to 5', async () => {
    const starts = new Set<number>();
    for (let letters = 0; letters < 1150; letters += 8) {
      await saveVector(at('long.safetensors'), { ...example, behaviour: 'x'.repeat(letters) });
      const { behaviour, source } = await loadVector(at('long.safetensors'));
      expect({ letters: behaviour!.length, format: source.format }).toEqual({
        letters,
        format: 'safetensors',
      });
      const [first, second] = await readFile(at('long.safetensors'));
      if (first === 0x80) starts.add(second!);
    }
    expect([...starts].sort()).toEqual([2, 3, 4, 5]);
  });

  it('are told by their first bytes, not by their name', async () => {
    await saveControlVector(at('mislabelled.safetensors'), example);
    expect((await loadVector(at('mislabelled.safetensors'))).layers.has(2)).toBe(true);
  });
});

describe('a control vector for llama.cpp', () => {
  it('has the bytes that the GGUF specification asks for, worked out by hand', async () => {
    const bare: SteeringVector = {
      layers: new Map([[14, Float32Array.of(1.5, -2)]]),
      width: 2,
      method: 'file',
      readPosition: null,
      trainingPairs: null,
      behaviour: null,
      dataHash: null,
      modelName: null,
      architecture: 'llama',
      modelHash: null,
      producedBy: null,
    };
    await saveControlVector(at('bytes.gguf'), bare);
    const bytes = await readFile(at('bytes.gguf'));
    const text = (value: string) => {
      const length = Buffer.alloc(8);
      length.writeUInt32LE(value.length);
      return Buffer.concat([length, Buffer.from(value)]);
    };
    const int32 = (...values: number[]) => Buffer.from(Int32Array.from(values).buffer);
    const start = Buffer.concat([
      Buffer.from('GGUF'),
      // Version 3, one tensor in 64 bits; then the metadata's count.
      int32(3, 1, 0),
    ]);
    expect(bytes.subarray(0, start.length)).toEqual(start);
    const entries = [
      Buffer.concat([text('general.architecture'), int32(8), text('controlvector')]),
      Buffer.concat([text('controlvector.model_hint'), int32(8), text('llama')]),
      Buffer.concat([text('controlvector.layer_count'), int32(5, 1)]),
    ];
    for (const entry of entries) expect(bytes.includes(entry)).toBe(true);
    // One dimension of 2 values, type 0 (F32), at offset 0 of the data.
    const info = Buffer.concat([text('direction.14'), int32(1, 2, 0, 0, 0, 0)]);
    const infoEnd = bytes.indexOf(info) + info.length;
    const dataStart = Math.ceil(infoEnd / 32) * 32;
    expect(bytes.readFloatLE(dataStart)).toBe(1.5);
    expect(bytes.readFloatLE(dataStart + 4)).toBe(-2);
  });

  it("is shifted to where llama.cpp's own generator measured it", async () => {
    const tensor = (block: number) => ({
      name: `direction.${block}`,
      shape: [2],
      type: 'F32' as const,
      data: Float32Array.of(block, 1),
    });
    await writeGguf(at('generator.gguf'), {
      metadata: [
        ['general.architecture', { type: 'string', value: 'controlvector' }],
        ['controlvector.model_hint', { type: 'string', value: 'qwen2' }],
        ['controlvector.layer_count', { type: 'int32', value: 3 }],
      ],
      tensors: [tensor(1), tensor(2), tensor(3)],
    });
    const { source, importedFrom, ...vector } = await loadVector(at('generator.gguf'));
    expect(source.producers).toEqual(['llama-cvector-generator']);
    expect(importedFrom).toMatchObject({ producer: 'llama-cvector-generator', sha256: source.sha256 });
    expect(vector).toEqual({
      layers: new Map([0, 1, 2].map((block) => [block, Float32Array.of(block + 1, 1)])),
      width: 2,
      method: 'file',
      readPosition: null,
      trainingPairs: null,
      behaviour: null,
      dataHash: null,
      modelName: null,
      architecture: 'qwen2',
      modelHash: null,
      producedBy: 'llama-cvector-generator',
    });
  });
});

describe('files that hold no vector', () => {
  const refused = (name: string, message: string) =>
    expect(loadVector(at(name))).rejects.toMatchObject({
      code: 'vector-malformed',
      message: expect.stringContaining(message),
    });
  const gguf = (name: string, shape: number[], type: 'F32' | 'F16' = 'F32', value = 1) =>
    writeGguf(at('wrong.gguf'), {
      metadata: [],
      tensors: [{ name, shape, type, data: new Float32Array(shape.reduce((a, b) => a * b)).fill(value) }],
    });

  it('are refused as control vectors, as llama.cpp refuses them', async () => {
    await gguf('token_embd.weight', [2]);
    await refused('wrong.gguf', 'tensor "token_embd.weight" is no "direction.<N>"');
    await gguf('direction.0', [2]);
    await expect(loadVector(at('wrong.gguf'))).rejects.toMatchObject({ code: 'vector-ambiguous' });
    await gguf('direction.007', [2]);
    await refused('wrong.gguf', 'tensor "direction.007" is no "direction.<N>"');
    await gguf('direction.4', [2], 'F16');
    await refused('wrong.gguf', 'is of type F16, not F32');
    await gguf('direction.4', [2, 2]);
    await refused('wrong.gguf', 'has the shape [2, 2]');
    await gguf('direction.4', [2], 'F32', Number.NaN);
    await refused('wrong.gguf', '"direction.4" is not finite at index 0: NaN');
    await writeGguf(at('wrong.gguf'), { metadata: [], tensors: [] });
    await refused('wrong.gguf', 'at least one layer');
    const tensor = (name: string, width: number) => ({
      name,
      shape: [width],
      type: 'F32' as const,
      data: new Float32Array(width),
    });
    await writeGguf(at('wrong.gguf'), {
      metadata: [],
      tensors: [tensor('direction.1', 2), tensor('direction.2', 3)],
    });
    await refused('wrong.gguf', '"direction.2" has width 3; "direction.1" has 2');
  });

  it('are refused as safetensors, naming what is missing', async () => {
    const write = (
      metadata: [string, string][],
      name = 'layer.1',
      type: 'F32' | 'I32' = 'F32',
      shape = [2],
    ) =>
      writeSafetensors(at('wrong.safetensors'), {
        metadata,
        tensors: [{ name, type, shape, values: type === 'F32' ? new Float32Array(2) : new Int32Array(2) }],
      });
    const ours: [string, string][] = [
      ['format', 'steerbench.vector'],
      ['version', '1'],
      ['layer_convention', 'output of 0-based decoder block N'],
    ];
    await write([]);
    await refused('wrong.safetensors', '"format" is null, not "steerbench.vector"');
    await write([ours[0]!, ['version', '2'], ours[2]!]);
    await refused('wrong.safetensors', 'it is of version "2"');
    await write([ours[0]!, ours[1]!, ['layer_convention', 'hidden_states[N]']]);
    await refused('wrong.safetensors', 'its layers mean "hidden_states[N]"');
    await write([...ours, ['method', 'guess']]);
    await refused('wrong.safetensors', 'metadata "method" is not valid');
    await write([...ours, ['training_pairs', '-3']]);
    await refused('wrong.safetensors', 'metadata "training_pairs" is not valid');
    for (const record of ['{', '{"producer":7}', 'null']) {
      await write([...ours, ['imported_from', record]]);
      await refused('wrong.safetensors', 'metadata "imported_from" is not valid');
    }
    await write(ours, 'layer.x');
    await refused('wrong.safetensors', 'tensor "layer.x" is no "layer.<N>"');
    await write(ours, 'layer.1', 'I32');
    await refused('wrong.safetensors', 'does not hold 32-bit floats');
    await write(ours, 'layer.1', 'F32', [1, 2]);
    await refused('wrong.safetensors', 'has 2 dimensions, not 1');
    await write(ours);
    expect((await loadVector(at('wrong.safetensors'))).width).toBe(2);
  });

  it('are refused when they are cut short, empty or absent', async () => {
    await saveVector(at('whole.safetensors'), example);
    await saveControlVector(at('whole.gguf'), example);
    for (const name of ['whole.safetensors', 'whole.gguf']) {
      const bytes = await readFile(at(name));
      await writeFile(at('cut'), bytes.subarray(0, bytes.length - 40));
      await refused('cut', 'is not a well-formed');
    }
    await writeFile(at('empty'), '');
    await refused('empty', 'is not a well-formed vector file');
    await expect(loadVector(at('absent'))).rejects.toMatchObject({
      code: 'read-failed',
      message: expect.stringContaining('there is no such file'),
    });
  });

  it('are never written', async () => {
    const wrong = (layers: [number, Float32Array][]) => ({ ...example, layers: new Map(layers) });
    for (const save of [saveVector, saveControlVector]) {
      await expect(save(at('x'), wrong([]))).rejects.toThrow('at least one layer');
      await expect(save(at('x'), wrong([[1, Float32Array.of(1, 2)]]))).rejects.toThrow(
        'layer 1 has width 2; the vector has 3',
      );
      await expect(save(at('x'), wrong([[1, Float32Array.of(1, 2, Infinity)]]))).rejects.toThrow(
        'not finite at index 2',
      );
      await expect(save(at('x'), wrong([[-1, Float32Array.of(1, 2, 3)]]))).rejects.toThrow(
        'invalid layer -1',
      );
    }
    await expect(readFile(at('x'))).rejects.toThrow('ENOENT');
  });
});
