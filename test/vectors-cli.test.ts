import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { writeGguf } from '../src/files/gguf-write.ts';
import { norm } from '../src/math/vector.ts';
import { loadVector } from '../src/vectors/load-vector.ts';
import type { LoadedVector } from '../src/vectors/loaded-vector.ts';
import { makePlantedFolder, type PlantedFolder } from './support/planted-command.ts';
import { plantedTools } from './support/planted-tools.ts';
import { sharedData } from './support/shared-data.ts';
import { type TinyLlama, tinyLlama } from './support/tiny-llama.ts';
import { TorchWriter } from './support/torch-writer.ts';

vi.setConfig({ testTimeout: 120_000 });

let planted: PlantedFolder;
/** A model of ten blocks, all different, and its vectors for the planted items. */
let tiny: TinyLlama;
let extracted: LoadedVector;
beforeAll(async () => {
  planted = await makePlantedFolder();
  tiny = await tinyLlama({ seed: 4, blocks: 10 });
  await copyFile(tiny.path, at('tiny.gguf'));
  const words =
    'extract letters.jsonl --model tiny.gguf --out run --threads 1 --no-shuffle --train 0:40 --quiet';
  expect(planted.steerbench(...words.split(' ')).status).toBe(0);
  extracted = await loadVector(at('run/vectors/letters.safetensors'));
}, 120_000);
afterAll(async () => {
  await planted.remove();
  await tiny.remove();
});

const { at, failure } = plantedTools(() => planted);
const vectors = (...words: string[]) => planted.steerbench('vectors', ...words);
/** Runs a command that must succeed and print one JSON document. */
function json(...words: string[]) {
  const { stdout, stderr, status } = vectors(...words, '--json');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return JSON.parse(stdout);
}

/** The vectors of blocks 1 to 8 in a GGUF that does not tell whether N is the block or the one after it. */
async function writeUntold(name: string, shift: 0 | 1): Promise<void> {
  const directions = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  await writeGguf(at(name), {
    metadata: [
      ['general.architecture', { type: 'string', value: 'controlvector' }],
      ['controlvector.model_hint', { type: 'string', value: 'llama' }],
      ['controlvector.layer_count', { type: 'uint32', value: directions.length }],
    ],
    tensors: directions.map((number) => ({
      name: `direction.${number}`,
      shape: [extracted.width],
      type: 'F32',
      data: extracted.layers.get(number - shift)!,
    })),
  });
}

describe('a file that does not tell what its numbers mean', () => {
  beforeAll(async () => {
    await writeUntold('as-is.gguf', 0);
    await writeUntold('shifted.gguf', 1);
  });

  it('is shown with both readings, and then refused with the producers to give', () => {
    const { stdout, stderr, status } = vectors('inspect', 'as-is.gguf');
    expect(stdout).toContain('producer  cannot be told from the content of the file');
    expect(stdout).toMatch(/^direction\.9 +9 +8 +/m);
    expect(stderr).toContain(
      'layers 1 to 9, if repeng or saklas wrote it: number N is the output of block N',
    );
    expect(stderr).toContain('layers 0 to 8, if jukofyork-control-vectors wrote it');
    expect(stderr).toContain('give --producer repeng or --producer jukofyork-control-vectors');
    expect(status).toBe(3);
  });

  it.each([
    ['import', ['--out', 'x.safetensors']],
    ['export', ['--out', 'x.gguf', '--to', 'gguf']],
  ])('is not guessed at by %s', async (command, words) => {
    const { code, message, status } = failure('vectors', command, 'as-is.gguf', ...words);
    expect({ code, status }).toEqual({ code: 'vector-ambiguous', status: 3 });
    expect(message).toContain('does not tell which blocks');
    await expect(readFile(at(words[1]!))).rejects.toThrow('ENOENT');
  });

  it('nor by an evaluation', () => {
    const words = 'eval letters.jsonl --model tiny.gguf --out never --vector as-is.gguf --layer 3'.split(' ');
    expect(failure(...words)).toMatchObject({ code: 'vector-ambiguous', status: 3 });
  });

  it.each([
    ['as-is.gguf', 0, 'repeng or saklas or llama.cpp'],
    ['shifted.gguf', 1, 'jukofyork-control-vectors'],
  ])('%s: a model that is given the same pairs points to the right reading', (file, place, tools) => {
    const words = ['inspect', file, '--model', 'tiny.gguf', '--pairs', 'letters.jsonl', '--threads', '1'];
    const { stdout, status } = vectors(...words, '--json');
    const { evidence, producers } = JSON.parse(stdout);
    expect({ producers, status }).toEqual({ producers: null, status: 3 });
    expect(evidence).toMatchObject({ pointsTo: place, compared: 9, pairs: 40, model: 'tiny-llama' });
    expect(evidence.meanCosines[place]).toBeCloseTo(1, 6);
    expect(evidence.meanCosines[1 - place]).toBeLessThan(0.95);
    expect(evidence.producers[place]).toContain(tools.split(' ')[0]);
  });

  it('the evidence stands in the error of an import, which still does not guess', () => {
    const words =
      'vectors import shifted.gguf --model tiny.gguf --pairs letters.jsonl --threads 1 --out x.st';
    const { code, message } = failure(...words.split(' '));
    expect(code).toBe('vector-ambiguous');
    expect(message).toMatch(/^closest of 9 +0 +9$/m);
    expect(message).toContain('This points to llama-cvector-generator or jukofyork-control-vectors.');
  });

  it('is read as it is told to be', () => {
    expect(json('inspect', 'as-is.gguf', '--producer', 'repeng')).toMatchObject({
      producers: ['repeng'],
      recognisedBy: null,
      entries: expect.arrayContaining([expect.objectContaining({ stored: 'direction.9', layer: 9 })]),
    });
  });
});

describe('vectors', () => {
  it('compares two files of texts with what a generator left', async () => {
    await writeFile(at('positive.txt'), 'I love this\nshe smiled\\nwarmly\n');
    await writeFile(at('negative.txt'), 'I hate that\nhe cried\\nloudly\n');
    const words = ['--model', 'tiny.gguf', '--pairs', 'positive.txt,negative.txt', '--threads', '1'];
    const { evidence } = json('inspect', 'run/vectors/letters.gguf', ...words);
    expect(evidence).toMatchObject({ pairs: 2 });
    expect(evidence.entries).toHaveLength(9);
    await writeFile(at('negative.txt'), 'I hate that\n');
    expect(failure('vectors', 'inspect', 'run/vectors/letters.gguf', ...words)).toMatchObject({
      code: 'data-malformed',
      message: '"positive.txt" has 2 texts, "negative.txt" 1; they are pairs',
    });
  });

  it('inspects a file of our own', () => {
    const found = json('inspect', 'run/vectors/letters.safetensors', '--model', 'tiny.gguf');
    expect(found).toMatchObject({ producers: ['steerbench'], width: 32, sha256: extracted.source.sha256 });
    expect(found.entries).toHaveLength(10);
    expect(found.entries[3].norm).toBeCloseTo(norm(extracted.layers.get(3)!), 10);
    expect(failure('vectors', 'inspect', 'run/vectors/letters.gguf', '--pairs', 'x')).toMatchObject({
      code: 'wrong-use',
      message: '"--pairs" needs a model to extract a vector with: give --model',
    });
  });

  it('imports, exports and gives back the same bits', async () => {
    const writer = new TorchWriter();
    const values = extracted.layers.get(7)!;
    await writeFile(at('vec_layer_7_tiny.pt'), writer.save(writer.tensor(values, [32]), 'vec_layer_7_tiny'));
    const imported = vectors('import', 'vec_layer_7_tiny.pt', '--out', 'imported.safetensors');
    expect(imported.stdout).toContain('(whole tensor) became layer 7');
    expect(imported.stdout).toContain('wrote imported.safetensors: safetensors of steerbench, layers 7');
    for (const form of ['gguf', 'repeng', 'safetensors']) {
      const document = json('export', 'imported.safetensors', '--to', form, '--out', `again.${form}`);
      expect(document).toMatchObject({ form, layers: [7] });
      const { layers, importedFrom } = await loadVector(at(`again.${form}`));
      expect([...layers]).toEqual([[7, values]]);
      expect(importedFrom).toMatchObject({ producer: 'caa', sign: 'toward-positive' });
    }
  });

  it('takes the layer of a bare tensor from the command line', async () => {
    const writer = new TorchWriter();
    await writeFile(at('bare.pt'), writer.save(writer.tensor(extracted.layers.get(2)!, [32])));
    expect(vectors('inspect', 'bare.pt').stderr).toContain('give its layer with --layer');
    const { entries, notes } = json('inspect', 'bare.pt', '--layer', '2');
    expect(entries).toMatchObject([{ stored: '(whole tensor)', layer: 2, appliedAt: null }]);
    expect(notes).toEqual(['the file names no layer; it was read as layer 2']);
  });

  it('takes no option that would have no effect', () => {
    const file = 'run/vectors/letters.safetensors';
    for (const [option, message] of [
      [['--layer', '3'], '"--layer" is for a file that names no layer'],
      [['--threads', '2'], '"--threads" belongs to "--pairs"'],
      [['--threads', '0', '--pairs', 'letters.jsonl'], 'from 1 on'],
      [['--pairs', 'letters.jsonl'], '"--pairs" needs a model'],
    ] as const) {
      const { stderr, status } = vectors('inspect', file, ...option);
      expect(stderr).toContain(message);
      expect(status).toBe(2);
    }
  });

  it('exports no block 0 for llama.cpp, and no layer that is not there', () => {
    const words = [
      'vectors',
      'export',
      'run/vectors/letters.safetensors',
      '--to',
      'gguf',
      '--out',
      'zero.gguf',
    ];
    expect(failure(...words)).toMatchObject({
      code: 'layer-out-of-range',
      status: 2,
      remedy: 'leave it out with --layers 1-9, or export as safetensors or for repeng',
    });
    expect(failure(...words, '--layers', '3,12')).toMatchObject({
      message: 'the vector has no layer 12; it has 0, 1, 2, 3, 4, 5, 6, 7, 8, 9',
    });
    expect(json(...words.slice(1), '--layers', '1-9')).toMatchObject({ layers: [1, 2, 3, 4, 5, 6, 7, 8, 9] });
  });

  it('refuses a model that the vector does not fit', () => {
    const words = ['run/vectors/letters.safetensors', '--model', 'planted.gguf'];
    const found = failure('vectors', 'import', ...words, '--out', 'x.safetensors');
    expect(found).toMatchObject({ code: 'layer-out-of-range', status: 2 });
    expect(found.message).toContain('the model "planted" has 4 blocks (0 to 3)');
  });

  it('combines and compares', async () => {
    const file = 'run/vectors/letters.safetensors';
    const combined = json('combine', file, file, '--weights=1,-0.5', '--out', 'half.safetensors');
    expect(combined.combinedFrom).toMatch(/^1 x letters.safetensors \(sha256 \w{16}\) \+ -0.5 x letters/);
    for (const [layer, values] of (await loadVector(at('half.safetensors'))).layers)
      expect(values).toEqual(extracted.layers.get(layer)!.map((value) => value / 2));
    const shaped = [
      '--length',
      'first',
      '--layer-factors',
      '2-3:2',
      '--layers',
      '1-3',
      '--project-out',
      'one.st',
    ];
    json('export', file, '--to', 'safetensors', '--out', 'one.st', '--layers', '1');
    const { layers } = json(
      'combine',
      file,
      ...shaped,
      '--missing',
      'zero',
      '--out',
      'shaped.st',
      '--layers',
      '2-3',
    );
    expect(layers).toEqual([2, 3]);
    const twice = await loadVector(at('shaped.st'));
    expect(norm(twice.layers.get(2)!)).toBeCloseTo(2 * norm(extracted.layers.get(2)!), 5);
    const table = json('compare', file, 'half.safetensors', 'shaped.st');
    expect(table.layers[2].cosines).toEqual([
      expect.closeTo(1, 9),
      expect.closeTo(1, 6),
      expect.closeTo(1, 6),
    ]);
    expect(table.layers[0].cosines).toEqual([expect.closeTo(1, 9), null, null]);
    const { stdout } = vectors('compare', file, 'half.safetensors', '--layers', '2');
    expect(stdout).toMatch(/^layer +norm a +norm b +cos a b\n2 +\S+ +\S+ +1\.0000\nmean +1\.0000$/m);
  });

  it.each([
    [['combine', 'a', '--weights', '1,2', '--out', 'x'], 'invalid "weights"; 2 of them for 1 files: 1,2'],
    [['combine', 'a', '--layer-factors', '1:x', '--out', 'x'], 'invalid "layer-factors"'],
    [['compare', 'a'], 'nothing to compare: give at least two files'],
    [['combine', 'a', '--producer', 'b=repeng', '--out', 'x'], '"--producer b=…" names none of the files'],
  ])('says what is wrong with %j', (words, message) => {
    expect(failure('vectors', ...words)).toMatchObject({
      code: 'wrong-use',
      status: 2,
      message: expect.stringContaining(message),
    });
  });

  it.each([
    [['export', 'a'], "required option '--to <form>' not specified"],
    [['import', 'a'], "required option '--out <file>' not specified"],
    [['combine', 'a', '--out', 'x', '--length', '-1'], 'Expected a number from 0 on, or first.'],
    [['combine', 'a', '--out', 'x', '--weights', '1,,2'], 'Expected numbers with commas between'],
    [['inspect', 'a', '--producer', 'nobody'], 'Allowed choices are steerbench, repeng'],
    [['compare', 'a', 'b', '--producer', 'a=nobody'], 'Allowed tools are steerbench, repeng'],
  ])('refuses %j', (words, message) => {
    const { stderr, status } = vectors(...words);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});

describe('another tool in an evaluation', () => {
  const evaluate = (...words: string[]) =>
    `eval letters.jsonl --model tiny.gguf --threads 1 --multipliers -1,0,1 --no-shuffle --test 0:4 ${words.join(' ')}`.split(
      ' ',
    );

  it('steers at the block that was measured, says what was converted, and is another run when read in another way', async () => {
    const words = evaluate('--vector', 'shifted.gguf', '--layer', '3', '--out', 'eval-shifted');
    const { stderr, status } = planted.steerbench(...words, '--producer', 'jukofyork-control-vectors');
    expect(status).toBe(0);
    expect(stderr).toContain('Vector file: direction.1 to direction.9 became layers 0 to 8.');
    expect(stderr).toContain('Warning: llama.cpp adds number N at the output of block N, one block after');
    const result = JSON.parse(await readFile(at('eval-shifted/result.json'), 'utf8'));
    expect(result.layerChoice).toBe(
      'Layer 3: given with the vector file, where it is direction.4 (read as jukofyork-control-vectors).',
    );
    expect(result.vector.warnings).toContainEqual(expect.stringContaining('llama.cpp adds number N'));
    const { message } = failure(...words, '--producer', 'llama.cpp');
    expect(message).toContain(
      'options.vectorProducer: "jukofyork-control-vectors" in the folder, "llama.cpp" now',
    );
  });

  it('is the same measurement as with our own file', async () => {
    const own = evaluate('--vector', 'run/vectors/letters.safetensors', '--layer', '3', '--out', 'eval-own');
    expect(planted.steerbench(...own, '--quiet').status).toBe(0);
    const items = async (out: string) => JSON.parse(await readFile(at(out, 'result.json'), 'utf8')).items;
    expect(await items('eval-shifted')).toEqual(await items('eval-own'));
  });

  it('counts the rows of a bare tensor by the model', async () => {
    const writer = new TorchWriter();
    const rows = [...extracted.layers.values()];
    const values = Float32Array.from(rows.flatMap((row) => [...row]));
    await writeFile(at('rows.pt'), writer.save(writer.tensor(values, [10, 32])));
    const words = evaluate('--vector', 'rows.pt', '--layer', '3', '--out', 'eval-rows');
    expect(planted.steerbench(...words, '--quiet').status).toBe(0);
    const result = JSON.parse(await readFile(at('eval-rows/result.json'), 'utf8'));
    const own = JSON.parse(await readFile(at('eval-own/result.json'), 'utf8'));
    expect(result.items).toEqual(own.items);
  });

  it('needs a vector for --producer', () => {
    expect(failure('audit', 'letters.jsonl', '--producer', 'repeng')).toMatchObject({
      code: 'wrong-use',
      message: '"--producer" belongs to "--vector": give both',
    });
  });
});

const shared = sharedData('vectors');
describe.skipIf(shared === null)('inspect, on the files of other tools', () => {
  it.each([
    [
      'llamacpp/smollm2_mean.gguf',
      "producer  llama.cpp's llama-cvector-generator",
      /^direction\.29 +28 +block 29 +1\.0000$/m,
    ],
    [
      'ibm-activation-steering/planted.svec',
      'producer  activation-steering (IBM/activation-steering)',
      /^0 +0 +before block 0 /m,
    ],
    ['persona_vectors/evil_prompt_avg_diff.pt', 'producer  persona_vectors', /^row 0 +left out /m],
    [
      'saklas/planted_profile.gguf',
      'producer  repeng (vgel/repeng) or saklas (a9lim/saklas)',
      /^warning: if saklas wrote it: lengths/m,
    ],
  ])('%s', (file, producer, line) => {
    const { stdout, status } = vectors('inspect', join(shared!, file));
    expect(stdout).toContain(producer);
    expect(stdout).toMatch(line);
    expect(status).toBe(0);
  });
});
