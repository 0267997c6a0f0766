import type { LlamaLibraries } from './library.ts';
import './structs.ts';

/** A native pointer as koffi hands it out. */
export type Pointer = unknown;

/**
 * Binds the functions of llama.cpp that are used here, each under its verbatim C declaration.
 *
 * Left out: everything of llama.h that has no use in this program (other samplers, state files, training, MTP).
 * Every function is the raw one: no checks, no policy.
 */
export function bindFunctions({ ggmlBase, ggml, llama }: LlamaLibraries) {
  return {
    // GGML_API void ggml_backend_load_all_from_path(const char * dir_path);
    ggml_backend_load_all_from_path: ggml.func('void ggml_backend_load_all_from_path(const char * dir_path)'),
    // GGML_API size_t ggml_backend_reg_count(void);
    ggml_backend_reg_count: ggml.func('size_t ggml_backend_reg_count()'),
    // GGML_API ggml_backend_reg_t ggml_backend_reg_get(size_t index);
    ggml_backend_reg_get: ggml.func('void * ggml_backend_reg_get(size_t index)'),
    // GGML_API const char * ggml_backend_reg_name(ggml_backend_reg_t reg);
    ggml_backend_reg_name: ggmlBase.func('const char * ggml_backend_reg_name(void * reg)'),
    // GGML_API const char * ggml_get_name(const struct ggml_tensor * tensor);
    ggml_get_name: ggmlBase.func('const char * ggml_get_name(void * tensor)'),
    // GGML_API void ggml_backend_tensor_get(const struct ggml_tensor * tensor, void * data, size_t offset, size_t size);
    ggml_backend_tensor_get: ggmlBase.func(
      'void ggml_backend_tensor_get(void * tensor, _Out_ void * data, size_t offset, size_t size)',
    ),
    // GGML_API void ggml_backend_tensor_set(struct ggml_tensor * tensor, const void * data, size_t offset, size_t size);
    ggml_backend_tensor_set: ggmlBase.func(
      'void ggml_backend_tensor_set(void * tensor, const void * data, size_t offset, size_t size)',
    ),
    // LLAMA_API void llama_log_set(ggml_log_callback log_callback, void * user_data);
    llama_log_set: llama.func('void llama_log_set(ggml_log_callback * log_callback, void * user_data)'),
    // LLAMA_API void llama_backend_init(void);
    llama_backend_init: llama.func('void llama_backend_init()'),
    // LLAMA_API struct llama_model_params llama_model_default_params(void);
    llama_model_default_params: llama.func('llama_model_params llama_model_default_params()'),
    // LLAMA_API struct llama_context_params llama_context_default_params(void);
    llama_context_default_params: llama.func('llama_context_params llama_context_default_params()'),
    // LLAMA_API struct llama_model_quantize_params llama_model_quantize_default_params(void);
    llama_model_quantize_default_params: llama.func(
      'llama_model_quantize_params llama_model_quantize_default_params()',
    ),
    // LLAMA_API size_t llama_max_parallel_sequences(void);
    llama_max_parallel_sequences: llama.func('size_t llama_max_parallel_sequences()'),
    // LLAMA_API struct llama_model * llama_model_load_from_file(const char * path_model, struct llama_model_params params);
    llama_model_load_from_file: llama.func(
      'void * llama_model_load_from_file(const char * path_model, llama_model_params params)',
    ),
    // LLAMA_API void llama_model_free(struct llama_model * model);
    llama_model_free: llama.func('void llama_model_free(void * model)'),
    // LLAMA_API struct llama_context * llama_init_from_model(struct llama_model * model, struct llama_context_params params);
    llama_init_from_model: llama.func(
      'void * llama_init_from_model(void * model, llama_context_params params)',
    ),
    // LLAMA_API void llama_free(struct llama_context * ctx);
    llama_free: llama.func('void llama_free(void * ctx)'),
    // LLAMA_API uint32_t llama_n_ctx(const struct llama_context * ctx);
    llama_n_ctx: llama.func('uint32_t llama_n_ctx(void * ctx)'),
    // LLAMA_API llama_memory_t llama_get_memory(const struct llama_context * ctx);
    llama_get_memory: llama.func('void * llama_get_memory(void * ctx)'),
    // LLAMA_API const struct llama_vocab * llama_model_get_vocab(const struct llama_model * model);
    llama_model_get_vocab: llama.func('void * llama_model_get_vocab(void * model)'),
    // LLAMA_API int32_t llama_model_n_ctx_train(const struct llama_model * model);
    llama_model_n_ctx_train: llama.func('int32_t llama_model_n_ctx_train(void * model)'),
    // LLAMA_API int32_t llama_model_n_embd(const struct llama_model * model);
    llama_model_n_embd: llama.func('int32_t llama_model_n_embd(void * model)'),
    // LLAMA_API int32_t llama_model_n_layer(const struct llama_model * model);
    llama_model_n_layer: llama.func('int32_t llama_model_n_layer(void * model)'),
    // LLAMA_API int32_t llama_model_n_swa(const struct llama_model * model);
    llama_model_n_swa: llama.func('int32_t llama_model_n_swa(void * model)'),
    // LLAMA_API int32_t llama_vocab_n_tokens(const struct llama_vocab * vocab);
    llama_vocab_n_tokens: llama.func('int32_t llama_vocab_n_tokens(void * vocab)'),
    // LLAMA_API int32_t llama_model_meta_val_str(const struct llama_model * model, const char * key, char * buf, size_t buf_size);
    llama_model_meta_val_str: llama.func(
      'int32_t llama_model_meta_val_str(void * model, const char * key, _Out_ uint8_t * buf, size_t buf_size)',
    ),
    // LLAMA_API int32_t llama_model_desc(const struct llama_model * model, char * buf, size_t buf_size);
    llama_model_desc: llama.func(
      'int32_t llama_model_desc(void * model, _Out_ uint8_t * buf, size_t buf_size)',
    ),
    // LLAMA_API const char * llama_model_chat_template(const struct llama_model * model, const char * name);
    llama_model_chat_template: llama.func(
      'const char * llama_model_chat_template(void * model, const char * name)',
    ),
    // LLAMA_API bool llama_model_is_recurrent(const struct llama_model * model);
    llama_model_is_recurrent: llama.func('bool llama_model_is_recurrent(void * model)'),
    // LLAMA_API bool llama_model_is_hybrid(const struct llama_model * model);
    llama_model_is_hybrid: llama.func('bool llama_model_is_hybrid(void * model)'),
    // LLAMA_API bool llama_model_has_encoder(const struct llama_model * model);
    llama_model_has_encoder: llama.func('bool llama_model_has_encoder(void * model)'),
    // LLAMA_API uint32_t llama_model_quantize(const char * fname_inp, const char * fname_out, const llama_model_quantize_params * params);
    llama_model_quantize: llama.func(
      'uint32_t llama_model_quantize(const char * fname_inp, const char * fname_out, llama_model_quantize_params * params)',
    ),
    // LLAMA_API int32_t llama_set_adapter_cvec(struct llama_context * ctx, const float * data, size_t len, int32_t n_embd, int32_t il_start, int32_t il_end);
    llama_set_adapter_cvec: llama.func(
      'int32_t llama_set_adapter_cvec(void * ctx, const float * data, size_t len, int32_t n_embd, int32_t il_start, int32_t il_end)',
    ),
    // LLAMA_API void llama_memory_clear(llama_memory_t mem, bool data);
    llama_memory_clear: llama.func('void llama_memory_clear(void * mem, bool data)'),
    // LLAMA_API bool llama_memory_seq_rm(llama_memory_t mem, llama_seq_id seq_id, llama_pos p0, llama_pos p1);
    llama_memory_seq_rm: llama.func(
      'bool llama_memory_seq_rm(void * mem, int32_t seq_id, int32_t p0, int32_t p1)',
    ),
    // LLAMA_API void llama_memory_seq_cp(llama_memory_t mem, llama_seq_id seq_id_src, llama_seq_id seq_id_dst, llama_pos p0, llama_pos p1);
    llama_memory_seq_cp: llama.func(
      'void llama_memory_seq_cp(void * mem, int32_t seq_id_src, int32_t seq_id_dst, int32_t p0, int32_t p1)',
    ),
    // LLAMA_API struct llama_batch llama_batch_init(int32_t n_tokens, int32_t embd, int32_t n_seq_max);
    llama_batch_init: llama.func(
      'llama_batch llama_batch_init(int32_t n_tokens, int32_t embd, int32_t n_seq_max)',
    ),
    // LLAMA_API void llama_batch_free(struct llama_batch batch);
    llama_batch_free: llama.func('void llama_batch_free(llama_batch batch)'),
    // LLAMA_API int32_t llama_decode(struct llama_context * ctx, struct llama_batch batch);
    llama_decode: llama.func('int32_t llama_decode(void * ctx, llama_batch batch)'),
    // LLAMA_API float * llama_get_logits_ith(struct llama_context * ctx, int32_t i);
    llama_get_logits_ith: llama.func('void * llama_get_logits_ith(void * ctx, int32_t i)'),
    // LLAMA_API const char * llama_vocab_get_text(const struct llama_vocab * vocab, llama_token token);
    llama_vocab_get_text: llama.func('const char * llama_vocab_get_text(void * vocab, int32_t token)'),
    // LLAMA_API bool llama_vocab_is_eog(const struct llama_vocab * vocab, llama_token token);
    llama_vocab_is_eog: llama.func('bool llama_vocab_is_eog(void * vocab, int32_t token)'),
    // LLAMA_API llama_token llama_vocab_bos(const struct llama_vocab * vocab);
    llama_vocab_bos: llama.func('int32_t llama_vocab_bos(void * vocab)'),
    // LLAMA_API llama_token llama_vocab_eos(const struct llama_vocab * vocab);
    llama_vocab_eos: llama.func('int32_t llama_vocab_eos(void * vocab)'),
    // LLAMA_API bool llama_vocab_get_add_bos(const struct llama_vocab * vocab);
    llama_vocab_get_add_bos: llama.func('bool llama_vocab_get_add_bos(void * vocab)'),
    // LLAMA_API int32_t llama_tokenize(const struct llama_vocab * vocab, const char * text, int32_t text_len, llama_token * tokens, int32_t n_tokens_max, bool add_special, bool parse_special);
    llama_tokenize: llama.func(
      'int32_t llama_tokenize(void * vocab, const uint8_t * text, int32_t text_len, _Out_ int32_t * tokens, int32_t n_tokens_max, bool add_special, bool parse_special)',
    ),
    // LLAMA_API int32_t llama_detokenize(const struct llama_vocab * vocab, const llama_token * tokens, int32_t n_tokens, char * text, int32_t text_len_max, bool remove_special, bool unparse_special);
    llama_detokenize: llama.func(
      'int32_t llama_detokenize(void * vocab, const int32_t * tokens, int32_t n_tokens, _Out_ uint8_t * text, int32_t text_len_max, bool remove_special, bool unparse_special)',
    ),
    // LLAMA_API int32_t llama_token_to_piece(const struct llama_vocab * vocab, llama_token token, char * buf, int32_t length, int32_t lstrip, bool special);
    llama_token_to_piece: llama.func(
      'int32_t llama_token_to_piece(void * vocab, int32_t token, _Out_ uint8_t * buf, int32_t length, int32_t lstrip, bool special)',
    ),
    // LLAMA_API struct llama_adapter_lora * llama_adapter_lora_init(struct llama_model * model, const char * path_lora);
    llama_adapter_lora_init: llama.func(
      'void * llama_adapter_lora_init(void * model, const char * path_lora)',
    ),
    // LLAMA_API uint64_t llama_adapter_get_alora_n_invocation_tokens(const struct llama_adapter_lora * adapter);
    llama_adapter_get_alora_n_invocation_tokens: llama.func(
      'uint64_t llama_adapter_get_alora_n_invocation_tokens(void * adapter)',
    ),
    // LLAMA_API int32_t llama_set_adapters_lora(struct llama_context * ctx, struct llama_adapter_lora ** adapters, size_t n_adapters, float * scales);
    llama_set_adapters_lora: llama.func(
      'int32_t llama_set_adapters_lora(void * ctx, void ** adapters, size_t n_adapters, float * scales)',
    ),
    // LLAMA_API struct llama_sampler_chain_params llama_sampler_chain_default_params(void);
    llama_sampler_chain_default_params: llama.func(
      'llama_sampler_chain_params llama_sampler_chain_default_params()',
    ),
    // LLAMA_API struct llama_sampler * llama_sampler_chain_init(struct llama_sampler_chain_params params);
    llama_sampler_chain_init: llama.func(
      'void * llama_sampler_chain_init(llama_sampler_chain_params params)',
    ),
    // LLAMA_API void llama_sampler_chain_add(struct llama_sampler * chain, struct llama_sampler * smpl);
    llama_sampler_chain_add: llama.func('void llama_sampler_chain_add(void * chain, void * smpl)'),
    // LLAMA_API struct llama_sampler * llama_sampler_init_greedy(void);
    llama_sampler_init_greedy: llama.func('void * llama_sampler_init_greedy()'),
    // LLAMA_API struct llama_sampler * llama_sampler_init_dist(uint32_t seed);
    llama_sampler_init_dist: llama.func('void * llama_sampler_init_dist(uint32_t seed)'),
    // LLAMA_API struct llama_sampler * llama_sampler_init_top_k(int32_t k);
    llama_sampler_init_top_k: llama.func('void * llama_sampler_init_top_k(int32_t k)'),
    // LLAMA_API struct llama_sampler * llama_sampler_init_top_p(float p, size_t min_keep);
    llama_sampler_init_top_p: llama.func('void * llama_sampler_init_top_p(float p, size_t min_keep)'),
    // LLAMA_API struct llama_sampler * llama_sampler_init_min_p(float p, size_t min_keep);
    llama_sampler_init_min_p: llama.func('void * llama_sampler_init_min_p(float p, size_t min_keep)'),
    // LLAMA_API struct llama_sampler * llama_sampler_init_temp(float t);
    llama_sampler_init_temp: llama.func('void * llama_sampler_init_temp(float t)'),
    // LLAMA_API struct llama_sampler * llama_sampler_init_grammar(const struct llama_vocab * vocab, const char * grammar_str, const char * grammar_root);
    llama_sampler_init_grammar: llama.func(
      'void * llama_sampler_init_grammar(void * vocab, const char * grammar_str, const char * grammar_root)',
    ),
    // LLAMA_API struct llama_sampler * llama_sampler_init_penalties(int32_t n_vocab, int32_t penalty_last_n, float penalty_repeat, float penalty_freq, float penalty_present);
    llama_sampler_init_penalties: llama.func(
      'void * llama_sampler_init_penalties(int32_t n_vocab, int32_t penalty_last_n, float penalty_repeat, float penalty_freq, float penalty_present)',
    ),
    // LLAMA_API struct llama_sampler * llama_sampler_init_logit_bias(int32_t n_vocab, int32_t n_logit_bias, const llama_logit_bias * logit_bias);
    llama_sampler_init_logit_bias: llama.func(
      'void * llama_sampler_init_logit_bias(int32_t n_vocab, int32_t n_logit_bias, llama_logit_bias * logit_bias)',
    ),
    // LLAMA_API void llama_sampler_accept(struct llama_sampler * smpl, llama_token token);
    llama_sampler_accept: llama.func('void llama_sampler_accept(void * smpl, int32_t token)'),
    // LLAMA_API void llama_sampler_apply(struct llama_sampler * smpl, llama_token_data_array * cur_p);
    llama_sampler_apply: llama.func(
      'void llama_sampler_apply(void * smpl, _Inout_ llama_token_data_array * cur_p)',
    ),
    // LLAMA_API llama_token llama_sampler_sample(struct llama_sampler * smpl, struct llama_context * ctx, int32_t idx);
    llama_sampler_sample: llama.func('int32_t llama_sampler_sample(void * smpl, void * ctx, int32_t idx)'),
    // LLAMA_API void llama_sampler_free(struct llama_sampler * smpl);
    llama_sampler_free: llama.func('void llama_sampler_free(void * smpl)'),
  };
}

/** The bound functions. */
export type LlamaFunctions = ReturnType<typeof bindFunctions>;
