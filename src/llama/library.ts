import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import koffi, { type LibraryHandle } from 'koffi';
import { SteerbenchError } from '../errors.ts';

/** The shared libraries of llama.cpp, loaded, and the folder they came from. */
export interface LlamaLibraries {
  directory: string;
  ggmlBase: LibraryHandle;
  ggml: LibraryHandle;
  llama: LibraryHandle;
}

/** Version of the packages that these bindings were written for; another is refused by `checkVersion`. */
export const packageVersion = '3.22.1';

/**
 * Loads `libggml-base`, `libggml` and `libllama` from the platform's npm package, in that order.
 *
 * @param gpu whether a package with GPU support is preferred, where the user has installed one
 * @throws SteerbenchError `library-mismatch` when no package of this platform is installed
 */
export function loadLibraries(gpu: boolean): LlamaLibraries {
  const directory = findDirectory(gpu);
  const load = (stem: string) => koffi.load(join(directory, fileOf(directory, stem)), { global: true });
  return { directory, ggmlBase: load('ggml-base'), ggml: load('ggml'), llama: load('llama') };
}

function findDirectory(gpu: boolean): string {
  const tried: string[] = [];
  for (const name of packageNames(gpu)) {
    const directory = packageDirectory(name);
    if (directory !== null) return directory;
    tried.push(`@node-llama-cpp/${name}`);
  }
  throw new SteerbenchError(
    'library-mismatch',
    `no llama.cpp library for ${process.platform} ${process.arch}`,
    {
      remedy: `install one of ${tried.join(', ')} at version ${packageVersion}; \`npm ci\` does it where the platform is supported`,
    },
  );
}

/** Package names for this machine, best first. GPU packages are never installed by default. */
function packageNames(gpu: boolean): string[] {
  const { platform, arch } = process;
  if (platform === 'darwin') return arch === 'arm64' ? ['mac-arm64-metal'] : ['mac-x64'];
  const system = platform === 'win32' ? 'win' : platform;
  const plain = `${system}-${arch}`;
  return gpu ? [`${plain}-cuda`, `${plain}-vulkan`, plain] : [plain];
}

function packageDirectory(name: string): string | null {
  const require = createRequire(import.meta.url);
  // The packages export no package.json, so their folder is looked for along the module paths.
  for (const base of require.resolve.paths(`@node-llama-cpp/${name}`) ?? []) {
    const bins = join(base, '@node-llama-cpp', name, 'bins');
    if (!existsSync(bins)) continue;
    const inner = readdirSync(bins).find((entry) => existsSync(join(bins, entry, '_nlcBuildMetadata.json')));
    if (inner !== undefined) return join(bins, inner);
  }
  return null;
}

/** `libllama.v0.5.0.so`, `libllama.dylib`, `llama.dll`: the file of one library, whatever its version is called. */
function fileOf(directory: string, stem: string): string {
  const pattern = new RegExp(`^(lib)?${stem}(\\.v[0-9.]+)?\\.(so|dylib|dll)$`);
  const found = readdirSync(directory).find((name) => pattern.test(name));
  if (found === undefined) {
    throw new SteerbenchError('library-mismatch', `${dirname(directory)} has no library "${stem}"`, {
      remedy: `reinstall @node-llama-cpp at version ${packageVersion}`,
    });
  }
  return found;
}
