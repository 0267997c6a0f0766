import { readdirSync, readFileSync } from 'node:fs';
import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseResult } from '../src/result/schema.ts';
import { saveVector } from '../src/vectors/save-vector.ts';
import type { SteeringVector } from '../src/vectors/steering-vector.ts';
import { auditWords, makePlantedFolder, type PlantedFolder } from './support/planted-command.ts';
import { plantedTools } from './support/planted-tools.ts';

// Nearly every test starts whole runs.
vi.setConfig({ testTimeout: 180_000 });

let planted: PlantedFolder;
/** The result of an audit that nothing disturbed, to compare with. */
let whole: string;
beforeAll(async () => {
  planted = await makePlantedFolder();
  expect(planted.steerbench(...audit('whole'), '--quiet').status).toBe(0);
  whole = resultOf('whole');
}, 120_000);
afterAll(() => planted.remove());

const { at, audit, failure, resultOf } = plantedTools(() => planted);

/** A measurement that begins to load a model only when everything else is in order. */
const evaluation = (...words: string[]) =>
  `eval letters.jsonl --model planted.gguf --out never --threads 1 --multipliers -1,0,1 --no-shuffle --test 0:4 ${words.join(' ')}`.split(
    ' ',
  );

describe('a dataset that cannot be used', () => {
  const pair = JSON.stringify({ prompt: 'the owl sings.', positive: 'a', negative: 'b' });
  it.each([
    ['a field that is missing', `${pair}\n{"prompt":"x","positive":"y"}\n`, 'line 2, field "negative": '],
    [
      'a field of another type',
      `{"prompt":7,"positive":"y","negative":"n"}\n${pair}`,
      'line 1, field "prompt": ',
    ],
    ['a line that is no JSON', `${pair}\n${pair}\n{"prompt": "the o\n`, 'line 3: expected one JSON object'],
    ['a line that is no object', `${pair}\n\n[1]\n`, 'line 3: expected a JSON object, found an array'],
    ['no items', '\n', 'no items'],
    ['another encoding', Buffer.from([...Buffer.from(pair), 0xff, 0xfe]), 'expected UTF-8'],
  ])('names %s by file and line', async (_, content, part) => {
    await writeFile(at('bad.jsonl'), content);
    const { code, message, remedy, status } = failure('audit', 'bad.jsonl', '--model', 'planted.gguf');
    expect({ code, status }).toEqual({ code: 'data-malformed', status: 3 });
    expect(message).toMatch(/^bad\.jsonl/);
    expect(message).toContain(part);
    expect(remedy).toBe('run "steerbench data check bad.jsonl" for all faults');
  });

  it.each([
    [
      ['--train', '0:16', '--validation', '16:24', '--test', '24:400'],
      '--test 24:400 needs 400 items; "letters" has 40',
    ],
    [
      ['--train', '0%:1%', '--validation', '40%:50%', '--test', '50%:100%'],
      'the train set of "letters" has 0 items',
    ],
  ])('says how many items are there and how many are needed: %j', (slices, part) => {
    const { code, message, remedy, status } = failure(
      ...['audit', 'letters.jsonl', '--model', 'planted.gguf', '--out', 'never', ...slices],
    );
    expect({ code, status }).toEqual({ code: 'data-too-small', status: 3 });
    expect(message).toContain(part);
    expect(remedy).toMatch(/^give a (slice within the items|wider --train)/);
  });
});

describe('a vector that cannot be used', () => {
  const foreignHash = 'f'.repeat(64);
  const vector = (layer: number, values: Float32Array): SteeringVector => ({
    ...{ layers: new Map([[layer, values]]), width: values.length, method: 'mean-difference' },
    ...{ readPosition: 'answer-mean', trainingPairs: 8, behaviour: 'letters', dataHash: null },
    ...{ modelName: 'elsewhere', architecture: 'llama', modelHash: foreignHash, producedBy: null },
  });
  const given = (file: string, ...more: string[]) => evaluation('--vector', file, ...more);

  it('of another width: both widths are named, before anything is measured', async () => {
    await saveVector(at('narrow.safetensors'), vector(2, new Float32Array(16).fill(1)));
    const words = auditWords('narrow').filter((word) => word !== '--layers' && word !== '1-3');
    const { code, message, remedy, status } = failure(...words, '--vector', 'narrow.safetensors');
    expect({ code, status }).toEqual({ code: 'vector-dimension', status: 3 });
    expect(message).toBe('the vector has width 16; the model "planted" has 32');
    expect(remedy).toContain('use the model that the vector was extracted from');
    expect(readdirSync(at('narrow', 'cells'))).toEqual(['prepare.json']);
  });

  it('for a layer that the model has not', async () => {
    await saveVector(at('deep.safetensors'), vector(9, new Float32Array(32).fill(1)));
    const { code, message, status } = failure(...given('deep.safetensors'));
    expect({ code, status }).toEqual({ code: 'layer-out-of-range', status: 2 });
    expect(message).toBe('the vector has layer 9; the model "planted" has 4 blocks (0 to 3)');
    await rm(at('never'), { recursive: true });
  });

  it.each([
    [['--layer', '0'], 'holds no vector for layer 0; it has 1, 2, 3'],
    [[], 'holds vectors for 3 layers (1 to 3)'],
  ])('without one layer of the file: %j', (layer, part) => {
    const { code, message, remedy, status } = failure(...given('whole/vectors/letters.gguf', ...layer));
    expect({ code, status, remedy }).toEqual({
      code: 'layer-out-of-range',
      status: 2,
      remedy: 'give --layer with one of them',
    });
    expect(message).toBe(`"whole/vectors/letters.gguf" ${part}`);
  });

  it.each(['gguf', 'safetensors'])('cut short as %s', async (kind) => {
    const bytes = await readFile(at('whole', 'vectors', `letters.${kind}`));
    for (const length of [3, 40, bytes.length - 1]) {
      await writeFile(at(`cut.${kind}`), bytes.subarray(0, length));
      const { code, message, remedy, status } = failure(...given(`cut.${kind}`));
      expect({ code, status }).toEqual({ code: 'vector-malformed', status: 3 });
      expect(message).toContain(`"cut.${kind}" is not a well-formed `);
      expect(remedy).toContain('it may be cut short');
    }
  });

  it.each([
    ['letters.jsonl', 'vector-malformed', '"letters.jsonl" is not a well-formed .svec file: it is no JSON'],
    [
      'planted.gguf',
      'vector-malformed',
      '"planted.gguf" holds no readable steering vector: tensor "token_embd',
    ],
    ['absent.gguf', 'read-failed', 'cannot read "absent.gguf": there is no such file'],
    ['whole', 'read-failed', 'cannot read "whole": it is a folder'],
  ])('that is none: %s', (file, code, part) => {
    const found = failure(...given(file));
    expect(found).toMatchObject({ code, status: 3 });
    expect(found.message).toContain(part);
    expect(found.remedy).not.toBe('');
  });

  it('of another model is measured, with a warning that names both', async () => {
    await saveVector(at('foreign.safetensors'), vector(2, new Float32Array(32).fill(0.5)));
    const { stderr, status } = planted.steerbench(...given('foreign.safetensors', '--json'));
    expect(status).toBe(0);
    const result = parseResult(JSON.parse(resultOf('never')));
    const [warning] = result.vector!.warnings;
    for (const part of ['"elsewhere"', foreignHash, '"planted"', result.model.hash])
      expect(warning).toContain(part);
    expect(stderr).toContain(JSON.stringify(`Warning: ${warning}.`));
    expect(readFileSync(at('never', 'report.html'), 'utf8')).toContain(foreignHash);
    await rm(at('never'), { recursive: true });
  });

  it('that drives the model out of range gives no score, never 0', async () => {
    await saveVector(at('huge.safetensors'), vector(2, new Float32Array(32).fill(3e38)));
    const words = given('huge.safetensors', '--multipliers', '-2,0,2', '--quiet');
    expect(planted.steerbench(...words).status).toBe(0);
    const { items, steerability } = parseResult(JSON.parse(resultOf('never')));
    // Twice 3e38 is beyond 32 bits. What is not finite in the cache reaches the unsteered branch beside it as well.
    for (const { propensities, slope, reason } of items) {
      expect([propensities[0], propensities[2], slope]).toEqual([null, null, null]);
      expect(reason).toBe('the propensity at multiplier -2 is null');
    }
    expect(steerability!.mean.value).toBeNull();
  });
});

describe('a model file that cannot be used', () => {
  /** The value of a key begins behind the key and the four bytes of its type. */
  const behind = (bytes: Buffer, key: string) => bytes.indexOf(key) + key.length + 4;

  it.each<[string, (bytes: Buffer) => Buffer | unknown, string, string]>([
    [
      'is cut short',
      (bytes) => bytes.subarray(0, bytes.length >> 1),
      'model-corrupt',
      'and the file at byte',
    ],
    ['is empty', () => Buffer.alloc(0), 'model-corrupt', 'the file ends at byte 0'],
    [
      'is something else',
      () => Buffer.from('<html>Not found</html>'),
      'model-corrupt',
      'it starts with "<htm"',
    ],
    [
      'claims 2^60 tensors',
      (bytes) => bytes.writeBigUInt64LE(2n ** 60n, 8),
      'model-corrupt',
      'tensors; at most',
    ],
    [
      'claims 2^60 entries',
      (bytes) => bytes.writeBigUInt64LE(2n ** 60n, 16),
      'model-corrupt',
      'entries; at most',
    ],
    [
      'claims a key of 2^63 bytes',
      (bytes) => bytes.writeBigUInt64LE(2n ** 63n, 24),
      'model-corrupt',
      'the key of metadata entry 0',
    ],
    ['is of another version', (bytes) => bytes.writeUInt32LE(9, 4), 'model-corrupt', 'GGUF version 9'],
    [
      'claims 2^32 blocks',
      (bytes) => bytes.writeUInt32LE(2 ** 32 - 1, behind(bytes, 'llama.block_count')),
      'out-of-memory',
      'GiB are free',
    ],
    [
      'lacks a block',
      (bytes) => bytes.writeUInt32LE(5, behind(bytes, 'llama.block_count')),
      'model-corrupt',
      'llama.cpp cannot load "FILE": check_tensor_dims: tensor \'blk.4.attn_norm.weight\' not found',
    ],
    [
      'is of an unknown architecture',
      (bytes) => bytes.write('lemur', behind(bytes, 'general.architecture') + 8),
      'model-unsupported',
      'llama.cpp cannot load "FILE": unknown model architecture: \'lemur\'',
    ],
    [
      'holds no numbers',
      (bytes) => bytes.fill(0xff, bytes.length - 100_000),
      'model-corrupt',
      'is not finite (NaN or infinity) at layer 1',
    ],
  ])('because it %s', async (_, damage, expectedCode, part) => {
    const bytes = await readFile(at('planted.gguf'));
    const damaged = damage(bytes);
    await writeFile(at('damaged.gguf'), Buffer.isBuffer(damaged) ? damaged : bytes);
    await rm(at('damaged'), { recursive: true, force: true });
    const { code, message, remedy, status } = failure(
      ...'extract letters.jsonl --model damaged.gguf --out damaged --layers 1 --no-shuffle --train 0:8 --threads 1'.split(
        ' ',
      ),
    );
    expect({ code, status }).toEqual({ code: expectedCode, status: 3 });
    expect(message).toContain('damaged.gguf');
    expect(message).toContain(part.replace('FILE', at('damaged.gguf')));
    expect(remedy).not.toBe('');
  });
});

describe('a run folder that was damaged', () => {
  beforeAll(() => cp(at('whole'), at('run'), { recursive: true }));

  it('by a cell that was cut short: the cell is named, and without it the run goes on', async () => {
    const cell = 'run/cells/test-0000.json';
    await truncate(at(cell), 500);
    const found = failure(...audit('run'));
    expect(found).toMatchObject({ code: 'run-malformed', status: 3 });
    expect(found.message).toContain(`"${cell}" is not JSON`);
    expect(found.remedy).toBe('remove that file and run the same command again');
    await rm(at(cell));
    await truncate(at('run/cells/extraction-0001.safetensors'), 2000);
    const arrays = failure(...audit('run'));
    expect(arrays).toMatchObject({ code: 'run-malformed', status: 3 });
    expect(arrays.message).toContain('run/cells/extraction-0001.safetensors');
    expect(arrays.remedy).toContain('remove "run/cells/extraction-0001.json"');
    await rm(at('run/cells/extraction-0001.json'));
    await rm(at('run/result.json'));
    expect(planted.steerbench(...audit('run'), '--quiet').status).toBe(0);
    expect(resultOf('run')).toBe(whole);
  });

  it('by a result that is missing or cut short', async () => {
    await truncate(at('run/result.json'), 100);
    const cut = failure('report', 'run');
    expect(cut).toMatchObject({ code: 'run-malformed', status: 3 });
    expect(cut.message).toBe('"run/result.json" is not JSON');
    await rm(at('run/result.json'));
    const missing = failure('report', 'run');
    expect(missing).toMatchObject({ code: 'run-malformed', status: 3 });
    expect(missing.message).toBe('"run" holds no result.json: the run has not finished');
    expect(missing.remedy).toContain('run the same command again');
    expect(planted.steerbench('report', 'run', '--recompute').status).toBe(0);
    expect(resultOf('run')).toBe(whole);
  });

  it('by other options: every difference is listed, and nothing is touched', () => {
    const { code, message, remedy, status } = failure(...audit('run'), '--seed', '3', '--method', 'lda');
    expect({ code, status }).toEqual({ code: 'run-conflict', status: 2 });
    expect(message.split('\n')).toEqual([
      '"run" holds a run with another plan:',
      '  options.method: "mean-difference" in the folder, "lda" now',
      '  options.seed: 0 in the folder, 3 now',
    ]);
    expect(remedy).toBe('give another --out, or remove the folder');
    expect(resultOf('run')).toBe(whole);
  });

  it('by a plan that was cut short', async () => {
    await truncate(at('run/plan.json'), 40);
    const { code, message, status } = failure(...audit('run'));
    expect({ code, status }).toEqual({ code: 'run-malformed', status: 3 });
    expect(message).toBe('"run/plan.json" is not JSON');
  });
});
