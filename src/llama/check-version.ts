import { SteerbenchError } from '../errors.ts';
import type { LlamaFunctions } from './functions.ts';
import { packageVersion } from './library.ts';

/** Defaults of llama.cpp v0.5.0, field by field: a shifted struct layout cannot reproduce them all. */
const knownDefaults = {
  model: {
    n_gpu_layers: -1,
    split_mode: 1,
    main_gpu: 0,
    vocab_only: false,
    check_tensors: false,
    use_extra_bufts: true,
    no_host: false,
    no_alloc: false,
    load_mtp: false,
  },
  context: {
    n_ctx: 512,
    n_batch: 2048,
    n_ubatch: 512,
    n_seq_max: 1,
    n_rs_seq: 0,
    n_outputs_max: 0,
    n_outputs_max_per_seq: 1,
    n_threads: 4,
    n_threads_batch: 4,
    rope_scaling_type: -1,
    pooling_type: -1,
    attention_type: -1,
    flash_attn_type: -1,
    rope_freq_base: 0,
    rope_freq_scale: 0,
    yarn_ext_factor: -1,
    yarn_attn_factor: -1,
    yarn_beta_fast: -1,
    yarn_beta_slow: -1,
    yarn_orig_ctx: 0,
    defrag_thold: -1,
    type_k: 1,
    type_v: 1,
    embeddings: false,
    offload_kqv: true,
    no_perf: true,
    op_offload: true,
    swa_full: true,
    kv_unified: false,
    n_samplers: 0,
  },
  quantize: {
    nthread: 0,
    ftype: 7,
    allow_requantize: false,
    quantize_output_tensor: true,
    only_copy: false,
    pure: false,
    keep_split: false,
    dry_run: false,
  },
  chain: { no_perf: true },
} as const;

/**
 * Refuses a library whose default parameters are not those of the version these bindings were written for.
 *
 * @throws SteerbenchError `library-mismatch`, naming the fields that differ
 */
export function checkVersion(functions: LlamaFunctions): void {
  const differing = [
    ...differences('llama_model_params', functions.llama_model_default_params(), knownDefaults.model),
    ...differences('llama_context_params', functions.llama_context_default_params(), knownDefaults.context),
    ...differences(
      'llama_model_quantize_params',
      functions.llama_model_quantize_default_params(),
      knownDefaults.quantize,
    ),
    ...differences(
      'llama_sampler_chain_params',
      functions.llama_sampler_chain_default_params(),
      knownDefaults.chain,
    ),
  ];
  if (differing.length === 0) return;
  throw new SteerbenchError(
    'library-mismatch',
    `the llama.cpp library is not the one of @node-llama-cpp ${packageVersion}: ${differing.join('; ')}`,
    { remedy: `install @node-llama-cpp/* at exactly ${packageVersion} (\`npm ci\`)` },
  );
}

function differences(
  struct: string,
  found: Record<string, unknown>,
  known: Record<string, unknown>,
): string[] {
  return Object.entries(known)
    .filter(([field, value]) => found[field] !== value)
    .map(([field, value]) => `${struct}.${field} is ${String(found[field])}, not ${String(value)}`);
}
