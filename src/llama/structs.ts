import koffi from 'koffi';

// koffi knows a struct by its name from here on; the declarations in functions.ts refer to them.
// Layouts of llama.h and ggml.h of llama.cpp v0.5.0. Each struct stands under its verbatim declaration, comments left
// out; `checkVersion` compares the defaults of the library with the known ones before any of these is trusted.

// struct ggml_tensor: opaque but for its type, its extents and its strides.
// struct ggml_tensor {
//     enum ggml_type type;
//     struct ggml_backend_buffer * buffer;
//     int64_t ne[GGML_MAX_DIMS];
//     size_t  nb[GGML_MAX_DIMS];
/** The readable head of a ggml_tensor. */
export const tensorHead = koffi.struct('ggml_tensor_head', {
  type: 'int32_t',
  buffer: 'void *',
  ne: koffi.array('int64_t', 4),
  nb: koffi.array('size_t', 4),
});

// struct llama_model_params {
//     ggml_backend_dev_t * devices;
//     const struct llama_model_tensor_buft_override * tensor_buft_overrides;
//     int32_t n_gpu_layers;
//     enum llama_split_mode split_mode;
//     enum llama_load_mode  load_mode;
//     enum llama_lazy_mode lazy_mode;
//     int32_t main_gpu;
//     const float * tensor_split;
//     llama_progress_callback progress_callback;
//     void * progress_callback_user_data;
//     const struct llama_model_kv_override * kv_overrides;
//     bool vocab_only;
//     bool check_tensors;
//     bool use_extra_bufts;
//     bool no_host;
//     bool no_alloc;
//     bool load_mtp;
// };
/** How a model file is loaded. */
koffi.struct('llama_model_params', {
  devices: 'void *',
  tensor_buft_overrides: 'void *',
  n_gpu_layers: 'int32_t',
  split_mode: 'int32_t',
  load_mode: 'int32_t',
  lazy_mode: 'int32_t',
  main_gpu: 'int32_t',
  tensor_split: 'void *',
  progress_callback: 'void *',
  progress_callback_user_data: 'void *',
  kv_overrides: 'void *',
  vocab_only: 'bool',
  check_tensors: 'bool',
  use_extra_bufts: 'bool',
  no_host: 'bool',
  no_alloc: 'bool',
  load_mtp: 'bool',
});

// typedef bool (*ggml_backend_sched_eval_callback)(struct ggml_tensor * t, bool ask, void * user_data);
/** Called twice per graph node of interest: to ask, and with the data. */
export const evalCallback = koffi.proto(
  'bool ggml_backend_sched_eval_callback(void * t, bool ask, void * user_data)',
);

// typedef void (*ggml_log_callback)(enum ggml_log_level level, const char * text, void * user_data);
/** Receives a piece of llama.cpp's log. */
export const logCallback = koffi.proto(
  'void ggml_log_callback(int level, const char * text, void * user_data)',
);

// struct llama_context_params {
//     uint32_t n_ctx;
//     uint32_t n_batch;
//     uint32_t n_ubatch;
//     uint32_t n_seq_max;
//     uint32_t n_rs_seq;
//     uint32_t n_outputs_max;
//     uint32_t n_outputs_max_per_seq;
//     int32_t  n_threads;
//     int32_t  n_threads_batch;
//     enum llama_context_type      ctx_type;
//     enum llama_rope_scaling_type rope_scaling_type;
//     enum llama_pooling_type      pooling_type;
//     enum llama_attention_type    attention_type;
//     enum llama_flash_attn_type   flash_attn_type;
//     float    rope_freq_base;
//     float    rope_freq_scale;
//     float    yarn_ext_factor;
//     float    yarn_attn_factor;
//     float    yarn_beta_fast;
//     float    yarn_beta_slow;
//     uint32_t yarn_orig_ctx;
//     float    defrag_thold;
//     ggml_backend_sched_eval_callback cb_eval;
//     void * cb_eval_user_data;
//     enum ggml_type type_k;
//     enum ggml_type type_v;
//     ggml_abort_callback abort_callback;
//     void *              abort_callback_data;
//     bool embeddings;
//     bool offload_kqv;
//     bool no_perf;
//     bool op_offload;
//     bool swa_full;
//     bool kv_unified;
//     struct llama_sampler_seq_config * samplers;
//     size_t                            n_samplers;
//     struct llama_context * ctx_other;
// };
/** How a context (KV cache, batches, hook) is made. */
koffi.struct('llama_context_params', {
  n_ctx: 'uint32_t',
  n_batch: 'uint32_t',
  n_ubatch: 'uint32_t',
  n_seq_max: 'uint32_t',
  n_rs_seq: 'uint32_t',
  n_outputs_max: 'uint32_t',
  n_outputs_max_per_seq: 'uint32_t',
  n_threads: 'int32_t',
  n_threads_batch: 'int32_t',
  ctx_type: 'int32_t',
  rope_scaling_type: 'int32_t',
  pooling_type: 'int32_t',
  attention_type: 'int32_t',
  flash_attn_type: 'int32_t',
  rope_freq_base: 'float',
  rope_freq_scale: 'float',
  yarn_ext_factor: 'float',
  yarn_attn_factor: 'float',
  yarn_beta_fast: 'float',
  yarn_beta_slow: 'float',
  yarn_orig_ctx: 'uint32_t',
  defrag_thold: 'float',
  cb_eval: koffi.pointer(evalCallback),
  cb_eval_user_data: 'void *',
  type_k: 'int32_t',
  type_v: 'int32_t',
  abort_callback: 'void *',
  abort_callback_data: 'void *',
  embeddings: 'bool',
  offload_kqv: 'bool',
  no_perf: 'bool',
  op_offload: 'bool',
  swa_full: 'bool',
  kv_unified: 'bool',
  samplers: 'void *',
  n_samplers: 'size_t',
  ctx_other: 'void *',
});

// typedef struct llama_batch {
//     int32_t n_tokens;
//     llama_token  *  token;
//     float        *  embd;
//     llama_pos    *  pos;
//     int32_t      *  n_seq_id;
//     llama_seq_id ** seq_id;
//     int8_t       *  logits;
// } llama_batch;
/** Rows for one decode; all arrays belong to native memory. */
koffi.struct('llama_batch', {
  n_tokens: 'int32_t',
  token: 'void *',
  embd: 'void *',
  pos: 'void *',
  n_seq_id: 'void *',
  seq_id: 'void *',
  logits: 'void *',
});

// typedef struct llama_model_quantize_params {
//     int32_t nthread;
//     enum llama_ftype ftype;
//     enum ggml_type output_tensor_type;
//     enum ggml_type token_embedding_type;
//     bool allow_requantize;
//     bool quantize_output_tensor;
//     bool only_copy;
//     bool pure;
//     bool keep_split;
//     bool dry_run;
//     const struct llama_model_imatrix_data * imatrix;
//     const struct llama_model_kv_override * kv_overrides;
//     const struct llama_model_tensor_override * tt_overrides;
//     const int32_t * prune_layers;
//     size_t max_buf_size;
// } llama_model_quantize_params;
/** How a file is requantised. */
koffi.struct('llama_model_quantize_params', {
  nthread: 'int32_t',
  ftype: 'int32_t',
  output_tensor_type: 'int32_t',
  token_embedding_type: 'int32_t',
  allow_requantize: 'bool',
  quantize_output_tensor: 'bool',
  only_copy: 'bool',
  pure: 'bool',
  keep_split: 'bool',
  dry_run: 'bool',
  imatrix: 'void *',
  kv_overrides: 'void *',
  tt_overrides: 'void *',
  prune_layers: 'void *',
  max_buf_size: 'size_t',
});

// typedef struct llama_token_data {
//     llama_token id;
//     float logit;
//     float p;
// } llama_token_data;
/** A token that may be sampled. */
koffi.struct('llama_token_data', { id: 'int32_t', logit: 'float', p: 'float' });

// typedef struct llama_token_data_array {
//     llama_token_data * data;
//     size_t size;
//     int64_t selected;
//     bool sorted;
// } llama_token_data_array;
/** The tokens that may be sampled; `selected` is a place in `data`, which a sampler may exchange. */
koffi.struct('llama_token_data_array', {
  data: 'void *',
  size: 'size_t',
  selected: 'int64_t',
  sorted: 'bool',
});

// typedef struct llama_logit_bias {
//     llama_token token;
//     float bias;
// } llama_logit_bias;
/** What is added to the logit of a token. */
koffi.struct('llama_logit_bias', { token: 'int32_t', bias: 'float' });

// typedef struct llama_sampler_chain_params {
//     bool no_perf;
// } llama_sampler_chain_params;
/** How a chain of samplers is made. */
koffi.struct('llama_sampler_chain_params', { no_perf: 'bool' });
