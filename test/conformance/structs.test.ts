import { readFileSync } from 'node:fs';
import koffi, { type TypeObject } from 'koffi';
import { describe, expect, it } from 'vitest';
import { checkVersion } from '../../src/llama/check-version.ts';
import type { LlamaFunctions } from '../../src/llama/functions.ts';
import { loadNative } from '../../src/llama/native.ts';
import '../../src/llama/structs.ts';

const structsSource = readSource('structs');
const functionsSource = readSource('functions');

/**
 * Size of each struct, and offset of each field, in bytes: printed by a C program that was compiled by gcc 12 for
 * x86-64 against llama.h and ggml.h of llama.cpp v0.5.0 (`sizeof`, `offsetof`). The same for every 64-bit platform
 * of the packages: all of them align a value to its size.
 */
const compiled: Record<string, { size: number; offsets: number[] }> = {
  llama_model_params: {
    size: 80,
    offsets: [0, 8, 16, 20, 24, 28, 32, 40, 48, 56, 64, 72, 73, 74, 75, 76, 77],
  },
  llama_context_params: {
    size: 160,
    offsets: [
      ...[0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60, 64, 68, 72, 76, 80, 84, 88, 96, 104],
      ...[108, 112, 120, 128, 129, 130, 131, 132, 133, 136, 144, 152],
    ],
  },
  llama_batch: { size: 56, offsets: [0, 8, 16, 24, 32, 40, 48] },
  llama_model_quantize_params: {
    size: 64,
    offsets: [0, 4, 8, 12, 16, 17, 18, 19, 20, 21, 24, 32, 40, 48, 56],
  },
  llama_token_data: { size: 12, offsets: [0, 4, 8] },
  llama_token_data_array: { size: 32, offsets: [0, 8, 16, 24] },
  llama_logit_bias: { size: 8, offsets: [0, 4] },
  llama_sampler_chain_params: { size: 1, offsets: [0] },
  // Of ggml_tensor (336 bytes) only the head is declared.
  ggml_tensor_head: { size: 80, offsets: [0, 8, 16, 48] },
};

/** Name in koffi, by name in C. */
const koffiNames: Record<string, string> = { ggml_tensor: 'ggml_tensor_head' };

describe('each struct against the C declaration above it', () => {
  const declared = declaredStructs(structsSource);

  it('covers every struct that is defined', () => {
    const defined = [...structsSource.matchAll(/koffi\.struct\('(\w+)'/g)].map(([, name]) => name);
    expect(declared.map(({ name }) => koffiNames[name] ?? name).sort()).toEqual(defined.sort());
    expect(Object.keys(compiled).sort()).toEqual(defined);
  });

  for (const { name, fields } of declared) {
    it(`${name}: fields, order, types, size and offsets`, () => {
      const type = koffi.type(koffiNames[name] ?? name);
      const members = Object.entries(type.members!);
      expect(members.map(([field]) => field)).toEqual(fields.map((field) => field.name));
      for (const [place, [field, member]] of members.entries()) {
        expect(`${field} ${koffiClass(member.type)}`).toBe(`${field} ${cClass(fields[place]!.type)}`);
      }
      const golden = compiled[koffiNames[name] ?? name]!;
      expect(members.map(([, { offset }]) => offset)).toEqual(golden.offsets);
      expect(type.size).toBe(golden.size);
    });
  }
});

describe('each function against the C declaration above it', () => {
  const lines = functionsSource.split('\n');
  const comments = lines.flatMap((line, index) => (/\/\/ (GGML|LLAMA)_API /.test(line) ? [index] : []));

  it('declares every function that is bound', () => {
    expect(comments.length).toBe([...functionsSource.matchAll(/\.func\(/g)].length);
  });

  for (const index of comments) {
    const declaration = cFunction(lines[index]!.replace(/^\s*\/\/ (GGML|LLAMA)_API /, ''));
    it(`${declaration.name}: result and parameters`, () => {
      const following = lines.slice(index + 1, index + 5).join(' ');
      const [, key, prototype] = /^\s*(\w+): \w+\.func\(\s*'([^']+)'/.exec(following)!;
      expect(key).toBe(declaration.name);
      const bound = cFunction(prototype!.replaceAll(/_(Out|Inout)_ /g, ''));
      expect(bound.name).toBe(declaration.name);
      expect(cClass(bound.result)).toBe(cClass(declaration.result));
      expect(bound.parameters.map(({ type }) => cClass(type))).toEqual(
        declaration.parameters.map(({ type }) => cClass(type)),
      );
      expect(bound.parameters.map(({ name }) => name)).toEqual(
        declaration.parameters.map(({ name }) => name),
      );
    });
  }
});

describe('checkVersion', () => {
  const { functions } = loadNative({ gpu: false });

  it('accepts the installed library', () => {
    expect(() => checkVersion(functions)).not.toThrow();
  });

  it.each([
    ['llama_model_default_params', 'n_gpu_layers', 'llama_model_params.n_gpu_layers is 7, not -1'],
    ['llama_context_default_params', 'n_ubatch', 'llama_context_params.n_ubatch is 7, not 512'],
    ['llama_context_default_params', 'kv_unified', 'llama_context_params.kv_unified is 7, not false'],
    ['llama_model_quantize_default_params', 'ftype', 'llama_model_quantize_params.ftype is 8, not 7'],
  ] as const)('refuses a library whose %s differ in %s', (function_, field, message) => {
    const doctored = {
      ...functions,
      [function_]: () => ({ ...functions[function_](), [field]: field === 'ftype' ? 8 : 7 }),
    } as LlamaFunctions;
    expect(() => checkVersion(doctored)).toThrow(
      expect.objectContaining({ code: 'library-mismatch', message: expect.stringContaining(message) }),
    );
  });

  it('notices a struct that is shifted by one field', () => {
    const shifted = Object.entries(functions.llama_context_default_params() as Record<string, unknown>);
    const moved = Object.fromEntries(
      shifted.map(([field], index) => [field, shifted[Math.max(0, index - 1)]![1]]),
    );
    const doctored = { ...functions, llama_context_default_params: () => moved } as unknown as LlamaFunctions;
    expect(() => checkVersion(doctored)).toThrow(/n_batch is 512, not 2048; .*n_seq_max is 512, not 1/);
  });
});

function readSource(stem: string): string {
  return readFileSync(new URL(`../../src/llama/${stem}.ts`, import.meta.url), 'utf8');
}

/** The structs declared in the comments of a source: `struct name {` to the last field. */
function declaredStructs(source: string): { name: string; fields: { name: string; type: string }[] }[] {
  const text = source
    .split('\n')
    .map((line) => (line.startsWith('// ') ? line.slice(3) : '\0'))
    .join('\n');
  return [...text.matchAll(/^(?:typedef )?struct (\w+) \{\n([^\0}]*)/gm)].map(([, name, body]) => ({
    name: name!,
    fields: body!
      .split(';')
      .map((field) => field.trim())
      .filter(Boolean)
      .map(parameter),
  }));
}

function cFunction(declaration: string) {
  const [, head, list] = /^(.*?)\((.*)\);?$/.exec(declaration.trim())!;
  const { name, type } = parameter(head!);
  const parameters = list === 'void' || list === '' ? [] : list!.split(',').map(parameter);
  return { name, result: type, parameters };
}

/** `const char * text`, `int64_t ne[GGML_MAX_DIMS]`: the last word is the name. */
function parameter(text: string): { name: string; type: string } {
  const [, type, name, array] = /^(.*?)(\w+)\s*(\[\w+\])?$/s.exec(text.trim())!;
  return { name: name!, type: `${type!.trim()}${array ?? ''}` };
}

/** What a type is to a caller: its kind, width and sign. */
function cClass(type: string): string {
  const plain = type
    .replace(/\b(const|struct)\b/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (plain.endsWith(']')) return `array of ${cClass(plain.replace(/\[.*/, ''))}`;
  if (plain.includes('*') || pointers.has(plain)) return 'pointer';
  return classes[plain] ?? (plain.startsWith('enum ') ? 'int32' : plain);
}

/** Types that are pointers although no star shows it. */
const pointers = new Set([
  'ggml_abort_callback',
  'ggml_backend_reg_t',
  'ggml_backend_sched_eval_callback',
  'ggml_log_callback',
  'llama_memory_t',
  'llama_progress_callback',
]);

const classes: Record<string, string> = {
  float: 'float32',
  int32_t: 'int32',
  int64_t: 'int64',
  int8_t: 'int8',
  llama_pos: 'int32',
  llama_seq_id: 'int32',
  llama_token: 'int32',
  size_t: 'uint64',
  uint32_t: 'uint32',
};

function koffiClass({ primitive, ref }: TypeObject): string {
  if (primitive === 'Pointer' || primitive === 'Callback') return 'pointer';
  return primitive === 'Array' ? `array of ${koffiClass(ref!)}` : primitive.toLowerCase();
}
