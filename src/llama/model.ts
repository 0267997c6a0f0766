import { SteerbenchError } from '../errors.ts';
import type { LlamaFunctions, Pointer } from './functions.ts';

/** Handle of a loaded model with its vocabulary: loads, describes, tokenises. */
export class LlamaModel {
  readonly pointer: Pointer;
  /** Handle of the vocabulary, for samplers. */
  readonly vocab: Pointer;
  readonly #f: LlamaFunctions;
  readonly #pieces = new Map<number, Uint8Array>();

  /**
   * @param refusal What llama.cpp's log said last of a model that it cannot load; empty where that is not known.
   * @throws SteerbenchError `model-unsupported` for an architecture that llama.cpp does not know, `model-corrupt` when llama.cpp cannot load the file
   */
  constructor(functions: LlamaFunctions, path: string, gpuLayers: number, refusal: () => string = () => '') {
    this.#f = functions;
    const params = functions.llama_model_default_params() as Record<string, unknown>;
    const pointer = functions.llama_model_load_from_file(path, {
      ...params,
      n_gpu_layers: gpuLayers,
    }) as Pointer;
    if (pointer === null) {
      const reason = refusal();
      const unknown = reason.startsWith('unknown model architecture');
      throw new SteerbenchError(
        unknown ? 'model-unsupported' : 'model-corrupt',
        `llama.cpp cannot load "${path}"${reason === '' ? '' : `: ${reason}`}`,
        {
          remedy: unknown
            ? 'choose a model of an architecture that this llama.cpp knows'
            : 'fetch the file again (`steerbench models pull` for a known model), or see --verbose',
        },
      );
    }
    this.pointer = pointer;
    this.vocab = functions.llama_model_get_vocab(pointer) as Pointer;
  }

  get blocks(): number {
    return this.#f.llama_model_n_layer(this.pointer) as number;
  }

  get width(): number {
    return this.#f.llama_model_n_embd(this.pointer) as number;
  }

  get vocabulary(): number {
    return this.#f.llama_vocab_n_tokens(this.vocab) as number;
  }

  get trainedContext(): number {
    return this.#f.llama_model_n_ctx_train(this.pointer) as number;
  }

  get slidingWindow(): number {
    return this.#f.llama_model_n_swa(this.pointer) as number;
  }

  /** True when states cannot be rolled back or shared: recurrent and hybrid models. */
  get recurrent(): boolean {
    const { llama_model_is_recurrent, llama_model_is_hybrid } = this.#f;
    return Boolean(llama_model_is_recurrent(this.pointer)) || Boolean(llama_model_is_hybrid(this.pointer));
  }

  get hasEncoder(): boolean {
    return Boolean(this.#f.llama_model_has_encoder(this.pointer));
  }

  get description(): string {
    const bytes = new Uint8Array(256);
    const length = this.#f.llama_model_desc(this.pointer, bytes, bytes.length) as number;
    return new TextDecoder().decode(bytes.subarray(0, Math.min(length, bytes.length - 1)));
  }

  get chatTemplate(): string | null {
    return this.#f.llama_model_chat_template(this.pointer, null) as string | null;
  }

  get addsStartToken(): boolean {
    return Boolean(this.#f.llama_vocab_get_add_bos(this.vocab));
  }

  get startToken(): string | null {
    return this.#textOf(this.#f.llama_vocab_bos(this.vocab) as number);
  }

  get endToken(): string | null {
    return this.#textOf(this.#f.llama_vocab_eos(this.vocab) as number);
  }

  /** A metadata value as llama.cpp prints it; null when the key is absent. */
  metadata(key: string): string | null {
    const bytes = new Uint8Array(4096);
    const length = this.#f.llama_model_meta_val_str(this.pointer, key, bytes, bytes.length) as number;
    return length < 0
      ? null
      : new TextDecoder().decode(bytes.subarray(0, Math.min(length, bytes.length - 1)));
  }

  /** True for tokens that end a generation. */
  endsGeneration(token: number): boolean {
    return Boolean(this.#f.llama_vocab_is_eog(this.vocab, token));
  }

  /** Token ids of a text. Throws RangeError where the tokenizer wants more tokens than there are bytes. */
  tokenize(text: string, addSpecial: boolean, parseSpecial: boolean): Int32Array {
    const bytes = new TextEncoder().encode(text);
    // A token is at least a byte, and special tokens at both ends may be added.
    const tokens = new Int32Array(bytes.length + 8);
    const count = this.#f.llama_tokenize(
      this.vocab,
      bytes,
      bytes.length,
      tokens,
      tokens.length,
      addSpecial,
      parseSpecial,
    ) as number;
    if (count < 0) throw new RangeError(`the tokenizer wants ${-count} tokens for ${bytes.length} bytes`);
    return tokens.slice(0, count);
  }

  /** Text of token ids, special tokens written out. */
  detokenize(tokens: Int32Array): string {
    let bytes = new Uint8Array(tokens.length * 16 + 64);
    let length = this.#f.llama_detokenize(
      this.vocab,
      tokens,
      tokens.length,
      bytes,
      bytes.length,
      false,
      true,
    ) as number;
    if (length < 0) {
      bytes = new Uint8Array(-length);
      length = this.#f.llama_detokenize(
        this.vocab,
        tokens,
        tokens.length,
        bytes,
        bytes.length,
        false,
        true,
      ) as number;
    }
    return new TextDecoder().decode(bytes.subarray(0, length));
  }

  /** Bytes of a token as text; control tokens give none. Throws RangeError for a token that does not exist. */
  pieceOf(token: number): Uint8Array {
    const known = this.#pieces.get(token);
    if (known !== undefined) return known;
    const piece = this.#pieceOf(token, false);
    this.#pieces.set(token, piece);
    return piece;
  }

  /** How a control token is written. */
  nameOf(token: number): string {
    return new TextDecoder().decode(this.#pieceOf(token, true));
  }

  #pieceOf(token: number, special: boolean): Uint8Array {
    if (!(Number.isInteger(token) && token >= 0 && token < this.vocabulary))
      throw new RangeError(`token ${token} does not exist; the vocabulary has ${this.vocabulary}`);
    let bytes = new Uint8Array(64);
    const read = () =>
      this.#f.llama_token_to_piece(this.vocab, token, bytes, bytes.length, 0, special) as number;
    let length = read();
    if (length < 0) {
      bytes = new Uint8Array(-length);
      length = read();
    }
    return bytes.slice(0, length);
  }

  /**
   * Loads a LoRA adapter; it is freed with the model.
   *
   * @throws SteerbenchError `model-mismatch` when llama.cpp cannot put it on this model, `model-unsupported` for an
   * activated LoRA, which acts only after a phrase of its own
   */
  loadAdapter(path: string, refusal: () => string = () => ''): Pointer {
    const pointer = this.#f.llama_adapter_lora_init(this.pointer, path) as Pointer;
    if (pointer !== null && Number(this.#f.llama_adapter_get_alora_n_invocation_tokens(pointer)) > 0) {
      throw new SteerbenchError(
        'model-unsupported',
        `"${path}" is an activated LoRA: it acts only after a phrase of its own`,
        { remedy: 'give a plain LoRA adapter, which acts on every token' },
      );
    }
    if (pointer !== null) return pointer;
    const reason = refusal();
    throw new SteerbenchError(
      'model-mismatch',
      `llama.cpp cannot use the LoRA adapter "${path}" with this model${reason === '' ? '' : `: ${reason}`}`,
      { remedy: "give a GGUF adapter that was made for this model (llama.cpp's convert_lora_to_gguf.py)" },
    );
  }

  /** Frees the weights. */
  dispose(): void {
    this.#f.llama_model_free(this.pointer);
  }

  #textOf(token: number): string | null {
    return token < 0 ? null : (this.#f.llama_vocab_get_text(this.vocab, token) as string | null);
  }
}
