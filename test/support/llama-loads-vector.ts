import { existsSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';
import { loadNative } from '../../src/llama/native.ts';

/** What llama.cpp makes of control vector files. */
export interface LlamaControlVector {
  /** Width; -1 where it refuses the files. */
  width: number;
  /** Rows of blocks 1, 2, ... one after the other, as `llama_set_adapter_cvec` takes them. */
  data: Float32Array;
}

/** Whether llama.cpp's own loader can be called here: it is C++, and its layouts are those of libstdc++ on x86-64. */
export const canCallLoader =
  process.platform === 'linux' &&
  process.arch === 'x64' &&
  existsSync(join(loadNative({ gpu: false }).directory, 'libllama-common.so'));

/**
 * Loads control vector files with llama.cpp's own loader, the one behind `--control-vector-scaled FILE:STRENGTH`.
 *
 * `common_control_vector_data common_control_vector_load(const std::vector<common_control_vector_load_info> &);`
 * with `struct common_control_vector_load_info { float strength; std::string fname; };`
 * and `struct common_control_vector_data { int n_embd; std::vector<float> data; };` (common/common.h).
 */
export function llamaLoadsVector(...files: { path: string; strength?: number }[]): LlamaControlVector {
  const { directory } = loadNative({ gpu: false });
  const library = koffi.load(join(directory, 'libllama-common.so'), { global: true });
  const load = library.func(
    'void * _Z26common_control_vector_loadRKSt6vectorI31common_control_vector_load_infoSaIS0_EE(void * result, void * infos)',
  );
  // A std::string points to its characters, here never to the 16 bytes inside it; then its size and its room.
  const infos = Buffer.alloc(40 * files.length);
  const texts = files.map(({ path }) => Buffer.from(`${path}\0`));
  for (const [i, { path, strength = 1 }] of files.entries()) {
    infos.writeFloatLE(strength, 40 * i);
    infos.writeBigUInt64LE(koffi.address(texts[i]!), 40 * i + 8);
    infos.writeBigUInt64LE(BigInt(Buffer.byteLength(path)), 40 * i + 16);
    infos.writeBigUInt64LE(BigInt(Buffer.byteLength(path)), 40 * i + 24);
  }
  // A std::vector: its begin, its end, the end of its room.
  const start = koffi.address(infos);
  const end = start + BigInt(infos.length);
  const vector = Buffer.from(BigUint64Array.of(start, end, end).buffer);
  const result = Buffer.alloc(32);
  load(result, vector);
  const [begin, finish] = [result.readBigUInt64LE(8), result.readBigUInt64LE(16)];
  const bytes = Number(finish - begin);
  return {
    width: result.readInt32LE(0),
    data: bytes === 0 ? new Float32Array(0) : new Float32Array(koffi.view(begin, bytes)).slice(),
  };
}
