import koffi from 'koffi';
import { checkVersion } from './check-version.ts';
import { bindFunctions, type LlamaFunctions } from './functions.ts';
import { loadLibraries } from './library.ts';
import { logCallback } from './structs.ts';

/** The initialised library: its functions, and the names of the backends that were loaded. */
export interface Native {
  functions: LlamaFunctions;
  directory: string;
  backends: string[];
}

let loaded: Native | null = null;
let sink: (line: string) => void = () => {};

/**
 * Loads llama.cpp once per process, checks its version, loads its CPU (and GPU) backends.
 *
 * @param options.gpu prefer a package with GPU support
 * @param options.onLog receives each line of llama.cpp's log; the latest caller's sink is used
 */
export function loadNative(options: { gpu: boolean; onLog?: (line: string) => void }): Native {
  if (options.onLog !== undefined) sink = options.onLog;
  if (loaded !== null) return loaded;
  const libraries = loadLibraries(options.gpu);
  const functions = bindFunctions(libraries);
  checkVersion(functions);
  let pending = '';
  const callback = koffi.register((_level: number, text: string) => {
    pending += text;
    const lines = pending.split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) sink(line);
  }, koffi.pointer(logCallback));
  functions.llama_log_set(callback, null);
  functions.ggml_backend_load_all_from_path(libraries.directory);
  functions.llama_backend_init();
  const count = Number(functions.ggml_backend_reg_count());
  const backends = Array.from({ length: count }, (_, index) =>
    String(functions.ggml_backend_reg_name(functions.ggml_backend_reg_get(index))),
  );
  loaded = { functions, directory: libraries.directory, backends };
  return loaded;
}
