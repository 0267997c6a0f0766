import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadLlama } from '../../src/engine/load-llama.ts';
import { requantiseRemotely } from '../../src/engine/requantise-remotely.ts';
import { openGguf } from '../../src/files/gguf-read.ts';
import { hashFile } from '../../src/files/hash-file.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

let tiny: TinyLlama;
beforeAll(async () => {
  tiny = await tinyLlama({ tied: false, seed: 3 });
});
afterAll(() => tiny.remove());

it.each([
  ['f16', 'F16', 2],
  ['bf16', 'BF16', 2],
  ['q8_0', 'Q8_0', 34 / 32],
  ['q4_0', 'Q4_0', 18 / 32],
] as const)(
  'rewrites every matrix as %s, the same bytes each time, and the model loads',
  async (type, name, bytes) => {
    const paths = [1, 2].map((round) => join(tiny.path, '..', `${type}-${round}.gguf`));
    for (const path of paths) await requantiseRemotely(tiny.path, path, type);
    const [first, second] = await Promise.all(paths.map((path) => hashFile(path, 'model-corrupt')));
    expect(first).toBe(second);
    const file = await openGguf(paths[0]!, { arrays: [] });
    await file.close();
    for (const { shape, type: found, bytes: size } of file.tensors.values()) {
      if (shape.length < 2) continue;
      expect(found).toBe(name);
      expect(size).toBe(shape[0]! * shape[1]! * bytes);
    }
    const engine = await loadLlama({ path: paths[0]!, contextTokens: 64, threads: 1 });
    expect(engine.facts.blocks).toBe(4);
    await engine.dispose();
  },
);
