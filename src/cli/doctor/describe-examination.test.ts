import { expect, it } from 'vitest';
import { describeExamination } from './describe-examination.ts';
import type { Examination } from './examine.ts';

const examination: Examination = {
  steerbench: '1.2.3',
  machine: {
    platform: 'linux-x64',
    node: 'v20.1.0',
    cpu: 'A processor',
    physicalCores: 2,
    load: 0.3,
    memoryBytes: 16e9,
    availableBytes: 8e9,
    cache: { folder: '/cache', models: 2, bytes: 369e6, freeBytes: null, writable: true },
  },
  engine: {
    package: '@node-llama-cpp/linux-x64 1.0.0',
    backends: ['cpu-zen4'],
    threads: 2,
    startSeconds: 0.32,
  },
  sources: [{ source: 'hub', reachable: false, detail: 'no network' }],
  defaultModel: { name: 'small', path: '/cache/small.gguf' },
  speed: {
    precision: 'f16',
    prefill: [
      { batchRows: 16, tokensPerSecond: 183.4 },
      { batchRows: 96, tokensPerSecond: 272.6 },
    ],
    bestBatchRows: 96,
    decodeTokensPerSecond: 41.26,
  },
  noise: [{ precision: 'bf16', rms: 0.0204, largest: 0.061, tokens: 93 }],
  problems: [],
};

it('prints a line for each fact', () => {
  expect(describeExamination(examination).split('\n')).toEqual([
    'steerbench      1.2.3, Node.js v20.1.0, linux-x64',
    'processor       A processor, 2 physical cores',
    'memory          16.0 GB, 8.00 GB available',
    'engine          @node-llama-cpp/linux-x64 1.0.0, started in 0.3 s',
    'CPU variant     cpu-zen4; 2 threads',
    'model cache     /cache: 2 files, 369 MB',
    'source hub      not reachable: no network',
    'default model   small, /cache/small.gguf',
    'speed, reading  183 with 16, 273 with 96 rows a batch (tokens/s, f16)',
    '                fastest with --batch-rows 96',
    'speed, writing  41.3 tokens/s, one text',
    'noise bf16      rms 0.020, largest 0.061 nats from f32, over 93 answer tokens',
    '',
    'no problems found',
  ]);
});

it('says what is missing, and ends with the problems', () => {
  const text = describeExamination({
    ...examination,
    machine: { ...examination.machine, load: 7.92 },
    engine: null,
    defaultModel: { name: 'small', path: null },
    speed: null,
    noise: null,
    problems: ['the engine does not start: install it'],
  });
  expect(text).toContain('busy (load 7.9), so speeds are too low');
  expect(text).toContain('engine         does not start\n');
  expect(text).toContain('`steerbench models pull` fetches it');
  expect(text).not.toContain('speed, reading');
  expect(text.endsWith('\nproblems:\n  - the engine does not start: install it')).toBe(true);
});
